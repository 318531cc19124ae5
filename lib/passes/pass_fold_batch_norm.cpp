// Folds what scales and shifts the channels of a convolution in inference, as a batch normalisation does, into its
// weights and one shift. It names no layer: it looks for per-channel arithmetic on values that no step changes.
#include "dlc/passes/pass.h"

#include "dlc/ir/naming.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/rewriter.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc {
namespace {

class Folder {
public:
  Folder(Graph &graph, const PassContext &context) : graph_(graph), context_(context), b_(graph, context.registry) {}

  bool run() {
    // Where parameters are assigned to, nothing stays as it is from step to step.
    if (llvm::any_of(graph_.ops(), [](const Op &op) { return op.def().assigns || op.attrsIf<MinimizeAttrs>(); }))
      return false;
    bool changed = false;
    for (auto it = graph_.ops().begin(); it != graph_.ops().end();) {
      Op &op = *it++;
      noteFixed(op);
      if (fixed_.contains(&op))
        continue;
      b_.insertBefore(&op);
      b_.setOrigin(op.origin());
      Op *last = opBefore(graph_, &op);
      if (Value folded = op.def().arithmetic == Arithmetic::Product ? foldScale(op) : foldShift(op)) {
        if (folded.op->label().empty())
          folded.op->setLabel(op.label());
        nameParts(graph_, last, &op, op.label());
        graph_.replaceUses(op.result(), folded);
        graph_.erase(&op);
        changed = true;
      }
    }
    if (changed)
      makeLabelsUnique(graph_);
    return changed;
  }

private:
  /// Remembers ops whose results are the same in every step.
  void noteFixed(const Op &op) {
    bool source = op.attrsIf<ParamAttrs>() || op.attrsIf<ConstAttrs>();
    bool computed = !op.def().effect && !op.def().random && !op.operands().empty() &&
                    llvm::all_of(op.operands(), [&](Value v) { return fixed_.contains(v.op); });
    if (source || computed)
      fixed_.insert(&op);
  }

  /// One number for each channel of an image [N,C,H,W], or one for all, that no step changes.
  bool perChannel(Value v, const Type &image) const {
    if (!fixed_.contains(v.op) || v.dtype() != image.dtype)
      return false;
    const Shape &s = v.shape();
    return v.type().elements() == 1 || (s.size() == 3 && s[0] == image.shape[1] && s[1] == 1 && s[2] == 1) ||
           (s.size() == 4 && s[0] == 1 && s[1] == image.shape[1] && s[2] == 1 && s[3] == 1);
  }

  struct Term {
    Value other, fixed; ///< op = other ∘ fixed; none where it is not of that form
    bool swapped = false;
  };
  Term split(const Op &op) const {
    for (size_t i = 0; i < 2; ++i)
      if (perChannel(op.operand(i), op.type()) && op.operand(1 - i).type() == op.type() &&
          !fixed_.contains(op.operand(1 - i).op))
        return {op.operand(1 - i), op.operand(i), i == 0};
    return {};
  }

  static bool isMinus(const Op &op) { return op.def().arithmetic == Arithmetic::Difference; }
  static bool isShift(const Op &op) {
    return (op.def().arithmetic == Arithmetic::Sum || isMinus(op)) && op.type().shape.size() == 4;
  }
  static bool readOnce(Value v) { return v.op->users().size() == 1; }

  // Before: ((conv2d(x, w) + a) - b) * s   After: conv2d(x, w * s) + (a - b) * s   Smaller: one pass over the image,
  // and what is left is per channel.
  Value foldScale(Op &op) {
    if (op.type().shape.size() != 4)
      return {};
    auto [value, scale, swapped] = split(op);
    if (!value || !readOnce(value))
      return {};
    llvm::SmallVector<Op *, 3> shifts;
    while (isShift(*value.op)) {
      Term term = split(*value.op);
      if (!term.other || !readOnce(term.other) || (term.swapped && isMinus(*value.op)))
        return {};
      shifts.push_back(value.op);
      value = term.other;
    }
    Op *conv = value.op;
    if (!conv->def().scalesChannels || !fixed_.contains(conv->operand(1).op))
      return {};
    auto fix = [&](Value v) {
      fixed_.insert(v.op);
      return v;
    };
    Value weight = conv->operand(1);
    Shape rows(4, 1);
    rows[0] = scale.type().elements();
    Value factors = fix(b_.reshape(scale, rows));
    Value folded = b_.makeOp(conv->def(), {conv->operand(0), fix(b_.mul(weight, factors))}, conv->attrs())->result();
    Value shift;
    for (Op *s : llvm::reverse(shifts)) {
      Value own = split(*s).fixed;
      bool minus = isMinus(*s);
      shift = !shift ? (minus ? fix(b_.neg(own)) : own) : fix(minus ? b_.sub(shift, own) : b_.add(shift, own));
    }
    if (shift)
      folded = b_.add(folded, fix(b_.mul(shift, scale)));
    context_.count("fold-scale");
    return folded;
  }

  // Before: (conv2d(x, w) + a) + b   After: conv2d(x, w) + (a + b)   Smaller: one pass over the image.
  Value foldShift(Op &op) {
    if (!isShift(op))
      return {};
    Term outer = split(op);
    if (!outer.other || outer.swapped || !readOnce(outer.other) || outer.other.op->def().arithmetic != Arithmetic::Sum)
      return {};
    Term inner = split(*outer.other.op);
    if (!inner.other || !inner.other.op->def().scalesChannels)
      return {};
    Value shift = isMinus(op) ? b_.sub(inner.fixed, outer.fixed) : b_.add(inner.fixed, outer.fixed);
    fixed_.insert(shift.op);
    context_.count("fold-shift");
    return b_.add(inner.other, shift);
  }

  Graph &graph_;
  const PassContext &context_;
  Builder b_;
  llvm::DenseSet<const Op *> fixed_;
};

PassResult run(Graph &graph, const PassContext &context) {
  return Folder(graph, context).run() ? PassResult::Changed : PassResult::Unchanged;
}

} // namespace

extern const Pass pass_fold_batch_norm;
constexpr Pass pass_fold_batch_norm = {.name = "fold_batch_norm",
                                       .doc =
                                           "Inference: fold per-channel scale and shift into a convolution's weights.",
                                       .onGraph = run,
                                       .keepsResults = false};

} // namespace dlc
