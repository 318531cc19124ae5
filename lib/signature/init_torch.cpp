// Torch: what PyTorch begins with, for nets that are compared with it.
// The numbers themselves are not PyTorch's.
#include "dlc/signature/initialiser.h"

#include <cmath>

namespace dlc {
namespace {

InitialDraw draw(Fans fans, double) { return {InitialDraw::Kind::Uniform, 1 / std::sqrt(fans.in)}; }

} // namespace

extern const InitialiserDef init_torch;
constexpr InitialiserDef init_torch = {
    .name = "Torch",
    .doc = "Uniform within 1 / sqrt(fan-in), the default of PyTorch's Linear and Conv2d.",
    .args = {},
    .draw = draw};
} // namespace dlc
