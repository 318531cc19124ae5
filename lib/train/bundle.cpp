// From [data] to samples: load, check against the net, split, fit the preparation.
// The rules of each of these are in data/; here is their order.
#include "dlc/train/bundle.h"

#include "review_digits.h"
#include "source_loader.h"

#include "dlc/support/check.h"
#include "dlc/support/files.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

namespace dlc::train {
namespace {

/// Where the model says its input's shape.
Loc inputPlace(const dsl::File &file) {
  for (const dsl::Section &section : file.sections)
    if (section.kind.text.equals_insensitive("model"))
      for (const dsl::Statement &statement : section.body)
        if (statement.key.text == "input" || statement.key.text.equals_insensitive("input_dim") ||
            statement.key.text.equals_insensitive("input_size"))
          return statement.valueLoc();
  return {};
}

/// The names of `classes`; none where the line lacks.
Fallible<std::vector<std::string>> namedClasses(const compile::Unit &unit) {
  const Const &given = unit.settings.data.classes;
  std::vector<std::string> names;
  if (given.kind == Const::Kind::List)
    for (const ConstArg &item : given.items)
      names.push_back(item.value.kind == Const::Kind::Number ? shortNumber(item.value.number) : item.value.text);
  if (given.kind == Const::Kind::String) {
    data::LoadContext context;
    context.folder = unit.folder;
    auto file = data::readTextFile(given.text, context, given.loc);
    if (!file)
      return file.failure();
    llvm::StringRef rest = file->text();
    for (rest.consume_front("\xef\xbb\xbf"); !rest.empty();) { // byte order mark
      auto [line, after] = rest.split('\n');
      rest = after;
      if (!line.trim().empty())
        names.push_back(line.trim().str());
    }
  }
  if (names.empty() && (given.kind == Const::Kind::List || given.kind == Const::Kind::String))
    return Trouble{.code = "E263",
                   .message = "classes is empty",
                   .loc = given.loc,
                   .help = "leave the line out to take the names from the data"};
  llvm::StringSet<> seen;
  for (const std::string &name : names)
    if (!seen.insert(name).second)
      return Trouble{.code = "E263", .message = "classes names '" + name + "' twice", .loc = given.loc};
  return names;
}

data::TargetWish targetWish(const compile::Unit &unit, const DataWish &wish) {
  using Kind = data::TargetWish::Kind;
  if (unit.settings.data.target.value == "input")
    return {Kind::Input, wish.outputs()};
  if (unit.settings.data.target.value == "next")
    return {Kind::Next, static_cast<size_t>(wish.outputShape.empty() ? 0 : wish.outputShape.back())};
  data::TargetWish target{wish.task == Task::Classes ? Kind::Classes : Kind::Numbers, wish.outputs()};
  target.dtype = unit.settings.train.dtype;
  target.yesNo = wish.task == Task::Binary;
  if (wish.parts.size() == 1)
    target.shape = wish.outputShape;
  if (wish.parts.size() > 1)
    for (const dsl::NetOutput &part : wish.parts)
      target.parts.push_back(part.name);
  return target;
}

/// Loads a Bundle part by part. What is wrong with one part does not keep the others from being looked at; where
/// anything is, there is no bundle in the end.
class BundleLoader {
public:
  BundleLoader(const compile::Unit &unit, const DataWish &wish, uint64_t seed, Diags &diags, SourceLoader loader)
      : unit(unit), wish(wish), seed(seed), diags(diags), loader(std::move(loader)) {}

