// From a net to what requests are held against: names without the graph's prefixes, shapes, limits.
// Computing is the predictor's.
#include "dlc/serve/model.h"

#include "dlc/runtime/worthwhile.h"
#include "dlc/serve/sequences.h"
#include "dlc/train/table_options.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cmath>

namespace dlc::serve {
namespace {

/// "input.image" -> "image"; "input" as it is.
std::string plainName(llvm::StringRef name) {
  const llvm::StringRef rest = name.split('.').second;
  return (rest.empty() ? name : rest).str();
}

/// Pictures are resized and cut by `prepare`, so how large they come is not known. This is 4096 x 4096 in colour.
constexpr size_t kMostOfPictures = size_t{3} << 24;
/// Bytes of "-2.2250738585072014e-308, ".
constexpr uint64_t kLongestNumber = 26;
/// Bytes for names, shapes and brackets.
constexpr uint64_t kBesidesNumbers = uint64_t{64} << 10;
/// No request needs more.
constexpr uint64_t kMostBytes = uint64_t{256} << 20;

} // namespace

session::Result<std::shared_ptr<Model>> Model::make(session::Net &net, std::string name, ModelOptions options) {
  auto predictor = session::Predictor::make(net, {.maxBatch = options.maxRows, .callers = options.callers});
  if (!predictor)
    return predictor.failure();
  std::shared_ptr<Model> model(new Model);
  model->name_ = std::move(name);
  model->file_ = llvm::sys::path::filename(net.modelName()).str();
  model->options_ = options;
  if (auto description = session::describe(net))
    model->description_ = *std::move(description);
  model->predictor_ = *std::move(predictor);
  if (auto program = net.plan(dsl::Mode::Infer, 1); program && *program)
    model->nanoseconds_ = estimatedNanoseconds(**program);
  if (auto text = session::TextNet::of(net))
    model->text_ = *std::move(text);
  else
    model->noText_ = text.failure().message;
  model->names_ = net.names();
  auto table = train::tableOptions(net.unit(), net.wish(), net.names());
  if (!table)
    return session::Failure{session::Failure::Kind::Options, toString(table.failure())};
  model->table_ = *std::move(table);
  model->prepare_ = net.prepare();
  model->inputShape_ = net.shape().inputShape;
  size_t from = 0;
  for (const dsl::NetInput &input : net.shape().inputs) {
    const auto size = static_cast<size_t>(input.elements());
    model->inputs_.push_back({plainName(input.name), input.shape, input.vocab, from, size});
    from += size;
  }
  for (const session::AnswerPart &part : model->predictor_->parts())
    model->outputs_.push_back({plainName(part.name), part});
  for (const Shape &shape : {Shape{static_cast<int64_t>(from)}, model->inputShape_})
    if (!model->flatShape_ && model->fits(shape))
      model->flatShape_ = shape;
  model->mostValues_ = model->prepare_.inPlace() ? from : std::max(from, kMostOfPictures);
  model->addSteps(net);
  return model;
}

/// A model of its own, whose samples are positions: its predictor prepares them.
void Model::addSteps(session::Net &net) {
  if (!description_ || llvm::none_of(description_->layers, [](const session::LayerRow &row) { return row.sequences; }))
    return;
  auto predictor =
      session::Predictor::make(net, {.maxBatch = options_.maxRows, .callers = options_.callers, .steps = true});
  if (!predictor) {
    noSteps_ = predictor.failure().message;
    for (const session::Finding &finding : net.findings())
      noSteps_ = finding.message + " (" + finding.file + ":" + std::to_string(finding.line) + ":" +
                 std::to_string(finding.column) + ")";
    return;
  }
  std::shared_ptr<Model> steps(new Model);
  steps->name_ = name_, steps->file_ = file_, steps->options_ = options_;
  steps->predictor_ = *std::move(predictor);
  steps->names_.classes = names_.classes;
  const auto size = static_cast<int64_t>(steps->predictor_->stepSize());
  steps->inputShape_ = Shape{size};
  steps->flatShape_ = Shape{size};
  steps->mostValues_ = static_cast<size_t>(size);
  steps->table_.separator = table_.separator, steps->table_.decimal = table_.decimal;
  steps->table_.comment = table_.comment, steps->table_.dtype = table_.dtype;
  steps->table_.label = "none";
  steps->table_.sampleSize = static_cast<size_t>(size);
  steps->inputs_.push_back({inputs_.front().name, Shape{size}, inputs_.front().vocab, 0, static_cast<size_t>(size)});
  for (session::AnswerPart part : steps->predictor_->parts()) {
    if (part.shape.size() > 1 && part.shape.front() == 1) // the only position
      part.shape.erase(part.shape.begin());
    steps->outputs_.push_back({plainName(part.name), part});
  }
  steps->sequences_ = std::make_shared<Sequences>(options_.sequences);
  steps_ = std::move(steps);
}

bool Model::fits(llvm::ArrayRef<int64_t> shape) const {
  if (shape.empty())
    return false;
  auto after = prepare_.shapeAfter(Shape(shape));
  return after && data::readsAs(*after, inputShape_);
}

uint64_t Model::mostBytes() const {
  const uint64_t most = (kMostBytes - kBesidesNumbers) / kLongestNumber;
  const uint64_t values = mostValues_ > most / maxRows() ? most : mostValues_ * maxRows();
  return values * kLongestNumber + kBesidesNumbers;
}

std::vector<double> Model::prepared(llvm::ArrayRef<double> sample, Shape &shape) const {
  std::vector<double> values(sample), spare;
  prepare_.run(values, spare, shape, {});
  values.resize(static_cast<size_t>(elementCount(shape)));
  if (dtype() == DType::F32)
    for (double &value : values)
      value = static_cast<float>(value);
  return values;
}

unsigned worthwhileWorkers(const Models &models, unsigned most) {
  constexpr double kHandling = 40'000, kLight = 100'000;
  double heaviest = 0;
  for (const auto &model : models)
    heaviest = std::max(heaviest, model->nanoseconds());
  if (heaviest < kLight && most > 1)
    --most;
  return std::clamp(static_cast<unsigned>(std::min(std::ceil(heaviest / kHandling), 1e6)), 1u, most);
}

std::shared_ptr<const Model> findModel(const Models &models, llvm::StringRef name) {
  auto found = llvm::find_if(models, [&](const auto &model) { return model->name() == name; });
  return found == models.end() ? nullptr : *found;
}

} // namespace dlc::serve
