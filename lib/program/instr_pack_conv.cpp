// pack_conv: the weights of a convolution, or of its gradient to the input, in the strips that its micro-kernel reads.
// Worth an instruction of its own where the strips are used more often than they are made.
#include "conv_shape.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<PackConvAttrs>();
  Verify v(program, instr);
  for (const Shape *pair : {&a.kernel, &a.stride, &a.dilation})
    v.that(pair->size() == 2, "sizes that are not pairs");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.positive({a.groups, a.ci, a.co});
  for (const Shape *pair : {&a.kernel, &a.stride, &a.dilation}) {
    v.positive({(*pair)[0], (*pair)[1]});
    v.that((*pair)[0] <= 1 << 15 && (*pair)[1] <= 1 << 15, "a window beyond 32768 lines or columns");
  }
  wrong = v.take();
  if (!wrong.empty())
    return wrong;
  auto weights = checkedElements({a.groups, a.co, a.ci, a.kernel[0], a.kernel[1]});
  if (!weights || *weights > kMostElements)
    return "weights too large for memory";
  int64_t elements = packedConvElements(program, a);
  v.that(elements > 0, "weights that are read in place");
  v.read(0, static_cast<int64_t>(*weights)).write(0, elements);
  return v.take();
}

template <class T> struct PackConv {
  static constexpr auto family = &kernels::Families<T>::packConv;
  static kernels::ConvPackArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<PackConvAttrs>();
    return {a.op, weightShape(a), o.read<T>(0), o.write<T>(0)};
  }
};

constexpr llvm::StringLiteral kReads[] = {"weight"};
constexpr llvm::StringLiteral kWrites[] = {"strips"};
} // namespace

constinit const InstrDef packConvInstr = {.name = "pack_conv",
                                          .doc = "Strips of a convolution's weights.",
                                          .reads = kReads,
                                          .writes = kWrites,
                                          .attrs = attrTable<PackConvAttrs>(),
                                          .verify = verify,
                                          .call = callOf<PackConv>};

} // namespace dlc
