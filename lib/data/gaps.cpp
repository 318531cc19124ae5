// Means of the features, and the cells of tables that are filled with them.
// Which cells are empty is found where the table is read, csv_table.cpp.
#include "dlc/data/dataset.h"

#include <cmath>

namespace dlc::data {

Fallible<std::vector<double>> featureMeans(const Samples &samples) {
  const Dataset &data = *samples.data;
  const Values::Form form = data.values.form;
  if (!data.uniform() || (form != Values::Form::F32 && form != Values::Form::F64))
    return std::vector<double>();
  std::vector<double> sums(data.sampleSize());
  std::vector<size_t> counts(sums.size());
  for (uint32_t row : samples.rows)
    for (size_t f = 0; f < sums.size(); ++f)
      if (double value = data.value(row, f); !std::isnan(value)) {
        sums[f] += value;
        ++counts[f];
      }
  for (size_t f = 0; f < sums.size(); ++f) {
    if (counts[f] == 0)
      return Trouble{.code = "E303",
                     .message = (f < data.columnNames.size() ? "column '" + data.columnNames[f] + "'"
                                                             : "feature " + std::to_string(f + 1)) +
                                " of " + data.origin + " has no value in any training sample, so it has no mean",
                     .loc = data.loc};
    sums[f] /= static_cast<double>(counts[f]);
  }
  return sums;
}

void fillGaps(Dataset &data, llvm::ArrayRef<double> means) {
  const size_t width = data.sampleSize();
  auto fill = [&](auto &values) {
    for (const Gap &gap : data.gaps)
      if (gap.row != Gap::kLeftOut && gap.feature < means.size())
        if (auto &value = values[gap.row * width + gap.feature]; std::isnan(value))
          value = static_cast<std::decay_t<decltype(value)>>(means[gap.feature]);
  };
  if (data.values.form == Values::Form::F32)
    fill(data.values.f32);
  else if (data.values.form == Values::Form::F64)
    fill(data.values.f64);
}

} // namespace dlc::data
