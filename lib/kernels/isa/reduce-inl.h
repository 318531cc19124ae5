// Sums, maxima and norms over the last or a middle axis, in the order that ReduceArgs promises.
// The order depends on the shape alone: neither on the width of a register nor on how the grains are dealt out.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct Reduce {
  using v = V<T>;
  using reg = typename v::reg;
  static constexpr size_t kLanes = v::lanes, kVirtual = 64 / sizeof(T), kRegs = kVirtual / kLanes;

  // Sum over j < count of values given as get(j) (a full vector) and getN(j, n) (n values, then zeros).
  template <class Get, class GetN> static T sumRun(size_t count, Get get, GetN getN) {
    T total = 0;
    for (size_t begin = 0; begin < count; begin += kSumChunk) {
      const size_t end = count - begin < kSumChunk ? count : begin + kSumChunk;
      reg acc[kRegs];
      for (size_t r = 0; r < kRegs; ++r)
        acc[r] = v::set1(0);
      size_t j = begin;
      for (; j + kVirtual <= end; j += kVirtual)
        for (size_t r = 0; r < kRegs; ++r)
          acc[r] = v::add(acc[r], get(j + r * kLanes));
      // The rest: lanes beyond the end gain +0, which changes no lane (none can be -0).
      for (size_t r = 0; r < kRegs && j < end; ++r, j += kLanes)
        acc[r] = v::add(acc[r], end - j >= kLanes ? get(j) : getN(j, end - j));
      const T sum = v::fold(acc);
      total = begin ? total + sum : sum;
    }
    return total;
  }
  static T sumRun(const T *p, size_t count) {
    return sumRun(
        count, [p](size_t j) { return v::load(p + j); }, [p](size_t j, size_t n) { return v::loadN(p + j, n, 0); });
  }

  // Sum of the squares of a run or a column, each element through f first.
  template <class F> static T squaresOfRun(const T *p, size_t count, F f) {
    const auto square = [=](reg x) {
      x = f(x);
      return v::mul(x, x);
    };
    return sumRun(
        count, [=](size_t j) { return square(v::load(p + j)); },
        [=](size_t j, size_t n) { return square(v::loadN(p + j, n, 0)); });
  }

  // Where the plain sum of squares is one to be trusted.
  static bool sound(T squares) { return squares >= kNormLow<T> && squares <= Poly<T>::kLargest; }
  static T root(T x) { return v::lane0(v::sqrt(v::set1(x))); }

  static T normOfRun(const T *p, size_t count) {
    const T plain = squaresOfRun(p, count, [](reg x) { return x; });
    if (sound(plain))
      return root(plain);
    T largest = 0;
    for (size_t j = 0; j < count; ++j)
      largest = larger(largest, p[j]);
    if (!(largest > 0 && largest <= Poly<T>::kLargest))
      return largest;
    const reg unit = v::set1(largest);
    return largest * root(squaresOfRun(p, count, [=](reg x) { return v::div(x, unit); }));
  }
  // The larger of m and |x|; NaN wins.
  static T larger(T m, T x) {
    const T a = x < 0 ? -x : x;
    return m != m || a <= m ? m : a;
  }
  // A column by itself, where the plain sum of its squares is not sound.
  static T normOfColumn(const T *p, size_t count, size_t stride) {
    T largest = 0;
    for (size_t j = 0; j < count; ++j)
      largest = larger(largest, p[j * stride]);
    if (!(largest > 0 && largest <= Poly<T>::kLargest))
      return largest;
    const reg unit = v::set1(largest);
    return largest * root(v::lane0(sumColumns(count, [=](size_t j) {
             const reg q = v::div(v::set1(p[j * stride]), unit);
             return v::mul(q, q);
           })));
  }

  static T maximum(const T *p, size_t count) {
    const T lowest = -__builtin_bit_cast(T, Poly<T>::kInfinity);
    reg acc = v::set1(lowest), acc2 = acc;
    size_t j = 0;
    for (; j + 2 * kLanes <= count; j += 2 * kLanes) {
      acc = Math<T>::max(acc, v::load(p + j));
      acc2 = Math<T>::max(acc2, v::load(p + j + kLanes));
    }
    for (; j < count; j += kLanes)
      acc = Math<T>::max(acc, count - j >= kLanes ? v::load(p + j) : v::loadN(p + j, count - j, lowest));
    acc = Math<T>::max(acc, acc2);
    T lane[kLanes];
    v::store(lane, acc);
    for (size_t half = kLanes / 2; half; half /= 2)
      for (size_t i = 0; i < half; ++i)
        lane[i] = lane[i] != lane[i] ? lane[i] : lane[i] > lane[i + half] ? lane[i] : lane[i + half];
    return lane[0] + T(0);
  }

  // One vector of columns: dst[0..lanes) from rows `stride` apart.
  template <class Load> static reg sumColumns(size_t count, Load load) {
    reg total = v::set1(0);
    for (size_t begin = 0; begin < count; begin += kColumnChunk) {
      const size_t end = count - begin < kColumnChunk ? count : begin + kColumnChunk;
      reg chunk = v::set1(0);
      for (size_t j = begin; j < end; ++j)
        chunk = v::add(chunk, load(j));
      total = begin ? v::add(total, chunk) : chunk;
    }
    return total;
  }
  template <class Load> static reg maxColumns(size_t count, Load load) {
    reg acc = v::set1(-__builtin_bit_cast(T, Poly<T>::kInfinity));
    for (size_t j = 0; j < count; ++j)
      acc = Math<T>::max(acc, load(j));
    return v::add(acc, v::set1(0));
  }

  // n columns, at most a vector of them, from p; load(j) has their elements j.
  template <class Load> static void normColumns(const ReduceArgs<T> &args, const T *p, T *dst, size_t n, Load load) {
    T squares[kLanes];
    v::store(squares, sumColumns(args.reduce, [=](size_t j) {
               const reg x = load(j);
               return v::mul(x, x);
             }));
    for (size_t c = 0; c < n; ++c)
      dst[c] = sound(squares[c]) ? root(squares[c]) : normOfColumn(p + c, args.reduce, args.inner);
  }

  // Columns [first, last) of one outer index; four vectors at a time keep the adders busy.
  static void columns(const ReduceArgs<T> &args, const T *src, T *dst, size_t first, size_t last) {
    const size_t stride = args.inner, count = args.reduce;
    size_t i = first;
    if (args.op == ReduceOp::Sum)
      for (; i + 4 * kLanes <= last; i += 4 * kLanes) {
        reg total[4], chunk[4];
        for (size_t q = 0; q < 4; ++q)
          total[q] = v::set1(0);
        for (size_t begin = 0; begin < count; begin += kColumnChunk) {
          const size_t end = count - begin < kColumnChunk ? count : begin + kColumnChunk;
          for (size_t q = 0; q < 4; ++q)
            chunk[q] = v::set1(0);
          const T *p = src + begin * stride + i;
          for (size_t j = begin; j < end; ++j, p += stride)
            for (size_t q = 0; q < 4; ++q)
              chunk[q] = v::add(chunk[q], v::load(p + q * kLanes));
          for (size_t q = 0; q < 4; ++q)
            total[q] = begin ? v::add(total[q], chunk[q]) : chunk[q];
        }
        for (size_t q = 0; q < 4; ++q)
          v::store(dst + i + q * kLanes, total[q]);
      }
    for (; i < last; i += kLanes) {
      const size_t n = last - i < kLanes ? last - i : kLanes;
      const T *p = src + i;
      auto load = [=](size_t j) { return n == kLanes ? v::load(p + j * stride) : v::loadN(p + j * stride, n, 0); };
      if (args.op == ReduceOp::Norm) {
        normColumns(args, p, dst + i, n, load);
        continue;
      }
      const reg result = args.op == ReduceOp::Sum ? sumColumns(count, load) : maxColumns(count, load);
      if (n == kLanes)
        v::store(dst + i, result);
      else
        v::storeN(dst + i, n, result);
    }
  }
};

