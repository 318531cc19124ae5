// Provenance: the source of a run as model files and checkpoints carry it, and back to settings.
// What else such a file holds (weights, counters, prepared statistics) is not its business.
#pragma once

#include "dlc/compile/unit.h"
#include "dlc/model/model_file.h"

#include <vector>

namespace dlc::train {

/// A trailer with the source of `unit`, what it includes, and the version of the program. `overrides` are those changes
/// of the source that the file is to remember.
model::Trailer trailerOf(const compile::Unit &unit, llvm::ArrayRef<compile::OverrideText> overrides,
                         llvm::StringRef version);

/// The same for a checkpoint, with all overrides and what else the bits of a run depend on: frozen weights, the number
/// of training samples, and what its data files were.
model::Trailer checkpointTrailerOf(const compile::Unit &unit, llvm::StringRef version, size_t samples);

/// Adds what the training data are, where a part of them is held out: whoever scores that part later must find it
/// again.
void recordHeldOut(const compile::Unit &unit, model::Trailer &trailer);
/// Whether the part of the training data that `unit` would hold out is the one that training did. W507 for every
/// setting and every file because of which it is another; the diagnostics are those of `unit`.
bool reviewHeldOut(compile::Unit &unit, const model::Trailer &written);

/// What the trailer remembers of overrides, by the flags that they came by.
std::vector<compile::OverrideText> overridesIn(const model::Trailer &trailer);
/// Reads the files that the source included, from the trailer, which must live as long.
dsl::IncludeReader includesIn(const model::Trailer &trailer);

/// W507 for every key, for the place of the model, and for every data file, that is not as it was when the checkpoint
/// was written and that changes the bits of what follows; the diagnostics are those of `unit`. A later end of the run,
/// threads, and what is only printed or saved may change. `samples` are those of training. Says nothing of checkpoints
/// that do not know their overrides.
void reviewResume(compile::Unit &unit, const model::Trailer &written, size_t samples);

} // namespace dlc::train
