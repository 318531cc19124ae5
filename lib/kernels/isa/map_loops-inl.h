// The inner loops of tile programs: one per micro-operation, and one per pair of operations that often meet.
// A fused pair rounds exactly as its two steps would; it only spares a trip through the tile buffer.
#pragma once
#include "simd-inl.h"

namespace dlc::kernels {
namespace {

// kernels::arity, of this instruction set's own.
struct OperandCounts {
  uint8_t of[kNumMapOps] = {};
  constexpr OperandCounts() {
    forEachMapOp([this]<MapOp op>() { of[static_cast<unsigned>(op)] = Micro<op>::row.arity; });
  }
};
constexpr OperandCounts kOperandCounts;
inline unsigned operandCount(MapOp op) { return kOperandCounts.of[static_cast<unsigned>(op)]; }

template <class T> struct Ops {
  using v = V<T>;
  using reg = typename v::reg;
  template <MapOp op> static reg apply1(reg a) { return apply<op, v>(a); }
  template <MapOp op> static reg apply2(reg a, reg b) { return apply<op, v>(a, b); }

  // Operands: o[0] is written; o[1], o[2] ... are read. Up to four streams, two vectors at a time.
  template <class F>
  static inline __attribute__((always_inline)) void loop(const MapRegister<T> *regs, const uint8_t *o, size_t n, F f) {
    T *dst = regs[o[0]].p;
    const T *a = regs[o[1]].p, *b = regs[o[2]].p, *c = regs[o[3]].p, *d = regs[o[4]].p;
    const size_t sa = regs[o[1]].step, sb = regs[o[2]].step, sc = regs[o[3]].step, sd = regs[o[4]].step;
    constexpr size_t L = v::lanes;
    size_t i = 0;
    for (; i + 2 * L <= n; i += 2 * L, a += 2 * sa, b += 2 * sb, c += 2 * sc, d += 2 * sd) {
      reg x = f(a, b, c, d), y = f(a + sa, b + sb, c + sc, d + sd);
      v::store(dst + i, x);
      v::store(dst + i + L, y);
    }
    if (i < n)
      v::store(dst + i, f(a, b, c, d));
  }

  template <MapOp op> static void unary(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    loop(regs, o, n, [](const T *a, const T *, const T *, const T *) { return apply1<op>(v::load(a)); });
  }
  template <MapOp op> static void binary(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    loop(regs, o, n, [](const T *a, const T *b, const T *, const T *) { return apply2<op>(v::load(a), v::load(b)); });
  }
  template <MapOp op> static void ternary(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    loop(regs, o, n, [](const T *a, const T *b, const T *c, const T *) {
      return apply<op, v>(v::load(a), v::load(b), v::load(c));
    });
  }
  // (a first b) second c
  template <MapOp first, MapOp second> static void pairLeft(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    loop(regs, o, n, [](const T *a, const T *b, const T *c, const T *) {
      return apply2<second>(apply2<first>(v::load(a), v::load(b)), v::load(c));
    });
  }
  // c second (a first b)
  template <MapOp first, MapOp second> static void pairRight(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    loop(regs, o, n, [](const T *a, const T *b, const T *c, const T *) {
      return apply2<second>(v::load(c), apply2<first>(v::load(a), v::load(b)));
    });
  }
  // (a * b) second (c * d)
  template <MapOp second> static void products(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    loop(regs, o, n, [](const T *a, const T *b, const T *c, const T *d) {
      return apply2<second>(v::mul(v::load(a), v::load(b)), v::mul(v::load(c), v::load(d)));
    });
  }
  // (a first b) ? c : d
  template <MapOp first> static void compareSelect(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    loop(regs, o, n, [](const T *a, const T *b, const T *c, const T *d) {
      return v::select(Micro<first>::template holds<v>(v::load(a), v::load(b)), v::load(c), v::load(d));
    });
  }
  // sqrt(a first b)
  template <MapOp first> static void rootOf(const MapRegister<T> *regs, const uint8_t *o, size_t n) {
    loop(regs, o, n,
         [](const T *a, const T *b, const T *, const T *) { return v::sqrt(apply2<first>(v::load(a), v::load(b))); });
  }

  template <MapOp op> static constexpr MapLoop<T> single() {
    if constexpr (Micro<op>::row.arity == 1)
      return unary<op>;
    else if constexpr (Micro<op>::row.arity == 2)
      return binary<op>;
    else
      return ternary<op>;
  }

  // Add, Sub, Mul, Div, Max, Min are 0..5: isArithmetic().
  static constexpr unsigned kArithmetic = 6;
  struct Row {
    MapLoop<T> with[kArithmetic];
  };
  template <MapOp first> static constexpr Row leftRow() {
    return {{pairLeft<first, MapOp::Add>, pairLeft<first, MapOp::Sub>, pairLeft<first, MapOp::Mul>,
             pairLeft<first, MapOp::Div>, pairLeft<first, MapOp::Max>, pairLeft<first, MapOp::Min>}};
  }
  template <MapOp first> static constexpr Row rightRow() {
    return {{pairRight<first, MapOp::Add>, pairRight<first, MapOp::Sub>, pairRight<first, MapOp::Mul>,
             pairRight<first, MapOp::Div>, pairRight<first, MapOp::Max>, pairRight<first, MapOp::Min>}};
  }
  static constexpr Row kLeft[kArithmetic] = {leftRow<MapOp::Add>(), leftRow<MapOp::Sub>(), leftRow<MapOp::Mul>(),
                                             leftRow<MapOp::Div>(), leftRow<MapOp::Max>(), leftRow<MapOp::Min>()};
  static constexpr Row kRight[kArithmetic] = {rightRow<MapOp::Add>(), rightRow<MapOp::Sub>(), rightRow<MapOp::Mul>(),
                                              rightRow<MapOp::Div>(), rightRow<MapOp::Max>(), rightRow<MapOp::Min>()};
  static constexpr MapLoop<T> kProducts[2] = {products<MapOp::Add>, products<MapOp::Sub>};
  static constexpr MapLoop<T> kCompareSelect[6] = {compareSelect<MapOp::Gt>, compareSelect<MapOp::Ge>,
                                                   compareSelect<MapOp::Lt>, compareSelect<MapOp::Le>,
                                                   compareSelect<MapOp::Eq>, compareSelect<MapOp::Ne>};
  static constexpr MapLoop<T> kRootOf[kArithmetic] = {rootOf<MapOp::Add>, rootOf<MapOp::Sub>, rootOf<MapOp::Mul>,
                                                      rootOf<MapOp::Div>, rootOf<MapOp::Max>, rootOf<MapOp::Min>};
};

// The loop of each operation alone.
template <class T> struct SingleLoops {
  MapLoop<T> of[kNumMapOps] = {};
  constexpr SingleLoops() {
    forEachMapOp([this]<MapOp op>() { of[static_cast<unsigned>(op)] = Ops<T>::template single<op>(); });
  }
};
template <class T> constexpr SingleLoops<T> kSingleLoops;
template <class T> MapLoop<T> singleLoop(MapOp op) { return kSingleLoops<T>.of[static_cast<unsigned>(op)]; }

} // namespace
} // namespace dlc::kernels