  std::optional<Bundle> load() {
    train = part(settings.train.value);
    if (train) {
      if (loader.names.classes.empty() && !train->ofTargets)
        loader.names.classes = train->data->classNames, loader.names.counted = train->data->classNames.empty();
      loader.names.columns = train->data->columnNames;
      if (train->data->targetNames.size() > 1)
        loader.names.targets = train->data->targetNames;
      if (wish.task == Task::Labels && loader.names.classes.empty())
        loader.names.classes = loader.names.targets;
      bundle.train = data::allSamples(train->data);
    }
    good(splitTrain());
    bundle.train = data::drawSamples(bundle.train, static_cast<uint64_t>(settings.limit.value), seed);
    good(fillGaps());
    test = part(settings.test.value);
    if (test)
      bundle.test = data::allSamples(test->data);
    good(splitOther());
    if (train && good(prepare()))
      good(augment()), good(ownTargets());
    // Without training samples nothing is fitted, and what a written `prepare` makes of a sample is not known.
    if (train || (!settings.train.value && !settings.prepare.given()))
      if (prepared)
        for (const auto &[samples, role] :
             {std::pair(&bundle.train, "train"), std::pair(&bundle.test, "test"), std::pair(&bundle.val, "val")})
          if (!samples->empty() && !isPartOfOther(*samples))
            good(fits(*samples, role));
    if (train && prepared)
      good(warnOfLostDigits(unit, wish, bundle.train, bundle.prepare, diags));
    bundle.names = loader.names;
    return failed ? std::nullopt : std::optional(std::move(bundle));
  }

private:
  using Part = std::optional<SourceLoader::Loaded>;

  /// Reports what is wrong, if anything.
  bool good(const Checked &checked) {
    if (!checked) {
      report(diags, checked.failure());
      failed = true;
    }
    return static_cast<bool>(checked);
  }

  Part part(const Spec &source) {
    if (!source)
      return std::nullopt;
    auto loaded = loader.load(source, open);
    if (!loaded) {
      good(loaded.failure());
      return std::nullopt;
    }
    if (loaded->ofTargets)
      good(*loaded->ofTargets);
    return *loaded;
  }

  using Kind = dsl::ValSplit::Kind;

  /// `val` as a source of its own, or a part of `test`.
  Checked splitOther() {
    const dsl::ValSplit &val = settings.val.value;
    if (val.kind == Kind::Source)
      if (Part loaded = part(val.source))
        bundle.val = data::allSamples(loaded->data);
    return val.kind == Kind::Slice && val.of == "test" ? sliceOfTest(val) : allGood();
  }

  /// `val` as a part of `train`.
  Checked splitTrain() {
    const dsl::ValSplit &val = settings.val.value;
    if (!train || train->ofTargets)
      return allGood();
    if (val.kind == Kind::Slice && val.of != "test")
      return sliceOfTrain(val);
    if (val.kind == Kind::Share || val.kind == Kind::Count) {
      uint64_t count =
          val.kind == Kind::Share ? data::shareOf(bundle.train, val.share) : static_cast<uint64_t>(val.count);
      auto split = data::holdOut(bundle.train, count, seed, settings.val.loc);
      if (!split)
        return split.failure();
      bundle.train = split->train;
      bundle.val = split->held;
    }
    return allGood();
  }

  Checked sliceOfTest(const dsl::ValSplit &val) {
    if (!settings.test.value)
      return Trouble{
          .code = "E308", .message = "val is a slice of test, but there is no test", .loc = settings.val.loc};
    if (!test)
      return allGood();
    auto part = data::slice(bundle.test, val.from, val.to, settings.val.loc);
    if (!part)
      return part.failure();
    bundle.val = *part;
    return allGood();
  }

  Checked sliceOfTrain(const dsl::ValSplit &val) {
    auto part = data::slice(bundle.train, val.from, val.to, settings.val.loc);
    if (!part)
      return part.failure();
    bundle.val = *part;
    // What validates must not train.
    std::vector<uint32_t> held = bundle.val.rows;
    llvm::sort(held);
    llvm::erase_if(bundle.train.rows, [&](uint32_t row) { return std::binary_search(held.begin(), held.end(), row); });
    if (bundle.train.empty())
      return Trouble{.code = "E308", .message = "val takes all training samples", .loc = settings.val.loc};
    return allGood();
  }

