// JSON by hand where there are many numbers, by LLVM's writer where there are names.
// NaN and infinity, which JSON does not have, are null.
#include "dlc/serve/answers.h"

#include "tensor_type.h"

#include "dlc/support/version.h"
#include "dlc/train/metrics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace dlc::serve {
namespace {

/// Text in quotes, whatever bytes it has.
void addString(std::string &out, llvm::StringRef text) {
  llvm::raw_string_ostream os(out);
  os << llvm::json::Value(llvm::json::fixUTF8(text));
}

template <class T> void addNumber(std::string &out, T value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  constexpr int kDigits = sizeof(T) == sizeof(float) ? 9 : 17; // as many as tell all numbers apart
  char text[64];
  auto end =
      std::to_chars(text, text + sizeof(text), static_cast<double>(value), std::chars_format::general, kDigits).ptr;
  out.append(text, end);
}

template <class T> void addNumbers(std::string &out, llvm::ArrayRef<T> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (i)
      out += ',';
    addNumber(out, values[i]);
  }
}

void addClass(std::string &out, const session::AnswerPart &part, std::optional<size_t> index) {
  if (!index)
    out += "null"; // the net says NaN
  else
    addString(out, *index < part.classes.size() ? part.classes[*index] : std::to_string(*index));
}

/// What one output says of one sample, as the members of an object.
template <class T>
void addPart(std::string &out, const session::AnswerPart &part, llvm::ArrayRef<T> numbers, llvm::ArrayRef<T> scores) {
  switch (part.task) {
  case Task::Values:
    out += "\"values\":[";
    break;
  case Task::Labels:
    out += "\"labels\":[";
    for (size_t i = 0; i < scores.size(); ++i)
      out += std::string(i ? "," : "") + (std::isnan(scores[i]) ? "null" : scores[i] > T(0) ? "true" : "false");
    out += "],\"p\":[";
    break;
  case Task::Binary:
    out += "\"class\":";
    addClass(out, part, train::chosenClass(scores.data(), 1));
    out += ",\"p\":[";
    break;
  default:
    const auto classes = static_cast<size_t>(part.shape.back());
    const bool several = scores.size() > classes;
    out += several ? "\"classes\":[" : "\"class\":";
    for (size_t at = 0; at < scores.size(); at += classes) {
      if (at)
        out += ',';
      addClass(out, part, train::chosenClass(scores.data() + at, classes));
    }
    out += several ? "],\"p\":[" : ",\"p\":[";
  }
  addNumbers(out, numbers);
  out += ']';
}

} // namespace

template <class T>
std::string simpleAnswer(const Model &model, const Question &question, llvm::ArrayRef<T> values,
                         llvm::ArrayRef<T> scores) {
  std::string out;
  if (!question.single)
    out += '[';
  for (size_t row = 0; row < question.rows; ++row) {
    const size_t begin = row * model.answerSize();
    out += row ? ",{" : "{";
    for (size_t at : question.outputs) {
      const ModelOutput &output = model.outputs()[at];
      const llvm::ArrayRef<T> numbers = values.slice(begin + output.part.from, output.part.size);
      const llvm::ArrayRef<T> ranks = scores.slice(begin + output.part.from, output.part.size);
      if (question.outputs.size() == 1 && model.outputs().size() == 1) {
        addPart(out, output.part, numbers, ranks);
        break;
      }
      if (at != question.outputs.front())
        out += ',';
      addString(out, output.name);
      out += ":{";
      addPart(out, output.part, numbers, ranks);
      out += '}';
    }
    out += '}';
  }
  if (!question.single)
    out += ']';
  out += '\n';
  return out;
}

namespace {

/// The numbers of one output, for each row.
template <class T>
void addBytes(std::string &out, const Model &model, const session::AnswerPart &part, llvm::ArrayRef<T> values) {
  using Word = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  for (size_t row = 0; row < values.size(); row += model.answerSize())
    for (T value : values.slice(row + part.from, part.size)) {
      char bytes[sizeof(T)];
      llvm::support::endian::write<Word, llvm::endianness::little>(bytes, std::bit_cast<Word>(value));
      out.append(bytes, sizeof(bytes));
    }
}

} // namespace

