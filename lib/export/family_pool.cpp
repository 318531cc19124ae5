// pool: the largest and the mean of windows, and the ways back, window by window in the order of rows.
// Windows that may lie off the image test where they are.
#include "nest.h"

#include <limits>

namespace dlc::deploy {
namespace {

using kernels::PoolOp;

/// Whether a window may reach beyond a side of the image.
bool leaves(const PoolInstrAttrs &a, size_t d) {
  return a.padding[d] > 0 || (a.y[d] - 1) * a.stride[d] + a.kernel[d] > a.x[d];
}

/// Opens the loops over the elements of the window at (i, j) that lie on the image; `at` is where one is in its plane.
size_t openWindow(Nest &nest, const PoolInstrAttrs &a) {
  static constexpr llvm::StringLiteral kOf[] = {"i", "j"}, kIn[] = {"u", "v"}, kAt[] = {"row", "column"};
  size_t open = 0;
  for (size_t d = 0; d < 2; ++d, ++open) {
    nest.loop(kIn[d], a.kernel[d]);
    nest.index(kAt[d], kOf[d] + " * " + Nest::text(a.stride[d]) + " + " + kIn[d] +
                           (a.padding[d] ? " - " + Nest::text(a.padding[d]) : ""));
    if (leaves(a, d)) {
      nest.open("if ((" + kAt[d] + " >= 0) && (" + kAt[d] + " < " + Nest::text(a.x[d]) + "))");
      ++open;
    }
  }
  nest.index("at", "plane * " + Nest::text(a.x[0] * a.x[1]) + " + row * " + Nest::text(a.x[1]) + " + column");
  return open;
}
void close(Nest &nest, size_t open) {
  for (; open > 0; --open)
    nest.close();
}

/// Declares `best`, where the window's largest is; -1: it lies off the image.
void writeBest(Nest &nest, const PoolInstrAttrs &a) {
  const std::string &x = nest.read(0);
  nest.line("int32_t best = -1;");
  nest.line(nest.real() + " most = " + nest.number(-std::numeric_limits<double>::infinity()) + ";");
  const size_t open = openWindow(nest, a);
  nest.declare("value", x + "[at]");
  nest.open("if ((best < 0) || (value > most) || ((value != value) && (most == most)))");
  nest.line("best = at;");
  nest.line("most = value;");
  nest.close();
  close(nest, open);
}

void writeWindow(Nest &nest, const PoolInstrAttrs &a, const std::string &y) {
  const std::string area = nest.number(static_cast<double>(a.kernel[0] * a.kernel[1]));
  const std::string &out = nest.write(0);
  switch (a.op) {
  case PoolOp::Max:
    writeBest(nest, a);
    nest.line(out + "[" + y + "] = most;");
    nest.line("(void)best;");
    return;
  case PoolOp::MaxGrad:
    writeBest(nest, a);
    nest.open("if (best >= 0)");
    nest.line(out + "[best] += " + nest.read(1) + "[" + y + "];");
    nest.close();
    return;
  case PoolOp::Avg: {
    nest.line(nest.real() + " sum = " + nest.number(0) + ";");
    const size_t open = openWindow(nest, a);
    nest.line("sum += " + nest.read(0) + "[at];");
    close(nest, open);
    nest.line(out + "[" + y + "] = sum / " + area + ";");
    return;
  }
  case PoolOp::AvgGrad: {
    nest.declare("share", nest.read(0) + "[" + y + "] / " + area);
    const size_t open = openWindow(nest, a);
    nest.line(out + "[at] += share;");
    close(nest, open);
    return;
  }
  }
}

std::string write(Nest &nest) {
  const auto &a = nest.attrs<PoolInstrAttrs>();
  if (a.op == PoolOp::MaxGrad || a.op == PoolOp::AvgGrad) {
    nest.loop("e", a.planes * a.x[0] * a.x[1]);
    nest.line(nest.write(0) + "[e] = " + nest.number(0) + ";");
    nest.close();
  }
  nest.loop("plane", a.planes);
  nest.loop("i", a.y[0]);
  nest.loop("j", a.y[1]);
  writeWindow(nest, a, "plane * " + Nest::text(a.y[0] * a.y[1]) + " + i * " + Nest::text(a.y[1]) + " + j");
  close(nest, 3);
  return "";
}

} // namespace

extern const CFamily family_pool;
constexpr CFamily family_pool = {&poolInstr, write};
} // namespace dlc::deploy
