// The rows of the key table and the readers they share.
// Adding a key is adding a member to settings.h and a row here.
#include "keys.h"

#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"

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

//===-- Readers
//---------------------------------------------------------------------------------------------------------===//

template <auto M> void number(const KeyReader &r) {
  if (auto value = r.single())
    if (auto n = r.evaluator.number(*value, r.key.range, r.what()))
      r.store(member(r.settings, M), *n);
}
template <auto M> void whole(const KeyReader &r) {
  if (auto value = r.single())
    if (auto n = r.evaluator.number(*value, r.key.range, r.what()))
      r.store(member(r.settings, M), static_cast<int64_t>(*n));
}
template <auto M> void flag(const KeyReader &r) {
  if (auto value = r.single())
    if (auto b = r.evaluator.flag(*value, r.what()))
      r.store(member(r.settings, M), *b);
}
template <auto M> void word(const KeyReader &r) {
  if (auto value = r.single())
    if (auto w = r.evaluator.word(*value, r.key.words, r.what()))
      r.store(member(r.settings, M), *w);
}
/// A name that is looked up elsewhere.
template <auto M> void anyWord(const KeyReader &r) {
  auto value = r.single();
  if (!value)
    return;
  if (value->kind == Const::Kind::Word)
    r.store(member(r.settings, M), value->text);
  else
    r.diags().error(value->loc, "E205") << r.key.name << " takes a word, found " << describe(*value);
}
/// A file; without quotes only where the name has a dot in it, so that no misspelt word is taken for one.
template <auto M> void file(const KeyReader &r) {
  auto value = r.single();
  if (!value)
    return;
  if (value->kind == Const::Kind::String ||
      (value->kind == Const::Kind::Word && llvm::StringRef(value->text).contains('.')))
    r.store(member(r.settings, M), value->text);
  else
    r.diags().error(value->loc, "E205").help("file names are quoted: \"" + textOf(value->loc) + "\"")
        << r.key.name << " takes a file name, found " << describe(*value);
}
/// A whole number, or the one word that stands for `Special`.
template <auto M, int64_t Special> void wholeOr(const KeyReader &r) {
  auto value = r.single();
  if (!value)
    return;
  if (value->kind == Const::Kind::Word && r.key.words.equals_insensitive(value->text))
    r.store(member(r.settings, M), Special);
  else if (auto n = r.evaluator.number(*value, r.key.range, r.what()))
    r.store(member(r.settings, M), static_cast<int64_t>(*n));
}
template <auto M> void interval(const KeyReader &r) {
  auto value = r.single();
  if (!value)
    return;
  if (value->isNumber() && value->unit != Unit::Epochs && value->unit != Unit::Steps) {
    std::string n = shortNumber(value->number);
    r.diags().error(value->loc, "E204").help("write " + n + " epochs, or " + n + " steps")
        << r.key.name << " takes epochs or steps, found " << spelling(*value);
    return;
  }
  Const count = *value;
  count.unit = Unit::None;
  if (auto n = r.evaluator.number(count, r.key.range, r.what()))
    r.store(member(r.settings, M), Interval{*n, value->unit});
}
template <auto M> void duration(const KeyReader &r) {
  auto value = r.single();
  if (!value)
    return;
  double factor = value->unit == Unit::Seconds   ? 1
                  : value->unit == Unit::Minutes ? 60
                  : value->unit == Unit::Hours   ? 3600
                                                 : 0;
  if (value->isNumber() && factor == 0) {
    std::string n = shortNumber(value->number);
    r.diags().error(value->loc, "E204").help("write " + n + "s, " + n + "m or " + n + "h")
        << r.key.name << " takes a time in s, m or h, found " << spelling(*value);
    return;
  }
  Const count = *value;
  count.unit = Unit::None;
  if (auto n = r.evaluator.number(count, r.key.range, r.what()))
    r.store(member(r.settings, M), *n * factor);
}

/// The steps of `a -> b -> c`, or of the stages of a flow; counts are refused.
std::optional<std::vector<Spec>> steps(const KeyReader &r, const Expr *first, llvm::ArrayRef<Stage> stages,
                                       StepKind kind) {
  std::vector<Spec> result;
  bool ok = true;
  auto add = [&](const Expr &expr) {
    auto value = r.evaluator.eval(expr);
    auto spec = value ? bindStep(r.evaluator, *value, kind) : std::nullopt;
    ok &= spec.has_value();
    if (spec)
      result.push_back(std::move(*spec));
  };
  if (first)
    add(*first);
  for (const Stage &stage : stages) {
    if (stage.count) {
      r.diags().error(stage.count->loc, "E205") << "only layers and blocks take a count";
      ok = false;
    }
    add(stage.step);
  }
  if (!ok)
    return std::nullopt;
  return result;
}

