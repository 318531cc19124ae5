// OpDef: everything there is to know about one op, as a plain aggregate of functions, and the laws it must keep.
// A definition holds no state; the registry is the list of them that lib/ops generates from its file names.
#pragma once

#include "dlc/ir/builder.h"
#include "dlc/ir/eval.h"
#include "dlc/ir/graph.h"
#include "dlc/ir/layer_builder.h"
#include "dlc/ir/op_view.h"
#include "dlc/ir/step_view.h"
#include "dlc/support/attrs.h"

#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <span>

namespace dlc {

class Emitter; // in lower/, which ops see and ir does not
class Rewriter;

/// A named rewrite of one op. It matches fully before it changes anything, and returns whether it changed something; a
/// comment at each rule shows the graph before and after, and what shrinks.
struct Rule {
  llvm::StringLiteral name;
  bool (*apply)(Op &, Rewriter &);
};

/// What the language may use an op as.
enum class Role : uint8_t {
  Op,        ///< only reachable from other ops and passes
  Layer,     ///< a step of [model]
  Loss,      ///< a word of [train] loss
  Optimizer, ///< a word of [train] optimizer
};

/// Which axis of a sequence holds the features of a position: the last (T x D) or the first (C x L).
enum class Places : uint8_t { AsBefore, FeaturesLast, ChannelsFirst };

/// The possible range of results: a sigmoid's lie between 0 and 1.
struct ResultRange {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool flat = false; ///< the gradient is 0 over a whole interval, as a ReLU's is below 0
  bool isBounded() const { return std::isfinite(low) && std::isfinite(high); }
};

/// What a loss compares the output with.
enum class LossTarget : uint8_t {
  Numbers, ///< any, as many as the output has
  Class,   ///< a class index per row of scores; the net predicts their Softmax
  Answers, ///< 0 to 1 per number of the output; the net predicts its Sigmoid
  Signs,   ///< the same, also written -1 and 1; the net predicts scores
  Shares,  ///< numbers from 0 to 1 that add up to 1
};
/// Whether it accepts only numbers from 0 to 1.
constexpr bool takesUnit(LossTarget target) { return target >= LossTarget::Answers; }

/// How the result relates to the operand's numbers.
enum class Layout : uint8_t {
  Own,      ///< other numbers
  Reshaped, ///< the same in the same order, under another shape
  Permuted, ///< the same in another order
  Repeated, ///< the same, each several times
};

enum class Arithmetic : uint8_t { Other, Sum, Difference, Product, Quotient };

/// What an op that takes scores makes of them.
enum class Probability : uint8_t {
  None,
  OfClasses,    ///< numbers from 0 to 1 that add up to 1
  LogOfClasses, ///< their logarithms
  OfAnswers,    ///< numbers from 0 to 1, each by itself
};

/// A few texts, which a definition states in place.
class Texts {
public:
  constexpr Texts() = default;
  constexpr Texts(std::initializer_list<llvm::StringLiteral> texts) {
    for (llvm::StringLiteral text : texts)
      texts_[size_++] = text; // too many are an error of the compiler
  }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const llvm::StringRef *begin() const { return texts_.data(); }
  constexpr const llvm::StringRef *end() const { return texts_.data() + size_; }
  constexpr llvm::StringRef front() const { return texts_.front(); }
  constexpr llvm::StringRef back() const { return texts_[size_ - 1]; }
  constexpr llvm::StringRef operator[](size_t i) const { return texts_[i]; }

private:
  std::array<llvm::StringRef, 8> texts_{};
  size_t size_ = 0;
};

/// A definition states only what its op has.
struct OpDef {
  llvm::StringLiteral name;                             ///< mnemonic = file stem = symbol
  Role role = Role::Op;                                 ///< what the language may use it as
  llvm::StringLiteral layer = "";                       ///< canonical name in the language ("Linear"); "" for Role::Op
  llvm::StringLiteral doc;                              ///< one sentence
  Texts operands = {};                                  ///< names; a last name ending in "..." stands for one or more
  AttrTable attrs = {};                                 ///< attrTable<Attrs>()
  std::span<const ArgSpec> args = {};                   ///< arguments of the layer, loss or optimizer
  void (*infer)(OpView &) = nullptr;                    ///< result types, or an error in the op's own words
  Value (*build)(LayerBuilder &) = nullptr;             ///< layer, loss or optimizer to ops
  Values (*decompose)(const Op &, Builder &) = nullptr; ///< exactly one of
  void (*reference)(const Op &, Eval &) = nullptr;      ///<   these two
  /// The gradients of the operands; none() where not differentiable.
  Values (*grad)(const Op &, llvm::ArrayRef<Value> dy, Builder &) = nullptr;
  void (*lower)(const Op &, Emitter &) = nullptr; ///< without: through decompose
  /// How the op computes one position of a sequence after the other; it leaves the view without results where it
  /// cannot. Without: element-wise ops and those that only move numbers step by themselves, other composites by their
  /// parts.
  void (*step)(StepView &) = nullptr;
  Texts examples = {};    ///< IR text: documentation and test input at once
  Texts classicArgs = {}; ///< argument order of the layer-list form; "in" is checked
  std::span<const Rule> rules = {};
  std::span<const OpDef *const> also = {}; ///< satellites living in the same file
  bool differentiable = true;              ///< false: no gradient flows through (compare, one_hot, random ...)
  bool effect = false;                     ///< kept even if nothing reads it (assign, output)
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
  bool sequences = false;           ///< a layer of sequences alone: of numbers in two axes, it says that they are one
  bool takesChannels = false;       ///< a layer works along the places of channels, C x L, and keeps them in order
  bool readsChannels = false;       ///< a layer that mistakes positions for channels if a sequence was not transposed
  bool dense = false;               ///< every output sees every input: a net of such layers is described by its widths
  bool acrossSamples = false;       ///< normalises over the batch; result 1 is a statistic of each channel
  bool trainingOnly = false;        ///< a layer that leaves numbers as they are, or drops them, in training
  bool cutsNegative = false;        ///< max(x, 0): nothing where x is never negative
  Probability probability = Probability::None;
  double (*monotone)(double) = nullptr; ///< an ascending function of one number, where that is all the op is
  Layout layout = Layout::Own;
  Arithmetic arithmetic = Arithmetic::Other;
  bool source = false;         ///< its result is in memory, or needs none, throughout a step (input, param, constant)
  bool assigns = false;        ///< the param in operand 0 gets operand 1 as its value for the next step
  bool cheap = false;          ///< recompute it rather than keep it; implied for element-wise ops
  bool scalesChannels = false; ///< scaling a row of operand 1, the weight, scales a channel (axis 1) of the result
  bool wantsTies = false;      ///< tests give it operands of which some elements are equal
  int64_t (*multiplyAdds)(const Op &) = nullptr; ///< of a primitive: the products that its result is summed from
  /// How many numbers an op normalises together: with only one, nothing is left of it. May be null.
  int64_t (*heldTogether)(const Op &) = nullptr;
};

void brokenLaw(const char *law); // defined nowhere: lawful() must not get as far
/// Returns a definition that keeps the laws: `extern constexpr OpDef relu = lawful({...})`. Any other is a compile-time
/// error that names the law.
consteval OpDef lawful(OpDef op) {
  auto law = [](bool kept, const char *what) {
    if (!kept)
      brokenLaw(what);
  };
  law(!op.name.empty() && !op.doc.empty() && !op.examples.empty() && op.infer,
      "a name, a sentence, an example, a type");
  law(!op.decompose != !op.reference, "exactly one of decompose and reference");
  law(op.lower || op.decompose, "a primitive can be lowered");
  law(op.grad || op.decompose || !op.differentiable,
      "a primitive has a gradient or says that it is not differentiable");
  law((op.role == Role::Op) == op.layer.empty() && (op.role == Role::Op) == !op.build, "what has a layer builds it");
  return op;
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
