// one_hot: a row of zeros with a one, or a number of its own, at the index.
// An index outside of the row leaves it empty.
#include "nest.h"

namespace dlc::deploy {
namespace {

std::string write(Nest &nest) {
  const auto &a = nest.attrs<IndexAttrs>();
  nest.loop("r", a.rows);
  nest.index("hot", nest.read(0) + "[r]");
  nest.loop("j", a.cols);
  nest.line(nest.write(0) + "[r * " + Nest::text(a.cols) + " + j] = (j == hot) ? " +
            (nest.instr().reads.size() > 1 ? nest.read(1) + "[r]" : nest.number(1)) + " : " + nest.number(0) + ";");
  nest.close();
  nest.close();
  return "";
}

} // namespace

extern const CFamily family_one_hot;
constexpr CFamily family_one_hot = {&oneHotInstr, write};
} // namespace dlc::deploy