// A grain is some whole outer indices, or a piece of the columns of one where those alone are enough work.
struct ReduceGrains {
  size_t outerPerGrain, columnsPerGrain, columnPieces;
};
template <class T> ReduceGrains reduceGrains1(const ReduceArgs<T> &args) {
  constexpr size_t kWork = 16384; // elements
  const size_t perOuter = args.reduce * args.inner;
  if (perOuter >= 2 * kWork && args.inner >= 64) {
    const size_t depth = args.reduce ? args.reduce : 1;
    const size_t columns = (kWork / depth + 63) / 64 * 64;
    const size_t perGrain = columns < 64 ? 64 : columns;
    return {1, perGrain, (args.inner + perGrain - 1) / perGrain};
  }
  return {perOuter >= kWork ? 1 : kWork / (perOuter ? perOuter : 1), args.inner, 1};
}
template <class T> size_t reduceGrains(const ReduceArgs<T> &args) {
  const ReduceGrains g = reduceGrains1(args);
  return (args.outer + g.outerPerGrain - 1) / g.outerPerGrain * g.columnPieces;
}
template <class T> void reduce(const ReduceArgs<T> &args, Range range, void *) {
  const ReduceGrains g = reduceGrains1(args);
  for (size_t grain = range.begin; grain < range.end; ++grain) {
    const size_t piece = grain % g.columnPieces, first = piece * g.columnsPerGrain;
    const size_t last = args.inner - first < g.columnsPerGrain ? args.inner : first + g.columnsPerGrain;
    size_t o = grain / g.columnPieces * g.outerPerGrain;
    const size_t end = args.outer - o < g.outerPerGrain ? args.outer : o + g.outerPerGrain;
    for (; o < end; ++o) {
      const T *src = args.src + o * args.reduce * args.inner;
      if (args.inner == 1)
        args.dst[o] = args.op == ReduceOp::Sum    ? Reduce<T>::sumRun(src, args.reduce)
                      : args.op == ReduceOp::Norm ? Reduce<T>::normOfRun(src, args.reduce)
                                                  : Reduce<T>::maximum(src, args.reduce);
      else
        Reduce<T>::columns(args, src, args.dst + o * args.inner, first, last);
    }
  }
}

} // namespace
} // namespace dlc::kernels
