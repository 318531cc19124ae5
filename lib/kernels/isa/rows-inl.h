// Softmax, log-softmax, their gradients and cross-entropy, row by row.
// Row sums follow the rule of reductions over the last axis; exp and log are those of dlc/kernels/functions.h.
#pragma once
#include "reduce-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct Rows {
  using v = V<T>;
  using m = Math<T>;
  using reg = typename v::reg;
  static constexpr size_t kLanes = v::lanes;
  static T log1p1(T x) { return v::lane0(m::log1p(v::set1(x))); }

  // dst[j] = f(j, full-or-partial loader) over a row.
  template <class F> static inline __attribute__((always_inline)) void each(T *dst, size_t cols, F f) {
    size_t j = 0;
    for (; j + kLanes <= cols; j += kLanes)
      v::store(dst + j, f([j](const T *p) { return v::load(p + j); }));
    if (const size_t n = cols - j)
      v::storeN(dst + j, n, f([j, n](const T *p) { return v::loadN(p + j, n, 0); }));
  }

  // exp(x - max) into dst, and their sum; lanes past the end count as +0.
  static T exponentials(const T *x, T *dst, size_t cols, T max) {
    const reg m1 = v::set1(max);
    const T lowest = -__builtin_bit_cast(T, Poly<T>::kInfinity);
    return Reduce<T>::sumRun(
        cols,
        [=](size_t j) {
          const reg e = m::exp(v::sub(v::load(x + j), m1));
          if (dst)
            v::store(dst + j, e);
          return e;
        },
        [=](size_t j, size_t n) {
          const reg e = m::exp(v::sub(v::loadN(x + j, n, lowest), m1));
          if (dst)
            v::storeN(dst + j, n, e);
          T lanes[kLanes]; // exp(-inf - max) is 0, but not where max is itself -inf or NaN
          v::store(lanes, e);
          return v::loadN(lanes, n, 0);
        });
  }

  // exp(x - max) into dst (if any), and the sum of those that are not the largest plus how many more than one are: the
  // whole sum without the 1 that it always has. Its logarithm is log1p of this, however little it is.
  static T excess(const T *x, T *dst, size_t cols, T max) {
    const reg m1 = v::set1(max), zero = v::set1(0), one = v::set1(1);
    const auto others = [=](reg z, reg e) { return v::select(v::eq(z, zero), zero, e); };
    // First: dst may be x.
    const T largest = Reduce<T>::sumRun(
        cols, [=](size_t j) { return v::select(v::eq(v::sub(v::load(x + j), m1), zero), one, zero); },
        [=](size_t j, size_t n) {
          T lanes[kLanes];
          v::store(lanes, v::select(v::eq(v::sub(v::loadN(x + j, n, max), m1), zero), one, zero));
          return v::loadN(lanes, n, 0);
        });
    const T rest = Reduce<T>::sumRun(
        cols,
        [=](size_t j) {
          const reg z = v::sub(v::load(x + j), m1), e = m::exp(z);
          if (dst)
            v::store(dst + j, e);
          return others(z, e);
        },
        [=](size_t j, size_t n) {
          const reg z = v::sub(v::loadN(x + j, n, max), m1), e = m::exp(z);
          if (dst)
            v::storeN(dst + j, n, e);
          T lanes[kLanes]; // past the end z is 0, but not where max is infinite or NaN
          v::store(lanes, others(z, e));
          return v::loadN(lanes, n, 0);
        });
    return rest + (largest - 1);
  }

  static void row(const RowsArgs<T> &args, size_t r) {
    const size_t cols = args.cols;
    const T *x = args.x + r * cols;
    T *dst = args.dst + r * cols;
    switch (args.op) {
    case RowsOp::Softmax: {
      const reg s = v::set1(exponentials(x, dst, cols, Reduce<T>::maximum(x, cols)));
      each(dst, cols, [=](auto load) { return v::div(load(dst), s); });
      return;
    }
    case RowsOp::CrossEntropy: {
      const T max = Reduce<T>::maximum(x, cols);
      T z = __builtin_bit_cast(T, Poly<T>::kNaN);
      if (args.target[r] >= 0 && static_cast<size_t>(args.target[r]) < cols)
        z = x[args.target[r]] - max;
      const T rest = excess(x, dst, cols, max);
      const reg s = v::set1(rest + 1);
      each(dst, cols, [=](auto load) { return v::div(load(dst), s); });
      if (args.loss)
        args.loss[r] = log1p1(rest) - z;
      return;
    }
    case RowsOp::CausalSoftmax: {
      const size_t seen = r % cols + 1;
      const reg s = v::set1(exponentials(x, dst, seen, Reduce<T>::maximum(x, seen)));
      each(dst, seen, [=](auto load) { return v::div(load(dst), s); });
      for (size_t j = seen; j < cols; ++j)
        dst[j] = 0;
      return;
    }
    case RowsOp::LogSoftmax: {
      const T max = Reduce<T>::maximum(x, cols);
      const reg l = v::set1(log1p1(excess(x, nullptr, cols, max))), m1 = v::set1(max);
      each(dst, cols, [=](auto load) { return v::sub(v::sub(load(x), m1), l); });
      return;
    }
    case RowsOp::SoftmaxGrad: {
      const T *dy = args.dy + r * cols;
      const reg s = v::set1(Reduce<T>::sumRun(
          cols, [=](size_t j) { return v::mul(v::load(dy + j), v::load(x + j)); },
          [=](size_t j, size_t n) { return v::mul(v::loadN(dy + j, n, 0), v::loadN(x + j, n, 0)); }));
      each(dst, cols, [=](auto load) { return v::mul(load(x), v::sub(load(dy), s)); });
      return;
    }
    case RowsOp::LogSoftmaxGrad: {
      const T *dy = args.dy + r * cols;
      const reg s = v::set1(Reduce<T>::sumRun(dy, cols));
      each(dst, cols, [=](auto load) { return v::sub(load(dy), v::mul(m::exp(load(x)), s)); });
      return;
    }
    }
  }
};

template <class T> size_t rowsPerGrain(const RowsArgs<T> &args) {
  const size_t work = args.cols + 24; // a row costs about this many elements
  return work >= 2048 ? 1 : 2048 / work;
}
template <class T> size_t rowsGrains(const RowsArgs<T> &args) {
  return args.cols ? (args.rows + rowsPerGrain(args) - 1) / rowsPerGrain(args) : args.rows != 0;
}
template <class T> void rows(const RowsArgs<T> &args, Range range, void *) {
  const size_t per = args.cols ? rowsPerGrain(args) : args.rows;
  const size_t end = range.end * per < args.rows ? range.end * per : args.rows;
  for (size_t r = range.begin * per; r < end; ++r)
    Rows<T>::row(args, r);
}

} // namespace
} // namespace dlc::kernels
