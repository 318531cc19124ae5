// batch_gemm: the products one after the other, each as a gemm of operands that are computed.
// Neither is a weight that could be laid out before.
#include "nest.h"

namespace dlc::deploy {
namespace {

constexpr int64_t kColumns = 16;

void columns(Nest &nest, const BatchGemmAttrs &a, const std::string &first, int64_t count) {
  auto at = [](const std::string &index, int64_t stride) { return index + " * " + Nest::text(stride); };
  nest.array("sum", count);
  nest.loop("j", count);
  nest.line("sum[j] = " + nest.number(0) + ";");
  nest.close();
  nest.loop("p", a.k);
  nest.declare("left",
               nest.read(0) + "[" + at("item", a.a_step) + " + " + at("i", a.a_row) + " + " + at("p", a.a_col) + "]");
  nest.loop("j", count);
  nest.line("sum[j] = @fma(left, " + nest.read(1) + "[" + at("item", a.b_step) + " + " + at("p", a.b_row) + " + " +
            at("(" + first + " + j)", a.b_col) + "], sum[j]);");
  nest.close();
  nest.close();
  nest.loop("j", count);
  nest.line(nest.write(0) + "[" + at("(item * " + Nest::text(a.m) + " + i)", a.n) + " + " + first + " + j] = sum[j];");
  nest.close();
}

std::string write(Nest &nest) {
  const auto &a = nest.attrs<BatchGemmAttrs>();
  const int64_t whole = a.n / kColumns * kColumns, rest = a.n - whole;
  nest.loop("item", a.batch);
  nest.loop("i", a.m);
  if (whole) {
    nest.open("for (int32_t first = 0; first < " + Nest::text(whole) + "; first += " + Nest::text(kColumns) + ")");
    columns(nest, a, "first", kColumns);
    nest.close();
  }
  if (rest) {
    nest.open("");
    columns(nest, a, Nest::text(whole), rest);
    nest.close();
  }
  nest.close();
  nest.close();
  return "";
}

} // namespace

extern const CFamily family_batch_gemm;
constexpr CFamily family_batch_gemm = {&batchGemmInstr, write};
} // namespace dlc::deploy
