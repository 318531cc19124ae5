// embed: rows of a table by index, and rows added up by index.
// One element of each row is pick.
#include "bind.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<EmbedAttrs>();
  bool gathers = a.op == "gather";
  Verify v(program, instr);
  v.positive({a.count, a.cols, a.vocab})
      .that(gathers || a.op == "scatter_add", "unknown op '" + llvm::Twine(a.op) + "'");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.read(0, CheckedSize(gathers ? a.vocab : a.count) * a.cols).readI32(1, a.count);
  v.write(0, CheckedSize(gathers ? a.count : a.vocab) * a.cols);
  return v.take();
}

BoundInstr bind(const Program &program, const Instr &instr, const BindContext &context) {
  return withFloat(program.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto &a = instr.attrs.as<EmbedAttrs>();
    kernels::EmbedArgs<T> args{a.op == "gather" ? kernels::EmbedOp::Gather : kernels::EmbedOp::ScatterAdd,
                               asSize(a.count),
                               asSize(a.cols),
                               asSize(a.vocab),
                               pointer<const T>(context, instr, false, 0),
                               pointer<const int32_t>(context, instr, false, 1),
                               pointer<T>(context, instr, true, 0)};
    return close(kernels::families<T>(context.table).embed, args);
  });
}

constexpr llvm::StringLiteral kReads[] = {"src", "index"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef embedInstr = {.name = "embed",
                                       .doc = "Rows of a table by index, or rows added up into a table by index.",
                                       .reads = kReads,
                                       .writes = kWrites,
                                       .attrs = attrTable<EmbedAttrs>(),
                                       .verify = verify,
                                       .bind = bind};

} // namespace dlc
