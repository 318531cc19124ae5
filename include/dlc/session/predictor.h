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
  /// The net must have its weights. Everything its programs need is planned and allocated here.
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

  /// The largest of the numbers of a part of an answer, or of its scores, the first among equals; for sequences, of
  /// their first place.
  template <class T> size_t classOf(llvm::ArrayRef<T> answer, size_t part = 0) const;

private:
  struct Lane;
  class Taken;
  Predictor() = default;
  /// `answers` and `scores` may be null.
  template <class T> Done run(Lane &lane, size_t rows, const T *samples, T *answers, T *scores);
  template <class T> bool fits(llvm::ArrayRef<T> answers, llvm::ArrayRef<T> scores, size_t rows) const {
    return rows * outputs_ == answers.size() && (scores.empty() || scores.size() == answers.size());
  }

  DType dtype_ = DType::F32;
  size_t inputs_ = 0, outputs_ = 0;
  std::vector<AnswerPart> parts_;
  std::vector<dsl::NetInput> netInputs_;
  data::Prepare prepare_;
  Shape inputShape_;
  uint64_t bytes_ = 0;
  std::vector<std::pair<std::string, Tensor>> weights_;
  struct Lanes;
  std::unique_ptr<Lanes> lanes_;
};

} // namespace dlc::session
