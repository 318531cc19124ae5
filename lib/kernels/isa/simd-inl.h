// V<T>, the vector type of the instruction set that DLC_ISA names, and what every kernel needs beside it.
// An editor, which is told of none, sees the scalar one.
#pragma once
#include "dlc/kernels/kernels.h"

#ifndef DLC_ISA
#define DLC_ISA scalar
#endif
#define DLC_STRING1(a) #a
#define DLC_STRING(a) DLC_STRING1(a)
#define DLC_JOIN1(a, b) a##b
#define DLC_JOIN(a, b) DLC_JOIN1(a, b)
#include DLC_STRING(DLC_JOIN(simd_, DLC_ISA).h)

namespace dlc::kernels {
namespace {

template <class T> using Math = Functions<V<T>>;

} // namespace
} // namespace dlc::kernels