void learningRate(const KeyReader &r) {
  const Expr &expr = r.values.front().value;
  const Flow *flow = expr.as<Flow>();
  if (!flow) {
    number<&TrainSettings::lr>(r);
    if (r.settings.train.lr.from == r.from)
      r.settings.train.schedule.clear();
    return;
  }
  if (r.values.size() != 1) {
    (void)r.single();
    return;
  }
  auto base = r.evaluator.eval(*flow->source);
  auto rate = base ? r.evaluator.number(*base, r.key.range, r.what()) : std::nullopt;
  auto schedule = steps(r, nullptr, flow->stages, StepKind::Schedule);
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
  r.store(r.settings.train.lr, *rate);
  r.settings.train.schedule = std::move(*schedule);
}

template <auto M, StepKind K> void stepList(const KeyReader &r) {
  const Expr &expr = r.values.front().value;
  if (K == StepKind::Metric) {
    std::vector<Spec> metrics;
    bool ok = true;
    auto add = [&](const Const &value) {
      auto spec = bindStep(r.evaluator, value, K);
      ok &= spec.has_value();
      if (spec)
        metrics.push_back(std::move(*spec));
    };
    for (const Arg &arg : r.values) {
      auto value = r.evaluator.eval(arg.value);
      ok &= value.has_value();
      if (value && value->kind == Const::Kind::List)
        for (const ConstArg &item : value->items)
          add(item.value);
      else if (value)
        add(*value);
    }
    if (ok)
      r.store(member(r.settings, M), std::move(metrics));
    return;
  }
  if (r.values.size() != 1) {
    (void)r.single();
    return;
  }
  if (const Ref *ref = expr.as<Ref>(); ref && ref->name.text.equals_insensitive("none")) {
    r.store(member(r.settings, M), std::vector<Spec>());
    return;
  }
  const Flow *flow = expr.as<Flow>();
  auto list = flow ? steps(r, flow->source.get(), flow->stages, K) : steps(r, &expr, {}, K);
  if (list)
    r.store(member(r.settings, M), std::move(*list));
}

/// A call, or a bare file name. Words with a dot count as file names, so that `--set data.train=iris.csv` needs no
/// second quotes.
std::optional<Spec> readSource(const KeyReader &r, const Const &value) {
  if (value.kind == Const::Kind::String ||
      (value.kind == Const::Kind::Word && llvm::StringRef(value.text).contains('.')))
    return sourceOfFile(r.evaluator, value);
  return bindStep(r.evaluator, value, StepKind::Source);
}
template <auto M> void source(const KeyReader &r) {
  if (auto value = r.single())
    if (auto spec = readSource(r, *value))
      r.store(member(r.settings, M), std::move(*spec));
}

void validation(const KeyReader &r) {
  auto value = r.single();
  if (!value)
    return;
  ValSplit split;
  if (value->isNumber()) {
    const bool percent = value->unit == Unit::Percent;
    if (!percent && value->number > 0 && value->number < 1) {
      r.diags().error(value->loc, "E205").help("write " + shortNumber(value->number * 100) + "%")
          << "val takes a share in percent or a whole number of samples, found " << spelling(*value);
      return;
    }
    Const count = *value;
    count.unit = percent ? Unit::None : value->unit;
    auto n =
        r.evaluator.number(count, percent ? Range{0, 100, true, true} : Range{1, 9e15, false, false, true}, r.what());
    if (!n)
      return;
    split.kind = percent ? ValSplit::Kind::Share : ValSplit::Kind::Count;
    split.share = percent ? *n / 100 : 0;
    split.count = percent ? 0 : static_cast<int64_t>(*n);
  } else if (value->kind == Const::Kind::Slice) {
    llvm::StringRef of = value->text;
    if (!of.equals_insensitive("train") && !of.equals_insensitive("test")) {
      r.diags().error(value->loc, "E205") << "a slice is taken of train or test, found " << of;
      return;
    }
    if (value->to >= 0 && value->to <= value->from) {
      r.diags().error(value->loc, "E205") << "the slice " << spelling(*value) << " is empty";
      return;
    }
    split.kind = ValSplit::Kind::Slice;
    split.of = of.lower();
    split.from = value->from;
    split.to = value->to;
  } else if (value->kind != Const::Kind::Word || !llvm::StringRef(value->text).equals_insensitive("none")) {
    auto spec = readSource(r, *value);
    if (!spec)
      return;
    split.kind = ValSplit::Kind::Source;
    split.source = std::move(*spec);
  }
  r.store(r.settings.data.val, std::move(split));
}

