// Reads the model that a run begins with.
// Matching its tensors with the net's is train/beginning.cpp.
#include "dlc/session/beginning.h"

#include "dlc/support/files.h"
#include "dlc/train/finite.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::session {

Result<std::optional<train::Beginning>> openBeginning(Net &net) {
  compile::Unit &unit = net.unit();
  const std::string path = train::weightsFile(unit);
  if (path.empty())
    return std::optional<train::Beginning>();
  auto found = [&](const Trouble &trouble) {
    report(unit.diags, trouble);
    return Failure{Failure::Kind::Findings, ""};
  };
  auto buffer = readFile(path);
  if (!buffer.ok())
    return Failure::ofSystem(buffer.status());
  auto parsed = model::parseModel((*buffer)->getBuffer(), path);
  if (!parsed)
    return found(parsed.failure());
  std::vector<std::string> bad; // what a run that begins with them would blame on its lr
  for (const model::NamedTensor &tensor : parsed->tensors)
    if (!train::isFinite(tensor.tensor))
      bad.push_back(tensor.name);
  auto beginning = train::Beginning::of(*std::move(parsed), path, unit, net.parameters());
  if (!beginning)
    return found(beginning.failure());
  for (const std::string &name : bad)
    if (llvm::is_contained(beginning->report().taken, name))
      return found({.code = "E406",
                    .message = name + " contains NaN or infinity, which would spread to every result",
                    .place = {.file = path},
                    .help = "--fresh=" + name + " re-initialises it"});
  return std::optional(*std::move(beginning));
}

} // namespace dlc::session
