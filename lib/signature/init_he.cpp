// He: keeps the variance of what ReLU passes on (He, Zhang, Ren, Sun: Delving Deep into Rectifiers, 2015).
// It draws from a uniform distribution; HeNormal from a normal one.
#include "dlc/signature/initialiser.h"

#include <cmath>

namespace dlc {
namespace {

InitialDraw draw(Fans fans, double) { return {InitialDraw::Kind::Uniform, std::sqrt(6 / fans.in)}; }

} // namespace

extern const InitialiserDef init_he;
constexpr InitialiserDef init_he = {
    .name = "He", .doc = "Uniform within sqrt(6 / fan-in), for ReLU (He et al. 2015).", .args = {}, .draw = draw};
} // namespace dlc
