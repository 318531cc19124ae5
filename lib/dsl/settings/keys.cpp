// The rows of the key table.
// Adding a key is adding a member to settings.h and a row here; how values are read is in key_readers.cpp.
#include "key_readers.h"
#include "written.h"

#include <type_traits>
#include <utility>

namespace dlc::dsl {

std::string KeyReader::what() const { return key.name.str() + (output.empty() ? "" : "." + output.str()); }

std::optional<Const> KeyReader::single() const {
  if (values.size() != 1 || !values.front().name.text.empty()) {
    diags().error(loc(), "E207") << key.name << " takes one value, found " << values.size();
    return std::nullopt;
  }
  return evaluator.eval(values.front().value);
}

namespace {

template <class T> auto &member(T &s, auto TrainSettings::*m) { return s.train.*m; }
template <class T> auto &member(T &s, auto DataSettings::*m) { return s.data.*m; }
template <class T> auto &member(T &s, auto DeploySettings::*m) { return s.deploy.*m; }

template <auto M> std::pair<Loc, From> state(const Settings &settings) {
  const auto &setting = member(settings, M);
  return {setting.loc, setting.from};
}

template <auto M> bool same(const Settings &a, const Settings &b) {
  const auto &x = member(a, M).value, &y = member(b, M).value;
  if constexpr (std::is_same_v<decltype(M), Setting<double> TrainSettings::*>)
    return x == y && (M != &TrainSettings::lr || a.train.schedule == b.train.schedule);
  else if constexpr (std::is_same_v<decltype(x), const std::string &>)
    return llvm::StringRef(x).equals_insensitive(y); // words, whose case does not matter
  else
    return x == y;
}

template <auto M> std::string textIn(const Settings &settings) { return written(member(settings, M).value); }

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
  static const Settings kDefaults;
  if (saysDefault(r))
    setting = member(kDefaults, M);
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
  auto schedule = readFlow(r, nullptr, flow->stages, WordKind::Schedule);
  if (!rate || !schedule)
    return;
  const Spec *full = nullptr, *warmup = nullptr;
  for (const Spec &step : *schedule) {
    const bool warms = step.name == "Warmup";
    const Spec *&slot = warms ? warmup : full;
    if (slot) {
      r.diags().error(step.loc, "E262").note(slot->loc, "the other one is here")
          << (warms ? "Warmup appears twice" : "two full schedules; only Warmup can be combined with another one");
      return;
    }
    slot = &step;
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

void readLoss(const KeyReader &r) {
  if (auto choice = readChoice(r))
    r.store(r.output.empty() ? r.settings.train.loss : lossOf(r).loss, std::move(*choice));
}

void readLossWeight(const KeyReader &r) {
  if (auto n = readNumber(r))
    r.store(r.output.empty() ? r.settings.train.lossWeight : lossOf(r).weight, *n);
}

template <int64_t special> std::optional<int64_t> readWholeOr(const KeyReader &r) {
  return readWholeOrWord(r, special);
}
template <WordKind kind> std::optional<std::vector<Spec>> readStepsOf(const KeyReader &r) { return readSteps(r, kind); }

constexpr NumberRange kNotNegative{0, 1e300};
constexpr NumberRange kPositive{0, 1e300, true};
constexpr NumberRange kShare{0, 1, false, true};
constexpr NumberRange kCount{1, 1e15, false, false, true};
constexpr NumberRange kCountOrNone{0, 1e15, false, false, true};

/// By the type of the setting, where nothing else is said.
template <auto M> constexpr ValueKind kindOf() {
  using Value = std::decay_t<decltype(member(std::declval<const Settings &>(), M).value)>;
  if constexpr (std::is_same_v<Value, bool>)
    return ValueKind::Flag;
  else if constexpr (std::is_same_v<Value, Choice>)
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
                  llvm::StringLiteral text, llvm::StringLiteral doc, NumberRange range = {},
                  llvm::StringLiteral words = "", llvm::StringLiteral aliases = "") {
  Key key{section, name, type, text, doc, nullptr, state<M>, same<M>, textIn<M>, range, words, aliases};
  key.kind = kindOf<M>();
  if constexpr (std::is_void_v<decltype(read(std::declval<const KeyReader &>()))>)
    key.read = read;
  else
    key.read = readInto<M, read>;
  return key;
}
/// A row whose value is written otherwise than its type is.
constexpr Key spelt(Key key, std::string (*text)(const Settings &)) {
  key.text = text;
  return key;
}
constexpr Key perOutput(Key key) {
  key.perOutput = true;
  return key;
}
using T = TrainSettings;
using D = DataSettings;
using E = DeploySettings;

constexpr Key kKeys[] = {
    perOutput(row<&T::loss, readLoss>(
        "train", "loss", "word or call", "by the outputs",
        "The function to minimize: CrossEntropy, BCE, MSE ...; BCE for one output and CrossEntropy for "
        "several by default; loss.mask for one of several outputs",
        {}, "", "loss.type loss.name loss.loss")),
    perOutput(row<&T::lossWeight, readLossWeight>("train", "loss_weight", "number", "1",
                                                  "Factor of the loss; loss_weight.mask for one of several outputs",
                                                  kNotNegative)),
    row<&T::optimizer, readChoice>(
        "train", "optimizer", "word or call", "Adam",
        "The update rule: SGD, RMSProp(alpha=0.9) ...; the keys below set the same arguments", {}, "",
        "optimizer.type"),
    spelt(row<&T::lr, readLearningRate>("train", "lr", "number, with schedule steps", "0.001",
                                        "Learning rate: 0.1 -> Warmup(1 epoch) -> Cosine", kNotNegative, "",
                                        "training.learning_rate optimizer.learning_rate optimizer.lr"),
          [](const Settings &s) {
            return written(s.train.lr.value) + (s.train.schedule.empty() ? "" : " -> " + written(s.train.schedule));
          }),
    row<&T::momentum, readNumber>("train", "momentum", "number", "0", "SGD: fraction of the previous step to keep",
                                  kShare, "", "optimizer.momentum"),
    row<&T::nesterov, readFlag>("train", "nesterov", "bool", "false", "SGD: use Nesterov momentum", {}, "",
                                "optimizer.nesterov"),
    row<&T::beta1, readNumber>("train", "beta1", "number", "0.9", "Adam family: decay of the running mean of gradients",
                               kShare, "", "optimizer.beta1"),
    row<&T::beta2, readNumber>("train", "beta2", "number", "0.999",
                               "Adam family: decay of the running mean of squared gradients", kShare, "",
                               "optimizer.beta2"),
    row<&T::eps, readNumber>("train", "eps", "number", "1e-8", "Adam family: added to the denominator", kPositive, "",
                             "optimizer.epsilon optimizer.eps"),
    row<&T::weightDecay, readNumber>("train", "weight_decay", "number", "0", "L2 penalty, except on biases and norms",
                                     kNotNegative, "",
                                     "optimizer.weight_decay regularization.weight_decay regularization.l2"),
    row<&T::clipNorm, readNumber>("train", "clip_norm", "number", "off", "Scales the whole gradient down to this norm",
                                  kPositive),
    row<&T::clipValue, readNumber>("train", "clip_value", "number", "off",
                                   "Clips every entry of the gradient to this magnitude", kPositive),
    row<&T::epochs, readWhole>("train", "epochs", "int", "10", "Passes over the training data", kCount),
    row<&T::steps, readWhole>("train", "steps", "int", "none", "Number of updates, instead of epochs", kCount),
    row<&T::batchSize, readWhole>("train", "batch_size", "int", "32", "Samples per batch", kCount),
    row<&T::accumulate, readWhole>("train", "accumulate", "int", "1", "Batches per update", kCount),
    spelt(row<&T::metrics, readMetrics>("train", "metrics", "list", "by loss", "Scores to compute besides the loss"),
          [](const Settings &s) { return writtenList(*s.train.metrics); }),
    row<&T::classWeights, readWeights>("train", "class_weights", "list or balanced", "none",
                                       "Weight of each class in the loss", {}, "none|balanced"),
    row<&T::valEvery, readInterval>("train", "val_every", "epochs or steps", "1 epoch", "How often to evaluate on val",
                                    kCount),
    row<&T::monitor, readName>("train", "monitor", "name", "val_loss, else train_loss",
                               "The score that decides which epoch is best"),
    row<&T::patience, readWhole>("train", "patience", "int", "off",
                                 "Stops after this many evaluations without improvement", kCount),
    row<&T::minDelta, readNumber>("train", "min_delta", "number", "0", "Smallest change that counts as an improvement",
                                  kNotNegative),
    row<&T::keep, readWord>("train", "keep", "best or last", "best with val, else last", "Which weights to save", {},
                            "best|last"),
    spelt(row<&T::checkpoint, readFile>("train", "checkpoint", "file", "none",
                                        "File for the full training state, written atomically"),
          [](const Settings &s) { return inQuotes(*s.train.checkpoint); }),
    row<&T::checkpointEvery, readInterval>("train", "checkpoint_every", "epochs or steps", "1 epoch",
                                           "How often to write the checkpoint", kCount),
    spelt(row<&T::maxTime, readDuration>("train", "max_time", "duration", "none", "Stops cleanly after this time",
                                         kPositive),
          [](const Settings &s) { return written(s.train.maxTime.value) + "s"; }),
    spelt(row<&T::seed, readWholeOr<-1>>("train", "seed", "int or random", "0",
                                         "Seed of everything random; random draws one and prints it", kCountOrNone,
                                         "random", "options.seed initialization.seed"),
          [](const Settings &s) { return s.train.seed < 0 ? "random" : written(s.train.seed.value); }),
    row<&T::dtype, readDType>("train", "dtype", "f32 or f64", "f32", "Element type of weights and arithmetic", {},
                              "f32|f64", "options.dtype performance.dtype"),
    spelt(row<&T::threads, readWholeOr<0>>("train", "threads", "int or auto", "auto",
                                           "Number of threads; does not affect results",
                                           NumberRange{1, 4096, false, false, true}, "auto",
                                           "options.threads performance.threads performance.num_threads"),
          [](const Settings &s) { return s.train.threads == 0 ? "auto" : written(s.train.threads.value); }),
    row<&T::init, readInit>("train", "init", "initialiser", "He", "Initialiser for layers without their own", {}, "",
                            "initialization.type initialization.method initialization.weights"),
    row<&T::onNan, readWord>("train", "on_nan", "stop or skip", "stop", "What to do when the loss is not finite", {},
                             "stop|skip"),
    row<&T::logEvery, readInterval>("train", "log_every", "steps or epochs", "1 epoch", "How often to print a line",
                                    kCount, "", "logging.log_every"),
    row<&T::average, readNumber>("train", "average", "number", "off", "Exponential moving average of the weights",
                                 NumberRange{0, 1, true, true}),
    spelt(row<&T::weights, readFile>("train", "weights", "file", "none", "Model file to take the initial weights from"),
          [](const Settings &s) { return inQuotes(*s.train.weights); }),
    row<&T::fresh, readPatterns>("train", "fresh", "names", "none",
                                 "With weights: layers and tensors to re-initialise; * and ? are wildcards"),
    row<&T::freeze, readPatterns>("train", "freeze", "names", "none",
                                  "Layers and tensors to keep unchanged, except fresh ones"),

    row<&D::train, readSource>("data", "train", "source", "none", "Training samples"),
    row<&D::test, readSource>("data", "test", "source", "none", "Samples for dlc eval and the final score"),
    row<&D::val, readValSplit>("data", "val", "percent, count, slice or source", "none", "Validation samples"),
    row<&D::prepare, readStepsOf<WordKind::Prepare>>(
        "data", "prepare", "data steps", "by the source",
        "Applied to every sample, in training and afterwards; kept in the model"),
    row<&D::augment, readStepsOf<WordKind::Augment>>("data", "augment", "data steps", "none",
                                                     "Applied only during training"),
    row<&D::target, readWord>("data", "target", "label, input or next", "label", "What the net learns to predict", {},
                              "label|input|next"),
    row<&D::classes, readNames>("data", "classes", "list or file", "from the data", "Class names, in order", {},
                                "auto"),
    row<&D::shuffle, readFlag>("data", "shuffle", "bool", "true", "Reorders the samples every epoch"),
    row<&D::dropLast, readFlag>("data", "drop_last", "bool", "false", "Skips a short last batch"),
    row<&D::cache, readWord>("data", "cache", "memory, disk or none", "memory", "Where to keep decoded samples", {},
                             "memory|disk|none"),
    row<&D::broken, readWord>("data", "broken", "error or skip", "error", "What to do with a damaged picture", {},
                              "error|skip"),
    row<&D::limit, readWhole>("data", "limit", "int", "none",
                              "Trains on only this many samples, drawn by the seed from all classes", kCount),

    row<&E::format, readWord>("deploy", "format", "word", "c", "File format", {},
                              "c|static|shared|exe|onnx|safetensors|npz"),
    row<&E::isa, readWord>("deploy", "isa", "word", "portable", "Instruction set to use", {},
                           "portable|auto|sse2|avx2|avx512|native"),
    row<&E::math, readWord>("deploy", "math", "word", "exact",
                            "exact: the same bits on every target; fast: multiply-adds as the target has them", {},
                            "exact|fast"),
    row<&E::weights, readWord>("deploy", "weights", "word", "const",
                               "const: part of the program; extern: a file, handed over with each call", {},
                               "const|extern"),
    row<&E::batch, readWhole>("deploy", "batch", "int", "1", "Samples per call", kCount),
    row<&E::threads, readWhole>("deploy", "threads", "int", "1", "Threads per call", kCount),
    row<&E::quantize, readWord>("deploy", "quantize", "word", "none", "Post-training quantisation", {}, "none|int8"),
    spelt(row<&E::maxDrop, readNumber>("deploy", "max_drop", "percent", "1%",
                                       "Largest loss of accuracy allowed for quantisation", NumberRange{0, 1}),
          [](const Settings &s) { return writtenPercent(s.deploy.maxDrop); }),
    row<&E::name, readName>("deploy", "name", "name", "file stem", "Prefix of C symbols"),
};

} // namespace

std::span<const Key> keyTable() { return kKeys; }

std::string valueText(const Key &key, const Settings &settings) {
  return key.state(settings).second == From::Default ? key.defaultText.str() : key.text(settings);
}

} // namespace dlc::dsl
