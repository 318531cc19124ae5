// Uniform random numbers in [0, 1), counter-based: element e of step t is a pure function of (seed, stream, t, e).
// It draws from no shared state, so threads, order and interruption change nothing.
#include "dlc/ir/exact_math.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/lower/emitter.h"

namespace dlc::ops {
namespace {

void infer(OpView &op) {
  const auto &attrs = op.attrs<RandomAttrs>();
  if (op.type(0) != Type{DType::I32, {}})
    op.error("E230") << "random counts steps with an i32 scalar, found " << op.type(0);
  else
    op.result({attrs.dtype, attrs.shape});
}

void reference(const Op &op, Eval &eval) {
  const auto &attrs = op.attrs<RandomAttrs>();
  auto step = static_cast<uint32_t>(eval.in[0]->span<int32_t>()[0]);
  dispatchFloat(attrs.dtype, [&](auto zero) {
    uint64_t e = 0;
    for (auto &x : eval.out[0]->span<decltype(zero)>())
      x = exactUniform<decltype(zero)>(static_cast<uint64_t>(attrs.seed), static_cast<uint32_t>(attrs.stream), step,
                                       e++);
  });
}

void lower(const Op &op, Emitter &e) { e.random(op, op.operand(0)); }

} // namespace

extern constexpr OpDef random = lawful(
    {.name = "random",
     .doc = "Uniform numbers in [0, 1) from Philox4x32-10, keyed by (seed, stream) and counted by (step, element).",
     .operands = {"step"},
     .attrs = attrTable<RandomAttrs>(),
     .infer = infer,
     .reference = reference,
     .lower = lower,
     .examples = {"random(i32[]) {seed=7, stream=3, shape=[5,3]}"},
     .differentiable = false,
     .random = true,
     .cheap = true});

} // namespace dlc::ops
