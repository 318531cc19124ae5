// How a sample of a model is best asked for, and the JSON that says so.
// The shape of the training samples decides, as the model file has it; else the shape of the net's input.
#include "about.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace dlc::serve {
namespace {

/// What nobody draws by hand is a photograph.
constexpr int64_t kLargestCanvas = 96, kSmallestCanvas = 4;
constexpr int64_t kMostFields = 64, kMostNamedFields = 256;

bool readsSequences(const Model &model) {
  return model.description() &&
         llvm::any_of(model.description()->layers, [](const session::LayerRow &row) { return row.sequences; });
}

/// Channels and sizes of the pictures that the model takes, sizes of 0 where any will do; nothing if it takes others.
std::optional<data::Extent> pictureOf(const Model &model, Ui ui) {
  const train::SampleLook &look = model.names().look;
  const bool known = look.shape.size() >= 2;
  const Shape &shape = known ? look.shape : model.inputShape();
  if (shape.size() == 3 && (shape[0] == 1 || shape[0] == 3)) {
    data::Extent picture{shape[0], shape[1], shape[2]};
    const Shape &input = model.inputShape();
    if ((picture.height == 0 || picture.width == 0) && input.size() == 3 && input[0] == picture.channels)
      picture.height = input[1], picture.width = input[2]; // Resize takes what has this size already
    return picture;
  }
  const bool large = shape.size() == 2 && shape[0] >= kSmallestCanvas && shape[1] >= kSmallestCanvas;
  if (large && (ui == Ui::Draw || look.pictures || !readsSequences(model)))
    return data::Extent{1, shape[0], shape[1]};
  if (ui != Ui::Draw || shape.size() != 1)
    return std::nullopt;
  const auto side = std::llround(std::sqrt(static_cast<double>(shape[0])));
  return side >= kSmallestCanvas && side * side == shape[0] ? std::optional(data::Extent{1, side, side}) : std::nullopt;
}

/// In which of several shapes the model takes a picture of one channel; empty if in none.
Shape shapeOfDrawing(const Model &model, const data::Extent &picture) {
  for (const Shape &shape : {Shape{picture.height, picture.width}, Shape{1, picture.height, picture.width},
                             Shape{picture.height * picture.width}})
    if (model.fits(shape))
      return shape;
  return {};
}

bool isDrawn(const Model &model, const data::Extent &picture, Ui ui) {
  const int64_t least = std::min(picture.height, picture.width), most = std::max(picture.height, picture.width);
  return picture.channels == 1 && least > 0 && (ui == Ui::Draw || most <= kLargestCanvas) &&
         !shapeOfDrawing(model, picture).empty();
}

llvm::StringRef nameOf(Form form) {
  static constexpr llvm::StringLiteral kNames[] = {"draw", "picture", "fields", "text", "array"};
  return kNames[static_cast<size_t>(form)];
}

llvm::StringRef nameOf(Task task) {
  static constexpr llvm::StringLiteral kNames[] = {"classes", "binary", "labels", "values"};
  return kNames[static_cast<size_t>(task)];
}

/// Whether its tokens are the characters of a text.
bool readsCharacters(const Model &model) { return model.text() != nullptr; }

void numbers(llvm::json::OStream &json, llvm::StringRef key, llvm::ArrayRef<int64_t> values) {
  json.attributeArray(key, [&] {
    for (int64_t value : values)
      json.value(value);
  });
}

void words(llvm::json::OStream &json, llvm::StringRef key, llvm::ArrayRef<std::string> values) {
  json.attributeArray(key, [&] {
    for (const std::string &value : values)
      json.value(llvm::json::fixUTF8(value));
  });
}

void printRange(llvm::json::OStream &json, const train::SampleLook::Range &range) {
  auto number = [&](const char *key, double value) {
    json.attributeBegin(key);
    json.rawValue(shortNumber(value));
    json.attributeEnd();
  };
  number("low", range.low);
  number("high", range.high);
  number("mean", range.mean);
}

void printInputs(llvm::json::OStream &json, const Model &model) {
  json.attributeArray("inputs", [&] {
    for (const ModelInput &input : model.inputs())
      json.object([&] {
        json.attribute("name", llvm::json::fixUTF8(input.name));
        json.attribute("kind", !input.vocab ? "numbers" : readsCharacters(model) ? "characters" : "tokens");
        numbers(json, "shape", input.shape);
        if (input.vocab)
          json.attribute("vocab", input.vocab);
      });
  });
}

/// How samples come from their source.
void printSample(llvm::json::OStream &json, const Model &model) {
  const train::SampleLook &look = model.names().look;
  if (!look.shape.empty())
    json.attributeObject("sample", [&] {
      json.attribute("kind", look.pictures ? "pictures" : readsCharacters(model) ? "characters" : "numbers");
      numbers(json, "shape", look.shape);
      printRange(json, look.all);
    });
  const std::vector<std::string> &columns = model.names().columns;
  const size_t count = std::max(columns.size(), look.features.size());
  if (count == 0)
    return;
  json.attributeArray("columns", [&] {
    for (size_t i = 0; i < count; ++i)
      json.object([&] {
        if (i < columns.size())
          json.attribute("name", llvm::json::fixUTF8(columns[i]));
        if (i < look.features.size())
          printRange(json, look.features[i]);
      });
  });
}

void printOutputs(llvm::json::OStream &json, const Model &model) {
  json.attributeArray("outputs", [&] {
    for (const ModelOutput &output : model.outputs())
      json.object([&] {
        json.attribute("name", llvm::json::fixUTF8(output.name));
        json.attribute("task", nameOf(output.part.task));
        numbers(json, "shape", output.part.shape);
        if (!output.part.classes.empty())
          words(json, "classes", output.part.classes);
      });
  });
}

} // namespace

