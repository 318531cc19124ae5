// conv: a two-dimensional convolution or one of its gradients, then a tile program over the result while it is hot.
// What the tile program may be, and what of it the kernels do by hand, is said in epilogue.h.
#include "conv_shape.h"
#include "epilogue.h"

namespace dlc {
namespace {

/// CheckedSize of x, weight and y.
struct Sizes {
  CheckedSize x, weight, y;
  explicit Sizes(const ConvInstrAttrs &a)
      : x(CheckedSize(a.n) * a.groups * a.ci * a.x[0] * a.x[1]),
        weight(CheckedSize(a.groups) * a.co * a.ci * a.kernel[0] * a.kernel[1]),
        y(CheckedSize(a.n) * a.groups * a.co * a.y[0] * a.y[1]) {}
};

CheckedSize resultElements(const ConvInstrAttrs &a) {
  Sizes sizes(a);
  if (a.op == kernels::ConvOp::Forward)
    return sizes.y;
  if (a.op == kernels::ConvOp::GradInput)
    return sizes.x;
  return sizes.weight * static_cast<int64_t>(kernels::convBlocks(asSize(a.n)));
}

/// Kernels hold offsets into the lines of one grain, those of all channels of a group, in 32 bits; and what they keep
/// of its result is no more than memory holds. The fewest lines that a grain can have are counted, since kernels take
/// more only while these are few.
bool linesFit(const ConvInstrAttrs &a) {
  CheckedSize lines = CheckedSize(a.kernel[0] - 1) * a.dilation[0] + 1;
  CheckedSize columns = CheckedSize(a.y[1]) * a.stride[1] + CheckedSize(a.kernel[1] - 1) * a.dilation[1] + 1;
  int64_t channels = a.ci;
  CheckedSize result = 0;
  switch (a.op) {
  case kernels::ConvOp::Forward: {
    bool inPlace = a.padding[0] == 0 && a.padding[1] == 0 && a.stride[1] == 1; // the image is its own slab
    if (inPlace && !(CheckedSize(channels) * a.x[0] * a.x[1]).fitsIn(INT32_MAX))
      return false;
    break;
  }
  case kernels::ConvOp::GradInput:
    channels = a.co;
    columns = CheckedSize(a.x[1]) + a.padding[1] + CheckedSize(a.kernel[1]) * a.dilation[1] + 1;
    result = CheckedSize(a.ci) * (a.x[0] + 2 * a.stride[0]) * a.x[1];
    break;
  case kernels::ConvOp::GradWeight:
    lines = lines + CheckedSize(std::min<int64_t>(a.y[0], 512 / a.y[1] + 1)) * a.stride[0]; // about 512 outputs at once
    break;
  }
  constexpr int64_t kSlack = 64; // elements that a vector may read behind the last line
  return (CheckedSize(channels) * lines * columns + kSlack).fitsIn(INT32_MAX) && result.fitsIn(kMostElements);
}

MapInputKind channel(const ConvInstrAttrs &a) {
  const bool forward = a.op == kernels::ConvOp::Forward;
  const Shape &plane = forward ? a.y : a.x;
  return {MapInputKind::Periodic, false, plane[0] * plane[1], a.groups * (forward ? a.co : a.ci)};
}
Epilogue epilogue(const Instr &instr) {
  const auto &a = instr.attrs.as<ConvInstrAttrs>();
  return {instr, a.keep, channel(a)};
}

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<ConvInstrAttrs>();
  Verify v(program, instr);
  for (const Shape *pair : {&a.x, &a.y, &a.kernel, &a.stride, &a.padding, &a.dilation})
    v.that(pair->size() == 2, "sizes that are not pairs");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.positive({a.n, a.groups, a.ci, a.co});
  for (const Shape *pair : {&a.x, &a.y, &a.kernel, &a.stride, &a.dilation})
    v.positive({(*pair)[0], (*pair)[1]});
  bool weights = a.op == kernels::ConvOp::GradWeight;
  v.that(a.padding[0] >= 0 && a.padding[1] >= 0, "a negative padding")
      .that(a.keep || instr.code, "a conv that writes nothing")
      .that(!weights || (a.keep && !instr.code), "gradients of weights take no code");
  for (size_t d = 0; d < 2; ++d) // kernels hold offsets into a few lines in 32 bits
    v.that(a.x[d] <= 1 << 24 && a.y[d] <= 1 << 24 && (CheckedSize(a.kernel[d]) * a.dilation[d]).fitsIn(1 << 15) &&
               a.padding[d] <= 1 << 15 && a.stride[d] <= 1 << 15,
           "an image beyond 16777216 lines or columns, or a window, stride or padding beyond 32768");
  size_t writes = (a.keep ? 1 : 0) + (instr.code ? instr.code->outputs.size() : 0);
  v.that(instr.writes.size() == writes, "a conv writes C if it keeps it, and the outputs of its code");
  wrong = v.take();
  if (!wrong.empty())
    return wrong;
  Sizes sizes(a);
  v.that(sizes.weight.fitsIn(kMostElements), "weights too large for memory")
      .that(linesFit(a), "lines of an image beyond 2147483647 elements");
  wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.that(!a.packed || packingOf(program, instr), "packed weights where they are read in place");
  v.read(0, a.op == kernels::ConvOp::GradInput ? sizes.y : sizes.x).read(1, weights ? sizes.y : sizes.weight);
  epilogue(instr).verify(v, resultElements(a));
  return v.take();
}

template <class T> struct Conv {
  static constexpr auto family = &kernels::Families<T>::conv;
  static kernels::ConvArgs<T> args(const Operands &o, Tiles<T> &tiles) {
    const auto &a = o.instr.attrs.as<ConvInstrAttrs>();
    kernels::ConvArgs<T> args = {};
    args.op = a.op, args.packed = a.packed;
    kernels::ConvShape &s = args.shape = weightShape(a);
    s.n = asSize(a.n), s.ph = asSize(a.padding[0]), s.pw = asSize(a.padding[1]);
    s.h = asSize(a.x[0]), s.w = asSize(a.x[1]), s.oh = asSize(a.y[0]), s.ow = asSize(a.y[1]);
    args.a = o.read<T>(0), args.b = o.read<T>(1);
    epilogue(o.instr).fill(args, tiles, o);
    return args;
  }
};

bool inPlace(const Instr &instr, size_t w, size_t r) { return epilogue(instr).inPlace(w, r); }

/// None for gradients of weights.
std::optional<Accumulator> accumulator(const Instr &instr) {
  const auto &a = instr.attrs.as<ConvInstrAttrs>();
  if (a.op == kernels::ConvOp::Forward)
    return Accumulator{a.n * a.groups * a.co * a.y[0] * a.y[1], a.keep, channel(a)};
  if (a.op == kernels::ConvOp::GradInput)
    return Accumulator{a.n * a.groups * a.ci * a.x[0] * a.x[1], a.keep, channel(a)};
  return std::nullopt;
}

std::optional<Packing> packing(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<ConvInstrAttrs>();
  int64_t elements = packedConvElements(program, a);
  if (!elements)
    return std::nullopt;
  PackConvAttrs packing{a.op, a.groups, a.ci, a.co, a.kernel};
  if (a.op != kernels::ConvOp::Forward)
    packing.stride = a.stride, packing.dilation = a.dilation;
  return Packing{&packConvInstr, Attrs::of(packing), elements, a.packed, "weights"};
}

double multiplyAdds(const Instr &instr) {
  const auto &a = instr.attrs.as<ConvInstrAttrs>();
  return productOf({a.n, a.groups, a.ci, a.co, a.y[0], a.y[1], a.kernel[0], a.kernel[1]});
}

constexpr ProductDef kProduct = {accumulator, packing, withKeep<ConvInstrAttrs>, withPacked<ConvInstrAttrs>};
constexpr llvm::StringLiteral kReads[] = {"x|dy", "weight|dy", "inputs..."};
constexpr llvm::StringLiteral kWrites[] = {"c?", "outputs..."};
} // namespace

constinit const InstrDef convInstr = {.name = "conv",
                                      .doc =
                                          "Convolution or one of its gradients, then a tile program over the result.",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<ConvInstrAttrs>(),
                                      .takesCode = true,
                                      .verify = verify,
                                      .call = callOf<Conv>,
                                      .inPlace = inPlace,
                                      .product = &kProduct,
                                      .multiplyAdds = multiplyAdds};

} // namespace dlc
