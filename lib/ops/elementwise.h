// What the element-wise ops share: NumPy's broadcasting in shape rule and reference loop.
// It holds no op; gradients of broadcast operands are summed by autodiff, not here.
#pragma once

#include "dlc/ir/op_def.h"

#include <array>

namespace dlc::ops {

/// Result type: the operands' dtype and common shape. E230 names both shapes where there is none.
inline void inferElementwise(OpView &op, llvm::StringRef sign) {
  Type type = op.type(0);
  for (size_t i = 1; i < op.count(); ++i) {
    if (op.type(i).dtype != type.dtype) {
      op.error("E230") << "cannot apply '" << sign << "' to " << name(type.dtype) << " and " << name(op.type(i).dtype);
      return;
    }
    std::optional<Shape> shape = broadcastShapes(type.shape, op.shape(i));
    if (!shape) {
      op.error("E230") << "cannot apply '" << sign << "' to shapes " << shapeText(op.shape(0)) << " and "
                       << shapeText(op.shape(i));
      return;
    }
    type.shape = *shape;
  }
  if (!isFloat(type.dtype))
    op.error("E230") << "cannot apply '" << sign << "' to whole numbers";
  else
    op.result(std::move(type));
}

/// Steps through the operand elements that belong to the result elements 0, 1, 2 ... under broadcasting.
class BroadcastCursor {
public:
  BroadcastCursor(llvm::ArrayRef<int64_t> operand, llvm::ArrayRef<int64_t> result)
      : sizes_(result.begin(), result.end()), index_(result.size(), 0), steps_(result.size(), 0) {
    int64_t stride = 1;
    for (size_t i = operand.size(); i-- > 0;) {
      steps_[result.size() - operand.size() + i] = operand[i] == 1 ? 0 : stride;
      stride *= operand[i];
    }
  }
  size_t at() const { return static_cast<size_t>(offset_); }
  void next() {
    for (size_t d = sizes_.size(); d-- > 0;) {
      offset_ += steps_[d];
      if (++index_[d] < sizes_[d])
        return;
      offset_ -= steps_[d] * sizes_[d];
      index_[d] = 0;
    }
  }

private:
  Shape sizes_, index_, steps_;
  int64_t offset_ = 0;
};

namespace detail {
template <class T, class F, size_t... I>
void elementwiseLoop(const Op &op, Eval &eval, F f, std::index_sequence<I...>) {
  std::array cursors{BroadcastCursor(op.operand(I).shape(), op.type().shape)...};
  std::array spans{eval.in[I]->span<T>()...};
  for (T &result : eval.out[0]->template span<T>()) {
    result = f(spans[I][cursors[I].at()]...);
    (cursors[I].next(), ...);
  }
}
} // namespace detail

/// result[i] = f(operand 0 [i], ...) for N operands.
template <size_t N, class F> void elementwise(const Op &op, Eval &eval, F f) {
  dispatchFloat(op.type().dtype, [&](auto zero) {
    detail::elementwiseLoop<decltype(zero)>(op, eval, f, std::make_index_sequence<N>());
  });
}

} // namespace dlc::ops
