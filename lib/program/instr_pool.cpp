// pool: the largest or the mean of windows of an image, and their gradients.
// Whole images are reduced by `reduce`.
#include "bind.h"

namespace dlc {
namespace {

constexpr llvm::StringLiteral kNames[] = {"max", "max_grad", "avg", "avg_grad"};

std::optional<kernels::PoolOp> parsePoolOp(llvm::StringRef text) {
  for (unsigned i = 0; i < std::size(kNames); ++i)
    if (kNames[i] == text)
      return static_cast<kernels::PoolOp>(i);
  return std::nullopt;
}

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<PoolInstrAttrs>();
  Verify v(program, instr);
  auto op = parsePoolOp(a.op);
  v.that(op.has_value(), "unknown function '" + llvm::Twine(a.op) + "'").positive({a.planes});
  for (const Shape *pair : {&a.x, &a.y, &a.kernel, &a.stride, &a.padding})
    v.that(pair->size() == 2, "sizes that are no pairs");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  for (const Shape *pair : {&a.x, &a.y, &a.kernel, &a.stride})
    v.positive({(*pair)[0], (*pair)[1]});
  bool both = *op == kernels::PoolOp::MaxGrad;
  v.that(a.padding[0] >= 0 && a.padding[1] >= 0, "a negative padding")
      .that((CheckedSize(a.kernel[0]) * a.kernel[1]).fitsIn(kMostElements), "a window beyond all memory")
      .that(instr.reads.size() == (both ? 2u : 1u), "reads of another function than " + llvm::Twine(a.op));
  wrong = v.take();
  if (!wrong.empty())
    return wrong;
  for (size_t d = 0; d < 2; ++d)
    v.that((CheckedSize(a.y[d]) * a.stride[d] + a.kernel[d] + a.padding[d]).fitsIn(kMostElements),
           "a window beyond all memory");
  CheckedSize x = CheckedSize(a.planes) * a.x[0] * a.x[1], y = CheckedSize(a.planes) * a.y[0] * a.y[1];
  bool backward = both || *op == kernels::PoolOp::AvgGrad;
  v.read(0, *op == kernels::PoolOp::AvgGrad ? y : x).write(0, backward ? x : y);
  if (both)
    v.read(1, y);
  return v.take();
}

BoundInstr bind(const Program &program, const Instr &instr, const BindContext &context) {
  return withFloat(program.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto &a = instr.attrs.as<PoolInstrAttrs>();
    kernels::PoolArgs<T> args{};
    args.op = *parsePoolOp(a.op);
    args.planes = asSize(a.planes);
    args.h = asSize(a.x[0]), args.w = asSize(a.x[1]), args.oh = asSize(a.y[0]), args.ow = asSize(a.y[1]);
    args.kh = asSize(a.kernel[0]), args.kw = asSize(a.kernel[1]);
    args.sh = asSize(a.stride[0]), args.sw = asSize(a.stride[1]);
    args.ph = asSize(a.padding[0]), args.pw = asSize(a.padding[1]);
    const T *first = pointer<const T>(context, instr, false, 0);
    (args.op == kernels::PoolOp::AvgGrad ? args.dy : args.x) = first;
    if (args.op == kernels::PoolOp::MaxGrad)
      args.dy = pointer<const T>(context, instr, false, 1);
    args.dst = pointer<T>(context, instr, true, 0);
    return close(kernels::families<T>(context.table).pool, args);
  });
}

constexpr llvm::StringLiteral kReads[] = {"x|dy", "dy?"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef poolInstr = {.name = "pool",
                                      .doc = "The largest or the mean of windows of an image, and their gradients.",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<PoolInstrAttrs>(),
                                      .verify = verify,
                                      .bind = bind};

} // namespace dlc
