// Nesting without recursion: the sizes of the open arrays are kept, and the first of each depth says what the others
// must have. Numbers are not rounded here but to double.
#include "number_array.h"

#include "dlc/data/formats.h"

#include "llvm/ADT/SmallVector.h"

namespace dlc::serve {

bool readNumberArray(JsonReader &json, DType dtype, size_t most, NumberArray &array, bool &tooMany) {
  using Kind = JsonReader::Kind;
  llvm::SmallVector<int64_t, 4> open;  // elements so far, of each open array
  llvm::SmallVector<int64_t, 4> sizes; // of a complete array at each depth; -1: none is complete yet
  size_t numbersAt = 0;                // depth of the numbers; 0: none came yet
  array.values.clear();
  tooMany = false;
  if (!json.beginArray())
    return false;
  open.push_back(0);
  sizes.push_back(-1);
  while (!open.empty()) {
    if (!json.element()) {
      if (!json.good())
        return false;
      int64_t &size = sizes[open.size() - 1];
      if (size >= 0 && size != open.back())
        return json.fail("a row of " + std::to_string(open.back()) + " elements after one of " + std::to_string(size));
      size = open.back();
      open.pop_back();
      continue;
    }
    ++open.back();
    if (json.peek() == Kind::Array) {
      if (numbersAt && open.size() >= numbersAt)
        return json.fail("an array where numbers came before");
      json.beginArray();
      open.push_back(0);
      if (sizes.size() < open.size())
        sizes.push_back(-1);
      continue;
    }
    llvm::StringRef token;
    if (!json.number(token))
      return false;
    if (numbersAt == 0)
      numbersAt = open.size();
    if (open.size() != numbersAt || sizes.size() != numbersAt)
      return json.fail("a number where an array was expected");
    if (array.values.size() == most) {
      tooMany = true;
      return json.fail("more than " + std::to_string(most) + " numbers");
    }
    const std::optional<double> value = data::cellNumber(token);
    if (!value || !data::isFiniteIn(dtype, *value))
      return json.fail("a number too large for " + std::string(dtype == DType::F64 ? "f64" : "f32"));
    array.values.push_back(*value);
  }
  array.shape.assign(sizes.begin(), sizes.end());
  return true;
}

} // namespace dlc::serve
