// Tensors of the Open Inference Protocol: inputs by name, each with its type, shape and data, as JSON or as the bytes
// behind it. The simple forms are in questions.cpp.
#include "dlc/serve/questions.h"

#include "number_array.h"
#include "tensor_type.h"

#include "dlc/data/formats.h"
#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

namespace dlc::serve {
namespace {

/// One entry of `inputs`, as it was sent.
struct Tensor {
  std::string name, type;
  std::optional<NumberArray> data, shape;
  std::optional<double> size; ///< parameters.binary_data_size
  llvm::StringRef bytes = ""; ///< so many of them
};

/// What a client may call things is anything; in a message it is short and printable.
std::string quoted(llvm::StringRef text) {
  constexpr size_t kMost = 60;
  return "'" + text.take_front(kMost).str() + (text.size() > kMost ? "...'" : "'");
}

/// Reads requests of one model.
class Reader {
public:
  Reader(llvm::StringRef body, llvm::StringRef binary, const Model &model, Question &question)
      : json(body), binary(binary), model(model), question(question), most(model.mostValues() * model.maxRows()) {}

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
      } else if (name == "parameters") {
        parameters("binary_data_output", [&] { json.boolean(allBinary); });
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
    question.binary.assign(question.outputs.size(), allBinary);
    for (size_t i = 0; i < asked.size(); ++i)
      question.binary[i] = asked[i].value_or(allBinary);
    if (auto wrong = dealBytes())
      return wrong;
    return assemble();
  }

  /// A body without JSON is the only input of the model, of the type and shape that its description says.
  std::optional<Refusal> readRaw() {
    if (model.inputs().size() != 1)
      return Refusal{400, "Inference-Header-Content-Length: a model of several inputs takes JSON that says which bytes "
                          "are which"};
    const ModelInput &input = model.inputs().front();
    const TensorType &type = *findTensorType(tensorTypeOf(model, input));
    const size_t each = input.size * type.bytes;
    if (binary.empty() || binary.size() % each)
      return Refusal{400, "body: a sample has " + counted(input.size, "number") + " of " + type.name.str() +
                              ", that is " + counted(each, "byte") + ", got " + std::to_string(binary.size())};
    Tensor &tensor = tensors.emplace_back();
    tensor.name = input.name;
    tensor.type = type.name.str();
    tensor.shape.emplace().shape = {static_cast<int64_t>(input.shape.size() + 1)};
    tensor.shape->values.push_back(static_cast<double>(binary.size() / each));
    tensor.shape->values.insert(tensor.shape->values.end(), input.shape.begin(), input.shape.end());
    tensor.size = static_cast<double>(binary.size());
    tensor.bytes = binary;
    question.binary.assign(question.outputs.size(), true);
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

  /// An object of which one member means something here; `read` reads it.
  void parameters(llvm::StringRef known, llvm::function_ref<void()> read) {
    std::string name;
    if (!json.beginObject())
      return;
    while (json.member(name))
      name == known ? read() : void(json.skip());
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
      else if (name == "parameters")
        parameters("binary_data_size", [&] { readSize(tensor.size); });
      else
        json.skip();
    }
  }

  void readSize(std::optional<double> &size) {
    llvm::StringRef text;
    if (json.number(text))
      size = data::cellNumber(text).value_or(-1);
  }

  /// Each tensor that has a size takes so many bytes of those behind the JSON, in the order of `inputs`.
  std::optional<Refusal> dealBytes() {
    llvm::StringRef rest = binary;
    for (Tensor &tensor : tensors) {
      if (!tensor.size)
        continue;
      const std::string field = "input " + quoted(tensor.name) + ", parameters.binary_data_size: ";
      const double size = *tensor.size;
      if (!(size >= 0) || size != std::floor(size))
        return Refusal{400, field + "expected a number of bytes, got " + shortNumber(size)};
      if (tensor.data)
        return Refusal{400, field + "the tensor has data as well; expected one of them"};
      if (size > static_cast<double>(rest.size()))
        return Refusal{400, field + "got " + shortNumber(size) + ", but " + counted(rest.size(), "byte") +
                                " of the body are left; Inference-Header-Content-Length says where its JSON ends"};
      tensor.bytes = rest.take_front(static_cast<size_t>(size));
      rest = rest.drop_front(tensor.bytes.size());
    }
    if (!rest.empty())
      return Refusal{400, "body: expected " + counted(binary.size() - rest.size(), "byte") +
                              " behind its JSON, as the tensors say by binary_data_size, got " +
                              std::to_string(binary.size())};
    return std::nullopt;
  }

  void outputList() {
    question.outputs.clear();
    asked.clear();
    if (!json.beginArray())
      return;
    while (!refused && json.element()) {
      std::string key, name;
      std::optional<bool> binary;
      if (!json.beginObject())
        return;
      while (json.member(key)) {
        if (key == "name")
          json.string(name);
        else if (key == "parameters")
          parameters("binary_data", [&] { json.boolean(binary.emplace()); });
        else
          json.skip();
      }
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
      asked.push_back(binary);
    }
  }

