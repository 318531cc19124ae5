// pick: one element of each row, the one an index names.
// The way back is one_hot.
#include "bind.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<IndexAttrs>();
  Verify v(program, instr);
  v.positive({a.rows, a.cols}).read(0, CheckedSize(a.rows) * a.cols).readI32(1, a.rows).write(0, a.rows);
  return v.take();
}

BoundInstr bind(const Program &program, const Instr &instr, const BindContext &context) {
  return withFloat(program.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto &a = instr.attrs.as<IndexAttrs>();
    kernels::PickArgs<T> args{asSize(a.rows), asSize(a.cols), pointer<const T>(context, instr, false, 0),
                              pointer<const int32_t>(context, instr, false, 1), pointer<T>(context, instr, true, 0)};
    return close(kernels::families<T>(context.table).pick, args);
  });
}

constexpr llvm::StringLiteral kReads[] = {"x", "index"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef pickInstr = {.name = "pick",
                                      .doc = "dst[i] = x[i, index[i]].",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<IndexAttrs>(),
                                      .verify = verify,
                                      .bind = bind};

} // namespace dlc
