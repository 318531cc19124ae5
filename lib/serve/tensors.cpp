// Tensors of the Open Inference Protocol in JSON: inputs by name, each with its type, shape and data.
// The simple forms are in questions.cpp.
#include "dlc/serve/questions.h"

#include "number_array.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

namespace dlc::serve {
namespace {

struct TensorType {
  llvm::StringLiteral name;
  double low = 0, high = 0; ///< of whole numbers, `high` exclusive; both 0: any number
};
constexpr TensorType kTypes[] = {
    {"FP32"}, {"FP64"}, {"INT32", -0x1p31, 0x1p31}, {"INT64", -0x1p63, 0x1p63}, {"UINT8", 0, 0x1p8}};

const TensorType *findType(llvm::StringRef name) {
  const auto *found = llvm::find_if(kTypes, [&](const TensorType &type) { return type.name == name; });
  return found == std::end(kTypes) ? nullptr : found;
}

/// One entry of `inputs`, as it was sent.
struct Tensor {
  std::string name, type;
  std::optional<NumberArray> data, shape;
};

/// What a client may call things is anything; in a message it is short and printable.
std::string quoted(llvm::StringRef text) {
  constexpr size_t kMost = 60;
  return "'" + text.take_front(kMost).str() + (text.size() > kMost ? "...'" : "'");
}

/// Reads requests of one model.
class Reader {
public:
  Reader(llvm::StringRef body, const Model &model, Question &question)
      : json(body), model(model), question(question), most(model.mostValues() * model.maxRows()) {}

  std::optional<Refusal> read() {
    std::string name;
    bool inputs = false;
    if (!json.beginObject())
      return wrong();
    while (!refused && json.member(name)) {
      if (name == "id") {
        json.string(question.id.emplace());
      } else if (name == "inputs") {
        inputs = true;
        tensorList();
      } else if (name == "outputs") {
        outputList();
      } else {
        json.skip();
      }
    }
    if (refused)
      return refused;
    if (!json.atEnd())
      return wrong();
    if (!inputs)
      return Refusal{400, "inputs: missing; expected an array with " + namesOf(model.inputs())};
    return assemble();
  }

private:
  Refusal wrong() const { return {tooMany ? 413u : 400u, json.error()}; }
  void refuse(const std::string &text) {
    if (!refused)
      refused = Refusal{400, text};
  }
  template <class Parts> static std::string namesOf(const Parts &parts) {
    std::vector<std::string> names;
    for (const auto &part : parts)
      names.push_back("'" + part.name + "'");
    return llvm::join(names, ", ");
  }

  void tensorList() {
    if (!json.beginArray())
      return;
    while (!refused && json.element()) {
      if (tensors.size() == model.inputs().size())
        return refuse("inputs: more than the model has; expected " + namesOf(model.inputs()));
      tensor(tensors.emplace_back());
    }
  }

  void tensor(Tensor &tensor) {
    constexpr size_t kMostDims = 16;
    std::string name;
    bool tooManyDims = false;
    if (!json.beginObject())
      return;
    while (json.member(name)) {
      if (name == "name")
        json.string(tensor.name);
      else if (name == "datatype")
        json.string(tensor.type);
      else if (name == "shape")
        readNumberArray(json, DType::F64, kMostDims, tensor.shape.emplace(), tooManyDims);
      else if (name == "data")
        readNumberArray(json, model.dtype(), most, tensor.data.emplace(), tooMany);
      else
        json.skip();
    }
  }

  void outputList() {
    question.outputs.clear();
    if (!json.beginArray())
      return;
    while (!refused && json.element()) {
      std::string key, name;
      if (!json.beginObject())
        return;
      while (json.member(key))
        key == "name" ? json.string(name) : json.skip();
      if (!json.good())
        return;
      const auto *found = llvm::find_if(
          model.outputs(), [&](const ModelOutput &output) { return output.name == name || output.part.name == name; });
      if (found == model.outputs().end())
        return refuse("outputs: no output " + quoted(name) + "; expected " + namesOf(model.outputs()));
      const auto index = static_cast<size_t>(found - model.outputs().begin());
      if (llvm::is_contained(question.outputs, index))
        return refuse("outputs: " + quoted(name) + " is named twice");
      question.outputs.push_back(index);
    }
  }

