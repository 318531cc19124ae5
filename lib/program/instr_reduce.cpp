// reduce: sum, maximum or norm over the middle of [outer, reduce, inner].
// The order of a sum is part of its meaning, see dlc/kernels/kernels.h.
#include "bind.h"

#include "llvm/ADT/StringSwitch.h"

namespace dlc {
namespace {

std::optional<kernels::ReduceOp> opOf(llvm::StringRef word) {
  return llvm::StringSwitch<std::optional<kernels::ReduceOp>>(word)
      .Case("sum", kernels::ReduceOp::Sum)
      .Case("max", kernels::ReduceOp::Max)
      .Case("norm", kernels::ReduceOp::Norm)
      .Default(std::nullopt);
}

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<ReduceInstrAttrs>();
  Verify v(program, instr);
  v.positive({a.outer, a.reduce, a.inner}).that(opOf(a.op).has_value(), "op is sum, max or norm");
  v.read(0, CheckedSize(a.outer) * a.reduce * a.inner).write(0, CheckedSize(a.outer) * a.inner);
  return v.take();
}

BoundInstr bind(const Program &program, const Instr &instr, const BindContext &context) {
  return withFloat(program.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto &a = instr.attrs.as<ReduceInstrAttrs>();
    kernels::ReduceArgs<T> args{*opOf(a.op),
                                asSize(a.outer),
                                asSize(a.reduce),
                                asSize(a.inner),
                                pointer<const T>(context, instr, false, 0),
                                pointer<T>(context, instr, true, 0)};
    return close(kernels::families<T>(context.table).reduce, args);
  });
}

constexpr llvm::StringLiteral kReads[] = {"src"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef reduceInstr = {.name = "reduce",
                                        .doc = "Sum, maximum or norm over the middle of [outer, reduce, inner].",
                                        .reads = kReads,
                                        .writes = kWrites,
                                        .attrs = attrTable<ReduceInstrAttrs>(),
                                        .verify = verify,
                                        .bind = bind};

} // namespace dlc
