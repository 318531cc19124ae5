// XavierNormal: the variance of Xavier (Glorot, Bengio: Understanding the difficulty ..., 2010), normally distributed.
// The distribution is not truncated.
#include "dlc/signature/initialiser.h"

#include <cmath>

namespace dlc {
namespace {

InitialDraw draw(Fans fans, double) { return {InitialDraw::Kind::Normal, std::sqrt(2 / (fans.in + fans.out))}; }

} // namespace

extern const InitialiserDef init_xavier_normal;
constexpr InitialiserDef init_xavier_normal = {
    .name = "XavierNormal",
    .doc = "Normal with deviation sqrt(2 / (fan-in + fan-out)) (Glorot and Bengio 2010).",
    .args = {},
    .draw = draw};
} // namespace dlc
