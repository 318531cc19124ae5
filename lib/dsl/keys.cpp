// The rows of the key table.
// Adding a key is adding a member to settings.h and a row here; how values are read is in key_readers.cpp.
#include "key_readers.h"

#include <type_traits>
#include <utility>

namespace dlc::dsl {

std::string KeyReader::what() const { return key.name.str() + (output.empty() ? "" : "." + output.str()); }

std::optional<Const> KeyReader::single() const {
  if (values.size() != 1 || !values.front().name.text.empty()) {
    diags().error(loc(), "E205") << key.name << " takes one value, found " << values.size();
    return std::nullopt;
  }
  return evaluator.eval(values.front().value);
}

namespace {

template <class T> const Setting<T> &member(const Settings &s, Setting<T> TrainSettings::*m) { return s.train.*m; }
template <class T> const Setting<T> &member(const Settings &s, Setting<T> DataSettings::*m) { return s.data.*m; }
template <class T> Setting<T> &member(Settings &s, Setting<T> TrainSettings::*m) { return s.train.*m; }
template <class T> Setting<T> &member(Settings &s, Setting<T> DataSettings::*m) { return s.data.*m; }

template <auto M> std::pair<Loc, From> state(const Settings &settings) {
  const auto &setting = member(settings, M);
  return {setting.loc, setting.from};
}

template <auto M> bool same(const Settings &a, const Settings &b) {
  const auto &x = member(a, M), &y = member(b, M);
  if constexpr (std::is_pointer_v<std::decay_t<decltype(x.value)>>)
    return textOf(x.loc) == textOf(y.loc); // kept as it was written
  else if constexpr (std::is_same_v<decltype(M), Setting<double> TrainSettings::*>)
    return x.value == y.value && (M != &TrainSettings::lr || a.train.schedule == b.train.schedule);
  else if constexpr (std::is_same_v<decltype(M), Setting<std::string> TrainSettings::*> ||
                     std::is_same_v<decltype(M), Setting<std::string> DataSettings::*>)
    return llvm::StringRef(x.value).equals_insensitive(y.value); // words, whose case does not matter
  else
    return x.value == y.value;
}

/// `none` and `off`, where a key's default is said so.
bool saysDefault(const KeyReader &r) {
  if (r.values.size() != 1 || !r.values.front().name.text.empty() ||
      (r.key.defaultText != "none" && r.key.defaultText != "off"))
    return false;
  const Ref *ref = r.values.front().value.as<Ref>();
  return ref && ref->name.text.equals_insensitive(r.key.defaultText);
}

/// What most rows do: read a value, keep it; and forget an earlier one where the word of the default is written.
template <auto M, auto read> void readInto(const KeyReader &r) {
  auto &setting = member(r.settings, M);
  if (saysDefault(r))
    setting = member(Settings(), M);
  else if (auto value = read(r))
    r.store(setting, std::move(*value));
}

// Readers of rows that keep more than one value.

/// A number, or a number that flows through a schedule.
void readLearningRate(const KeyReader &r) {
  TrainSettings &train = r.settings.train;
  const Flow *flow = r.values.front().value.as<Flow>();
  if (!flow) {
    if (auto rate = readNumber(r)) {
      r.store(train.lr, *rate);
      train.schedule.clear();
    }
    return;
  }
  if (r.values.size() != 1) {
    (void)r.single();
    return;
  }
  auto base = r.evaluator.eval(*flow->source);
  auto rate = base ? r.evaluator.number(*base, r.key.range, r.what()) : std::nullopt;
  auto schedule = readFlow(r, nullptr, flow->stages, StepKind::Schedule);
  if (!rate || !schedule)
    return;
  const Spec *full = nullptr;
  for (const Spec &step : *schedule) {
    if (step.name == "Warmup")
      continue;
    if (full) {
      r.diags().error(step.loc, "E262").note(full->loc, "the other one is here")
          << "two full schedules; only Warmup can be combined with another one";
      return;
    }
    full = &step;
  }
  r.store(train.lr, *rate);
  train.schedule = std::move(*schedule);
}

OutputLoss &lossOf(const KeyReader &r) {
  for (OutputLoss &known : r.settings.train.outputLosses)
    if (known.output == r.output)
      return known;
  return r.settings.train.outputLosses.emplace_back(OutputLoss{r.output.str(), {}, {}});
}

/// Kept as it was written: build looks it up among the ops.
void readLoss(const KeyReader &r) {
  const Expr &expr = r.values.front().value;
  if (r.values.size() != 1)
    (void)r.single();
  else if (expr.as<Ref>() || expr.as<Call>())
    r.store(r.output.empty() ? r.settings.train.loss : lossOf(r).loss, &expr);
  else
    r.diags().error(expr.loc, "E205") << r.what() << " takes a name such as CrossEntropy, or a call";
}

void readLossWeight(const KeyReader &r) {
  if (auto n = readNumber(r))
    r.store(r.output.empty() ? r.settings.train.lossWeight : lossOf(r).weight, *n);
}

template <auto read> void check(const KeyReader &r) { (void)read(r); }

template <int64_t special> std::optional<int64_t> readWholeOr(const KeyReader &r) {
  return readWholeOrWord(r, special);
}
template <StepKind kind> std::optional<std::vector<Spec>> readStepsOf(const KeyReader &r) { return readSteps(r, kind); }

constexpr Range kNotNegative{0, 1e300};
constexpr Range kPositive{0, 1e300, true};
constexpr Range kShare{0, 1, false, true};
constexpr Range kCount{1, 1e15, false, false, true};
constexpr Range kCountOrNone{0, 1e15, false, false, true};

/// By the type of the setting, where nothing else is said.
template <auto M> constexpr ValueKind kindOf() {
  using Value = std::decay_t<decltype(member(std::declval<const Settings &>(), M).value)>;
  if constexpr (std::is_same_v<Value, bool>)
    return ValueKind::Flag;
  else if constexpr (std::is_pointer_v<Value>)
    return ValueKind::Loss;
  else if constexpr (std::is_same_v<Value, Spec> || std::is_same_v<Value, std::vector<Spec>> ||
                     std::is_same_v<Value, ValSplit>)
    return ValueKind::Steps;
  else
    return ValueKind::Plain;
}
template <> constexpr ValueKind kindOf<&TrainSettings::lr>() { return ValueKind::Steps; } // of a schedule
template <> constexpr ValueKind kindOf<&TrainSettings::optimizer>() { return ValueKind::Optimizer; }
template <> constexpr ValueKind kindOf<&TrainSettings::init>() { return ValueKind::Initialiser; }

template <auto M, auto read>
constexpr Key row(llvm::StringLiteral section, llvm::StringLiteral name, llvm::StringLiteral type,
                  llvm::StringLiteral text, llvm::StringLiteral doc, Range range = {}, llvm::StringLiteral words = "",
                  llvm::StringLiteral aliases = "") {
  Key key{section, name, type, text, doc, nullptr, state<M>, same<M>, range, words, aliases};
  key.kind = kindOf<M>();
  if constexpr (std::is_void_v<decltype(read(std::declval<const KeyReader &>()))>)
    key.read = read;
  else
    key.read = readInto<M, read>;
  return key;
}
// Keys of `dlc export`, which reads them itself; here they are only checked.
template <auto read>
constexpr Key deployRow(llvm::StringLiteral name, llvm::StringLiteral type, llvm::StringLiteral text,
                        llvm::StringLiteral doc, Range range = {}, llvm::StringLiteral words = "") {
  return {"deploy", name, type, text, doc, check<read>, nullptr, nullptr, range, words};
}
constexpr Key perOutput(Key key) {
  key.perOutput = true;
  return key;
}
using T = TrainSettings;
using D = DataSettings;

constexpr Key kKeys[] = {
    perOutput(row<&T::loss, readLoss>(
        "train", "loss", "word or call", "by the outputs",
        "What is made small: CrossEntropy, BCE, MSE ...; BCE for one output and CrossEntropy for "
        "several by default; loss.mask for one of several outputs",
        {}, "", "loss.type loss.name loss.loss")),
    perOutput(row<&T::lossWeight, readLossWeight>(
        "train", "loss_weight", "number", "1",
        "Factor of the loss; loss_weight.mask for the share of one of several outputs", kNotNegative)),
    row<&T::optimizer, readName>("train", "optimizer", "word", "Adam",
                                 "How the weights follow the gradient: SGD, Adam ...", {}, "", "optimizer.type"),
    row<&T::lr, readLearningRate>("train", "lr", "number, with schedule steps", "0.001",
                                  "Learning rate: 0.1 -> Warmup(1 epoch) -> Cosine", kNotNegative, "",
                                  "training.learning_rate optimizer.learning_rate optimizer.lr"),
    row<&T::momentum, readNumber>("train", "momentum", "number", "0", "SGD: share of the last step that is kept",
                                  kShare, "", "optimizer.momentum"),
    row<&T::nesterov, readFlag>("train", "nesterov", "bool", "false", "SGD: look ahead by the momentum", {}, "",
                                "optimizer.nesterov"),
    row<&T::beta1, readNumber>("train", "beta1", "number", "0.9", "Adam family: decay of the mean of gradients", kShare,
                               "", "optimizer.beta1"),
    row<&T::beta2, readNumber>("train", "beta2", "number", "0.999",
                               "Adam family: decay of the mean of squared gradients", kShare, "", "optimizer.beta2"),
    row<&T::eps, readNumber>("train", "eps", "number", "1e-8", "Adam family: keeps the quotient finite", kPositive, "",
                             "optimizer.epsilon optimizer.eps"),
    row<&T::weightDecay, readNumber>("train", "weight_decay", "number", "0", "L2 penalty; not on biases and norms",
                                     kNotNegative, "",
                                     "optimizer.weight_decay regularization.weight_decay regularization.l2"),
    row<&T::clipNorm, readNumber>("train", "clip_norm", "number", "off", "Scales the gradient down to this norm",
                                  kPositive),
    row<&T::clipValue, readNumber>("train", "clip_value", "number", "off", "Clips every entry of the gradient",
                                   kPositive),
    row<&T::epochs, readWhole>("train", "epochs", "int", "10", "Passes over the training data", kCount),
    row<&T::steps, readWhole>("train", "steps", "int", "none", "Updates, instead of epochs", kCount),
    row<&T::batchSize, readWhole>("train", "batch_size", "int", "32", "Samples per batch", kCount),
    row<&T::accumulate, readWhole>("train", "accumulate", "int", "1", "Batches per update", kCount),
    row<&T::metrics, readMetrics>("train", "metrics", "list", "by loss", "What is measured beside the loss"),
    row<&T::classWeights, readWeights>("train", "class_weights", "balanced or list", "none",
                                       "Weight of each class in the loss", {}, "none|balanced"),
    row<&T::valEvery, readInterval>("train", "val_every", "epochs or steps", "1 epoch", "How often val is measured",
                                    kCount),
    row<&T::monitor, readName>("train", "monitor", "name", "val_loss, else train_loss", "What 'best' means"),
    row<&T::patience, readWhole>("train", "patience", "int", "off",
                                 "Stops after so many evaluations without improvement", kCount),
    row<&T::minDelta, readNumber>("train", "min_delta", "number", "0", "An improvement must be larger than this",
                                  kNotNegative),
    row<&T::keep, readWord>("train", "keep", "best or last", "best with val, else last",
                            "Which weights the model file gets", {}, "best|last"),
    row<&T::checkpoint, readFile>("train", "checkpoint", "file", "none", "Full training state, written atomically"),
    row<&T::checkpointEvery, readInterval>("train", "checkpoint_every", "epochs or steps", "1 epoch",
                                           "How often the checkpoint is written", kCount),
    row<&T::maxTime, readDuration>("train", "max_time", "duration", "none", "Stops cleanly after this time", kPositive),
    row<&T::seed, readWholeOr<-1>>("train", "seed", "int or random", "0",
                                   "Everything random follows from it; random prints what it drew", kCountOrNone,
                                   "random", "options.seed initialization.seed"),
    row<&T::dtype, readDType>("train", "dtype", "f32 or f64", "f32", "Weights and arithmetic", {}, "f32|f64",
                              "options.dtype performance.dtype"),
    row<&T::threads, readWholeOr<0>>("train", "threads", "int or auto", "auto", "Results do not depend on it",
                                     Range{1, 4096, false, false, true}, "auto",
                                     "options.threads performance.threads performance.num_threads"),
    row<&T::init, readInit>("train", "init", "initialiser", "He", "How weights start, where a layer does not say", {},
                            "", "initialization.type initialization.method initialization.weights"),
    row<&T::onNan, readWord>("train", "on_nan", "stop or skip", "stop", "What to do when the loss is not finite", {},
                             "stop|skip"),
    row<&T::logEvery, readInterval>("train", "log_every", "steps or epochs", "1 epoch", "How often a line is printed",
                                    kCount, "", "logging.log_every"),
    row<&T::average, readNumber>("train", "average", "number", "off", "Exponential moving average of the weights",
                                 Range{0, 1, true, true}),

    row<&D::train, readSource>("data", "train", "source", "none", "Training samples"),
    row<&D::test, readSource>("data", "test", "source", "none", "Samples for dlc eval and the final score"),
    row<&D::val, readValSplit>("data", "val", "percent, count, slice or source", "none", "Validation samples"),
    row<&D::prepare, readStepsOf<StepKind::Prepare>>("data", "prepare", "data steps", "by the source",
                                                     "Applied to every sample, always; kept in the model"),
    row<&D::augment, readStepsOf<StepKind::Augment>>("data", "augment", "data steps", "none",
                                                     "Applied while training only"),
    row<&D::target, readWord>("data", "target", "label, input or next", "label", "What the net learns to say", {},
                              "label|input|next"),
    row<&D::classes, readNames>("data", "classes", "list or file", "from the data", "Class names, in order", {},
                                "auto"),
    row<&D::shuffle, readFlag>("data", "shuffle", "bool", "true", "A new order each epoch"),
    row<&D::dropLast, readFlag>("data", "drop_last", "bool", "false", "Skips a short last batch"),
    row<&D::cache, readWord>("data", "cache", "memory, disk or none", "memory", "Where decoded samples are kept", {},
                             "memory|disk|none"),
    row<&D::limit, readWhole>("data", "limit", "int", "none", "Uses only the first samples", kCount),

    deployRow<readWord>("format", "word", "c", "What dlc export writes", {},
                        "c|static|shared|exe|onnx|safetensors|npz"),
    deployRow<readWord>("isa", "word", "portable", "Instructions that may be used", {},
                        "portable|sse2|avx2|avx512|native"),
    deployRow<readNumber>("batch", "int", "1", "Samples per call", kCount),
    deployRow<readNumber>("threads", "int", "1", "Threads per call", kCount),
    deployRow<readWord>("quantize", "word", "none", "Post-training quantisation", {}, "none|int8"),
    deployRow<readNumber>("max_drop", "percent", "1%", "Accuracy loss above which export fails", Range{0, 1}),
    deployRow<readName>("name", "name", "file stem", "Prefix of C symbols"),
};

} // namespace

std::span<const Key> keyTable() { return kKeys; }

} // namespace dlc::dsl
