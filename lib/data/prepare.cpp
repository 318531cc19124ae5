// Fitting, applying and keeping the chain of data steps.
// The steps themselves have a file each.
#include "dlc/data/prepare.h"

#include "dlc/data/batches.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc::data {

const StepDef *findStep(llvm::StringRef name) {
  for (const StepDef *def : allSteps())
    if (def->name.equals_insensitive(name))
      return def;
  return nullptr;
}

std::string Prepare::text() const {
  std::string text;
  for (const auto &step : steps)
    text += step->text() + "\n";
  return text;
}

Fallible<Prepare> fitPrepare(llvm::ArrayRef<dsl::Spec> specs, const Samples &train) {
  if (train.empty() && !specs.empty())
    return Trouble{.code = "E309", .message = "there are no samples to fit prepare on", .loc = specs.front().loc};
  std::vector<std::shared_ptr<const Step>> steps;
  for (const dsl::Spec &spec : specs) {
    const StepDef *def = findStep(spec.name);
    if (!def) {
      std::vector<llvm::StringRef> names;
      for (const StepDef *known : allSteps())
        names.push_back(known->name);
      llvm::StringRef near = closest(spec.name, names);
      return Trouble{.code = "E250",
                     .message = "unknown data step '" + spec.name + "' in prepare",
                     .loc = spec.loc,
                     .help =
                         near.empty() ? "known here: " + llvm::join(names, ", ") : "did you mean " + near.str() + "?"};
    }
    Prepare before(steps);
    std::vector<double> row(train.data->sampleSize());
    auto forEach = [&](llvm::function_ref<void(llvm::ArrayRef<double>)> visit) {
      for (uint32_t i = 0; i < train.size(); ++i) {
        gatherInputs(train, i, before, row.data());
        visit(row);
      }
    };
    auto step = def->fit(spec, train.data->sampleShape, forEach);
    if (!step)
      return step.trouble();
    steps.push_back(std::move(*step));
  }
  return Prepare(std::move(steps));
}

std::vector<dsl::Spec> defaultPrepare(const Dataset &dataset) {
  if (dataset.values.form != Values::Form::Bytes)
    return {};
  dsl::Const factor;
  factor.number = 1.0 / 255;
  dsl::Spec scale;
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
    if (!def)
      return Trouble{.code = "E403",
                     .message = "the model prepares its data with '" + name.str() + "', which this dlc does not have",
                     .place = {.file = file.str()}};
    std::unique_ptr<Step> step = def->parse(numbers);
    if (!step)
      return Trouble{.code = "E405",
                     .message = "what the model file says about preparing data (" + name.str() + ") is damaged",
                     .place = {.file = file.str()}};
    steps.push_back(std::move(step));
  }
  return Prepare(std::move(steps));
}

} // namespace dlc::data
