// Constant(v): all elements alike, as for biases and scales.
// Nothing is drawn.
#include "dlc/signature/initialiser.h"

namespace dlc {
namespace {

constexpr ArgSpec kArgs[] = {arg::number("v", "", "the value")};

InitialDraw draw(Fans, double v) { return {InitialDraw::Kind::Constant, v}; }

} // namespace

extern const InitialiserDef init_constant;
constexpr InitialiserDef init_constant = {
    .name = "Constant", .doc = "Every element is v.", .args = kArgs, .draw = draw};
} // namespace dlc
