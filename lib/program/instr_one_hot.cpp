// one_hot: rows of zeros with one element set, the one an index names.
// The way back is pick.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<IndexAttrs>();
  Verify v(program, instr);
  v.positive({a.rows, a.cols}).readI32(0, a.rows).write(0, CheckedSize(a.rows) * a.cols);
  if (instr.reads.size() == 2)
    v.read(1, a.rows);
  return v.take();
}

template <class T> struct OneHot {
  static constexpr auto family = &kernels::Families<T>::oneHot;
  static kernels::OneHotArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<IndexAttrs>();
    return {asSize(a.rows), asSize(a.cols), o.read<int32_t>(0), o.instr.reads.size() == 2 ? o.read<T>(1) : nullptr,
            o.write<T>(0)};
  }
};

constexpr llvm::StringLiteral kReads[] = {"index", "value?"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef oneHotInstr = {.name = "one_hot",
                                        .doc = "dst[i, index[i]] = value[i] or 1, and 0 elsewhere.",
                                        .reads = kReads,
                                        .writes = kWrites,
                                        .attrs = attrTable<IndexAttrs>(),
                                        .verify = verify,
                                        .call = callOf<OneHot>};

} // namespace dlc
