// Xavier: a compromise for both directions (Glorot, Bengio: Understanding the difficulty of training deep ..., 2010).
// It draws from a uniform distribution; XavierNormal from a normal one.
#include "dlc/signature/initialiser.h"

#include <cmath>

namespace dlc {
namespace {

InitialDraw draw(Fans fans, double) { return {InitialDraw::Kind::Uniform, std::sqrt(6 / (fans.in + fans.out))}; }

} // namespace

extern const InitialiserDef init_xavier;
constexpr InitialiserDef init_xavier = {
    .name = "Xavier",
    .doc = "Uniform within sqrt(6 / (fan-in + fan-out)), for tanh and sigmoid (Glorot and Bengio 2010).",
    .args = {},
    .draw = draw};
} // namespace dlc
