// build: from the syntax tree of [model] to a graph; every layer is made by its op's own build().
// It reads no data and runs no pass; settings.h reads [train] and [data].
#pragma once

#include "dlc/dsl/names/vocabulary.h"
#include "dlc/dsl/settings/settings.h"
#include "dlc/dsl/syntax/ast.h"
#include "dlc/ir/op_def.h"
#include "dlc/signature/task.h"
#include "dlc/support/diags.h"

#include <limits>
#include <memory>

namespace dlc::dsl {

/// Which graph is wanted. They have the same parameters under the same names.
enum class Mode : uint8_t {
  Train,      ///< forward with Dropout active, loss, and a `minimize` op that the pass autodiff expands
  Accumulate, ///< as Train, but the gradients are only added to those of the batches before
  Evaluate,   ///< forward without Dropout, loss
  Infer,      ///< forward without Dropout; no target
};

inline bool trains(Mode mode) { return mode == Mode::Train || mode == Mode::Accumulate; }

/// One input of a net: `input`, or one of several (`input.image`).
struct NetInput {
  std::string name;  ///< of the graph's input op: "input", "input.image"
  Shape shape;       ///< of one sample
  int64_t vocab = 0; ///< of tokens, which are i32; 0: numbers in the dtype of the net
  int64_t elements() const { return elementCount(shape); }
};

/// One output of a net with its loss.
struct NetOutput {
  std::string name;   ///< of the graph's output op: "output", "output.mask"
  std::string target; ///< of the graph's input op with the truth: "target", "target.mask"
  std::string loss;   ///< of the graph's output op with this loss alone, before its weight: "loss", "loss.mask"
  std::string scores; ///< of the graph's output op by which classes are ranked: "scores", or `name` of numbers
  Task task = Task::Values;
  Shape shape;       ///< of one sample; of Classes the last size is the number of classes
  double weight = 1; ///< of its loss in the sum
  LossTarget takes = LossTarget::Numbers;
  llvm::StringRef lossName; ///< "BCE"
  /// What its numbers can be, as far as its last layer tells: within 0 and 1 behind a Sigmoid.
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  Loc last; ///< that layer
  /// How many answers a sample has: 1, or the length of a sequence of classes.
  int64_t rows() const { return task == Task::Classes ? elementCount(shape) / shape.back() : 1; }
  /// Numbers in the target of one sample.
  int64_t targets() const { return task == Task::Classes ? rows() : elementCount(shape); }
};

/// A built net. Ops of the graph, by convention (those marked T in Train only, L wherever there is a loss):
///
/// * `input() {name="input"}`: f[N, sample shape]; tokens are i32[N,T]
/// * `input() {name="target"}` L: i32[N] or f[N, ...]; classes of a sequence are i32[N*T], sample after sample
/// * `input() {name="lr"}` T: f[]
/// * `input() {name="step"}` T: i32[], counts batches from 0; made only where an op asks for it
/// * `input() {name="weight"}` T: f[N], with class_weights or Mixup: the share of each sample in the loss. With Mixup
/// of
///   classes also "target2" and "weight2": the classes that the samples were mixed with, and their share
/// * `input() {name="batches"}` T: f[], with accumulate: how many batches the gradients were added up over
/// * `output(y) {name="output"}`: what `infer` prints: probabilities where the loss is CrossEntropy or BCE
/// * `output(z) {name="scores"}`, of classes: the logits, which still differ where rounding has made probabilities
/// equal
/// * `output(l) {name="loss"}` L: scalar, mean over the batch
/// * `minimize(l, lr) {optimizer="adam", settings="beta1=0.9, ..."}` T
///
/// A final Softmax (CrossEntropy) or Sigmoid (BCE) is not applied a second time: the loss reads its operand; where it
/// is missing, the loss reads the last value as logits and "output" applies it.
///
/// Several inputs and outputs are named "input.image", "target.mask", "output.mask", "scores.mask", "loss.mask"; "loss"
/// is then the sum of the weighted losses. A sample of data holds the values of all inputs one after the other in the
/// order of their declaration, and its targets those of all outputs.
struct Net {
  std::unique_ptr<Graph> graph;
  Task task = Task::Values;
  Shape inputShape;  ///< of one sample, without the batch; of several inputs one vector of all their values
  Shape outputShape; ///< of one sample; of several outputs that of the first
  std::vector<NetInput> inputs;
  std::vector<NetOutput> outputs;
  int64_t parameters = 0;
  Loc batchNorm;       ///< a BatchNorm that sees one number of each sample a feature; nowhere without one
  std::string summary; ///< "784-256-128-64-10" for a chain of Linear layers, else "784 -> 10"
};

struct BuildOptions {
  Mode mode = Mode::Train;
  int64_t batch = 32;
};

/// Null graph after errors, which are in `diags`: E21x (names, forms of a model), E22x and E25x (values, layers and
/// their arguments), E23x (shapes, with the trail), E24x (blocks), E20x (arguments' values), E260 and E262 (keys of
/// outputs that are not there, or that exclude each other), E270 (a loss that does not fit). Mode::Train warns, too:
/// W501 to W506.
Net build(const File &file, const Settings &settings, const Vocabulary &vocabulary, const BuildOptions &options,
          Diags &diags);

} // namespace dlc::dsl
