// Normal(sd): the same deviation whatever the weight's shape.
// The distribution is not truncated.
#include "dlc/signature/initialiser.h"

namespace dlc {
namespace {

constexpr ArgSpec kArgs[] = {arg::number("sd", "", "the standard deviation").above(0)};

InitialDraw draw(Fans, double sd) { return {InitialDraw::Kind::Normal, sd}; }

} // namespace

extern const InitialiserDef init_normal;
constexpr InitialiserDef init_normal = {
    .name = "Normal", .doc = "Normal with mean 0 and deviation sd.", .args = kArgs, .draw = draw};
} // namespace dlc
