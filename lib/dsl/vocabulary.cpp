// The units, as a list.
// The other lists are made where their tables are: steps.cpp, values.cpp, sections.cpp.
#include "dlc/dsl/vocabulary.h"

#include "dlc/dsl/ast.h"

namespace dlc::dsl {

std::vector<llvm::StringRef> unitNames() {
  std::vector<llvm::StringRef> names;
  for (Unit unit : {Unit::Percent, Unit::Epochs, Unit::Steps, Unit::Seconds, Unit::Minutes, Unit::Hours,
                    Unit::Megabytes, Unit::Gigabytes})
    names.push_back(spelling(unit));
  return names;
}

} // namespace dlc::dsl
