// Answers as text: numbers of the net as the JSON of each route. Numbers are printed as `dlc infer --probs` prints
// them, so that they read back to the same bits; nothing is computed here.
#pragma once

#include "dlc/serve/questions.h"

#include <string>

namespace dlc::serve {

/// `values` holds an answer for each row of `question`. T is float or double, as the net.
/// The InferenceResponse of the Open Inference Protocol.
template <class T> std::string tensorAnswer(const Model &model, const Question &question, llvm::ArrayRef<T> values);
/// {"class": ..., "p": [...]} and the like: one object for a single sample, otherwise an array of them.
template <class T> std::string simpleAnswer(const Model &model, const Question &question, llvm::ArrayRef<T> values);

/// {"shape": [...], "values": [...]}: what `prepare` makes of the only sample.
std::string preparedAnswer(const Model &model, const Question &question);

/// {"error": "..."}
std::string errorAnswer(llvm::StringRef text);

/// ModelMetadataResponse of the protocol.
std::string modelDescription(const Model &model);
/// ServerMetadataResponse of the protocol.
std::string serverDescription();

} // namespace dlc::serve
