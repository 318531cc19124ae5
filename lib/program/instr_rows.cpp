// rows: softmax and its relatives, row by row.
// Sums over other axes are reduce.
#include "call.h"

namespace dlc {
namespace {

bool isGradient(kernels::RowsOp op) {
  return op == kernels::RowsOp::SoftmaxGrad || op == kernels::RowsOp::LogSoftmaxGrad;
}

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<RowsAttrs>();
  Verify v(program, instr);
  bool loss = a.op == kernels::RowsOp::CrossEntropy;
  v.positive({a.rows, a.cols})
      .that(instr.reads.size() == (loss || isGradient(a.op) ? 2u : 1u), "reads of another function than " + name(a.op))
      .that(instr.writes.size() == 1 || (loss && instr.writes.size() == 2), "only cross_entropy writes losses");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  const CheckedSize all = CheckedSize(a.rows) * a.cols;
  v.read(0, all).write(0, all);
  if (loss)
    v.readI32(1, a.rows);
  else if (isGradient(a.op))
    v.read(1, all);
  if (instr.writes.size() == 2)
    v.write(1, a.rows);
  return v.take();
}

template <class T> struct Rows {
  static constexpr auto family = &kernels::Families<T>::rows;
  static kernels::RowsArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<RowsAttrs>();
    kernels::RowsArgs<T> args{};
    args.op = a.op, args.rows = asSize(a.rows), args.cols = asSize(a.cols);
    args.x = o.read<T>(0);
    if (isGradient(a.op))
      args.dy = o.read<T>(1);
    if (a.op == kernels::RowsOp::CrossEntropy)
      args.target = o.read<int32_t>(1);
    args.dst = o.write<T>(0);
    args.loss = o.instr.writes.size() == 2 ? o.write<T>(1) : nullptr;
    return args;
  }
};

bool inPlace(const Instr &instr, size_t w, size_t r) {
  return w == 0 && (r == 0 || isGradient(instr.attrs.as<RowsAttrs>().op));
}

constexpr llvm::StringLiteral kReads[] = {"x", "dy|target?"};
constexpr llvm::StringLiteral kWrites[] = {"dst", "loss?"};
} // namespace

constinit const InstrDef rowsInstr = {.name = "rows",
                                      .doc =
                                          "Softmax, its logarithm, their gradients, and cross-entropy, over each row.",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<RowsAttrs>(),
                                      .verify = verify,
                                      .call = callOf<Rows>,
                                      .inPlace = inPlace};

} // namespace dlc
