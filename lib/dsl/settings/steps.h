// Words with arguments that are no layers: data sources, data steps, schedule steps, metrics, bound to their
// signatures. What they do is decided in data/, schedule/ and train/.
#pragma once

#include "evaluator.h"

#include "dlc/dsl/names/vocabulary.h"

namespace dlc::dsl {

/// `value` (a Word or a Call) as a word of `kind`; nothing after an error that was reported.
std::optional<Spec> bindStep(const Evaluator &evaluator, const Vocabulary &vocabulary, const Const &value,
                             WordKind kind);
/// A bare file name as the source that reads files of such names.
std::optional<Spec> sourceOfFile(const Evaluator &evaluator, const Vocabulary &vocabulary, const Const &file);
/// For a net that reads tokens: a bare *.txt is a text, which elsewhere is a table. Nothing else changes.
void readAsText(Spec &source, const Vocabulary &vocabulary);

} // namespace dlc::dsl
