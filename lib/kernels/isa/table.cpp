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

template <class Args, void (*run)(const Args &, Range, void *), size_t (*grains)(const Args &),
          size_t (*scratch)(const Args &) = noScratch<Args>>
constexpr Family<Args> family = {
    {[](const void *args, Range range, void *memory) { run(*static_cast<const Args *>(args), range, memory); },
     [](const void *args) { return grains(*static_cast<const Args *>(args)); },
     [](const void *args) { return scratch(*static_cast<const Args *>(args)); }}};

template <class T>
constexpr Families<T> kFamilies = {
    .compile = compileMap<T>,
    .map = family<MapArgs<T>, map<T>, mapGrains<T>, mapScratch<T>>,
    .gemm = family<GemmArgs<T>, gemm<T>, gemmGrains<T>, gemmScratch<T>>,
    .batchGemm = family<BatchGemmArgs<T>, batchGemm<T>, batchGemmGrains<T>, batchGemmScratch<T>>,
    .pack = family<PackArgs<T>, pack<T>, packGrains<T>>,
    .rows = family<RowsArgs<T>, rows<T>, rowsGrains<T>>,
    .reduce = family<ReduceArgs<T>, reduce<T>, reduceGrains<T>>,
    .pick = family<PickArgs<T>, pick<T>, pickGrains<T>>,
    .oneHot = family<OneHotArgs<T>, oneHot<T>, oneHotGrains<T>>,
    .embed = family<EmbedArgs<T>, embed<T>, embedGrains<T>>,
    .random = family<RandomArgs<T>, random<T>, randomGrains<T>>,
    .conv = family<ConvArgs<T>, conv<T>, convGrains<T>, convScratch<T>>,
    .packConv = family<ConvPackArgs<T>, packConv<T>, packConvGrains<T>>,
    .pool = family<PoolArgs<T>, pool<T>, poolGrains<T>>,
    .copy = family<CopyArgs, copy, copyGrains>,
    .concat = family<ConcatArgs, concat, concatGrains>,
    .packedElements = packedElements<T>,
    .convPackedElements = convPackedElements<T>,
    .mr = Tile<T>::mr,
    .nr = Tile<T>::nr,
};
} // namespace

namespace DLC_TABLE {
extern const Table table;
const Table table = {.f32 = kFamilies<float>, .f64 = kFamilies<double>};
} // namespace DLC_TABLE
} // namespace dlc::kernels
