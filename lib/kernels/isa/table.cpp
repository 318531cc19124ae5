// The kernels of one instruction set: compiled once for each, with its own flags and DLC_ISA, and exporting one symbol.
// Everything else is in an anonymous namespace, or made for a type of one: a shared inline function built for AVX-512
// could become everybody's copy.
#include "batch_gemm-inl.h"
#include "conv_weight-inl.h"
#include "copy-inl.h"
#include "embed-inl.h"
#include "gather-inl.h"
#include "pool-inl.h"
#include "rows-inl.h"

#ifndef DLC_TABLE // a second build of one instruction set (the emulated AVX-512 of the tests) has a name of its own
#define DLC_TABLE DLC_ISA
#endif

namespace dlc::kernels {
namespace {

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
} // namespace

namespace DLC_TABLE {
extern const Table table;
const Table table = {.f32 = kFamilies<float>,
                     .f64 = kFamilies<double>,
                     .copy = {copy, copyGrains, copyScratch},
                     .concat = {concat, concatGrains, noScratch<ConcatArgs>}};
} // namespace DLC_TABLE
} // namespace dlc::kernels
