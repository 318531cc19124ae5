// gemm: columns of the result side by side, so that a compiler can make vectors of them; each element is one chain of
// multiply-adds in the order of k. Weights are handed over in panels of so many columns, row after row of k.
#include "nest.h"

namespace dlc::deploy {
namespace {

constexpr int64_t kPanel = 32;

/// B in panels: all k rows of the first kPanel columns, then those of the next; the last panel is as narrow as it is.
CLayout panels(const GemmAttrs &a) {
  CLayout layout;
  layout.name = "panels_" + std::to_string(a.k) + "_" + std::to_string(a.n) + "_" + std::to_string(a.b_row) + "_" +
                std::to_string(a.b_col);
  for (int64_t first = 0; first < a.n; first += kPanel)
    for (int64_t p = 0; p < a.k; ++p)
      for (int64_t j = first; j < std::min(first + kPanel, a.n); ++j)
        layout.order.push_back(p * a.b_row + j * a.b_col);
  return layout;
}

std::string times(const std::string &index, int64_t stride) {
  return stride == 1 ? index : index + " * " + Nest::text(stride);
}
std::string plus(const std::string &a, const std::string &b) { return a == "0" ? b : b == "0" ? a : a + " + " + b; }

/// `count` columns from `first` on, for all rows.
void columns(Nest &nest, const GemmAttrs &a, const std::string &first, int64_t count, bool packed) {
  const bool oneRow = a.m == 1;
  nest.array("sum", count);
  if (!oneRow)
    nest.loop("i", a.m);
  const std::string i = oneRow ? "0" : "i";
  nest.loop("j", count);
  nest.line("sum[j] = " + nest.number(0) + ";");
  nest.close();
  nest.loop("p", a.k);
  const std::string rowOfA = oneRow ? "0" : times(i, a.a_row);
  nest.declare("left", nest.read(0) + "[" + plus(rowOfA, times("p", a.a_col)) + "]");
  nest.loop("j", count);
  const std::string b =
      packed ? plus(plus(first == "0" ? "0" : first + " * " + Nest::text(a.k), times("p", count)), "j")
             : plus(times("p", a.b_row), first == "0" ? times("j", a.b_col) : times("(" + first + " + j)", a.b_col));
  nest.line("sum[j] = @fma(left, " + nest.read(1) + "[" + b + "], sum[j]);");
  nest.close();
  nest.close();
  nest.loop("j", count);
  const std::string column = first == "0" ? "j" : first + " + j";
  const std::string element = plus(oneRow ? "0" : times(i, a.n), column);
  nest.declare("acc", "sum[j]");
  writeEpilogue(nest, a.keep, {MapInputKind::Periodic, false, 1, a.n}, "acc", element, column);
  nest.close();
  if (!oneRow)
    nest.close();
}

std::string write(Nest &nest) {
  const auto &a = nest.attrs<GemmAttrs>();
  const bool packed = nest.isConstant(1);
  if (packed)
    nest.layOut(1, panels(a));
  const int64_t whole = a.n / kPanel * kPanel, rest = a.n - whole;
  if (whole == kPanel && rest == 0) {
    columns(nest, a, "0", kPanel, packed);
    return "";
  }
  if (whole) {
    nest.open("for (int32_t first = 0; first < " + Nest::text(whole) + "; first += " + Nest::text(kPanel) + ")");
    columns(nest, a, "first", kPanel, packed);
    nest.close();
  }
  if (rest) {
    nest.open("");
    columns(nest, a, Nest::text(whole), rest, packed);
    nest.close();
  }
  return "";
}

} // namespace

extern const CFamily family_gemm;
constexpr CFamily family_gemm = {&gemmInstr, write};
} // namespace dlc::deploy
