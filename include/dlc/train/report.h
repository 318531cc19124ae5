// Reporters: what a run says of itself, as plain lines, as JSON lines, or as a moving bar.
// They are told events and decide nothing; JSON fields are only ever added ("v":1).
#pragma once

#include "dlc/support/type.h"
#include "dlc/train/metrics.h"

#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlc::train {

/// Where the weights of a run came from that did not start at random.
struct WeightsFrom {
  std::string file;
  std::vector<std::string> taken, fresh; ///< tensors of the net
  std::vector<std::string> unused;       ///< tensors of the file
  bool statistics = false;               ///< `prepare` keeps the numbers of the file
};

struct RunInfo {
  std::string file, summary; ///< "mnist.dsl", "784-32-10"
  int64_t parameters = 0;
  DType dtype = DType::F32;
  uint64_t train = 0, val = 0, test = 0; ///< samples
  std::string isa;
  unsigned threads = 1;
  int64_t seed = 0;
  uint64_t weightBytes = 0, trainPeak = 0;
  std::function<uint64_t()> inferPeak; ///< bytes of weights and one sample; a plan is made for whoever asks
  std::optional<WeightsFrom> weights;
  std::string resumedFrom; ///< a checkpoint; may be empty
  int64_t resumedEpoch = 0, resumedStep = 0;
};

struct StepInfo {
  int64_t epoch = 1, step = 0; ///< step counts from 1 through the whole run
  int64_t batch = 0, batches = 0;
  double loss = 0, lr = 0, milliseconds = 0;
  int64_t epochs = 1;
  double samplesPerSecond = 0; ///< since the epoch began
  double secondsLeft = 0;      ///< of the run, at the pace so far
};

struct EpochInfo {
  int64_t epoch = 1, epochs = 1, step = 0;
  Scores train;
  std::optional<Scores> val;
  double lr = 0, seconds = 0, samplesPerSecond = 0;
  bool best = false; ///< the monitored value has never been better
  bool last = false;
};

/// The best weights of a run.
struct Best {
  std::string monitor; ///< "val_loss"
  double value = 0;
  int64_t epoch = 1;
};

struct ResultInfo {
  std::string model; ///< file; may be empty
  std::optional<Scores> test;
  std::vector<std::string> classNames;
  std::string part = "";         ///< whose scores these are, if not those of test data: "val"
  std::optional<Best> best = {}; ///< what the model file holds, where it is not the last weights
};

class Reporter {
public:
  virtual ~Reporter() = default;
  virtual void start(const RunInfo &) {}
  /// Only called where wantsSteps().
  virtual void step(const StepInfo &) {}
  virtual bool wantsSteps() const { return false; }
  virtual void epoch(const EpochInfo &) {}
  virtual void checkpoint(llvm::StringRef /*path*/, int64_t /*epoch*/) {}
  virtual void best(llvm::StringRef /*monitor*/, double /*value*/, int64_t /*epoch*/) {}
  /// `reason`: done, patience, max_time, interrupt, nan. `text` says it to people; may be empty.
  virtual void stop(llvm::StringRef /*reason*/, llvm::StringRef /*text*/) {}
  virtual void saved(llvm::StringRef /*path*/, const std::optional<Best> & /*best*/) {}
  virtual void result(const ResultInfo &) {}
  /// A remark to people; JSON readers do not get it.
  virtual void note(llvm::StringRef /*text*/) {}

  /// Asked between two batches: why the run is to stop, a number that comes back in the outcome (the tool says which
  /// signal came); 0 to go on.
  virtual int stopAsked() { return 0; }
  /// Asked at the same places: whether a checkpoint is wanted now.
  virtual bool saveAsked() { return false; }
};

struct PlainOptions {
  bool quiet = false;   ///< nothing
  bool verbose = false; ///< a line for every step
  int64_t everyEpochs = 1;
  int64_t everySteps = 0;           ///< also a line after so many steps; 0: none
  llvm::raw_ostream *bar = nullptr; ///< the terminal that shows a moving bar
};
std::unique_ptr<Reporter> plainReporter(llvm::raw_ostream &os, const PlainOptions &options);
/// `steps`: events for every step.
std::unique_ptr<Reporter> jsonReporter(llvm::raw_ostream &os, bool steps);
/// Tells all of them.
std::unique_ptr<Reporter> everyReporter(std::vector<std::unique_ptr<Reporter>> reporters);

/// "Loss: 0.6105 | Accuracy: 85.26%"
std::string scoreLine(const Scores &scores, llvm::StringRef prefix = "");
/// The lines of an evaluation: "Overall accuracy: 96.52% (9652/10000)", a row per class, the confusion matrix if it was
/// asked for.
void printEvaluation(llvm::raw_ostream &os, const Scores &scores, llvm::ArrayRef<std::string> classNames);

} // namespace dlc::train
