// reduce: sum, maximum or norm over the middle of [outer, reduce, inner].
// The order of a sum is part of its meaning, see dlc/kernels/kernels.h.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<ReduceInstrAttrs>();
  Verify v(program, instr);
  v.positive({a.outer, a.reduce, a.inner});
  v.read(0, CheckedSize(a.outer) * a.reduce * a.inner).write(0, CheckedSize(a.outer) * a.inner);
  return v.take();
}

template <class T> struct Reduce {
  static constexpr auto family = &kernels::Families<T>::reduce;
  static kernels::ReduceArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<ReduceInstrAttrs>();
    return {a.op, asSize(a.outer), asSize(a.reduce), asSize(a.inner), o.read<T>(0), o.write<T>(0)};
  }
};

constexpr llvm::StringLiteral kReads[] = {"src"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef reduceInstr = {.name = "reduce",
                                        .doc = "Sum, maximum or norm over the middle of [outer, reduce, inner].",
                                        .reads = kReads,
                                        .writes = kWrites,
                                        .attrs = attrTable<ReduceInstrAttrs>(),
                                        .verify = verify,
                                        .call = callOf<Reduce>};

} // namespace dlc