void initialiser(const KeyReader &r) {
  if (auto value = r.single())
    if (auto text = r.evaluator.init(*value, r.what()))
      r.store(r.settings.train.init, std::move(*text));
}

void dtype(const KeyReader &r) {
  if (auto value = r.single())
    if (auto text = r.evaluator.word(*value, "f32|f64", r.what()))
      r.store(r.settings.train.dtype, *text == "f64" ? DType::F64 : DType::F32);
}

OutputLoss &lossOf(const KeyReader &r) {
  for (OutputLoss &known : r.settings.train.outputLosses)
    if (known.output == r.output)
      return known;
  return r.settings.train.outputLosses.emplace_back(OutputLoss{r.output.str(), {}, {}});
}

/// Kept as it was written: build looks it up among the ops.
void loss(const KeyReader &r) {
  const Expr &expr = r.values.front().value;
  if (r.values.size() != 1)
    (void)r.single();
  else if (expr.as<Ref>() || expr.as<Call>())
    r.store(r.output.empty() ? r.settings.train.loss : lossOf(r).loss, &expr);
  else
    r.diags().error(expr.loc, "E205") << r.what() << " takes a name such as CrossEntropy, or a call";
}

void lossWeight(const KeyReader &r) {
  if (auto value = r.single())
    if (auto n = r.evaluator.number(*value, r.key.range, r.what()))
      r.store(r.output.empty() ? r.settings.train.lossWeight : lossOf(r).weight, *n);
}

/// A list of names or numbers, or a word: `a, b` and `[a, b]` are the same.
template <auto M> void listOrWord(const KeyReader &r) {
  Const result;
  if (r.values.size() == 1) {
    auto value = r.single();
    if (!value)
      return;
    result = std::move(*value);
  } else {
    result.kind = Const::Kind::List;
    result.loc = r.loc();
    for (const Arg &arg : r.values) {
      auto item = r.evaluator.eval(arg);
      if (!item)
        return;
      result.items.push_back(std::move(*item));
    }
  }
  const bool numbers = r.key.name == "class_weights";
  if (result.kind == Const::Kind::Word) {
    auto known = r.evaluator.word(result, r.key.words, r.what());
    if (!known)
      return;
    result.text = *known;
  } else if (result.kind == Const::Kind::List) {
    for (const ConstArg &item : result.items)
      if (numbers ? !r.evaluator.number(item.value, {0, 1e300}, r.what()).has_value()
                  : item.value.kind != Const::Kind::Word && item.value.kind != Const::Kind::String &&
                        !item.value.isNumber()) {
        if (!numbers)
          r.diags().error(item.value.loc, "E205") << r.key.name << " takes names, found " << describe(item.value);
        return;
      }
  } else if (numbers || result.kind != Const::Kind::String) {
    r.diags().error(result.loc, "E205") << r.key.name << " takes a list, found " << describe(result);
    return;
  }
  r.store(member(r.settings, M), std::move(result));
}

// Keys of `dlc export`, which reads them itself; here they are only checked.
void checkWord(const KeyReader &r) {
  if (auto value = r.single())
    (void)r.evaluator.word(*value, r.key.words, r.what());
}
void checkNumber(const KeyReader &r) {
  if (auto value = r.single())
    (void)r.evaluator.number(*value, r.key.range, r.what());
}
void checkName(const KeyReader &r) {
  auto value = r.single();
  if (value && value->kind != Const::Kind::Word)
    r.diags().error(value->loc, "E205") << r.key.name << " takes a name, found " << describe(*value);
}

//===-- Rows
//------------------------------------------------------------------------------------------------------------===//

constexpr Range kNotNegative{0, 1e300};
constexpr Range kPositive{0, 1e300, true};
constexpr Range kShare{0, 1, false, true};
constexpr Range kCount{1, 1e15, false, false, true};
constexpr Range kCountOrNone{0, 1e15, false, false, true};

