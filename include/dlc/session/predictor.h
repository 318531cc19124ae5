// Predictor: a trained net ready to answer, from any number of threads at once, in memory fixed when it is
// made. It copies the weights, so it may outlive its net and never sees what the net learns later.
#pragma once

#include "dlc/session/net.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc {
class Executor;
}

namespace dlc::session {

struct PredictorOptions {
  size_t maxBatch = 1; ///< samples computed together; larger calls are cut into batches
  size_t callers = 1;  ///< calls that run at once, each on one thread with its own memory; others wait
  /// To be asked about sequences position by position, with step(). A sample is then one position, and an answer what
  /// the net says of it, or after it. Of nets that read no sequences a sample is what it is otherwise.
  bool steps = false;
};

/// What a net keeps of a sequence from one step to the next; as it is made, the sequence has not begun.
struct SequenceState {
  uint64_t steps = 0; ///< so far
  std::vector<std::byte> bytes;
};

/// One output of the net among the numbers of an answer.
struct AnswerPart {
  std::string name;                 ///< "output", "output.mask"
  std::string scores;               ///< of the net's value that ranks classes; `name` where it is the answer itself
  size_t from = 0, size = 0;        ///< its numbers
  Shape shape;                      ///< of them
  Task task = Task::Values;         ///< of classes, the numbers are probabilities or scores, as the net ends
  std::vector<std::string> classes; ///< names, where they are known and are those of this output
};

/// An answer depends on its sample alone: not on the samples computed with it, the callers, or the threads. It has the
/// bits that `dlc infer` prints.
class Predictor {
public:
  /// The net must have its weights. Everything its programs need is planned and allocated here. With `steps`, a Failure
  /// of kind Findings, with E271, for a net that takes none, and of kind Options where `prepare` does not go with them.
  static Result<std::unique_ptr<Predictor>> make(Net &net, PredictorOptions options = {});
  ~Predictor();

  DType dtype() const { return dtype_; }      ///< of the net: F32 or F64
  size_t inputs() const { return inputs_; }   ///< numbers in a prepared sample: all inputs, concatenated
  size_t outputs() const { return outputs_; } ///< numbers in an answer: all outputs, concatenated
  llvm::ArrayRef<AnswerPart> parts() const { return parts_; }
  uint64_t bytes() const { return bytes_; } ///< weights included

  /// `samples` holds whole prepared samples, and `answers` as many answers. Nothing is allocated. A Failure of kind
  /// Options if the sizes do not fit or a token is out of range; then nothing is computed. T is
  /// float or double; numbers are rounded to the dtype of the net.
  /// `scores`, if it is not empty, takes as many numbers as `answers`: those by which classes are ranked. They still
  /// differ where probabilities are rounded to the same number; above 0 means yes.
  template <class T>
  Done predict(llvm::ArrayRef<T> samples, llvm::MutableArrayRef<T> answers, llvm::MutableArrayRef<T> scores = {});
  /// The scores alone.
  template <class T> Done predictScores(llvm::ArrayRef<T> samples, llvm::MutableArrayRef<T> scores);
  /// The same as predict() for samples as they come from their source, all of one shape: they are prepared as training
  /// did, in double precision. Steps that resize or turn pictures allocate in the first call.
  template <class T>
  Done predictRaw(llvm::ArrayRef<double> samples, llvm::ArrayRef<int64_t> shape, llvm::MutableArrayRef<T> answers,
                  llvm::MutableArrayRef<T> scores = {});

  /// Only with PredictorOptions::steps: the next step of each of `sequences`, which are all different. `samples` holds
  /// one raw sample for each, which is prepared as predictRaw() does it; `scores`, as of predictScores(), may be empty.
  /// A Failure of kind Options where predict() has one, and for a step beyond the last if `prepare` has other numbers
  /// for each position; then no sequence has moved on.
  template <class T>
  Done step(llvm::ArrayRef<double> samples, llvm::ArrayRef<SequenceState *> sequences, llvm::MutableArrayRef<T> answers,
            llvm::MutableArrayRef<T> scores = {});
  /// Whether a sample is one position of a sequence.
  bool takesPositions() const { return positions_ > 0; }
  /// Numbers in a sample of step(), before `prepare`.
  size_t stepSize() const { return takesPositions() ? inputs_ : static_cast<size_t>(elementCount(wholeShape_)); }
  size_t stateBytes() const { return stateBytes_; } ///< of each sequence; 0 where nothing is kept

  /// The largest of the numbers of a part of an answer, or of its scores, the first among equals; for sequences, of
  /// their first place.
  template <class T> size_t classOf(llvm::ArrayRef<T> answer, size_t part = 0) const;

private:
  struct Lane;
  class Taken;
  Predictor() = default;
  /// Where numbers come from and go to; null: not wanted.
  template <class T> struct Rows {
    size_t count = 0;
    const T *samples = nullptr;
    T *answers = nullptr, *scores = nullptr;
    llvm::ArrayRef<SequenceState *> sequences = {}; ///< of nets that keep states
  };
  struct State {
    std::string name;
    size_t bytes = 0; ///< of a sequence
  };
  template <class T> Done checkTokens(const Rows<T> &rows) const;
  template <class T> Done run(Lane &lane, Rows<T> rows);
  template <class T> void feed(Executor &executor, const Rows<T> &rows, size_t size) const;
  void moveStates(Executor &executor, llvm::ArrayRef<SequenceState *> sequences, bool in) const;
  template <class T> Done predict(size_t samples, size_t answers, Rows<T> rows);
  template <class T> bool fits(llvm::ArrayRef<T> answers, llvm::ArrayRef<T> scores, size_t rows) const {
    return rows * outputs_ == answers.size() && (scores.empty() || scores.size() == answers.size());
  }
  Result<compile::Work> compile(Net &net, size_t size);
  Done takeSteps();
  std::vector<double> preparedAt(llvm::ArrayRef<double> sample, size_t position) const;

  DType dtype_ = DType::F32;
  size_t inputs_ = 0, outputs_ = 0;
  std::vector<AnswerPart> parts_;
  std::vector<dsl::NetInput> netInputs_;
  data::Prepare prepare_;
  Shape inputShape_;
  bool steps_ = false;
  size_t positions_ = 0;      ///< of a whole sequence, if the net takes steps along one
  bool preparedAlike_ = true; ///< `prepare` does the same to each of them
  Shape wholeShape_;          ///< of a sample or a whole sequence, before `prepare`
  std::vector<State> states_;
  size_t stateBytes_ = 0;
  uint64_t bytes_ = 0;
  std::vector<std::pair<std::string, Tensor>> weights_;
  struct Lanes;
  std::unique_ptr<Lanes> lanes_;
};

} // namespace dlc::session
