// random: there is no C for it, because a net that answers draws nothing.
// It is here so that every family has its word on the matter.
#include "nest.h"

namespace dlc::deploy {
namespace {

std::string write(Nest &) { return "random numbers are drawn in training only"; }

} // namespace

extern const CFamily family_random;
constexpr CFamily family_random = {&randomInstr, write};
} // namespace dlc::deploy
