// [train] and [data] as typed values: every key from one table, with its default, range, documentation and where it
// came from. It opens no file and knows no op; losses and optimizers are looked up by build, sources and data steps are
// made by data/.
#pragma once

#include "dlc/dsl/syntax/ast.h"
#include "dlc/signature/spec.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::dsl {

struct Vocabulary;

/// Where the value of a key came from.
enum class From : uint8_t { Default, File, CommandLine };

/// A value with the place that set it (invalid for defaults). Converts to its value.
template <class T> struct Setting {
  T value{};
  Loc loc{};
  From from = From::Default;

  operator const T &() const { return value; }
  const T *operator->() const { return &value; }
  const T &operator*() const { return value; }
  bool given() const { return from != From::Default; }
};

/// A loss or an optimizer: its name, or a call of it with arguments. build binds them, where the ops are known.
struct Choice {
  const Expr *written = nullptr; ///< Ref or Call; null where nothing is written
  Const value;                   ///< a Word or a Call, for comparing and printing
  /// Values are compared; the case of a name does not matter.
  friend bool operator==(const Choice &a, const Choice &b);
};

/// `1 epoch`, `200 steps`.
struct Interval {
  double count = 1;
  Unit unit = Unit::Epochs; ///< Epochs or Steps
  friend bool operator==(const Interval &, const Interval &) = default;
};

/// `loss.mask = BCE`, `loss_weight.mask = 0.5`: what is said of one of several outputs.
struct OutputLoss {
  std::string output;     ///< "mask"
  Setting<Choice> loss;   ///< not given(): TrainSettings::loss
  Setting<double> weight; ///< not given(): TrainSettings::lossWeight
};

struct TrainSettings {
  /// Not given(): BCE for one output, CrossEntropy for several (W506 says so). Of several outputs those without one of
  /// their own.
  Setting<Choice> loss;
  Setting<double> lossWeight{1};        ///< likewise
  std::vector<OutputLoss> outputLosses; ///< in the order of their lines
  Setting<Choice> optimizer{{nullptr, {Const::Kind::Word, 0, Unit::None, "Adam"}}};
  Setting<double> lr{0.001};
  std::vector<Spec> schedule; ///< after lr, from left to right: Decay(factor, every), Warmup(length) ...
  Setting<double> momentum{0}, beta1{0.9}, beta2{0.999}, eps{1e-8}, weightDecay{0};
  Setting<bool> nesterov{false};
  Setting<double> clipNorm{0}, clipValue{0}; ///< 0: off
  Setting<int64_t> epochs{10};
  Setting<int64_t> steps{0}; ///< 0: epochs count
  Setting<int64_t> batchSize{32}, accumulate{1};
  Setting<std::vector<Spec>> metrics; ///< empty: by loss
  Setting<Const> classWeights;        ///< Word "none" or "balanced", or a List of numbers
  Setting<Interval> valEvery{{1, Unit::Epochs}}, logEvery{{1, Unit::Epochs}}, checkpointEvery{{1, Unit::Epochs}};
  Setting<std::string> monitor;       ///< empty: val_loss, else train_loss
  Setting<int64_t> patience{0};       ///< evaluations; 0: off
  Setting<bool> earlyStopping{false}; ///< of the INI form: patience counts, which must stand beside it
  Setting<double> minDelta{0};
  Setting<std::string> keep;       ///< "best", "last"; empty: best with val, else last
  Setting<std::string> checkpoint; ///< file; empty: none
  Setting<double> maxTime{0};      ///< seconds; 0: none
  Setting<int64_t> seed{0};        ///< -1: `random`, the tool draws and prints one
  Setting<DType> dtype{DType::F32};
  Setting<int64_t> threads{0};     ///< 0: auto
  Setting<std::string> init{"He"}; ///< canonical text: "He", "Uniform(0.1)"
  Setting<std::string> onNan{"stop"};
  Setting<double> average{0};               ///< 0: off
  Setting<std::string> weights;             ///< the model file that weights are taken from at the start; empty: none
  Setting<std::vector<std::string>> fresh;  ///< patterns of the tensors that are not taken from it
  Setting<std::vector<std::string>> freeze; ///< patterns of the weights that stay as they are
};

