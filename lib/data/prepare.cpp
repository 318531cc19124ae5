// Fitting, applying and keeping the chain of data steps.
// The steps themselves have a file each.
#include "dlc/data/prepare.h"

#include "dlc/data/batches.h"
#include "dlc/support/check.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <set>

namespace dlc::data {

std::optional<Extent> Extent::of(const Shape &shape) {
  if (shape.size() == 3)
    return Extent{shape[0], shape[1], shape[2]};
  if (shape.size() == 2)
    return Extent{1, shape[0], shape[1]};
  return std::nullopt;
}
Shape Extent::shapeLike(const Shape &shape) const {
  return shape.size() == 2 ? Shape{height, width} : Shape{channels, height, width};
}

void Step::transform(const double *, const Shape &, double *, RandomStream &) const {
  DLC_CHECK(false) << text() << " works in place";
}

const StepDef *findStep(llvm::StringRef name) {
  for (const StepDef *def : allSteps())
    if (def->name.equals_insensitive(name))
      return def;
  return nullptr;
}

Prepare::Prepare(std::vector<std::shared_ptr<const Step>> given) : steps(std::move(given)) {
  inPlace_ = llvm::none_of(steps, [](const auto &step) { return step->transforms(); });
}

Fallible<Shape> Prepare::shapeAfter(const Shape &in) const {
  Shape shape = in;
  for (const auto &step : steps) {
    auto after = step->shapeAfter(shape);
    if (!after)
      return after;
    shape = *after;
  }
  return shape;
}

void Prepare::run(std::vector<double> &x, std::vector<double> &spare, Shape &shape, const Draw &draw,
                  bool undisturbed) const {
  for (const auto &[i, step] : llvm::enumerate(steps)) {
    if (undisturbed && step->disturbs())
      continue;
    if (!step->transforms()) {
      step->apply(x.data(), 1, static_cast<size_t>(elementCount(shape)));
      continue;
    }
    Fallible<Shape> after = step->shapeAfter(shape);
    DLC_CHECK(after) << "a sample was not checked against the data steps";
    spare.resize(std::max(spare.size(), static_cast<size_t>(elementCount(*after))));
    // The number of the step keys its stream, so that a step draws the same whatever the others do.
    RandomStream random(draw.seed, RandomUse::Augment, draw.epoch | uint64_t{i} << 40, draw.sample);
    step->transform(x.data(), shape, spare.data(), random);
    std::swap(x, spare);
    shape = *after;
  }
}

std::string Prepare::text() const {
  std::string text;
  for (const auto &step : steps)
    text += step->text() + "\n";
  return text;
}

namespace {

Fallible<const StepDef *> lookUp(const Spec &spec, bool augments) {
  const StepDef *def = findStep(spec.name);
  if (def && def->augments == augments)
    return def;
  std::vector<llvm::StringRef> names;
  for (const StepDef *known : allSteps())
    if (known->augments == augments)
      names.push_back(known->name);
  llvm::StringRef near = closest(spec.name, names);
  llvm::StringRef key = augments ? "augment" : "prepare";
  return Trouble{.code = "E250",
                 .message = "unknown data step '" + spec.name + "' in " + key.str(),
                 .loc = spec.loc,
                 .help = near.empty() ? "known here: " + llvm::join(names, ", ") : "did you mean " + near.str() + "?"};
}

/// Places of the samples' different shapes: one sample for each.
std::vector<uint32_t> representatives(const Samples &samples) {
  if (samples.empty())
    return {};
  if (samples.data->uniform())
    return {0};
  std::vector<uint32_t> places;
  std::set<std::array<uint32_t, 2>> seen;
  for (uint32_t i = 0; i < samples.size(); ++i)
    if (seen.insert(samples.data->sizes[samples.rows[i]]).second)
      places.push_back(i);
  return places;
}

/// What all shapes have in common; 0 elsewhere.
Shape common(const Shape &a, const Shape &b) {
  Shape shape = a;
  for (size_t i = 0; i < shape.size(); ++i)
    if (b.size() != a.size() || a[i] != b[i])
      shape[i] = 0;
  return shape;
}

} // namespace

Fallible<Prepare> fitPrepare(llvm::ArrayRef<Spec> specs, const Samples &train) {
  if (train.empty() && !specs.empty())
    return Trouble{.code = "E309", .message = "there are no samples to fit prepare on", .loc = specs.front().loc};
  std::vector<uint32_t> different = representatives(train);
  std::vector<std::shared_ptr<const Step>> steps;
  for (const Spec &spec : specs) {
    DLC_TRY(auto def, lookUp(spec, false));
    Prepare before(steps);
    auto shapeBefore = [&](uint32_t i) {
      auto shape = before.shapeAfter(train.data->shapeOf(train.rows[i]));
      DLC_CHECK(shape) << "the steps before were checked";
      return *shape;
    };
    Shape shape = shapeBefore(different.front());
    for (uint32_t i : different)
      shape = common(shape, shapeBefore(i));
    std::vector<double> row;
    auto forEach = [&](llvm::function_ref<void(llvm::ArrayRef<double>)> visit) -> Checked {
      for (uint32_t i = 0; i < train.size(); ++i) {
        row.resize(static_cast<size_t>(elementCount(shapeBefore(i))));
        if (auto good = gatherInputs(train, i, before, row.data()); !good)
          return good;
        visit(row);
      }
      return allGood();
    };
    DLC_TRY(auto step, def->fit(spec, {shape, forEach}));
    for (uint32_t i : different)
      if (auto fits = step->shapeAfter(shapeBefore(i)); !fits) {
        Trouble trouble = fits.failure();
        trouble.loc = spec.loc;
        return trouble;
      }
    steps.push_back(std::move(step));
  }
  return Prepare(std::move(steps));
}

std::vector<Spec> defaultPrepare(const Dataset &dataset) {
  if (dataset.values.form != Values::Form::Bytes && dataset.values.form != Values::Form::Reader)
    return {};
  Const factor;
  factor.number = 1.0 / 255;
  Spec scale;
  scale.name = "Scale";
  scale.args.push_back({"k", std::move(factor)});
  return {scale};
}

Fallible<Prepare> parsePrepare(llvm::StringRef text, llvm::StringRef file) {
  std::vector<std::shared_ptr<const Step>> steps;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    auto [name, numbers] = line.split(' ');
    text = rest;
    const StepDef *def = findStep(name);
    if (!def || !def->parse)
      return Trouble{.code = "E403",
                     .message = "the model prepares its data with '" + name.str() + "', which this dlc does not have",
                     .place = {.file = file.str()}};
    std::unique_ptr<Step> step = def->parse(numbers);
    if (!step)
      return Trouble{.code = "E405",
                     .message = "the model file's data preparation (" + name.str() + ") is damaged",
                     .place = {.file = file.str()}};
    steps.push_back(std::move(step));
  }
  return Prepare(std::move(steps));
}

