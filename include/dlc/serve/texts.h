// Texts: a request for the continuation of a text, and its answer, as JSON.
// Characters are chosen by session/continuation.h, from what the workers compute.
#pragma once

#include "dlc/serve/model.h"

#include <optional>

namespace dlc::serve {

/// The most characters that a request may ask for.
inline constexpr size_t kMostCharacters = 10000;

/// Reads {"prompt": "...", "n": 100, "temperature": 1, "seed": 0}, of which each member may be left out; nothing where
/// `text` is begun. `model` must continue texts.
std::optional<Refusal> readTextQuestion(llvm::StringRef body, const Model &model,
                                        std::optional<session::Continuation> &text);

/// {"text": "..."}: what was added to the prompt.
std::string textAnswer(const session::Continuation &text);

} // namespace dlc::serve
