// A tensor whose elements are all the same number.
// Tensors of different numbers are params or inputs.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const auto &attrs = op.attrs<ConstAttrs>();
  op.result({attrs.dtype, attrs.shape});
}

void reference(const Op &op, Eval &eval) {
  dispatchFloat(op.type().dtype, [&](auto zero) {
    for (auto &x : eval.out[0]->span<decltype(zero)>())
      x = static_cast<decltype(zero)>(op.attrs<ConstAttrs>().value);
  });
}

void lower(const Op &op, Emitter &e) { e.constant(op); }

} // namespace

extern constexpr OpDef constant = lawful({.name = "constant",
                                          .doc = "Every element is `value`, rounded to the dtype.",
                                          .attrs = attrTable<ConstAttrs>(),
                                          .infer = infer,
                                          .reference = reference,
                                          .lower = lower,
                                          .examples = {"constant() {value=0.5}", "constant() {value=-3, shape=[2,2]}"},
                                          .differentiable = false,
                                          .source = true});

} // namespace dlc::ops
