// pack_conv: the kernels' own order of a weight, which the written loops do not read.
// Weights are laid out by the families that read them (Nest::layOut).
#include "nest.h"

namespace dlc::deploy {
namespace {

std::string write(Nest &) { return "packed weights are for the kernels of one instruction set"; }

} // namespace

extern const CFamily family_pack_conv;
constexpr CFamily family_pack_conv = {&packConvInstr, write};
} // namespace dlc::deploy
