// batch_gemm: many matrix products of one shape.
// It takes no tile program; what surrounds it is fused on its other side.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<BatchGemmAttrs>();
  Verify v(program, instr);
  v.positive({a.batch, a.m, a.n, a.k});
  v.strides({a.a_row, a.a_col, a.b_row, a.b_col, a.a_step, a.b_step});
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.read(0, CheckedSize(a.batch - 1) * a.a_step + CheckedSize(a.m - 1) * a.a_row + CheckedSize(a.k - 1) * a.a_col + 1);
  v.read(1, CheckedSize(a.batch - 1) * a.b_step + CheckedSize(a.k - 1) * a.b_row + CheckedSize(a.n - 1) * a.b_col + 1);
  v.write(0, CheckedSize(a.batch) * a.m * a.n);
  return v.take();
}

template <class T> struct BatchGemm {
  static constexpr auto family = &kernels::Families<T>::batchGemm;
  static kernels::BatchGemmArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<BatchGemmAttrs>();
    kernels::BatchGemmArgs<T> args{};
    args.one.a = o.read<T>(0), args.one.b = o.read<T>(1), args.one.c = o.write<T>(0);
    args.one.m = asSize(a.m), args.one.n = asSize(a.n), args.one.k = asSize(a.k);
    args.one.aRow = a.a_row, args.one.aCol = a.a_col, args.one.bRow = a.b_row, args.one.bCol = a.b_col;
    args.one.ldc = args.one.n, args.one.blocks = kernels::blocksFor(o.program.caches);
    args.batch = asSize(a.batch), args.aStep = asSize(a.a_step), args.bStep = asSize(a.b_step);
    args.cStep = args.one.m * args.one.n;
    return args;
  }
};

double multiplyAdds(const Instr &instr) {
  const auto &a = instr.attrs.as<BatchGemmAttrs>();
  return productOf({a.batch, a.m, a.n, a.k});
}

constexpr llvm::StringLiteral kReads[] = {"a", "b"};
constexpr llvm::StringLiteral kWrites[] = {"c"};
} // namespace

constinit const InstrDef batchGemmInstr = {.name = "batch_gemm",
                                           .doc = "C = A B for each pair of a batch of matrices.",
                                           .reads = kReads,
                                           .writes = kWrites,
                                           .attrs = attrTable<BatchGemmAttrs>(),
                                           .verify = verify,
                                           .call = callOf<BatchGemm>,
                                           .multiplyAdds = multiplyAdds};

} // namespace dlc
