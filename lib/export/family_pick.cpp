// pick: one number of each row, by index; NaN where the index is none of the row.
// Whole rows by index are embed.
#include "nest.h"

#include <limits>

namespace dlc::deploy {
namespace {

std::string write(Nest &nest) {
  const auto &a = nest.attrs<IndexAttrs>();
  nest.loop("r", a.rows);
  nest.index("at", nest.read(1) + "[r]");
  nest.line(nest.write(0) + "[r] = ((at >= 0) && (at < " + Nest::text(a.cols) + ")) ? " + nest.read(0) + "[r * " +
            Nest::text(a.cols) + " + at] : " + nest.number(std::numeric_limits<double>::quiet_NaN()) + ";");
  nest.close();
  return "";
}

} // namespace

extern const CFamily family_pick;
constexpr CFamily family_pick = {&pickInstr, write};
} // namespace dlc::deploy
