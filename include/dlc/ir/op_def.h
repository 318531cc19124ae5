// OpDef: everything there is to know about one op, as a plain aggregate of functions, and the laws it must keep.
// A definition holds no state; the registry is the list of them that lib/ops generates from its file names.
#pragma once

#include "dlc/ir/builder.h"
#include "dlc/ir/eval.h"
#include "dlc/ir/graph.h"
#include "dlc/ir/layer_builder.h"
#include "dlc/ir/op_view.h"
#include "dlc/support/attrs.h"

#include <cmath>
#include <limits>
#include <span>

namespace dlc {

class Emitter; // in lower/, which ops see and ir does not
class Rewriter;

/// A named rewrite about one op. It matches fully before it changes anything, and says whether it changed something;
/// a comment at each rule says what is there before, after, and what shrinks.
struct Rule {
  llvm::StringLiteral name;
  bool (*apply)(Op &, Rewriter &);
};

/// What a definition is to the language, beside being an op.
enum class Role : uint8_t {
  Op,        ///< only reachable from other ops and passes
  Layer,     ///< a step of [model]
  Loss,      ///< a word of [train] loss
  Optimizer, ///< a word of [train] optimizer
};

/// Which axis of a sequence counts the features of a place: the last (T x D) or the first (C x L).
enum class Places : uint8_t { AsBefore, FeaturesLast, ChannelsFirst };

/// What numbers can be: those of a sigmoid lie between 0 and 1.
struct ResultRange {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool flat = false; ///< somewhere the gradient is 0 over a whole stretch, as a ReLU's is below 0
  bool isBounded() const { return std::isfinite(low) && std::isfinite(high); }
};

/// What a loss compares the output with.
enum class LossTarget : uint8_t {
  Numbers, ///< any, as many as the output has
  Class,   ///< the index of one class for each row of scores, of which the net says the Softmax
  Answers, ///< for each number of the output 0 or 1, or between; the net says its Sigmoid
  Signs,   ///< likewise, also written -1 and 1; the net says its scores
  Shares,  ///< numbers from 0 to 1 that add up to 1
};
/// Whether nothing but numbers from 0 to 1 means anything to it.
constexpr bool takesUnit(LossTarget target) { return target >= LossTarget::Answers; }

struct OpDef {
  // Members without a default must be stated, if only as nullptr or {}.
  llvm::StringLiteral name;                      ///< mnemonic = file stem = symbol
  Role role;                                     ///< what the language may use it as
  llvm::StringLiteral layer;                     ///< canonical name in the language ("Linear"); "" for Role::Op
  llvm::StringLiteral doc;                       ///< one sentence
  std::span<const llvm::StringLiteral> operands; ///< names; a last name ending in "..." stands for one or more
  AttrTable attrs;                               ///< attrTable<Attrs>() or {}
  std::span<const ArgSpec> args;                 ///< arguments of the layer, loss or optimizer in the language
  void (*infer)(OpView &);                       ///< result types, or an error in the op's own words
  Value (*build)(LayerBuilder &);                ///< layer, loss or optimizer to ops          (nullptr for Role::Op)
  Values (*decompose)(const Op &, Builder &);    ///< exactly one of
  void (*reference)(const Op &, Eval &);         ///<   these two
  Values (*grad)(const Op &, llvm::ArrayRef<Value> dy, Builder &); ///< per operand; none() where not differentiable
  void (*lower)(const Op &, Emitter &);                            ///< nullptr: through decompose
  std::span<const llvm::StringLiteral> examples;                   ///< IR text: documentation and test input at once
  // Optional from here on.
  std::span<const llvm::StringLiteral> classicArgs = {}; ///< argument order of the layer-list form; "in" is checked
  std::span<const Rule> rules = {};
  std::span<const OpDef *const> also = {}; ///< satellites living in the same file
  bool differentiable = true;              ///< false: no gradient flows through (compare, one_hot, random ...)
  bool effect = false;                     ///< kept although nobody reads it (assign, output)
  bool random = false;                     ///< differs from step to step; never merged or folded
  /// True for an op whose examples have kinks (relu at 0): the gradient check keeps away from them by 1e-3.
  bool kinks = false;
  bool positive = false; ///< defined for positive operands only; tests keep to them
  /// A layer of several values, written `Concat(a, b, axis=0)`; its build() finds them in LayerBuilder::inputs.
  bool several = false;
  /// A layer of tokens (i32[N,T]) instead of numbers; how many there are is in LayerBuilder::vocab.
  bool tokens = false;
  /// Each element of the result follows from the elements of the operands at the same place; true of primitives only.
  bool elementwise = false;
  LossTarget target = LossTarget::Numbers; ///< of losses
  ResultRange range = {};
  Places places = Places::AsBefore; ///< of the sequence that a layer makes
  bool takesChannels = false;       ///< a layer works along the places of channels, C x L, and keeps them in order
  /// How many numbers an op that normalises holds against each other: of one alone nothing is left. May be null.
  int64_t (*heldTogether)(const Op &) = nullptr;
};

/// The laws, checked where each op is defined by static_assert(lawful(op)).
constexpr bool lawful(const OpDef &op) {
  bool oneMeaning = (op.decompose != nullptr) != (op.reference != nullptr);
  bool lowers = op.lower != nullptr || op.decompose != nullptr;
  bool gradient = op.grad != nullptr || op.decompose != nullptr || !op.differentiable;
  bool language = (op.role == Role::Op) == op.layer.empty() && (op.role == Role::Op) == (op.build == nullptr);
  return oneMeaning && lowers && gradient && language && op.infer != nullptr && !op.examples.empty() &&
         !op.name.empty() && !op.doc.empty();
}

/// All known ops, by mnemonic and by language name (case-insensitively).
class Registry {
public:
  explicit Registry(llvm::ArrayRef<const OpDef *> defs); ///< also takes in each def's `also`
  const OpDef *find(llvm::StringRef mnemonic) const;
  const OpDef *findLayer(llvm::StringRef name, Role role) const;
  /// Sorted by mnemonic.
  llvm::ArrayRef<const OpDef *> all() const { return defs_; }

private:
  llvm::SmallVector<const OpDef *, 64> defs_;
};

} // namespace dlc
