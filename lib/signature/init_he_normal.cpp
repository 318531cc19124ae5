// HeNormal: the variance of He (He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015) from a normal distribution.
// The distribution is not truncated.
#include "dlc/signature/initialiser.h"

#include <cmath>

namespace dlc {
namespace {

InitialDraw draw(Fans fans, double) { return {InitialDraw::Kind::Normal, std::sqrt(2 / fans.in)}; }

} // namespace

extern const InitialiserDef init_he_normal;
constexpr InitialiserDef init_he_normal = {.name = "HeNormal",
                                           .doc = "Normal with deviation sqrt(2 / fan-in), for ReLU (He et al. 2015).",
                                           .args = {},
                                           .draw = draw};
} // namespace dlc