  /// Puts the tensors together to samples, in the order of the inputs of the model.
  std::optional<Refusal> assemble() {
    for (const ModelInput &input : model.inputs()) {
      auto found = llvm::find_if(tensors, [&](const Tensor &tensor) {
        return tensor.name == input.name || tensor.name == "input." + input.name;
      });
      if (found == tensors.end())
        return Refusal{400, tensors.empty() ? "inputs: empty; expected " + namesOf(model.inputs())
                                            : "inputs: no input '" + input.name + "' among them; got " +
                                                  quoted(tensors.front().name)};
      if (auto wrong = place(input, *found))
        return wrong;
    }
    return std::nullopt;
  }

  std::optional<Refusal> place(const ModelInput &input, Tensor &tensor) {
    const std::string field = "input '" + input.name + "', ";
    const TensorType *type = findType(tensor.type);
    if (!type)
      return Refusal{400, field + "datatype: expected FP32, FP64, INT32, INT64 or UINT8, got " + quoted(tensor.type)};
    if (!tensor.shape || tensor.shape->shape.size() != 1)
      return Refusal{400, field + "shape: expected an array of whole numbers"};
    if (!tensor.data)
      return Refusal{400, field + "data: missing"};
    Shape shape;
    double elements = 1;
    for (double size : tensor.shape->values) {
      if (!(size >= 1) || size != std::floor(size) || size > 0x1p31)
        return Refusal{400, field + "shape: expected whole numbers of at least 1, got " + shortNumber(size)};
      shape.push_back(static_cast<int64_t>(size));
      elements *= size;
    }
    if (shape.empty() || elements != static_cast<double>(tensor.data->values.size()))
      return Refusal{400, field + "data: shape " + listText(shape) + " has " + shortNumber(elements) +
                              " elements, got " + std::to_string(tensor.data->values.size())};
    const llvm::ArrayRef<int64_t> sample = llvm::ArrayRef<int64_t>(shape).drop_front();
    const bool alone = model.inputs().size() == 1;
    if (alone ? !model.fits(sample) : sample.empty() || !data::readsAs(sample, input.shape)) {
      Shape expected{-1};
      expected.append(input.shape.begin(), input.shape.end());
      return Refusal{400, field + "shape: expected " + listText(expected) + ", got " + listText(shape)};
    }
    if (type->low != type->high)
      for (double value : tensor.data->values)
        if (!(value >= type->low && value < type->high) || value != std::floor(value))
          return Refusal{400, field + "data: " + shortNumber(value) + " is no " + type->name.str()};
    return put(input, shape, *tensor.data);
  }

  std::optional<Refusal> put(const ModelInput &input, const Shape &shape, NumberArray &data) {
    const auto rows = static_cast<size_t>(shape.front());
    if (rows > model.maxRows())
      return Refusal{413, "input '" + input.name + "', shape: a request may have " + std::to_string(model.maxRows()) +
                              " samples at most (--max-batch), got " + std::to_string(rows)};
    if (model.inputs().size() == 1) {
      question.shape = Shape(llvm::ArrayRef<int64_t>(shape).drop_front());
      question.rows = rows;
      question.values = std::move(data.values);
      return std::nullopt;
    }
    const auto width = static_cast<size_t>(elementCount(model.inputShape()));
    if (input.from == 0) {
      question.shape = model.inputShape();
      question.rows = rows;
      question.values.resize(rows * width);
    }
    if (rows != question.rows)
      return Refusal{400, "input '" + input.name + "', shape: " + std::to_string(rows) + " samples, but input '" +
                              model.inputs().front().name + "' has " + std::to_string(question.rows)};
    for (size_t row = 0; row < rows; ++row)
      std::copy_n(data.values.begin() + static_cast<std::ptrdiff_t>(row * input.size), input.size,
                  question.values.begin() + static_cast<std::ptrdiff_t>(row * width + input.from));
    return std::nullopt;
  }

  JsonReader json;
  const Model &model;
  Question &question;
  const size_t most;
  bool tooMany = false;
  std::vector<Tensor> tensors;
  std::optional<Refusal> refused;
};

} // namespace

bool isTensorType(llvm::StringRef type) { return findType(type) != nullptr; }

std::optional<Refusal> readTensors(llvm::StringRef body, const Model &model, Question &question) {
  return Reader(body, model, question).read();
}

} // namespace dlc::serve