Fallible<Augment> makeAugment(llvm::ArrayRef<Spec> specs, const Shape &in) {
  Augment augment;
  std::vector<std::shared_ptr<const Step>> steps;
  Shape shape = in;
  const Spec *reshaping = nullptr; ///< the first step after which samples have another shape
  for (const auto &[i, spec] : llvm::enumerate(specs)) {
    DLC_TRY(auto def, lookUp(spec, true));
    auto nothing = [](llvm::function_ref<void(llvm::ArrayRef<double>)>) { return allGood(); };
    DLC_TRY(auto step, def->fit(spec, {shape, nothing}));
    if (!step) { // Mixup is no step of one sample
      if (i + 1 != specs.size())
        return Trouble{.code = "E309", .message = spec.name + " must be the last step of augment", .loc = spec.loc};
      augment.mixup = spec.number("alpha", 0);
      continue;
    }
    auto after = step->shapeAfter(shape);
    if (!after) {
      Trouble trouble = after.failure();
      trouble.loc = spec.loc;
      return trouble;
    }
    if (!reshaping && *after != shape)
      reshaping = &spec;
    shape = *after;
    steps.push_back(std::move(step));
  }
  if (shape != in)
    return Trouble{.code = "E309",
                   .message = "augment turns samples of " + shapeText(in) + " into " + shapeText(shape) +
                              ", but val and test are not augmented and would not fit",
                   .loc = reshaping->loc,
                   .help = "let augment keep the shape, as Crop(" + std::to_string(in[in.size() - 2]) + "x" +
                           std::to_string(in.back()) + ", pad=4) does, and change it in prepare"};
  augment.steps = Prepare(std::move(steps));
  return augment;
}

Fallible<Shape> preparedShape(const Samples &samples, const Prepare &prepare) {
  Shape first;
  uint32_t firstRow = 0;
  for (uint32_t i : representatives(samples)) {
    uint32_t row = samples.rows[i];
    auto shape = prepare.shapeAfter(samples.data->shapeOf(row));
    if (!shape) {
      Trouble trouble = shape.failure();
      trouble.loc = samples.data->loc;
      if (trouble.loc.isValid())
        trouble.message = samples.data->origin + ": " + trouble.message;
      else
        trouble.place.file = samples.data->origin;
      return trouble;
    }
    if (first.empty()) {
      first = *shape;
      firstRow = row;
    } else if (first != *shape) {
      return Trouble{.code = "E305",
                     .message = "the samples of " + samples.data->origin + " differ in size: sample " +
                                std::to_string(firstRow + 1) + " is " + shapeText(first) + ", sample " +
                                std::to_string(row + 1) + " is " + shapeText(*shape),
                     .loc = samples.data->loc,
                     .help = "write prepare = Resize(HxW) -> ..., with the sizes that the model takes"};
    }
  }
  return first;
}

