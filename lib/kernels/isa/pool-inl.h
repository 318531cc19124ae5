// pool: the largest and the mean of windows, and the ways back. A grain is some planes.
// Two by two windows side by side, the usual case, have loops of their own.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

template <class T> struct Pool {
  using v = V<T>;
  using reg = typename v::reg;
  const PoolArgs<T> &args;
  size_t plane, out;
  explicit Pool(const PoolArgs<T> &a) : args(a), plane(a.h * a.w), out(a.oh * a.ow) {}

  bool pairs() const {
    return args.kh == 2 && args.kw == 2 && args.sh == 2 && args.sw == 2 && args.ph == 0 && args.pw == 0 &&
           2 * args.oh <= args.h && 2 * args.ow <= args.w;
  }
  // The part of window o that lies on a side of the image.
  static void clip(size_t o, size_t step, size_t pad, size_t kernel, size_t size, size_t &begin, size_t &end) {
    const size_t at = o * step;
    begin = at < pad ? 0 : at - pad;
    end = at + kernel < pad ? 0 : at + kernel - pad;
    end = end < size ? end : size;
    begin = begin < end ? begin : end;
  }

  // Where the window's largest stands; at least one element.
  static size_t argmax(const T *x, size_t w, size_t y0, size_t y1, size_t x0, size_t x1) {
    size_t best = y0 * w + x0;
    T value = x[best];
    for (size_t y = y0; y < y1; ++y)
      for (size_t c = x0; c < x1; ++c) {
        const T v = x[y * w + c];
        if (v > value || (v != v && value == value))
          value = v, best = y * w + c;
      }
    return best;
  }

  //===-- two by two windows side by side
  //---------------------------------------------------------------------------===//

  // The four elements of kChunk windows, each kind on its own: [0] [1] above, [2] [3] below.
  static constexpr size_t kChunk = 64;
  struct Quads {
    alignas(64) T at[4][kChunk];
  };
  static void split(const T *__restrict above, const T *__restrict below, size_t count, Quads &q) {
    for (size_t j = 0; j < count; ++j) {
      q.at[0][j] = above[2 * j], q.at[1][j] = above[2 * j + 1];
      q.at[2][j] = below[2 * j], q.at[3][j] = below[2 * j + 1];
    }
  }
  static void join(T *__restrict above, T *__restrict below, size_t count, const Quads &q) {
    for (size_t j = 0; j < count; ++j)
      above[2 * j] = q.at[0][j], above[2 * j + 1] = q.at[1][j];
    for (size_t j = 0; j < count; ++j)
      below[2 * j] = q.at[2][j], below[2 * j + 1] = q.at[3][j];
  }
  // Whether v takes the place of the largest so far: it is larger, or the first NaN.
  static reg better(reg v, reg best) {
    const reg one = v::set1(1), zero = v::set1(0);
    const reg firstNaN = v::select(v::eq(best, best), v::select(v::ne(v, v), one, zero), zero);
    return v::select(v::gt(v, best), one, firstNaN);
  }

  void pairsForward(const T *x, T *dst) const {
    Quads q{};
    alignas(64) T result[kChunk];
    for (size_t i = 0; i < args.oh; ++i, x += 2 * args.w)
      for (size_t j = 0; j < args.ow; j += kChunk) {
        const size_t count = args.ow - j < kChunk ? args.ow - j : kChunk;
        split(x + 2 * j, x + args.w + 2 * j, count, q);
        for (size_t e = 0; e < count; e += v::lanes) {
          reg value = v::load(q.at[0] + e);
          if (args.op == PoolOp::Avg) {
            value = v::add(v::set1(0), value);
            for (size_t k = 1; k < 4; ++k)
              value = v::add(value, v::load(q.at[k] + e));
            value = v::div(value, v::set1(4));
          } else {
            for (size_t k = 1; k < 4; ++k) {
              const reg other = v::load(q.at[k] + e);
              value = v::select(v::ne(better(other, value), v::set1(0)), other, value);
            }
          }
          v::store(result + e, value);
        }
        __builtin_memcpy(dst + i * args.ow + j, result, count * sizeof(T));
      }
  }

  void pairsBackward(const T *x, const T *dy, T *dx) const {
    Quads q{};
    alignas(64) T given[kChunk] = {};
    const reg zero = v::set1(0);
    for (size_t i = 0; i < args.oh; ++i, dx += 2 * args.w) {
      for (size_t j = 0; j < args.ow; j += kChunk) {
        const size_t count = args.ow - j < kChunk ? args.ow - j : kChunk;
        __builtin_memcpy(given, dy + i * args.ow + j, count * sizeof(T));
        if (args.op == PoolOp::MaxGrad)
          split(x + 2 * i * args.w + 2 * j, x + (2 * i + 1) * args.w + 2 * j, count, q);
        for (size_t e = 0; e < count; e += v::lanes) {
          reg share = v::load(given + e);
          if (args.op == PoolOp::AvgGrad) {
            share = v::add(zero, v::div(share, v::set1(4)));
            for (size_t k = 0; k < 4; ++k)
              v::store(q.at[k] + e, share);
            continue;
          }
          share = v::add(zero, share); // as a sum would give it
          reg value = v::load(q.at[0] + e), taken[4] = {v::set1(1), zero, zero, zero};
          for (size_t k = 1; k < 4; ++k) {
            const reg other = v::load(q.at[k] + e);
            taken[k] = better(other, value);
            const auto take = v::ne(taken[k], zero);
            value = v::select(take, other, value);
            for (size_t before = 0; before < k; ++before)
              taken[before] = v::select(take, zero, taken[before]);
          }
          for (size_t k = 0; k < 4; ++k)
            v::store(q.at[k] + e, v::select(v::ne(taken[k], zero), share, zero));
        }
        join(dx + 2 * j, dx + args.w + 2 * j, count, q);
      }
      for (size_t j = 2 * args.ow; j < args.w; ++j)
        dx[j] = dx[args.w + j] = 0;
    }
    for (size_t j = 0; j < (args.h - 2 * args.oh) * args.w; ++j)
      dx[j] = 0;
  }

  void onePlane(size_t p) const {
    const T *x = args.x ? args.x + p * plane : nullptr, *dy = args.dy ? args.dy + p * out : nullptr;
    const bool backward = args.op == PoolOp::MaxGrad || args.op == PoolOp::AvgGrad;
    T *dst = args.dst + p * (backward ? plane : out);
    if (pairs())
      return backward ? pairsBackward(x, dy, dst) : pairsForward(x, dst);
    if (backward)
      for (size_t i = 0; i < plane; ++i)
        dst[i] = 0;
    const T area = static_cast<T>(args.kh * args.kw);
    for (size_t i = 0; i < args.oh; ++i)
      for (size_t j = 0; j < args.ow; ++j) {
        size_t y0, y1, x0, x1;
        clip(i, args.sh, args.ph, args.kh, args.h, y0, y1);
        clip(j, args.sw, args.pw, args.kw, args.w, x0, x1);
        const bool empty = y0 == y1 || x0 == x1;
        const size_t o = i * args.ow + j;
        switch (args.op) {
        case PoolOp::Max:
          dst[o] = empty ? -static_cast<T>(__builtin_inff()) : x[argmax(x, args.w, y0, y1, x0, x1)];
          break;
        case PoolOp::MaxGrad:
          if (!empty)
            dst[argmax(x, args.w, y0, y1, x0, x1)] += dy[o];
          break;
        case PoolOp::Avg: {
          T sum = 0;
          for (size_t y = y0; y < y1; ++y)
            for (size_t c = x0; c < x1; ++c)
              sum += x[y * args.w + c];
          dst[o] = sum / area;
          break;
        }
        case PoolOp::AvgGrad: {
          const T share = dy[o] / area;
          for (size_t y = y0; y < y1; ++y)
            for (size_t c = x0; c < x1; ++c)
              dst[y * args.w + c] += share;
          break;
        }
        }
      }
  }
};

template <class T> size_t poolPlanes(const PoolArgs<T> &args) {
  const size_t work = args.h * args.w + args.oh * args.ow;
  return work >= 8192 ? 1 : 8192 / (work ? work : 1);
}
template <class T> size_t poolGrains(const PoolArgs<T> &args) {
  return (args.planes + poolPlanes(args) - 1) / poolPlanes(args);
}
template <class T> void pool(const PoolArgs<T> &args, Range range, void *) {
  const Pool<T> p(args);
  const size_t per = poolPlanes(args), end = range.end * per < args.planes ? range.end * per : args.planes;
  for (size_t plane = range.begin * per; plane < end; ++plane)
    p.onePlane(plane);
}

} // namespace
} // namespace dlc::kernels
