// Rows of zeros with a single 1 where the index says.
// An index out of range gives a row of zeros.
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const auto &attrs = op.attrs<OneHotAttrs>();
  if (op.shape(0).size() != 1 || op.type(0).dtype != DType::I32 || attrs.classes < 1)
    op.error("E230") << "one_hot takes i32[N], found " << op.type(0);
  else
    op.result({attrs.dtype, {op.shape(0)[0], attrs.classes}});
}

void reference(const Op &op, Eval &eval) {
  auto classes = op.attrs<OneHotAttrs>().classes;
  auto index = eval.in[0]->span<int32_t>();
  dispatchFloat(op.type().dtype, [&](auto zero) {
    auto result = eval.out[0]->span<decltype(zero)>();
    for (size_t i = 0; i < index.size(); ++i)
      if (index[i] >= 0 && index[i] < classes)
        result[i * static_cast<size_t>(classes) + static_cast<size_t>(index[i])] = 1;
  });
}

void lower(const Op &op, Emitter &e) { e.oneHot(op); }

} // namespace

extern constexpr OpDef one_hot = lawful({.name = "one_hot",
                                         .doc = "result[i, j] = 1 where j == index[i], else 0.",
                                         .operands = {"index"},
                                         .attrs = attrTable<OneHotAttrs>(),
                                         .infer = infer,
                                         .reference = reference,
                                         .lower = lower,
                                         .examples = {"one_hot(i32[5]) {classes=3}"},
                                         .differentiable = false});

} // namespace dlc::ops
