// What conv and pack_conv share: the part of a convolution's shape that its weights have.
// Private to lib/program.
#pragma once

#include "call.h"

namespace dlc {

/// groups, channels, kernel, stride and dilation of ConvInstrAttrs or PackConvAttrs; zero elsewhere.
template <class A> kernels::ConvShape weightShape(const A &a) {
  kernels::ConvShape s = {};
  s.groups = asSize(a.groups), s.ci = asSize(a.ci), s.co = asSize(a.co);
  s.kh = asSize(a.kernel[0]), s.kw = asSize(a.kernel[1]), s.sh = asSize(a.stride[0]), s.sw = asSize(a.stride[1]);
  s.dh = asSize(a.dilation[0]), s.dw = asSize(a.dilation[1]);
  return s;
}

/// CheckedSize of what pack_conv makes of the weights; 0 where conv reads them as they lie.
template <class A> int64_t packedConvElements(const Program &program, const A &a) {
  return withFloat(program.dtype, [&](auto zero) {
    const auto &families = kernels::families<decltype(zero)>(program.isa->table);
    return static_cast<int64_t>(families.convPackedElements(a.op, weightShape(a)));
  });
}

} // namespace dlc
