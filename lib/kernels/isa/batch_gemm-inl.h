// Many matrix products of one shape, such as those of the heads of an attention.
// Each is cut into grains as gemm cuts it; nothing is shared between two of them.
#pragma once
#include "gemm-inl.h"

namespace dlc::kernels {
namespace {

template <class T> size_t batchGemmGrains(const BatchGemmArgs<T> &args) { return args.batch * gemmGrains(args.one); }
template <class T> size_t batchGemmScratch(const BatchGemmArgs<T> &args) { return gemmScratch(args.one); }
template <class T> void batchGemm(const BatchGemmArgs<T> &args, Range range, void *scratch) {
  const size_t per = gemmGrains(args.one);
  for (size_t g = range.begin; g < range.end;) {
    const size_t i = g / per, first = g % per;
    const size_t count = range.end - g < per - first ? range.end - g : per - first;
    GemmArgs<T> one = args.one;
    one.a += i * args.aStep, one.b += i * args.bStep, one.c += i * args.cStep;
    gemm(one, {first, first + count}, scratch);
    g += count;
  }
}

} // namespace
} // namespace dlc::kernels
