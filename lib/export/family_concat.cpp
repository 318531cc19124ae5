// concat: one loop for each run, again and again.
// A reshape needs none.
#include "nest.h"

namespace dlc::deploy {
namespace {

std::string write(Nest &nest) {
  const auto &a = nest.attrs<ConcatInstrAttrs>();
  int64_t all = 0, begin = 0;
  for (int64_t run : a.runs)
    all += run;
  nest.loop("o", a.outer);
  for (size_t i = 0; i < a.runs.size(); begin += a.runs[i++]) {
    nest.loop("j", a.runs[i]);
    nest.line(nest.write(0) + "[o * " + Nest::text(all) + " + " + Nest::text(begin) + " + j] = " + nest.read(i) +
              "[o * " + Nest::text(a.runs[i]) + " + j];");
    nest.close();
  }
  nest.close();
  return "";
}

} // namespace

extern const CFamily family_concat;
constexpr CFamily family_concat = {&concatInstr, write};
} // namespace dlc::deploy
