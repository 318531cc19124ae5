// Means of the features, and the cells of tables that are filled with them.
// csv_table.cpp finds the empty cells when it reads the table.
#include "dlc/data/dataset.h"

#include "dlc/support/moments.h"

#include <cmath>

namespace dlc::data {

Fallible<std::vector<double>> featureMeans(const Samples &samples) {
  const Dataset &data = *samples.data;
  const Values::Form form = data.values.form;
  if (!data.uniform() || (form != Values::Form::F32 && form != Values::Form::F64))
    return std::vector<double>();
  std::vector<Moments> features(data.sampleSize());
  for (uint32_t row : samples.rows)
    for (size_t f = 0; f < features.size(); ++f)
      if (double value = data.value(row, f); !std::isnan(value))
        features[f].add(value);
  std::vector<double> means;
  for (size_t f = 0; f < features.size(); ++f) {
    if (features[f].count() == 0)
      return Trouble{.code = "E303",
                     .message = data.featureText(f) + " of " + data.origin +
                                " has no value in any training sample, so it has no mean",
                     .loc = data.loc};
    means.push_back(features[f].mean());
  }
  return means;
}

void fillGaps(Dataset &data, llvm::ArrayRef<double> means) {
  if (data.gaps.empty())
    return;
  widen(data.values); // a mean has more digits than f32
  const size_t width = data.sampleSize();
  for (const Gap &gap : data.gaps)
    if (gap.row != Gap::kLeftOut && gap.feature < means.size())
      if (double &value = data.values.f64[gap.row * width + gap.feature]; std::isnan(value))
        value = means[gap.feature];
}

} // namespace dlc::data