template <class T> TensorAnswer tensorAnswer(const Model &model, const Question &question, llvm::ArrayRef<T> values) {
  std::string out = "{\"model_name\":", bytes;
  addString(out, model.name());
  out += ",\"model_version\":\"1\"";
  if (question.id) {
    out += ",\"id\":";
    addString(out, *question.id);
  }
  out += ",\"outputs\":[";
  for (const auto &[place, at] : llvm::enumerate(question.outputs)) {
    const ModelOutput &output = model.outputs()[at];
    out += place ? ",{\"name\":" : "{\"name\":";
    addString(out, output.name);
    out += sizeof(T) == sizeof(float) ? ",\"datatype\":\"FP32\",\"shape\":" : ",\"datatype\":\"FP64\",\"shape\":";
    Shape shape{static_cast<int64_t>(question.rows)};
    shape.append(output.part.shape.begin(), output.part.shape.end());
    out += listText(shape);
    if (question.binary[place]) {
      const size_t before = bytes.size();
      addBytes(bytes, model, output.part, values);
      out += ",\"parameters\":{\"binary_data_size\":" + std::to_string(bytes.size() - before) + "}}";
      continue;
    }
    out += ",\"data\":[";
    for (size_t row = 0; row < question.rows; ++row) {
      if (row)
        out += ',';
      addNumbers(out, values.slice(row * model.answerSize() + output.part.from, output.part.size));
    }
    out += "]}";
  }
  out += "]}\n";
  if (bytes.empty())
    return {std::move(out)};
  const size_t json = out.size();
  return {std::move(out) + bytes, json};
}

std::string preparedAnswer(const Model &model, const Question &question) {
  Shape shape = question.shape;
  const std::vector<double> values = model.prepared(question.values, shape);
  std::string out = "{\"shape\":" + listText(shape) + ",\"values\":[";
  if (model.dtype() == DType::F64)
    addNumbers(out, llvm::ArrayRef<double>(values));
  else
    addNumbers(out, llvm::ArrayRef<float>(std::vector<float>(values.begin(), values.end())));
  return out + "]}\n";
}

std::string errorAnswer(llvm::StringRef text) {
  std::string out = "{\"error\":";
  addString(out, text);
  return out + "}\n";
}

std::string modelDescription(const Model &model) {
  std::string out;
  llvm::raw_string_ostream os(out);
  llvm::json::OStream json(os);
  auto tensor = [&](llvm::StringRef name, llvm::StringRef type, llvm::ArrayRef<int64_t> shape) {
    json.object([&] {
      json.attribute("name", name);
      json.attribute("datatype", type);
      json.attributeArray("shape", [&] {
        json.value(-1);
        for (int64_t size : shape)
          json.value(size);
      });
    });
  };
  const llvm::StringRef number = model.dtype() == DType::F64 ? "FP64" : "FP32";
  json.object([&] {
    json.attribute("name", model.name());
    json.attributeArray("versions", [&] { json.value("1"); });
    json.attribute("platform", "dlc");
    json.attributeArray("inputs", [&] {
      for (const ModelInput &input : model.inputs())
        tensor(input.name, tensorTypeOf(model, input), input.shape);
    });
    json.attributeArray("outputs", [&] {
      for (const ModelOutput &output : model.outputs())
        tensor(output.name, number, output.part.shape);
    });
  });
  json.flush();
  return os.str() + "\n";
}

std::string serverDescription() {
  return "{\"name\":\"dlc\",\"version\":\"" + version().str() +
         "\",\"extensions\":[\"binary_tensor_data\",\"sequence\"]}\n";
}

template TensorAnswer tensorAnswer(const Model &, const Question &, llvm::ArrayRef<float>);
template TensorAnswer tensorAnswer(const Model &, const Question &, llvm::ArrayRef<double>);
template std::string simpleAnswer(const Model &, const Question &, llvm::ArrayRef<float>, llvm::ArrayRef<float>);
template std::string simpleAnswer(const Model &, const Question &, llvm::ArrayRef<double>, llvm::ArrayRef<double>);

} // namespace dlc::serve