/// `val`: a share or a number of samples held out of train, a slice of train or test, or a source of its own.
struct ValSplit {
  enum class Kind : uint8_t { None, Share, Count, Slice, Source } kind = Kind::None;
  double share = 0;          ///< Share, in 0..1
  int64_t count = 0;         ///< Count
  std::string of;            ///< Slice: "train" or "test"
  int64_t from = 0, to = -1; ///< Slice; to = -1: up to the end
  Spec source;               ///< Source
  friend bool operator==(const ValSplit &, const ValSplit &) = default;
};

/// Whether these samples are taken out of those of `train`.
bool isPartOfTrain(const ValSplit &val);

struct DataSettings {
  Setting<Spec> train, test; ///< a bare string has become the source of its extension
  Setting<ValSplit> val;
  Setting<std::vector<Spec>> prepare; ///< not given(): the source decides
  Setting<std::vector<Spec>> augment;
  Setting<std::string> target{"label"}; ///< "label", "input", "next"
  Setting<Const> classes;               ///< List of names, String (a file) or Word "auto"
  Setting<bool> shuffle{true}, dropLast{false};
  Setting<std::string> cache{"memory"}, broken{"error"};
  Setting<int64_t> limit{0}; ///< 0: all
};

/// What an export is to be like: the defaults of the flags of `dlc export`.
struct DeploySettings {
  Setting<std::string> format{"c"}, isa{"portable"};
  Setting<int64_t> batch{1}, threads{1};
  Setting<std::string> math{"exact"}, weights{"const"};
  Setting<std::string> quantize{"none"};
  Setting<double> maxDrop{0.01};
  Setting<std::string> name; ///< empty: the stem of the file
};

struct Settings {
  TrainSettings train;
  DataSettings data;
  DeploySettings deploy;
  /// The constants above the first section, in order, after overrides. One whose value is wrong is left out.
  std::vector<ConstArg> constants;
  /// Keeps the trees of override values, into which Loc and Choice point.
  std::vector<std::shared_ptr<const std::vector<Arg>>> overrideValues;

  const Const *constant(llvm::StringRef name) const;
  /// What is said of the output `name` ("mask"); null if nothing is.
  const OutputLoss *lossOf(llvm::StringRef name) const;
};

/// Whether classes count differently in the loss.
bool weighsClasses(const TrainSettings &train);
/// Whether samples are mixed with one another while training: augment ends in Mixup.
bool mixes(const DataSettings &data);

/// One `--set SECTION.KEY=VALUE` argument (or a flag that stands for one). `text` is a buffer of diags.sources().
struct Override {
  llvm::StringRef text;
};

/// Reads [train] (also [training], [optimizer]) and [data] of `file`, then the overrides. Overrides of constants
/// (`--set width=32`) and of unknown sections are checked here too. Errors go to `diags`, and the result is usable up
/// to them: E111, E113, E114 (sections), E112 (no override), E212 (a constant bound twice), E260, E261, E262 (keys
/// unknown, given twice, or excluding each other), E250, E251 (steps and their arguments), E201 to E209
/// (values).
Settings readSettings(const File &file, llvm::ArrayRef<Override> overrides, const Vocabulary &vocabulary, Diags &diags);

/// A key that has another value in one settings than in another.
struct Difference {
  std::string key;         ///< "train.lr"
  std::string before, now; ///< as written, or the default
  Loc loc;                 ///< of the value now; invalid for a default
};
/// The keys of [train] and [data] whose values differ, in the order of the table. Spellings of one value do not.
std::vector<Difference> differences(const Settings &before, const Settings &now);

/// One key of the table, for documentation and completion.
struct KeyInfo {
  llvm::StringRef section, name, type, defaultText, doc;
  std::vector<llvm::StringRef> aliases;
  llvm::StringRef words; ///< that it takes: "none|balanced"
};
std::vector<KeyInfo> allKeys();

/// A key or a constant with its value as it is written, and where it came from.
struct ConfigRow {
  std::string section; ///< "" of a constant
  std::string name, value;
  From from = From::Default;
  std::string where; ///< "net.dsl:7:3", "--lr:1:10"; "" of a default
  /// False: a default that only words can say ("by loss"), or what an argument of the optimizer says already.
  bool isValue = true;
};
/// Constants first, then every key in the order of the table.
std::vector<ConfigRow> configRows(const Settings &settings, const Sources &sources);
/// The same, one a line (`dlc show --config`). The text can be read again and gives the same settings; a default that
/// is no value stands in a comment.
void printConfig(llvm::raw_ostream &os, const Settings &settings, const Sources &sources);

} // namespace dlc::dsl
