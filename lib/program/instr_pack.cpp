// pack: the second operand of a gemm, cut into the panels its micro-kernel reads.
// Worth an instruction of its own where the panels are used more often than they are made.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<PackAttrs>();
  Verify v(program, instr);
  v.positive({a.k, a.n}).strides({a.b_row, a.b_col});
  v.that((CheckedSize(a.k) * a.n).fitsIn(kMostElements), "a matrix too large for memory");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.read(0, CheckedSize(a.k - 1) * a.b_row + CheckedSize(a.n - 1) * a.b_col + 1);
  const kernels::Table &table = program.isa->table;
  v.write(0, withFloat(program.dtype, [&](auto zero) {
            return static_cast<int64_t>(
                kernels::families<decltype(zero)>(table).packedElements(asSize(a.k), asSize(a.n)));
          }));
  return v.take();
}

template <class T> struct Pack {
  static constexpr auto family = &kernels::Families<T>::pack;
  static kernels::PackArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<PackAttrs>();
    return {o.read<T>(0), o.write<T>(0), asSize(a.k), asSize(a.n), a.b_row, a.b_col};
  }
};

constexpr llvm::StringLiteral kReads[] = {"b"};
constexpr llvm::StringLiteral kWrites[] = {"panels"};
} // namespace

constinit const InstrDef packInstr = {.name = "pack",
                                      .doc = "Column panels of a gemm's second operand.",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<PackAttrs>(),
                                      .verify = verify,
                                      .call = callOf<Pack>};

} // namespace dlc
