// rows: softmax and its relatives, row by row: the largest number, then the sum of exponentials, then the quotients.
// In a causal softmax each row has a length of its own, up to which its loops test.
#include "sums.h"

#include <cmath>
#include <limits>

namespace dlc::deploy {
namespace {

using kernels::MapOp;
using kernels::RowsOp;

std::string row(const RowsAttrs &a) { return "r * " + Nest::text(a.cols) + " + "; }

/// dst[j] = expression(j) over the row.
void each(Nest &nest, const RowsAttrs &a, llvm::function_ref<std::string(const std::string &)> expression) {
  nest.loop("j", a.cols);
  nest.line(nest.write(0) + "[" + row(a) + "j] = " + expression("[" + row(a) + "j]") + ";");
  nest.close();
}

void largest(Nest &nest, const RowsAttrs &a) {
  writeMaximum(nest, "most", Nest::text(a.cols),
               [&](const std::string &j) { return nest.read(0) + "[" + row(a) + j + "]"; });
}

void softmax(Nest &nest, const RowsAttrs &a) {
  const bool causal = a.op == RowsOp::CausalSoftmax;
  const std::string &x = nest.read(0), &y = nest.write(0);
  if (causal) {
    nest.index("seen", "r % " + Nest::text(a.cols));
    writeMaximum(nest, "most", Nest::text(a.cols), [&](const std::string &j) {
      return "(" + j + " <= seen) ? " + x + "[" + row(a) + j + "] : " + nest.number(-HUGE_VAL);
    });
  } else {
    largest(nest, a);
  }
  // Lanes past the end gain +0, which changes no sum of numbers that are none of them -0.
  writeRunSum(nest, "sum", a.cols, [&](const std::string &at) {
    const std::string e = nest.micro(MapOp::Exp, {x + "[" + row(a) + at + "] - most"});
    nest.declare("e", causal ? "(" + at + " <= seen) ? " + e + " : " + nest.number(0) : e);
    nest.line(y + "[" + row(a) + at + "] = e;");
    return std::string("e");
  });
  each(nest, a, [&](const std::string &at) {
    const std::string quotient = y + at + " / sum";
    return causal ? "(j <= seen) ? " + quotient + " : " + nest.number(0) : quotient;
  });
}

/// Declares `excess`, what the sum of the exponentials has beyond its largest; they go to dst, if `keep`.
void excess(Nest &nest, const RowsAttrs &a, bool keep) {
  const std::string &x = nest.read(0);
  const std::string zero = nest.number(0), one = nest.number(1);
  auto distance = [&](const std::string &at) { nest.declare("z", x + "[" + row(a) + at + "] - most"); };
  writeRunSum(nest, "count", a.cols, [&](const std::string &at) {
    distance(at);
    return "(z == " + zero + ") ? " + one + " : " + zero;
  });
  writeRunSum(nest, "rest", a.cols, [&](const std::string &at) {
    distance(at);
    nest.declare("e", nest.micro(MapOp::Exp, {"z"}));
    if (keep)
      nest.line(nest.write(0) + "[" + row(a) + at + "] = e;");
    return "(z == " + zero + ") ? " + zero + " : e";
  });
  nest.declare("excess", "rest + (count - " + one + ")");
}

void logSoftmax(Nest &nest, const RowsAttrs &a) {
  largest(nest, a);
  excess(nest, a, false);
  nest.declare("shift", nest.micro(MapOp::Log1p, {"excess"}));
  each(nest, a, [&](const std::string &at) { return "(" + nest.read(0) + at + " - most) - shift"; });
}

void crossEntropy(Nest &nest, const RowsAttrs &a) {
  largest(nest, a);
  const std::string &x = nest.read(0), &target = nest.read(1);
  nest.index("t", target + "[r]");
  nest.declare("hit", "((t >= 0) && (t < " + Nest::text(a.cols) + ")) ? " + x + "[" + row(a) +
                          "t] - most : " + nest.number(std::numeric_limits<double>::quiet_NaN()));
  excess(nest, a, true);
  nest.declare("sum", "excess + " + nest.number(1));
  each(nest, a, [&](const std::string &at) { return nest.write(0) + at + " / sum"; });
  if (nest.instr().writes.size() == 2)
    nest.line(nest.write(1) + "[r] = " + nest.micro(MapOp::Log1p, {"excess"}) + " - hit;");
}

void softmaxGrad(Nest &nest, const RowsAttrs &a) {
  const std::string &y = nest.read(0), &dy = nest.read(1);
  writeRunSum(nest, "sum", a.cols,
              [&](const std::string &at) { return dy + "[" + row(a) + at + "] * " + y + "[" + row(a) + at + "]"; });
  each(nest, a, [&](const std::string &at) { return y + at + " * (" + dy + at + " - sum)"; });
}

void logSoftmaxGrad(Nest &nest, const RowsAttrs &a) {
  const std::string &y = nest.read(0), &dy = nest.read(1);
  writeRunSum(nest, "sum", a.cols, [&](const std::string &at) { return dy + "[" + row(a) + at + "]"; });
  each(nest, a, [&](const std::string &at) { return dy + at + " - " + nest.micro(MapOp::Exp, {y + at}) + " * sum"; });
}

std::string write(Nest &nest) {
  const auto &a = nest.attrs<RowsAttrs>();
  nest.loop("r", a.rows);
  switch (a.op) {
  case RowsOp::Softmax:
  case RowsOp::CausalSoftmax:
    softmax(nest, a);
    break;
  case RowsOp::LogSoftmax:
    logSoftmax(nest, a);
    break;
  case RowsOp::CrossEntropy:
    crossEntropy(nest, a);
    break;
  case RowsOp::SoftmaxGrad:
    softmaxGrad(nest, a);
    break;
  case RowsOp::LogSoftmaxGrad:
    logSoftmaxGrad(nest, a);
    break;
  }
  nest.close();
  return "";
}

} // namespace

extern const CFamily family_rows;
constexpr CFamily family_rows = {&rowsInstr, write};
} // namespace dlc::deploy
