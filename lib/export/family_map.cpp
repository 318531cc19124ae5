// map: one loop over all elements, or loops one in the other where an operand repeats.
// Which operand is read where follows from the sizes of the repetitions, if each divides the next.
#include "nest.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::deploy {
namespace {

/// The sizes at which some operand begins anew, ascending, `count` last; empty if one does not divide the next.
std::vector<int64_t> levelsOf(const MapCode &code, int64_t count) {
  std::vector<int64_t> levels = {1, count};
  for (const MapInputKind &input : code.inputs)
    if (input.source == MapInputKind::Periodic)
      levels.insert(levels.end(), {input.inner, std::min(input.inner * input.mid, count)});
  llvm::sort(levels);
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  for (size_t i = 0; i + 1 < levels.size(); ++i)
    if (levels[i + 1] % levels[i])
      return {};
  return levels;
}

/// i0 is the innermost index, which counts elements; i1 counts stretches of levels[1] of them ...
std::string variable(size_t level) { return std::string(1, static_cast<char>('i' + level)); }

/// Where an operand is read that repeats after `end` elements and stays for `begin`.
std::string indexOf(llvm::ArrayRef<int64_t> levels, int64_t begin, int64_t end) {
  std::string index;
  for (size_t level = levels.size() - 1; level-- > 0;) {
    if (levels[level] < begin || levels[level] >= end)
      continue;
    const int64_t stride = levels[level] / begin;
    index +=
        (index.empty() ? "" : " + ") + (stride == 1 ? variable(level) : variable(level) + " * " + Nest::text(stride));
  }
  return index.empty() ? "0" : index;
}

std::string write(Nest &nest) {
  const int64_t count = nest.attrs<MapAttrs>().count;
  const MapCode &code = *nest.instr().code;
  std::vector<int64_t> levels = levelsOf(code, count);
  constexpr size_t kMost = 8;
  const bool nested = levels.size() >= 2 && levels.size() <= kMost;
  if (!nested)
    levels = {1, count};
  for (size_t level = levels.size() - 1; level-- > 0;)
    nest.loop(variable(level), levels[level + 1] / levels[level]);
  const std::string all = indexOf(levels, 1, count);
  nest.code(
      code,
      [&](size_t i) {
        const MapInputKind &kind = code.inputs[i];
        if (kind.source == MapInputKind::Periodic && nested)
          return nest.read(i) + "[" + indexOf(levels, kind.inner, kind.inner * kind.mid) + "]";
        return nest.read(i) + "[" + Nest::element(kind, all) + "]";
      },
      [&](size_t o, const std::string &value) { nest.line(nest.write(o) + "[" + all + "] = " + value + ";"); });
  for (size_t level = levels.size() - 1; level-- > 0;)
    nest.close();
  return "";
}

} // namespace

extern const CFamily family_map;
constexpr CFamily family_map = {&mapInstr, write};
} // namespace dlc::deploy
