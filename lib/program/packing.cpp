// Which operands can be packed beforehand, by which instruction, and how much comes of it.
// Whether it is worth it, and when it is done, is the business of lower/hoist.cpp.
#include "conv.h"
#include "products.h"

namespace dlc {

std::optional<Packing> packingOf(const Program &program, const Instr &instr) {
  if (instr.family == &gemmInstr) {
    const auto &a = instr.attrs.as<GemmAttrs>();
    int64_t elements = withFloat(program.dtype, [&](auto zero) {
      const auto &families = kernels::families<decltype(zero)>(kernels::tableFor(program.isa));
      return static_cast<int64_t>(families.packedElements(asSize(a.k), asSize(a.n)));
    });
    return Packing{&packInstr, Attrs::of(PackAttrs{a.k, a.n, a.b_row, a.b_col}), elements, a.packed};
  }
  if (instr.family == &convInstr) {
    const auto &a = instr.attrs.as<ConvInstrAttrs>();
    int64_t elements = packedConvElements(program, a);
    if (!elements)
      return std::nullopt;
    PackConvAttrs packing{a.op, a.groups, a.ci, a.co, a.kernel};
    if (a.op != "forward")
      packing.stride = a.stride, packing.dilation = a.dilation;
    return Packing{&packConvInstr, Attrs::of(packing), elements, a.packed};
  }
  return std::nullopt;
}

Attrs withPacked(const Instr &instr) {
  return changed(instr, [](auto &attrs) { attrs.packed = true; });
}

} // namespace dlc
