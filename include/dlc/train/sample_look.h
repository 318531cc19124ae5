// SampleLook: what the samples of training look like before `prepare`, for whoever has to make some like them: a form,
// a canvas. It is kept in the model file; nothing is computed with it.
#pragma once

#include "dlc/data/dataset.h"
#include "dlc/model/model_file.h"

#include <vector>

namespace dlc::train {

struct SampleLook {
  struct Range {
    double low = 0, high = 0, mean = 0;
  };
  Shape shape;                 ///< of a sample; 0 for a size that differs. Empty: nothing is known
  bool pictures = false;       ///< of shades from 0 to 255
  Range all;                   ///< of all values
  std::vector<Range> features; ///< of each, where samples are rows of at most 1024 numbers
};

/// Looks at some thousand samples, spread evenly over all of them. Of tokens, the shape alone.
SampleLook lookOf(const data::Samples &samples);

/// Adds it to the values of a model file.
void recordLook(const SampleLook &look, model::Trailer &trailer);
/// Nothing is known where the file does not say, or says it in another way.
SampleLook lookIn(const model::Trailer &trailer);

} // namespace dlc::train
