// pick: one element of each row, the one an index names.
// The way back is one_hot.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<IndexAttrs>();
  Verify v(program, instr);
  v.positive({a.rows, a.cols}).read(0, CheckedSize(a.rows) * a.cols).readI32(1, a.rows).write(0, a.rows);
  return v.take();
}

template <class T> struct Pick {
  static constexpr auto family = &kernels::Families<T>::pick;
  static kernels::PickArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<IndexAttrs>();
    return {asSize(a.rows), asSize(a.cols), o.read<T>(0), o.read<int32_t>(1), o.write<T>(0)};
  }
};

constexpr llvm::StringLiteral kReads[] = {"x", "index"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef pickInstr = {.name = "pick",
                                      .doc = "dst[i] = x[i, index[i]].",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<IndexAttrs>(),
                                      .verify = verify,
                                      .call = callOf<Pick>};

} // namespace dlc
