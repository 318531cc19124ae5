// Uniform(r): the same range whatever the weight's shape.
// It draws from an interval around 0.
#include "dlc/signature/initialiser.h"

namespace dlc {
namespace {

constexpr ArgSpec kArgs[] = {arg::number("r", "", "the largest absolute value").above(0)};

InitialDraw draw(Fans, double r) { return {InitialDraw::Kind::Uniform, r}; }

} // namespace

extern const InitialiserDef init_uniform;
constexpr InitialiserDef init_uniform = {
    .name = "Uniform", .doc = "Uniform within -r and r.", .args = kArgs, .draw = draw};
} // namespace dlc
