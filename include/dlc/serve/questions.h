// Question: the samples of a request and what is to be answered about them, read from the body in any of its forms.
// Every size is held against the model before memory is taken for it; nothing is computed here.
#pragma once

#include "dlc/serve/model.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::serve {

struct Question {
  std::vector<double> values; ///< rows x elements of `shape`, as they were sent: `prepare` comes later
  Shape shape;                ///< of one sample
  size_t rows = 0;
  bool single = false;           ///< it was one sample, not a list of one
  std::optional<std::string> id; ///< to be repeated in the answer
  std::vector<size_t> outputs;   ///< of the model, in the order of the answer
  std::vector<bool> binary;      ///< of each of them, whether it is to be answered in bytes; of tensors only
};

/// The forms of a body.
enum class BodyForm : uint8_t {
  Tensors, ///< of the Open Inference Protocol: JSON, and bytes behind it
  Json,    ///< an array of numbers, nested or not
  Csv,     ///< a sample per line, as `dlc infer` reads it
  Bytes,   ///< a number from 0 to 255 per byte
  Picture, ///< PNG, JPEG, PGM, PPM or BMP; what else is one by its first bytes is read so too, but for tensors
};

/// Reads a body; nothing where `question` is one to `model`. `jsonBytes`: of tensors, the bytes of the body that are
/// JSON; those of tensors follow it. 0: the body is the only input, in the type and shape that the model's description
/// says. Nothing: all is JSON.
std::optional<Refusal> readQuestion(BodyForm form, llvm::StringRef body, const Model &model, Question &question,
                                    std::optional<size_t> jsonBytes = std::nullopt);

// The parts of it.
std::optional<Refusal> readTensors(llvm::StringRef body, const Model &model, Question &question,
                                   std::optional<size_t> jsonBytes = std::nullopt);
std::optional<Refusal> readJsonRows(llvm::StringRef body, const Model &model, Question &question);
std::optional<Refusal> readCsvRows(llvm::StringRef body, const Model &model, Question &question);
std::optional<Refusal> readBytes(llvm::StringRef body, const Model &model, Question &question);

/// As `dlc infer` reads the file: upright as EXIF says, 16 bits as they are, grey as colour where the net takes colour.
std::optional<Refusal> readPicture(llvm::StringRef body, const Model &model, Question &question);

/// "[2,3]"
std::string listText(llvm::ArrayRef<int64_t> shape);

} // namespace dlc::serve
