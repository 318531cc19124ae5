// rows: softmax and its relatives, row by row.
// Sums over other axes are reduce.
#include "bind.h"

namespace dlc {

namespace {
constexpr llvm::StringLiteral kNames[] = {"softmax",          "log_softmax",   "softmax_grad",
                                          "log_softmax_grad", "cross_entropy", "causal_softmax"};

std::optional<kernels::RowsOp> parseRowsOp(llvm::StringRef text) {
  for (unsigned i = 0; i < std::size(kNames); ++i)
    if (kNames[i] == text)
      return static_cast<kernels::RowsOp>(i);
  return std::nullopt;
}

bool isGradient(kernels::RowsOp op) {
  return op == kernels::RowsOp::SoftmaxGrad || op == kernels::RowsOp::LogSoftmaxGrad;
}

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<RowsAttrs>();
  Verify v(program, instr);
  auto op = parseRowsOp(a.op);
  v.positive({a.rows, a.cols}).that(op.has_value(), "unknown function '" + llvm::Twine(a.op) + "'");
  if (!op)
    return v.take();
  bool loss = *op == kernels::RowsOp::CrossEntropy;
  v.that(instr.reads.size() == (loss || isGradient(*op) ? 2u : 1u),
         "reads of another function than " + llvm::Twine(a.op))
      .that(instr.writes.size() == 1 || (loss && instr.writes.size() == 2), "only cross_entropy writes losses");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  const CheckedSize all = CheckedSize(a.rows) * a.cols;
  v.read(0, all).write(0, all);
  if (loss)
    v.readI32(1, a.rows);
  else if (isGradient(*op))
    v.read(1, all);
  if (instr.writes.size() == 2)
    v.write(1, a.rows);
  return v.take();
}

BoundInstr bind(const Program &program, const Instr &instr, const BindContext &context) {
  return withFloat(program.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto &a = instr.attrs.as<RowsAttrs>();
    kernels::RowsArgs<T> args{};
    args.op = *parseRowsOp(a.op);
    args.rows = asSize(a.rows), args.cols = asSize(a.cols);
    args.x = pointer<const T>(context, instr, false, 0);
    if (isGradient(args.op))
      args.dy = pointer<const T>(context, instr, false, 1);
    if (args.op == kernels::RowsOp::CrossEntropy)
      args.target = pointer<const int32_t>(context, instr, false, 1);
    args.dst = pointer<T>(context, instr, true, 0);
    args.loss = instr.writes.size() == 2 ? pointer<T>(context, instr, true, 1) : nullptr;
    return close(kernels::families<T>(context.table).rows, args);
  });
}

bool inPlace(const Instr &instr, size_t w, size_t r) {
  return w == 0 && (r == 0 || isGradient(*parseRowsOp(instr.attrs.as<RowsAttrs>().op)));
}

constexpr llvm::StringLiteral kReads[] = {"x", "dy|target?"};
constexpr llvm::StringLiteral kWrites[] = {"dst", "loss?"};
} // namespace

llvm::StringRef name(kernels::RowsOp op) { return kNames[static_cast<unsigned>(op)]; }

constinit const InstrDef rowsInstr = {.name = "rows",
                                      .doc =
                                          "Softmax, its logarithm, their gradients, and cross-entropy, over each row.",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<RowsAttrs>(),
                                      .verify = verify,
                                      .bind = bind,
                                      .inPlace = inPlace};

} // namespace dlc