  /// Puts the tensors together to samples, in the order of the inputs of the model.
  std::optional<Refusal> assemble() {
    for (const ModelInput &input : model.inputs()) {
      // Clients call the only input as they like: there is nothing to mix up.
      auto found = llvm::find_if(tensors, [&](const Tensor &tensor) {
        return model.inputs().size() == 1 || tensor.name == input.name || tensor.name == "input." + input.name;
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

  /// Nothing is taken into memory before shape and size are known to be those of the model.
  std::optional<Refusal> place(const ModelInput &input, Tensor &tensor) {
    const std::string field = "input '" + input.name + "', ";
    const TensorType *type = findTensorType(tensor.type);
    if (!type)
      return Refusal{400, field + "datatype: expected FP32, FP64, INT32, INT64 or UINT8, got " + quoted(tensor.type)};
    if (!tensor.shape || tensor.shape->shape.size() != 1)
      return Refusal{400, field + "shape: expected an array of whole numbers"};
    Shape shape;
    double elements = 1;
    for (double size : tensor.shape->values) {
      if (!(size >= 1) || size != std::floor(size) || size > 0x1p31)
        return Refusal{400, field + "shape: expected whole numbers of at least 1, got " + shortNumber(size)};
      shape.push_back(static_cast<int64_t>(size));
      elements *= size;
    }
    if (auto wrong = checkShape(input, shape))
      return wrong;
    const double bytes = elements * static_cast<double>(type->bytes);
    if (tensor.size && bytes != *tensor.size)
      return Refusal{400, field + "parameters.binary_data_size: shape " + listText(shape) + " of " + type->name.str() +
                              " has " + shortNumber(bytes) + " bytes, got " + shortNumber(*tensor.size)};
    if (tensor.size)
      if (auto wrong = readBinary(field, *type, tensor))
        return wrong;
    if (!tensor.data)
      return Refusal{400, field + "data: missing"};
    if (elements != static_cast<double>(tensor.data->values.size()))
      return Refusal{400, field + "data: shape " + listText(shape) + " has " + shortNumber(elements) +
                              " elements, got " + std::to_string(tensor.data->values.size())};
    if (type->whole() && !tensor.size)
      for (double value : tensor.data->values)
        if (!(value >= type->low && value < type->high) || value != std::floor(value))
          return Refusal{400, field + "data: " + shortNumber(value) + " is no " + type->name.str()};
    return put(input, shape, *tensor.data);
  }

  std::optional<Refusal> checkShape(const ModelInput &input, const Shape &shape) const {
    const llvm::ArrayRef<int64_t> sample = llvm::ArrayRef<int64_t>(shape).drop_front(shape.empty() ? 0 : 1);
    const bool alone = model.inputs().size() == 1;
    const std::string field = "input '" + input.name + "', shape: ";
    if (sample.empty() || (alone ? !model.fits(sample) : !data::readsAs(sample, input.shape))) {
      Shape expected{-1};
      expected.append(input.shape.begin(), input.shape.end());
      return Refusal{400, field + "expected " + listText(expected) + ", got " + listText(shape)};
    }
    if (shape.front() > static_cast<int64_t>(model.maxRows()))
      return Refusal{413, field + "a request may have " + std::to_string(model.maxRows()) +
                              " samples at most (--max-batch), got " + std::to_string(shape.front())};
    return std::nullopt;
  }

  /// The bytes of a tensor as numbers: those that JSON and tables may hold, and no others.
  std::optional<Refusal> readBinary(const std::string &field, const TensorType &type, Tensor &tensor) const {
    std::vector<double> &values = tensor.data.emplace().values;
    values.resize(tensor.bytes.size() / type.bytes);
    const char *at = tensor.bytes.data();
    for (size_t i = 0; i < values.size(); ++i, at += type.bytes) {
      values[i] = type.element(at);
      if (!data::isFiniteIn(model.dtype(), values[i]))
        return Refusal{400, field + "data: element " + std::to_string(i) + " is " +
                                (std::isfinite(values[i]) ? "too large for f32" : "not a finite number")};
    }
    return std::nullopt;
  }

  std::optional<Refusal> put(const ModelInput &input, const Shape &shape, NumberArray &data) {
    const auto rows = static_cast<size_t>(shape.front());
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
  const llvm::StringRef binary; ///< what follows it
  const Model &model;
  Question &question;
  const size_t most;
  bool tooMany = false;
  bool allBinary = false;
  std::vector<std::optional<bool>> asked; ///< whether each output that is named shall be binary, where it is said
  std::vector<Tensor> tensors;
  std::optional<Refusal> refused;
};

} // namespace

std::optional<Refusal> readTensors(llvm::StringRef body, const Model &model, Question &question,
                                   std::optional<size_t> jsonBytes) {
  if (jsonBytes > body.size())
    return Refusal{400, "Inference-Header-Content-Length: expected at most " + std::to_string(body.size()) +
                            ", the bytes of the body, got " + std::to_string(*jsonBytes)};
  const size_t json = jsonBytes.value_or(body.size());
  Reader reader(body.take_front(json), body.drop_front(json), model, question);
  return jsonBytes == size_t{0} ? reader.readRaw() : reader.read();
}

} // namespace dlc::serve
