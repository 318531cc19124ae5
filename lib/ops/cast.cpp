// Converts the element type; whole numbers become floats and f32 and f64 each other.
// Floats do not become whole numbers: nothing in a net needs it.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  DType to = op.attrs<CastAttrs>().dtype;
  if (!isFloat(to))
    op.error("E230") << "cannot cast to " << name(to);
  else
    op.result({to, op.shape(0)});
}

void reference(const Op &op, Eval &eval) {
  dispatchFloat(op.type().dtype, [&](auto zero) {
    using T = decltype(zero);
    auto to = eval.out[0]->span<T>();
    auto convert = [&](auto from) {
      for (size_t i = 0; i < to.size(); ++i)
        to[i] = static_cast<T>(from[i]);
    };
    if (eval.inType(0).dtype == DType::I32)
      convert(eval.in[0]->span<int32_t>());
    else
      dispatchFloat(eval.inType(0).dtype, [&](auto z) { convert(eval.in[0]->span<decltype(z)>()); });
  });
}

Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  DType from = op.operand(0).dtype();
  return {isFloat(from) ? b.cast(dy[0], from) : none()};
}

void lower(const Op &op, Emitter &e) { e.cast(op); }

} // namespace

extern constexpr OpDef cast = lawful({.name = "cast",
                                      .doc = "Converts numbers to another element type.",
                                      .operands = {"x"},
                                      .attrs = attrTable<CastAttrs>(),
                                      .infer = infer,
                                      .reference = reference,
                                      .grad = grad,
                                      .lower = lower,
                                      .examples = {"cast(i32[5]) {dtype=f32}", "cast(i32[2,3]) {dtype=f64}"}});

} // namespace dlc::ops