  static bool takesMeans(const Spec &source) {
    const Const *missing = source.find("missing");
    return missing && llvm::StringRef(missing->text).equals_insensitive("mean");
  }
  /// What stands for empty cells is taken from the samples that train, before anything else is fitted to them. Sources
  /// without training data keep their gaps: who scores them has the means.
  Checked fillGaps() {
    if (!train || train->ofTargets || bundle.train.empty() ||
        !(takesMeans(settings.train.value) || takesMeans(settings.test.value) || takesMeans(settings.val.value.source)))
      return allGood();
    auto means = data::featureMeans(bundle.train);
    if (!means)
      return means.failure();
    data::fillGaps(*train->data, *means);
    loader.names.means = *std::move(means);
    open = false;
    return allGood();
  }

  Checked prepare() {
    prepared = false;
    if (train->data->values.form == data::Values::Form::Tokens)
      for (const auto *steps : {&settings.prepare, &settings.augment})
        if (!steps->value.empty())
          return Trouble{.code = "E309",
                         .message = "tokens are names, not numbers: they cannot be prepared or augmented",
                         .loc = steps->loc};
    std::vector<Spec> steps = settings.prepare.value;
    if (!settings.prepare.given()) {
      steps = data::defaultPrepare(*train->data);
      if (!steps.empty())
        bundle.notes.push_back("prepare = Scale(1/255), the default for bytes");
    }
    if (bundle.train.empty()) // said already
      return allGood();
    auto fitted = data::fitPrepare(steps, bundle.train);
    if (!fitted)
      return fitted.failure();
    bundle.prepare = *fitted;
    prepared = true;
    return allGood();
  }

  Checked augment() {
    if (!prepared)
      return allGood();
    auto shape = data::preparedShape(bundle.train, bundle.prepare);
    if (!shape)
      return allGood(); // fits() says it
    auto steps = data::makeAugment(settings.augment.value, *shape);
    if (!steps)
      return steps.failure();
    bundle.augment = *steps;
    return allGood();
  }

  /// Samples that are their own targets must be such as the loss takes, once they are prepared. Training samples alone:
  /// what was fitted to them may take others a little further.
  Checked ownTargets() {
    constexpr double kRounding = 1e-6;
    if (!prepared || wish.parts.size() != 1 || !takesUnit(wish.parts.front().takes) ||
        train->data->targetKind != data::TargetKind::Input || !data::preparedShape(bundle.train, bundle.prepare))
      return allGood();
    std::vector<double> row(static_cast<size_t>(elementCount(*data::preparedShape(bundle.train, bundle.prepare))));
    for (uint32_t i = 0; i < bundle.train.size(); ++i) {
      if (Checked good = data::gatherInputs(bundle.train, i, bundle.prepare, row.data()); !good)
        return good;
      for (double value : row)
        if (!(value >= -kRounding && value <= 1 + kRounding))
          return Trouble{.code = "E304",
                         .message = "value " + shortNumber(value) + " of sample " +
                                    std::to_string(bundle.train.rows[i] + 1) +
                                    " is out of range: " + wish.parts.front().lossName.str() +
                                    " takes targets from 0 to 1, and with target = input the samples are the targets",
                         .loc = settings.target.loc,
                         .help = "prepare = MinMax scales all values to 0..1"};
    }
    return allGood();
  }

  /// Whether these validate and come from a source that trains or tests, of which all is said already.
  bool isPartOfOther(const data::Samples &samples) const {
    return &samples == &bundle.val && (samples.data == bundle.train.data || samples.data == bundle.test.data);
  }

  Checked fits(const data::Samples &samples, llvm::StringRef role) {
    if (wish.parts.size() > 1 && samples.data->targetKind == data::TargetKind::None)
      return allGood(); // a table of another width, which was said: nobody knows what its columns are
    if (Checked good = checkSamples(unit, samples, bundle.prepare, wish, role); !good)
      return good;
    auto shape = data::preparedShape(samples, bundle.prepare);
    if (shape && *shape != wish.inputShape)
      if (std::string note = reshapedText(*shape, wish.inputShape); !llvm::is_contained(bundle.notes, note))
        bundle.notes.push_back(std::move(note));
    return allGood();
  }