Form formOf(const Model &model, Ui ui) {
  if (model.inputs().size() != 1)
    return Form::Array;
  if (model.inputs().front().vocab)
    return model.text() ? Form::Text : Form::Array;
  if (const auto picture = pictureOf(model, ui))
    return isDrawn(model, *picture, ui) ? Form::Draw : Form::Picture;
  if (!model.flatShape() || model.inputShape().size() != 1)
    return Form::Array;
  const int64_t most = model.names().columns.empty() ? kMostFields : kMostNamedFields;
  return elementCount(*model.flatShape()) <= most ? Form::Fields : Form::Array;
}

Canvas canvasOf(const Model &model, Ui ui) {
  const std::optional<data::Extent> picture = pictureOf(model, ui);
  DLC_CHECK(picture) << "the model takes no pictures";
  const train::SampleLook &look = model.names().look;
  Canvas canvas{picture->width, picture->height, shapeOfDrawing(model, *picture)};
  if (!look.pictures && look.all.high > look.all.low)
    canvas.paper = look.all.low, canvas.ink = look.all.high;
  // Most of a drawing is paper.
  if (look.all.high > look.all.low && look.all.mean > (look.all.low + look.all.high) / 2)
    std::swap(canvas.paper, canvas.ink);
  return canvas;
}

std::string aboutModel(const Model &model, Ui ui) {
  std::string out;
  llvm::raw_string_ostream os(out);
  llvm::json::OStream json(os);
  json.object([&] {
    if (model.description())
      session::describeAsJson(json, model.file(), *model.description());
    json.attribute("name", model.name());
    json.attribute("dtype", model.dtype() == DType::F64 ? "f64" : "f32");
    json.attribute("max_batch", static_cast<int64_t>(model.maxRows()));
    printInputs(json, model);
    printSample(json, model);
    printOutputs(json, model);
    const Form form = formOf(model, ui);
    json.attribute("form", nameOf(form));
    if (form == Form::Draw) {
      const Canvas canvas = canvasOf(model, ui);
      json.attributeObject("canvas", [&] {
        json.attribute("width", canvas.width);
        json.attribute("height", canvas.height);
        numbers(json, "shape", canvas.shape);
        json.attribute("paper", canvas.paper);
        json.attribute("ink", canvas.ink);
      });
    }
  });
  json.flush();
  return os.str() + "\n";
}

std::string listOfModels(const Models &models) {
  std::string out;
  llvm::raw_string_ostream os(out);
  llvm::json::OStream json(os);
  json.object([&] {
    json.attributeArray("models", [&] {
      for (const auto &model : models)
        json.value(model->name());
    });
  });
  json.flush();
  return os.str() + "\n";
}

} // namespace dlc::serve
