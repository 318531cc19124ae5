// Implements finite over the elements of tensors.
// Whole numbers are always finite.
#include "dlc/train/finite.h"

#include <cmath>
#include <utility>

namespace dlc::train {
namespace {

/// "NaN", "infinity", or "".
template <class T> const char *badValue(std::span<const T> numbers) {
  bool finite = true;
  for (T x : numbers)
    finite &= std::isfinite(x);
  if (finite)
    return "";
  for (T x : numbers)
    if (std::isnan(x))
      return "NaN";
  return "infinity";
}

std::string badValue(const Tensor &tensor) {
  switch (tensor.dtype()) {
  case DType::F32:
    return badValue(tensor.span<float>());
  case DType::F64:
    return badValue(tensor.span<double>());
  case DType::I32:
    break;
  }
  return "";
}

} // namespace

bool isFinite(const Tensor &tensor) { return badValue(tensor).empty(); }

std::string firstNotFinite(const Parameters &parameters, Tensors which) {
  for (const auto &p : parameters.all())
    if (which == Tensors::All || p->isWeight())
      if (std::string bad = badValue(std::as_const(p->tensor())); !bad.empty())
        return p->attrs.name + " holds " + bad;
  return "";
}

} // namespace dlc::train