  const compile::Unit &unit;
  const DataWish &wish;
  const uint64_t seed;
  Diags &diags;
  const dsl::DataSettings &settings = unit.settings.data;
  SourceLoader loader;
  Bundle bundle;
  Part train, test;
  bool failed = false, prepared = true;
  bool open = true; ///< empty cells wait for their means
};

} // namespace

std::optional<Bundle> loadBundle(const compile::Unit &unit, const DataWish &wish, uint64_t seed, bool needTrain,
                                 uint64_t maxMemory, Diags &diags) {
  auto names = namedClasses(unit);
  if (!names) {
    report(diags, names.failure());
    return std::nullopt;
  }
  if (!unit.settings.data.train.value && needTrain) {
    report(diags, {.code = "E309",
                   .message = unit.path + " names no training data",
                   .help = "write train = ... under [data], or give the files: dlc train " + unit.path +
                           " data labels out.model"});
    return std::nullopt;
  }
  const data::TargetWish target = targetWish(unit, wish);
  return BundleLoader(unit, wish, seed, diags,
                      SourceLoader(unit, wish, target, {.classes = *names, .columns = {}}, maxMemory))
      .load();
}

Checked checkSamples(const compile::Unit &unit, const data::Samples &samples, const data::Prepare &prepare,
                     const DataWish &wish, llvm::StringRef role) {
  if (Checked fits = data::checkInput(samples, prepare, wish.inputShape, inputPlace(unit.file), role); !fits)
    return fits;
  if (samples.data->targetKind != data::TargetKind::Input || wish.parts.size() > 1)
    return allGood();
  auto shape = data::preparedShape(samples, prepare);
  DLC_CHECK(shape) << "the samples fit the input";
  if (data::readsAs(*shape, wish.outputShape) && data::readsAs(wish.inputShape, wish.outputShape))
    return allGood();
  return Trouble{.code = "E305",
                 .message = "with target = input the model's output must have the shape of its input, " +
                            shapeText(data::readsAs(*shape, wish.outputShape) ? wish.inputShape : *shape) +
                            ", but it has " + shapeText(wish.outputShape),
                 .loc = samples.data->loc};
}

std::optional<data::Samples> loadHeldOut(const compile::Unit &unit, const DataWish &wish, const DataNames &names,
                                         uint64_t maxMemory, Diags &diags) {
  const data::TargetWish target = targetWish(unit, wish);
  const auto seed = static_cast<uint64_t>(unit.settings.train.seed.value);
  DataNames known{.classes = names.classes, .columns = names.columns, .targets = names.targets};
  auto bundle =
      BundleLoader(unit, wish, seed, diags, SourceLoader(unit, wish, target, std::move(known), maxMemory)).load();
  if (!bundle || bundle->val.empty())
    return std::nullopt;
  return std::move(bundle->val);
}

Fallible<data::Samples> loadSamples(const compile::Unit &unit, const Spec &source, const DataWish &wish,
                                    const DataNames &names, SampleUse use, uint64_t maxMemory) {
  const bool needTargets = use == SampleUse::Score;
  data::TargetWish target = targetWish(unit, wish);
  if (!needTargets)
    target = {data::TargetWish::Kind::None, 0};
  // Labels that are not wanted may have any names; those of a text say what a token is.
  const bool named = needTargets || source.name == "Text";
  DataNames known = names;
  if (!named)
    known.classes.clear();
  SourceLoader loader(unit, wish, target, std::move(known), maxMemory);
  loader.everySample = use == SampleUse::PredictAll;
  loader.labels = names.classes;
  auto loaded = loader.load(source);
  if (!loaded)
    return loaded.failure();
  if (loaded->ofTargets)
    return *loaded->ofTargets;
  return data::allSamples(loaded->data);
}

} // namespace dlc::train
