// pool: the largest or the mean of windows of an image, and their gradients.
// Whole images are reduced by `reduce`.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<PoolInstrAttrs>();
  Verify v(program, instr);
  v.positive({a.planes});
  for (const Shape *pair : {&a.x, &a.y, &a.kernel, &a.stride, &a.padding})
    v.that(pair->size() == 2, "sizes that are not pairs");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  for (const Shape *pair : {&a.x, &a.y, &a.kernel, &a.stride})
    v.positive({(*pair)[0], (*pair)[1]});
  bool both = a.op == kernels::PoolOp::MaxGrad;
  v.that(a.padding[0] >= 0 && a.padding[1] >= 0, "a negative padding")
      .that((CheckedSize(a.kernel[0]) * a.kernel[1]).fitsIn(kMostElements), "a window too large for memory")
      .that(instr.reads.size() == (both ? 2u : 1u), "reads of another function than " + name(a.op));
  wrong = v.take();
  if (!wrong.empty())
    return wrong;
  for (size_t d = 0; d < 2; ++d)
    v.that((CheckedSize(a.y[d]) * a.stride[d] + a.kernel[d] + a.padding[d]).fitsIn(kMostElements),
           "a window too large for memory");
  CheckedSize x = CheckedSize(a.planes) * a.x[0] * a.x[1], y = CheckedSize(a.planes) * a.y[0] * a.y[1];
  bool backward = both || a.op == kernels::PoolOp::AvgGrad;
  v.read(0, a.op == kernels::PoolOp::AvgGrad ? y : x).write(0, backward ? x : y);
  if (both)
    v.read(1, y);
  return v.take();
}

template <class T> struct Pool {
  static constexpr auto family = &kernels::Families<T>::pool;
  static kernels::PoolArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<PoolInstrAttrs>();
    kernels::PoolArgs<T> args{};
    args.op = a.op, args.planes = asSize(a.planes);
    args.h = asSize(a.x[0]), args.w = asSize(a.x[1]), args.oh = asSize(a.y[0]), args.ow = asSize(a.y[1]);
    args.kh = asSize(a.kernel[0]), args.kw = asSize(a.kernel[1]);
    args.sh = asSize(a.stride[0]), args.sw = asSize(a.stride[1]);
    args.ph = asSize(a.padding[0]), args.pw = asSize(a.padding[1]);
    (a.op == kernels::PoolOp::AvgGrad ? args.dy : args.x) = o.read<T>(0);
    if (a.op == kernels::PoolOp::MaxGrad)
      args.dy = o.read<T>(1);
    args.dst = o.write<T>(0);
    return args;
  }
};

constexpr llvm::StringLiteral kReads[] = {"x|dy", "dy?"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef poolInstr = {.name = "pool",
                                      .doc = "The largest or the mean of windows of an image, and their gradients.",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<PoolInstrAttrs>(),
                                      .verify = verify,
                                      .call = callOf<Pool>};

} // namespace dlc
