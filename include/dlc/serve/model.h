// Model: a trained net as the server sees it: its name, its inputs and outputs, and a predictor for them.
// It knows neither HTTP nor JSON; questions.h and answers.h do.
#pragma once

#include "dlc/data/formats.h"
#include "dlc/session/continuation.h"
#include "dlc/session/description.h"
#include "dlc/session/predictor.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::serve {

/// What the other side is told instead of an answer.
struct Refusal {
  unsigned status = 400; ///< of HTTP
  std::string text;      ///< what was wrong, and what was expected
};

/// Of the sequences that a model keeps states of.
struct SequenceLimits {
  size_t most = 1024; ///< kept at once
  double idle = 60;   ///< seconds after which a silent one is over
};
class Sequences;

struct ModelOptions {
  size_t maxRows = 64; ///< samples computed together, and in one request
  size_t callers = 1;  ///< threads that ask it at once
  SequenceLimits sequences = {};
};

/// One input of a net, called as its source calls it.
struct ModelInput {
  std::string name; ///< "input", or "image" of several
  Shape shape;      ///< of one sample, behind `prepare`
  int64_t vocab = 0;
  size_t from = 0, size = 0; ///< its numbers in a sample
};

struct ModelOutput {
  std::string name; ///< "output", or "mask" of several
  session::AnswerPart part;
};

class Model {
public:
  /// Compiles `net`, which must have its weights, for 1, 2, 4 ... samples. A Failure as Predictor::make() has it.
  static session::Result<std::shared_ptr<Model>> make(session::Net &net, std::string name, ModelOptions options);

  const std::string &name() const { return name_; }
  DType dtype() const { return predictor_->dtype(); }
  llvm::ArrayRef<ModelInput> inputs() const { return inputs_; }
  llvm::ArrayRef<ModelOutput> outputs() const { return outputs_; }
  const train::DataNames &names() const { return names_; }
  /// How a table of samples is read.
  const data::CsvOptions &table() const { return table_; }
  /// As the file is called that it came from, without its folder; "" if from none.
  const std::string &file() const { return file_; }
  /// Layers and cost; none where training cannot be planned here.
  const std::optional<session::Description> &description() const { return description_; }
  const Shape &inputShape() const { return inputShape_; } ///< of a sample; of several inputs, their numbers in a row
  size_t maxRows() const { return options_.maxRows; }
  /// About what a sample takes on one thread (estimatedNanoseconds()); 0 where nothing is known.
  double nanoseconds() const { return nanoseconds_; }

  /// Whether samples of this shape, as they come from their source, can be prepared for the net.
  bool fits(llvm::ArrayRef<int64_t> shape) const;
  /// The shape of a sample of which only the numbers are given; none where `prepare` has to know more.
  const std::optional<Shape> &flatShape() const { return flatShape_; }
  /// Numbers that one sample may have, before `prepare`.
  size_t mostValues() const { return mostValues_; }
  /// Bytes that a request may have: every number of maxRows() samples with all its digits.
  uint64_t mostBytes() const;

  /// predictRaw() of the predictor, from any of `callers` threads.
  template <class T>
  session::Done predict(llvm::ArrayRef<double> samples, llvm::ArrayRef<int64_t> shape, llvm::MutableArrayRef<T> answers,
                        llvm::MutableArrayRef<T> scores = {}) const {
    return predictor_->predictRaw(samples, shape, answers, scores);
  }
  /// How the model continues texts; null, with the reason in noText(), where it does not.
  const std::shared_ptr<const session::TextNet> &text() const { return text_; }
  const std::string &noText() const { return noText_; }
  /// predictScores() of the predictor: `samples` are prepared.
  template <class T> session::Done scores(llvm::ArrayRef<T> samples, llvm::MutableArrayRef<T> answers) const {
    return predictor_->predictScores(samples, answers);
  }
  /// The model as it is asked about sequences position by position: a sample is one position. Null where it reads no
  /// sequences, and, with the reason in noSteps(), where it takes no steps.
  const std::shared_ptr<const Model> &steps() const { return steps_; }
  const std::string &noSteps() const { return noSteps_; }
  /// Of a model of steps: those that have begun, and Predictor::step().
  const std::shared_ptr<Sequences> &sequences() const { return sequences_; }
  template <class T>
  session::Done step(llvm::ArrayRef<double> samples, llvm::ArrayRef<session::SequenceState *> sequences,
                     llvm::MutableArrayRef<T> answers, llvm::MutableArrayRef<T> scores) const {
    return predictor_->step(samples, sequences, answers, scores);
  }
  size_t answerSize() const { return predictor_->outputs(); }
  /// What `prepare` makes of one sample, rounded to the dtype of the net; its shape in `shape`, which must fit().
  std::vector<double> prepared(llvm::ArrayRef<double> sample, Shape &shape) const;

private:
  Model() = default;
  void addSteps(session::Net &net);
  std::string name_, file_;
  double nanoseconds_ = 0;
  ModelOptions options_;
  std::optional<session::Description> description_;
  std::unique_ptr<session::Predictor> predictor_;
  std::vector<ModelInput> inputs_;
  std::vector<ModelOutput> outputs_;
  train::DataNames names_;
  std::shared_ptr<const session::TextNet> text_;
  std::string noText_;
  data::CsvOptions table_;
  std::shared_ptr<const Model> steps_;
  std::string noSteps_;
  std::shared_ptr<Sequences> sequences_;
  data::Prepare prepare_;
  Shape inputShape_;
  std::optional<Shape> flatShape_;
  size_t mostValues_ = 0;
};

using Models = std::vector<std::shared_ptr<const Model>>;
/// How many workers answer soonest, from 1 to `most`, the number of processors. One thread handles all connections, and
/// light models keep no more than one or two workers busy beside it: those that are too many take its processor away
/// and are woken for nothing. With 784-32-10 on two processors, one worker answers twice as many requests as two.
unsigned worthwhileWorkers(const Models &models, unsigned most);

/// Null if there is none.
std::shared_ptr<const Model> findModel(const Models &models, llvm::StringRef name);

} // namespace dlc::serve
