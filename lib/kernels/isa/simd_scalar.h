// V<T> for one element at a time, in plain C++: the oracle of the other widths.
// Not meant to be fast.
#pragma once
#include "dlc/kernels/scalar.h"

namespace dlc::kernels {
namespace {

template <class T> struct V : Scalar<T> {};

template <class T> struct Tile;
template <> struct Tile<float> {
  static constexpr size_t mr = 4, nr = 4;
};
template <> struct Tile<double> {
  static constexpr size_t mr = 4, nr = 4;
};

} // namespace
} // namespace dlc::kernels