template <auto M>
constexpr Key row(llvm::StringLiteral section, llvm::StringLiteral name, llvm::StringLiteral type,
                  llvm::StringLiteral text, llvm::StringLiteral doc, void (*read)(const KeyReader &), Range range = {},
                  llvm::StringLiteral words = "", llvm::StringLiteral aliases = "") {
  return {section, name, type, text, doc, read, state<M>, range, words, aliases};
}
constexpr Key perOutput(Key key) {
  key.perOutput = true;
  return key;
}
using T = TrainSettings;
using D = DataSettings;

constexpr Key kKeys[] = {
    perOutput(row<&T::loss>("train", "loss", "word or call", "by the outputs",
                            "What is made small: CrossEntropy, BCE, MSE ...; BCE for one output and CrossEntropy for "
                            "several by default; loss.mask for one of several outputs",
                            loss, {}, "", "loss.type loss.name loss.loss")),
    perOutput(row<&T::lossWeight>("train", "loss_weight", "number", "1",
                                  "Factor of the loss; loss_weight.mask for the share of one of several outputs",
                                  lossWeight, kNotNegative)),
    row<&T::optimizer>("train", "optimizer", "word", "Adam", "How the weights follow the gradient: SGD, Adam ...",
                       anyWord<&T::optimizer>, {}, "", "optimizer.type"),
    row<&T::lr>("train", "lr", "number, with schedule steps", "0.001",
                "Learning rate: 0.1 -> Warmup(1 epoch) -> Cosine", learningRate, kNotNegative, "",
                "training.learning_rate optimizer.learning_rate optimizer.lr"),
    row<&T::momentum>("train", "momentum", "number", "0", "SGD: share of the last step that is kept",
                      number<&T::momentum>, kShare, "", "optimizer.momentum"),
    row<&T::nesterov>("train", "nesterov", "bool", "false", "SGD: look ahead by the momentum", flag<&T::nesterov>, {},
                      "", "optimizer.nesterov"),
    row<&T::beta1>("train", "beta1", "number", "0.9", "Adam family: decay of the mean of gradients", number<&T::beta1>,
                   kShare, "", "optimizer.beta1"),
    row<&T::beta2>("train", "beta2", "number", "0.999", "Adam family: decay of the mean of squared gradients",
                   number<&T::beta2>, kShare, "", "optimizer.beta2"),
    row<&T::eps>("train", "eps", "number", "1e-8", "Adam family: keeps the quotient finite", number<&T::eps>, kPositive,
                 "", "optimizer.epsilon optimizer.eps"),
    row<&T::weightDecay>("train", "weight_decay", "number", "0", "L2 penalty; not on biases and norms",
                         number<&T::weightDecay>, kNotNegative, "",
                         "optimizer.weight_decay regularization.weight_decay regularization.l2"),
    row<&T::clipNorm>("train", "clip_norm", "number", "off", "Scales the gradient down to this norm",
                      number<&T::clipNorm>, kPositive),
    row<&T::clipValue>("train", "clip_value", "number", "off", "Clips every entry of the gradient",
                       number<&T::clipValue>, kPositive),
    row<&T::epochs>("train", "epochs", "int", "10", "Passes over the training data", whole<&T::epochs>, kCount),
    row<&T::steps>("train", "steps", "int", "none", "Updates, instead of epochs", whole<&T::steps>, kCount),
    row<&T::batchSize>("train", "batch_size", "int", "32", "Samples per batch", whole<&T::batchSize>, kCount),
    row<&T::accumulate>("train", "accumulate", "int", "1", "Batches per update", whole<&T::accumulate>, kCount),
    row<&T::metrics>("train", "metrics", "list", "by loss", "What is measured beside the loss",
                     stepList<&T::metrics, StepKind::Metric>),
    row<&T::classWeights>("train", "class_weights", "balanced or list", "none", "Weight of each class in the loss",
                          listOrWord<&T::classWeights>, {}, "none|balanced"),
    row<&T::valEvery>("train", "val_every", "epochs or steps", "1 epoch", "How often val is measured",
                      interval<&T::valEvery>, kCount),
    row<&T::monitor>("train", "monitor", "name", "val_loss, else train_loss", "What 'best' means",
                     anyWord<&T::monitor>),
    row<&T::patience>("train", "patience", "int", "off", "Stops after so many evaluations without improvement",
                      whole<&T::patience>, kCount),
    row<&T::minDelta>("train", "min_delta", "number", "0", "An improvement must be larger than this",
                      number<&T::minDelta>, kNotNegative),
    row<&T::keep>("train", "keep", "best or last", "best with val, else last", "Which weights the model file gets",
                  word<&T::keep>, {}, "best|last"),
    row<&T::checkpoint>("train", "checkpoint", "file", "none", "Full training state, written atomically",
                        file<&T::checkpoint>),
    row<&T::checkpointEvery>("train", "checkpoint_every", "epochs or steps", "1 epoch",
                             "How often the checkpoint is written", interval<&T::checkpointEvery>, kCount),
    row<&T::maxTime>("train", "max_time", "duration", "none", "Stops cleanly after this time", duration<&T::maxTime>,
                     kPositive),
    row<&T::seed>("train", "seed", "int or random", "0",
                  "Everything random follows from it; random prints what it drew", wholeOr<&T::seed, -1>, kCountOrNone,
                  "random", "options.seed initialization.seed"),
    row<&T::dtype>("train", "dtype", "f32 or f64", "f32", "Weights and arithmetic", dtype, {}, "",
                   "options.dtype performance.dtype"),
    row<&T::threads>("train", "threads", "int or auto", "auto", "Results do not depend on it", wholeOr<&T::threads, 0>,
                     Range{1, 4096, false, false, true}, "auto",
                     "options.threads performance.threads performance.num_threads"),
    row<&T::init>("train", "init", "initialiser", "He", "How weights start, where a layer does not say", initialiser,
                  {}, "", "initialization.type initialization.method initialization.weights"),
    row<&T::onNan>("train", "on_nan", "stop or skip", "stop", "What to do when the loss is not finite", word<&T::onNan>,
                   {}, "stop|skip"),
    row<&T::logEvery>("train", "log_every", "steps or epochs", "1 epoch", "How often a line is printed",
                      interval<&T::logEvery>, kCount, "", "logging.log_every"),
    row<&T::average>("train", "average", "number", "off", "Exponential moving average of the weights",
                     number<&T::average>, Range{0, 1, true, true}),

    row<&D::train>("data", "train", "source", "none", "Training samples", source<&D::train>),
    row<&D::test>("data", "test", "source", "none", "Samples for dlc eval and the final score", source<&D::test>),
    row<&D::val>("data", "val", "percent, count, slice or source", "none", "Validation samples", validation),
    row<&D::prepare>("data", "prepare", "data steps", "by the source",
                     "Applied to every sample, always; kept in the model", stepList<&D::prepare, StepKind::Prepare>),
    row<&D::augment>("data", "augment", "data steps", "none", "Applied while training only",
                     stepList<&D::augment, StepKind::Augment>),
    row<&D::target>("data", "target", "label, input or next", "label", "What the net learns to say", word<&D::target>,
                    {}, "label|input|next"),
    row<&D::classes>("data", "classes", "list or file", "from the data", "Class names, in order",
                     listOrWord<&D::classes>, {}, "auto"),
    row<&D::shuffle>("data", "shuffle", "bool", "true", "A new order each epoch", flag<&D::shuffle>),
    row<&D::dropLast>("data", "drop_last", "bool", "false", "Skips a short last batch", flag<&D::dropLast>),
    row<&D::cache>("data", "cache", "memory, disk or none", "memory", "Where decoded samples are kept", word<&D::cache>,
                   {}, "memory|disk|none"),
    row<&D::limit>("data", "limit", "int", "none", "Uses only the first samples", whole<&D::limit>, kCount),

    {"deploy",
     "format",
     "word",
     "c",
     "What dlc export writes",
     checkWord,
     nullptr,
     {},
     "c|static|shared|exe|onnx|safetensors|npz"},
    {"deploy",
     "isa",
     "word",
     "portable",
     "Instructions that may be used",
     checkWord,
     nullptr,
     {},
     "portable|sse2|avx2|avx512|native"},
    {"deploy", "batch", "int", "1", "Samples per call", checkNumber, nullptr, kCount},
    {"deploy", "threads", "int", "1", "Threads per call", checkNumber, nullptr, kCount},
    {"deploy", "quantize", "word", "none", "Post-training quantisation", checkWord, nullptr, {}, "none|int8"},
    {"deploy", "max_drop", "percent", "1%", "Accuracy loss above which export fails", checkNumber, nullptr,
     Range{0, 1}},
    {"deploy", "name", "name", "file stem", "Prefix of C symbols", checkName, nullptr},
};

} // namespace

std::span<const Key> keyTable() { return kKeys; }

} // namespace dlc::dsl
