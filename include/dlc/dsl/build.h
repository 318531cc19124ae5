// build: from the syntax tree of [model] to a graph; every layer is made by its op's own build().
// It reads no data and runs no pass; settings.h reads [train] and [data].
#pragma once

#include "dlc/dsl/ast.h"
#include "dlc/dsl/settings.h"
#include "dlc/ir/op_def.h"
#include "dlc/support/diags.h"

#include <memory>

namespace dlc::dsl {

/// Which graph is wanted. They have the same parameters under the same names.
enum class Mode : uint8_t {
  Train,    ///< forward with Dropout active, loss, and a `minimize` op that the pass autodiff expands
  Evaluate, ///< forward without Dropout, loss
  Infer,    ///< forward without Dropout; no target
};

/// What kind of answer the net gives; decides how targets are read and what `infer` prints.
enum class Task : uint8_t {
  Classes, ///< CrossEntropy: target i32[N], class indices
  Binary,  ///< BCE on one output: target [N,1] of 0 and 1
  Values,  ///< MSE, or BCE on several outputs: target of the output's shape
};

/// A built net. Ops of the graph, by convention:
///   input() {name="input"}    f[N, sample shape]       input() {name="target"}  i32[N] or f[N, ...]   (not in Infer)
///   input() {name="lr"}       f[]                       input() {name="step"}    i32[], counts from 0  (Train only; step
///   is made only where an op asks for it)
///   output(y) {name="output"} what `infer` prints: probabilities where the loss is CrossEntropy or BCE
///   output(l) {name="loss"}   scalar, mean over the batch (not in Infer)
///   minimize(l, lr) {optimizer="adam", settings="beta1=0.9, ..."}                        (Train only)
/// A final Softmax (CrossEntropy) or Sigmoid (BCE) is not applied a second time: the loss reads its operand; where it is
/// missing, the loss reads the last value as logits and "output" applies it.
struct Net {
  std::unique_ptr<Graph> graph;
  Task task = Task::Values;
  Shape inputShape;   ///< of one sample, without the batch
  Shape outputShape;  ///< of one sample
  int64_t parameters = 0;
  std::string summary; ///< "784-256-128-64-10" for a chain of Linear layers, else "784 -> 10"
};

struct BuildOptions {
  Mode mode = Mode::Train;
  int64_t batch = 32;
};

/// Null graph after errors, which are in `diags`.
Net build(const File &file, const Settings &settings, const Registry &registry, const BuildOptions &options,
          Diags &diags);

} // namespace dlc::dsl
