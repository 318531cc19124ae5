// embed: rows of a table by index, and rows added up by index.
// One element of each row is pick.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<EmbedAttrs>();
  bool gathers = a.op == kernels::EmbedOp::Gather;
  Verify v(program, instr);
  v.positive({a.count, a.cols, a.vocab});
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.read(0, CheckedSize(gathers ? a.vocab : a.count) * a.cols).readI32(1, a.count);
  v.write(0, CheckedSize(gathers ? a.count : a.vocab) * a.cols);
  return v.take();
}

template <class T> struct Embed {
  static constexpr auto family = &kernels::Families<T>::embed;
  static kernels::EmbedArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<EmbedAttrs>();
    return {a.op, asSize(a.count), asSize(a.cols), asSize(a.vocab), o.read<T>(0), o.read<int32_t>(1), o.write<T>(0)};
  }
};

constexpr llvm::StringLiteral kReads[] = {"src", "index"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef embedInstr = {.name = "embed",
                                       .doc = "Rows of a table by index, or rows added up into a table by index.",
                                       .reads = kReads,
                                       .writes = kWrites,
                                       .attrs = attrTable<EmbedAttrs>(),
                                       .verify = verify,
                                       .call = callOf<Embed>};

} // namespace dlc