namespace {

/// What to write where samples of `have` have as many values as an input of `wanted`, in another order.
std::string orderHelp(llvm::ArrayRef<int64_t> have, llvm::ArrayRef<int64_t> wanted) {
  const std::string asTheyAre = "input = " + shapeText(have) + " takes them as they are";
  if (have.size() == 3 && wanted.size() == 3 && wanted[0] == have[2] && wanted[1] == have[0] && wanted[2] == have[1])
    return "dlc takes channels first: in NumPy, x.transpose(0, 3, 1, 2) moves them there";
  if (have.size() == wanted.size() && have.size() >= 2 && have.drop_back(2) == wanted.drop_back(2) &&
      have.back() == wanted[wanted.size() - 2])
    return "sizes are height x width: " + asTheyAre + "; Resize(HxW) in prepare makes them fit";
  return asTheyAre + ", or save them with their axes in the order of the input";
}

/// The features of a table by name, and how to come from so many to so many.
std::string columnsHelp(const Dataset &data, size_t have, size_t wanted) {
  std::string names;
  for (size_t i = 0; i < std::min<size_t>(data.columnNames.size(), 8); ++i)
    names += (i ? ", " : "") + data.columnNames[i];
  if (!names.empty())
    names = "the features are " + names + (data.columnNames.size() > 8 ? ", ..." : "") + ": ";
  return names + (have < wanted ? "add what is missing, or write input = " + std::to_string(have)
                                : "input = " + std::to_string(have) + " takes them all" +
                                      (data.valueCells ? "; Csv(..., columns=[...]) selects some" : ""));
}

} // namespace

Checked checkInput(const Samples &samples, const Prepare &prepare, llvm::ArrayRef<int64_t> inputShape, Loc inputLoc,
                   llvm::StringRef role) {
  const Dataset &data = *samples.data;
  auto shape = preparedShape(samples, prepare);
  // What was fitted to rows of another length does not fit these: it is the length that is wrong.
  if (!shape && data.uniform() && data.sampleShape.size() == 1 && inputShape.size() == 1 &&
      llvm::ArrayRef(data.sampleShape) != inputShape)
    shape = data.sampleShape;
  if (!shape)
    return shape.failure();
  if (readsAs(*shape, inputShape))
    return allGood();
  Trouble trouble{.code = "E305", .loc = inputLoc, .place = {.file = inputLoc.isValid() ? "" : data.origin}};
  size_t wanted = static_cast<size_t>(elementCount(inputShape)), have = static_cast<size_t>(elementCount(*shape));
  const bool numbers = data.values.form == Values::Form::F32 || data.values.form == Values::Form::F64;
  if (wanted == have) {
    trouble.message = "the model takes samples of " + shapeText(inputShape) + ", " + role.str() + " has " +
                      shapeText(*shape) + ": as many values, but in another order";
    trouble.help = orderHelp(*shape, inputShape);
    return trouble;
  }
  auto sized = [](size_t size, llvm::ArrayRef<int64_t> shape) {
    return std::to_string(size) + (shape.size() > 1 ? " (" + shapeText(shape) + ")" : "");
  };
  trouble.message = "the model takes " + sized(wanted, inputShape) + (wanted == 1 ? " value" : " values") +
                    " per sample, " + role.str() + " has " + sized(have, *shape);
  if (shape->size() == 3 && inputShape.size() == 3 && shape->front() == 3 && inputShape.front() == 1)
    trouble.help =
        "input = " + shapeText(*shape) + " takes them as they are; Gray in prepare makes one channel of three" +
        (llvm::ArrayRef<int64_t>(*shape).drop_front() == inputShape.drop_front() ? ""
                                                                                 : ", and Resize(HxW) makes them fit");
  else if (shape->size() > 1)
    trouble.help = "input = " + shapeText(*shape) + " takes them as they are; Resize(HxW) in prepare makes them fit";
  else if (numbers)
    trouble.help =
        role == "train"
            ? columnsHelp(data, have, wanted)
            : "give as many as in training" +
                  std::string(data.valueCells && have > wanted ? "; Csv(..., columns=[...]) selects columns" : "");
  return trouble;
}

} // namespace dlc::data
