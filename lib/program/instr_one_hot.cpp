// one_hot: rows of zeros with one element set, the one an index names.
// The way back is pick.
#include "bind.h"

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

BoundInstr bind(const Program &program, const Instr &instr, const BindContext &context) {
  return withFloat(program.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto &a = instr.attrs.as<IndexAttrs>();
    kernels::OneHotArgs<T> args{asSize(a.rows), asSize(a.cols), pointer<const int32_t>(context, instr, false, 0),
                                instr.reads.size() == 2 ? pointer<const T>(context, instr, false, 1) : nullptr,
                                pointer<T>(context, instr, true, 0)};
    return close(kernels::families<T>(context.table).oneHot, args);
  });
}

constexpr llvm::StringLiteral kReads[] = {"index", "value?"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef oneHotInstr = {.name = "one_hot",
                                        .doc = "dst[i, index[i]] = value[i] or 1, and 0 elsewhere.",
                                        .reads = kReads,
                                        .writes = kWrites,
                                        .attrs = attrTable<IndexAttrs>(),
                                        .verify = verify,
                                        .bind = bind};

} // namespace dlc
