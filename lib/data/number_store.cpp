// Implements NumberStore: the smallest form that holds every number exactly.
// What the numbers are, and whether they are finite in the net's dtype, is known to the readers.
#include "dlc/data/dataset.h"

namespace dlc::data {

void widen(Values &values) {
  if (values.form != Values::Form::F32)
    return;
  values.f64.reserve(std::max(values.f64.capacity(), values.f32.capacity()));
  values.f64.assign(values.f32.begin(), values.f32.end());
  values.f32 = {};
  values.form = Values::Form::F64;
}

void NumberStore::reserve(size_t count) {
  if (values.form == Values::Form::F64)
    values.f64.reserve(count);
  else
    values.f32.reserve(count);
}

void NumberStore::append(llvm::ArrayRef<double> added) {
  size_t i = 0;
  if (values.form == Values::Form::F32) {
    for (; i < added.size(); ++i) {
      const auto narrow = static_cast<float>(added[i]);
      if (static_cast<double>(narrow) != added[i] && !std::isnan(added[i]))
        break;
      values.f32.push_back(narrow);
    }
    if (i == added.size())
      return;
    widen(values);
  }
  values.f64.insert(values.f64.end(), added.begin() + i, added.end());
}

} // namespace dlc::data
