// embed: rows of a table by index, NaN where there is no such row; and the way back, rows added up by index.
// One number of each row is pick.
#include "nest.h"

#include <limits>

namespace dlc::deploy {
namespace {

std::string write(Nest &nest) {
  const auto &a = nest.attrs<EmbedAttrs>();
  const std::string &src = nest.read(0), &dst = nest.write(0), cols = Nest::text(a.cols);
  const std::string inside = "((row >= 0) && (row < " + Nest::text(a.vocab) + "))";
  const bool gathers = a.op == kernels::EmbedOp::Gather;
  if (!gathers) {
    nest.loop("i", a.vocab * a.cols);
    nest.line(dst + "[i] = " + nest.number(0) + ";");
    nest.close();
  }
  nest.loop("i", a.count);
  nest.index("row", nest.read(1) + "[i]");
  if (gathers) {
    nest.loop("j", a.cols);
    nest.line(dst + "[i * " + cols + " + j] = " + inside + " ? " + src + "[row * " + cols +
              " + j] : " + nest.number(std::numeric_limits<double>::quiet_NaN()) + ";");
    nest.close();
  } else {
    nest.open("if " + inside);
    nest.loop("j", a.cols);
    nest.line(dst + "[row * " + cols + " + j] += " + src + "[i * " + cols + " + j];");
    nest.close();
    nest.close();
  }
  nest.close();
  return "";
}

} // namespace

extern const CFamily family_embed;
constexpr CFamily family_embed = {&embedInstr, write};
} // namespace dlc::deploy
