// Answers as text: numbers of the net as the JSON of each route. Numbers are printed as `dlc infer --probs` prints
// them, so that they read back to the same bits; nothing is computed here.
#pragma once

#include "dlc/serve/questions.h"

#include <string>

namespace dlc::serve {

/// JSON, and where a client asks for that, bytes of tensors behind it.
struct TensorAnswer {
  std::string body;
  std::optional<size_t> jsonBytes = std::nullopt; ///< of the body; nothing: all of it
};
/// `values` holds an answer for each row of `question`. T is float or double, as the net.
/// The InferenceResponse of the Open Inference Protocol. Numbers in bytes are little-endian, of the type of the net.
template <class T> TensorAnswer tensorAnswer(const Model &model, const Question &question, llvm::ArrayRef<T> values);
/// {"class": ..., "p": [...]} and the like: one object for a single sample, otherwise an array of them. Classes are
/// ranked by `scores`, of which there are as many.
template <class T>
std::string simpleAnswer(const Model &model, const Question &question, llvm::ArrayRef<T> values,
                         llvm::ArrayRef<T> scores);

/// {"shape": [...], "values": [...]}: what `prepare` makes of the only sample.
std::string preparedAnswer(const Model &model, const Question &question);

/// {"error": "..."}
std::string errorAnswer(llvm::StringRef text);

/// ModelMetadataResponse of the protocol.
std::string modelDescription(const Model &model);
/// ServerMetadataResponse of the protocol.
std::string serverDescription();

} // namespace dlc::serve
