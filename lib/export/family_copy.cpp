// copy: a strided gather, one loop for each dimension of the result.
// Dimensions of one element have none.
#include "nest.h"

#include <cstdlib>

namespace dlc::deploy {
namespace {

std::string write(Nest &nest) {
  const auto &a = nest.attrs<CopyAttrs>();
  static constexpr llvm::StringLiteral kNames[] = {"i", "j", "k", "l", "m", "n"};
  std::string from, to;
  int64_t stride = 1;
  for (size_t d = a.sizes.size(); d-- > 0; stride *= a.sizes[d])
    if (a.sizes[d] > 1)
      to = (stride == 1 ? kNames[d].str() : kNames[d].str() + " * " + Nest::text(stride)) +
           (to.empty() ? "" : " + " + to);
  nest.startAt(0, a.offset);
  size_t loops = 0;
  for (size_t d = 0; d < a.sizes.size(); ++d) {
    if (a.sizes[d] == 1)
      continue;
    nest.loop(kNames[d], a.sizes[d]);
    ++loops;
    if (a.strides[d] == 0)
      continue;
    const int64_t step = std::abs(a.strides[d]);
    const std::string term = step == 1 ? kNames[d].str() : kNames[d].str() + " * " + Nest::text(step);
    from += (a.strides[d] < 0 ? (from.empty() ? "-" : " - ") : from.empty() ? "" : " + ") + term;
  }
  nest.line(nest.write(0) + "[" + (to.empty() ? "0" : to) + "] = " + nest.read(0) + "[" + (from.empty() ? "0" : from) +
            "];");
  for (; loops > 0; --loops)
    nest.close();
  return "";
}

} // namespace

extern const CFamily family_copy;
constexpr CFamily family_copy = {&copyInstr, write};
} // namespace dlc::deploy
