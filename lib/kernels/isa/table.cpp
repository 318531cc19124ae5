// The kernels of one instruction set: compiled once for each, with its own flags and DLC_ISA, and exporting one symbol.
// Everything else is in an anonymous namespace: a shared inline function built for AVX-512 could become everybody's
// copy.
#include "dlc/kernels/kernels.h"
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

namespace dlc::kernels {
namespace {
// clang-format off
#define DLC_SIMD_HEADER_scalar "simd_scalar.h"
#define DLC_SIMD_HEADER_sse "simd_sse.h"
#define DLC_SIMD_HEADER_avx2 "simd_avx2.h"
#define DLC_SIMD_HEADER_avx512 "simd_avx512.h"
#define DLC_JOIN1(a, b) a##b
#define DLC_JOIN(a, b) DLC_JOIN1(a, b)
#include DLC_JOIN(DLC_SIMD_HEADER_, DLC_ISA)
template <class T> using Math = Functions<V<T>>;
#include "gather.inc"
#include "embed.inc"
#include "map_loops.inc"
#include "map_hot.inc"
#include "map.inc"
#include "reduce.inc"
#include "rows.inc"
#include "copy.inc"
#include "pack.inc"
#include "gemm_micro.inc"
#include "gemm.inc"
#include "batch_gemm.inc"
#include "conv_micro.inc"
#include "conv_slab.inc"
#include "conv_pack.inc"
#include "conv.inc"
#include "conv_depthwise.inc"
#include "conv_weight.inc"
#include "pool.inc"
// clang-format on

template <class T>
constexpr Families<T> kFamilies = {
    .map = {map<T>, mapGrains<T>, mapScratch<T>},
    .gemm = {gemm<T>, gemmGrains<T>, gemmScratch<T>},
    .batchGemm = {batchGemm<T>, batchGemmGrains<T>, batchGemmScratch<T>},
    .pack = {pack<T>, packGrains<T>, noScratch<PackArgs<T>>},
    .rows = {rows<T>, rowsGrains<T>, noScratch<RowsArgs<T>>},
    .reduce = {reduce<T>, reduceGrains<T>, noScratch<ReduceArgs<T>>},
    .pick = {pick<T>, pickGrains<T>, noScratch<PickArgs<T>>},
    .oneHot = {oneHot<T>, oneHotGrains<T>, noScratch<OneHotArgs<T>>},
    .embed = {embed<T>, embedGrains<T>, noScratch<EmbedArgs<T>>},
    .random = {random<T>, randomGrains<T>, noScratch<RandomArgs<T>>},
    .conv = {conv<T>, convGrains<T>, convScratch<T>},
    .packConv = {packConv<T>, packConvGrains<T>, noScratch<ConvPackArgs<T>>},
    .pool = {pool<T>, poolGrains<T>, noScratch<PoolArgs<T>>},
    .packedElements = packedElements<T>,
    .convPackedElements = convPackedElements<T>,
    .mr = Tile<T>::mr,
    .nr = Tile<T>::nr,
    .kc = Gemm<T>::kKc,
};

namespace levels { // the words of --isa as values of Isa
[[maybe_unused]] constexpr Isa scalar = Isa::Scalar, sse = Isa::Sse, avx2 = Isa::Avx2, avx512 = Isa::Avx512;
}
} // namespace

#define DLC_STRING1(a) #a
#define DLC_STRING(a) DLC_STRING1(a)
#ifndef DLC_ISA_NAMESPACE // a second build of one instruction set (the emulated AVX-512 of the tests) has a name of its
                          // own
#define DLC_ISA_NAMESPACE DLC_ISA
#endif

namespace DLC_ISA_NAMESPACE {
extern const Table table;
const Table table = {.name = DLC_STRING(DLC_ISA),
                     .isa = levels::DLC_ISA,
                     .f32 = kFamilies<float>,
                     .f64 = kFamilies<double>,
                     .copy = {copy, copyGrains, copyScratch},
                     .concat = {concat, concatGrains, noScratch<ConcatArgs>}};
} // namespace DLC_ISA_NAMESPACE
} // namespace dlc::kernels
