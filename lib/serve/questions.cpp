// The simple forms of a body: an array of JSON, rows of CSV, bytes. Tensors are in tensors.cpp.
#include "dlc/serve/questions.h"

#include "number_array.h"

#include "dlc/data/formats.h"
#include "dlc/data/image.h"
#include "dlc/support/counted.h"

#include "llvm/ADT/STLExtras.h"

#include <numeric>

namespace dlc::serve {

std::string listText(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (int64_t size : shape)
    text += (text.size() > 1 ? "," : "") + std::to_string(size);
  return text + "]";
}

namespace {

Refusal tooManyRows(const Model &model, size_t rows) {
  return {413, "a request may have " + counted(model.maxRows(), "sample") + " at most (--max-batch), not " +
                   std::to_string(rows)};
}

/// What the model takes, for messages.
std::string wanted(const Model &model) {
  if (model.flatShape())
    return "a sample has " + counted(static_cast<size_t>(elementCount(*model.flatShape())), "number");
  return "samples of this model are prepared to " + shapeText(model.inputShape()) + ": send them nested, with a shape";
}

/// `values` as samples of the shape that the model takes, one behind the other.
std::optional<Refusal> asFlat(const Model &model, Question &question, const char *unit) {
  if (!model.flatShape())
    return Refusal{400, wanted(model)};
  const auto size = static_cast<size_t>(elementCount(*model.flatShape()));
  const size_t count = question.values.size();
  if (count == 0 || count % size)
    return Refusal{400, wanted(model) + ", got " + counted(count, unit)};
  question.shape = *model.flatShape();
  question.rows = count / size;
  question.single = question.rows == 1;
  return std::nullopt;
}

std::optional<Refusal> checkRows(const Model &model, const Question &question) {
  return question.rows > model.maxRows() ? std::optional(tooManyRows(model, question.rows)) : std::nullopt;
}

} // namespace

std::optional<Refusal> readJsonRows(llvm::StringRef body, const Model &model, Question &question) {
  JsonReader json(body);
  NumberArray array;
  bool tooMany = false;
  if (json.peek() != JsonReader::Kind::Array)
    return Refusal{400, "expected a JSON array of numbers; " + wanted(model)};
  if (!readNumberArray(json, model.dtype(), model.mostValues() * model.maxRows(), array, tooMany) || !json.atEnd())
    return Refusal{tooMany ? 413u : 400u, json.error()};
  question.values = std::move(array.values);
  const llvm::ArrayRef<int64_t> shape = array.shape;
  const bool flat = shape.size() == 1;
  const bool exact = shape == llvm::ArrayRef<int64_t>(model.inputShape());
  if (!exact && !flat && shape.front() > 0 && model.fits(shape.drop_front())) {
    question.shape = Shape(shape.drop_front());
    question.rows = static_cast<size_t>(shape.front());
  } else if ((exact || !flat) && !question.values.empty() && model.fits(shape)) {
    question.shape = Shape(shape);
    question.rows = 1;
    question.single = true;
  } else if (flat) {
    if (auto refused = asFlat(model, question, "number"))
      return refused;
  } else {
    return Refusal{400, "an array of shape " + listText(shape) + " is neither a sample nor a list of samples; " +
                            wanted(model) + ", of shape " + listText(model.inputShape())};
  }
  return checkRows(model, question);
}

std::optional<Refusal> readBytes(llvm::StringRef body, const Model &model, Question &question) {
  if (body.size() > model.mostValues() * model.maxRows())
    return tooManyRows(model, body.size() / model.mostValues() + 1);
  question.values.assign(body.bytes_begin(), body.bytes_end());
  if (auto refused = asFlat(model, question, "byte"))
    return refused;
  return checkRows(model, question);
}

std::optional<Refusal> readCsvRows(llvm::StringRef body, const Model &model, Question &question) {
  if (!model.flatShape())
    return Refusal{400, wanted(model)};
  if (body.trim().empty())
    return Refusal{400, "no rows; " + wanted(model)};
  const std::optional<std::string> utf8 = data::utf8OfUtf16(body);
  auto table =
      data::parseCsv({.bytes = utf8 ? llvm::StringRef(*utf8) : body, .name = "body"}, std::nullopt, model.table());
  if (!table)
    return Refusal{400, toString(table.failure())};
  const size_t size = table->sampleSize();
  if (size != static_cast<size_t>(elementCount(*model.flatShape())))
    return Refusal{400, "a row has " + counted(size, "number") + "; " + wanted(model)};
  if (table->count == 0)
    return Refusal{400, "no rows; " + wanted(model)};
  if (table->count > model.maxRows())
    return tooManyRows(model, table->count);
  question.rows = table->count;
  question.single = question.rows == 1;
  question.shape = *model.flatShape();
  question.values.reserve(question.rows * size);
  for (size_t row = 0; row < question.rows; ++row)
    for (size_t i = 0; i < size; ++i)
      question.values.push_back(table->value(row, i));
  return std::nullopt;
}

namespace {

/// Numbers that begin as a picture does have no header that says what it should.
bool isPicture(BodyForm form, llvm::StringRef body) {
  return form == BodyForm::Picture || (form != BodyForm::Tensors && !data::imageFormatName(body).empty() &&
                                       (form != BodyForm::Bytes || static_cast<bool>(data::imageInfo({body, "body"}))));
}

} // namespace

std::optional<Refusal> readQuestion(BodyForm form, llvm::StringRef body, const Model &model, Question &question,
                                    std::optional<size_t> jsonBytes) {
  question.outputs.resize(model.outputs().size());
  std::iota(question.outputs.begin(), question.outputs.end(), size_t{0});
  question.binary.assign(question.outputs.size(), false);
  switch (isPicture(form, body) ? BodyForm::Picture : form) {
  case BodyForm::Tensors:
    return readTensors(body, model, question, jsonBytes);
  case BodyForm::Json:
    return readJsonRows(body, model, question);
  case BodyForm::Csv:
    return readCsvRows(body, model, question);
  case BodyForm::Bytes:
    return readBytes(body, model, question);
  case BodyForm::Picture:
    return readPicture(body, model, question);
  }
  return Refusal{500, "no form of a body"};
}

} // namespace dlc::serve
