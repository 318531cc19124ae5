// From [data] to samples: load, check against the net, split, fit the preparation.
// The rules of each of these are in data/; here is their order.
#include "dlc/train/bundle.h"

#include "dlc/support/files.h"
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

Fallible<std::vector<std::string>> namedClasses(const compile::Unit &unit) {
  const dsl::Const &given = unit.settings.data.classes;
  std::vector<std::string> names;
  if (given.kind == dsl::Const::Kind::List)
    for (const dsl::ConstArg &item : given.items)
      names.push_back(item.value.kind == dsl::Const::Kind::Number ? shortNumber(item.value.number) : item.value.text);
  if (given.kind == dsl::Const::Kind::String) {
    data::LoadContext context;
    context.folder = unit.folder;
    auto file = data::readDataFile(given.text, context, given.loc);
    if (!file)
      return file.trouble();
    for (llvm::StringRef rest = file->text(); !rest.empty();) {
      auto [line, after] = rest.split('\n');
      rest = after;
      if (!line.trim().empty())
        names.push_back(line.trim().str());
    }
  }
  return names;
}

data::TargetWish targetWish(const compile::Unit &unit, const DataWish &wish) {
  using Kind = data::TargetWish::Kind;
  if (unit.settings.data.target.value == "input")
    return {Kind::Input, wish.outputs()};
  return {wish.task == dsl::Task::Classes ? Kind::Classes : Kind::Numbers, wish.outputs()};
}

Fallible<std::shared_ptr<data::Dataset>> loadChecked(const compile::Unit &unit, const dsl::Spec &source,
                                                     const DataWish &wish, llvm::ArrayRef<std::string> classNames,
                                                     const data::TargetWish &target, llvm::StringRef role) {
  data::LoadContext context;
  context.folder = unit.folder;
  context.dtype = unit.settings.train.dtype;
  context.classNames = classNames.vec();
  context.sampleSize = static_cast<size_t>(elementCount(wish.inputShape));
  auto dataset = data::load(source, context);
  if (!dataset)
    return dataset;
  if (auto fits = data::checkInput(**dataset, wish.inputShape, inputPlace(unit.file), role); !fits)
    return fits.trouble();
  if (auto usable = data::useTargets(**dataset, target); !usable)
    return usable.trouble();
  return dataset;
}

} // namespace

Fallible<Bundle> loadBundle(const compile::Unit &unit, const DataWish &wish, uint64_t seed, bool needTrain) {
  const dsl::DataSettings &settings = unit.settings.data;
  Bundle bundle;
  auto names = namedClasses(unit);
  if (!names)
    return names.trouble();
  bundle.classNames = *names;
  const dsl::Spec &trainSource = settings.train.value, &testSource = settings.test.value;
  if (!trainSource && needTrain)
    return Trouble{.code = "E309",
                   .message = unit.path + " names no training data",
                   .help = "write train = ... under [data], or give the files: dlc train " + unit.path +
                           " data labels out.model"};
  const data::TargetWish target = targetWish(unit, wish);
  std::shared_ptr<data::Dataset> train;
  if (trainSource) {
    auto loaded = loadChecked(unit, trainSource, wish, bundle.classNames, target, "train");
    if (!loaded)
      return loaded.trouble();
    train = *loaded;
    if (bundle.classNames.empty())
      bundle.classNames = train->classNames;
    bundle.train = data::firstSamples(data::allSamples(train), static_cast<uint64_t>(settings.limit.value));
  }
  if (testSource) {
    auto loaded = loadChecked(unit, testSource, wish, bundle.classNames, target, "test");
    if (!loaded)
      return loaded.trouble();
    bundle.test = data::allSamples(*loaded);
  }

  const dsl::ValSplit &val = settings.val.value;
  using Kind = dsl::ValSplit::Kind;
  if (val.kind == Kind::Share || val.kind == Kind::Count) {
    if (train) {
      uint64_t count =
          val.kind == Kind::Share ? data::shareOf(bundle.train, val.share) : static_cast<uint64_t>(val.count);
      auto split = data::holdOut(bundle.train, count, seed, settings.val.loc);
      if (!split)
        return split.trouble();
      bundle.train = split->train;
      bundle.val = split->held;
    }
  } else if (val.kind == Kind::Slice) {
    bool ofTest = val.of == "test";
    if (ofTest && !testSource)
      return Trouble{
          .code = "E308", .message = "val is a slice of test, and there is no test", .loc = settings.val.loc};
    if (ofTest || train) {
      auto part = data::slice(ofTest ? bundle.test : bundle.train, val.from, val.to, settings.val.loc);
      if (!part)
        return part.trouble();
      bundle.val = *part;
      if (!ofTest) { // what validates must not train
        std::vector<uint32_t> held = bundle.val.rows;
        llvm::sort(held);
        llvm::erase_if(bundle.train.rows,
                       [&](uint32_t row) { return std::binary_search(held.begin(), held.end(), row); });
        if (bundle.train.empty())
          return Trouble{.code = "E308", .message = "val takes all training samples", .loc = settings.val.loc};
      }
    }
  } else if (val.kind == Kind::Source) {
    auto loaded = loadChecked(unit, val.source, wish, bundle.classNames, target, "val");
    if (!loaded)
      return loaded.trouble();
    bundle.val = data::allSamples(*loaded);
  }

  if (train) {
    std::vector<dsl::Spec> steps = settings.prepare.value;
    if (!settings.prepare.given()) {
      steps = data::defaultPrepare(*train);
      if (!steps.empty())
        bundle.notes.push_back("prepare = Scale(1/255), the default for bytes");
    }
    auto prepare = data::fitPrepare(steps, bundle.train);
    if (!prepare)
      return prepare.trouble();
    bundle.prepare = *prepare;
  }
  return bundle;
}

Fallible<data::Samples> loadSamples(const compile::Unit &unit, const dsl::Spec &source, const DataWish &wish,
                                    llvm::ArrayRef<std::string> classNames, bool needTargets, llvm::StringRef role) {
  data::TargetWish target = targetWish(unit, wish);
  if (!needTargets)
    target = {data::TargetWish::Kind::None, 0};
  auto loaded = loadChecked(unit, source, wish, needTargets ? classNames : llvm::ArrayRef<std::string>(), target, role);
  if (!loaded)
    return loaded.trouble();
  return data::allSamples(*loaded);
}

void feed(const data::Samples &samples, llvm::ArrayRef<uint32_t> positions, const data::Prepare &prepare, DType dtype,
          dsl::Task task, void *input, void *target) {
  auto typed = [&](auto zero) {
    using T = decltype(zero);
    data::gatherInputs<T>(samples, positions, prepare, static_cast<T *>(input));
    if (!target)
      return;
    if (task == dsl::Task::Classes)
      data::gatherClasses(samples, positions, static_cast<int32_t *>(target));
    else
      data::gatherNumbers<T>(samples, positions, prepare, static_cast<T *>(target));
  };
  if (dtype == DType::F64)
    typed(double{});
  else
    typed(float{});
}

} // namespace dlc::train
