// LayerBuilder: what an op's build() sees when the language names it: its input, its arguments, its parameters.
// It does not parse; dsl/ fills it in from the source.
#pragma once

#include "dlc/ir/builder.h"
#include "dlc/signature/args.h"

#include <optional>

namespace dlc {

/// How a parameter starts. `text` is an initialiser of the language ("He", "Uniform(0.0815)", "Constant(1)");
/// fanIn and fanOut scale it.
struct Init {
  std::string text;
  int64_t fanIn = 1, fanOut = 1;
  static Init zeros() { return {"Constant(0)", 1, 1}; }
  static Init ones() { return {"Constant(1)", 1, 1}; }
};

/// The attributes of the `param` op, here because the training loop, the model file and the passes read them.
struct ParamAttrs {
  std::string name; ///< "linear1.weight"
  DType dtype = DType::F32;
  Shape shape;
  std::string init = "Constant(0)";
  int64_t fan_in = 1, fan_out = 1;
  bool trainable = true; ///< false: statistics and optimizer state
  bool decay = false;    ///< weight decay applies (weights, not biases and norms)
  std::string slot;      ///< "" for weights; "adam.m" for optimizer state, which is not in the model file
  static constexpr auto fields() {
    return std::array{field<&ParamAttrs::name>("name"),
                      field<&ParamAttrs::dtype>("dtype"),
                      field<&ParamAttrs::shape>("shape"),
                      field<&ParamAttrs::init>("init"),
                      field<&ParamAttrs::fan_in>("fan_in"),
                      field<&ParamAttrs::fan_out>("fan_out"),
                      field<&ParamAttrs::trainable>("trainable"),
                      field<&ParamAttrs::decay>("decay"),
                      field<&ParamAttrs::slot>("slot")};
  }
};

/// The attributes of the `input` op. Names: "input" (samples), "target" (labels), "lr" and "step" (scalars fed by the
/// training loop).
struct InputAttrs {
  std::string name;
  DType dtype = DType::F32;
  Shape shape;
  static constexpr auto fields() {
    return std::array{field<&InputAttrs::name>("name"), field<&InputAttrs::dtype>("dtype"),
                      field<&InputAttrs::shape>("shape")};
  }
};

class LayerBuilder : public Builder {
public:
  using Builder::Builder;

  /// Layers: the value the arrow brings, batch dimension first. Losses: the prediction. Optimizers: the parameter.
  Value input;
  /// Layers with OpDef::several: all their values, `input` being the first; each batch dimension first.
  llvm::SmallVector<Value, 4> inputs;
  /// Layers with OpDef::tokens: `input` is i32[N,T], every entry in 0 .. vocab-1. Otherwise 0.
  int64_t vocab = 0;
  Value target;   ///< losses: i32[N] classes or the outputs' shape
  Value weight;   ///< losses: f[N], by which the loss of each sample is multiplied before the mean; null: all alike
  Value gradient; ///< optimizers
  Value lr;       ///< optimizers: scalar
  Args args;
  std::string scope; ///< weight name prefix: "linear1"
  std::string init = "He";
  bool training = true;     ///< false: Dropout is the identity
  int64_t seed = 0;         ///< of the run; random ops carry it
  DType dtype = DType::F32; ///< of parameters and arithmetic

  /// A trainable parameter named `<scope>.<name>`. `decay`: weight decay applies.
  Value param(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, Init init, bool decay = false);
  /// Optimizer state beside the parameter in `input`, zero at first, of the same shape or of one that is given; slot
  /// "adam.m" is named "adam.m.linear1.weight".
  Value state(llvm::StringRef slot);
  Value state(llvm::StringRef slot, llvm::ArrayRef<int64_t> shape);
  void assign(Value param, Value value) { makeOp("assign", {param, value}); }
  /// The i32 scalar input "step" that counts training steps from 0; made at the front of the graph when first asked
  /// for.
  Value stepCounter();
  /// A number distinct for every random op of a graph and stable under edits elsewhere.
  int64_t randomStream() const;

  OpErrorText error(ErrorCode code) {
    pending_ = OpError{code, "", "", ""};
    failed_ = true;
    return OpErrorText(pending_);
  }
  bool failed() const { return failed_; }
  const OpError &pendingError() const { return pending_; }

private:
  OpError pending_;
  bool failed_ = false;
};

} // namespace dlc
