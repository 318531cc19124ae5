// Options of a session: what the caller decides rather than the source.
// The defaults are those of the tool.
#pragma once

#include "dlc/compile/unit.h"
#include "dlc/kernels/kernels.h"
#include "dlc/passes/pipeline.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dlc::session {

/// Which of the data files recorded in a model file its net may use.
enum class RecordedData : uint8_t {
  None,    ///< those of the source alone
  HeldOut, ///< the training data too, of which a part was held out
  All,     ///< also those of the tests
};

struct Options {
  /// Changes to the source: {"--epochs", "train.epochs=3"}. Messages use the first string as the place.
  std::vector<compile::OverrideText> overrides;
  bool warningsAsErrors = false;

  kernels::Isa isa = kernels::best();
  bool reference = false; ///< the interpreter instead of kernels
  /// At most 1,024; 0: as the source says, otherwise as many as are worthwhile.
  int64_t threads = 0;
  uint64_t maxMemory = 0; ///< bytes that a plan, and decoded samples, may take; 0: 80 % of what the process may have

  PipelineOptions passes;           ///< prints, times, verification; what they point to must outlive the net
  std::optional<Pipeline> pipeline; ///< instead of that of the mode
  RecordedData recorded = RecordedData::None;

  /// `maxMemory`, with the default put in.
  uint64_t memoryLimit() const;
};

} // namespace dlc::session
