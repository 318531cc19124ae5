// The kernel families of dlc: argument structs, and one table of function pointers per instruction set.
// Knows raw pointers and sizes only; it allocates nothing, keeps no state, starts no threads and never reports an
// error.
//
// Calling a family. Work is cut into *grains* by the shape in the arguments alone. A caller with T threads gives thread
// t the slice [t*G/T, (t+1)*G/T) of the G = family.grains(args) grains, and family.scratch(args) bytes of scratch of
// its own (aligned to 64; may be null when 0 bytes are asked for). Any slicing gives the same bits. Tensors need only
// the natural alignment of their elements, and are contiguous row-major unless strides are given. Sizes of 0 are fine
// everywhere.
#pragma once
#include "dlc/kernels/isa.h"
#include "dlc/kernels/micro_ops.h"
#include <stddef.h>
#include <stdint.h>

namespace dlc::kernels {

/// How work is cut to the caches, in bytes. No bit depends on it: every sum goes on where the block before left it. The
/// sizes that do decide over the order of a sum (kSumChunk, kColumnChunk, convBlockImages) are part of what a kernel
/// computes, and no machine may change them.
struct Blocks {
  size_t tile = 2048;             ///< one register of a tile program: all of them stay in the first-level cache
  size_t gemmRun = 3200;          ///< a run of k of one row or column: a strip of rows stays in the first-level cache
  size_t gemmPanels = 256 * 1024; ///< packed panels of one block: half of the second-level cache
  size_t convSlab = 96 * 1024;    ///< lines of one grain, about; these and the next stay in the second-level cache
  size_t convSums = 224 * 1024;   ///< sums of one grain of GradWeight, about
  size_t convLines = 64 * 1024;   ///< lines of x and dy that are worked on at once, about, where a lane is a group
  friend bool operator==(const Blocks &, const Blocks &) = default;
};

/// Sizes of the data caches of one core in bytes; 0 where nothing is known, and then the defaults above are used.
struct Caches {
  size_t first = 0, second = 0;
  static Caches here(); ///< what the operating system says of this machine
  friend bool operator==(const Caches &, const Caches &) = default;
};
Blocks blocksFor(const Caches &caches);

/// A slice of grains: [begin, end), end at most the family's grains(args).
struct Range {
  size_t begin, end;
};

/// One kernel family, its argument struct by address: a runtime treats all alike.
struct Kernel {
  void (*run)(const void *args, Range, void *scratch);
  size_t (*grains)(const void *args);  ///< number of grains, from the shape alone
  size_t (*scratch)(const void *args); ///< bytes of scratch per thread, from the shape alone; often 0
};
template <class Args> struct Family {
  Kernel kernel;
  void run(const Args &args, Range range, void *scratch) const { kernel.run(&args, range, scratch); }
  size_t grains(const Args &args) const { return kernel.grains(&args); }
  size_t scratch(const Args &args) const { return kernel.scratch(&args); }
};

//===-- map: tile programs ---------------------------------------------------------------------------------------===//

inline constexpr unsigned kMaxMapRegs = 32;
inline constexpr unsigned kMaxMapInputs = 16;
inline constexpr unsigned kMaxMapOutputs = 8;
inline constexpr unsigned kMaxMapSteps = 64;

/// reg[dst] = op(reg[a], reg[b], reg[c]). dst may be one of the operands, but never an input register.
struct MapStep {
  MapOp op;
  uint8_t dst, a, b, c;
};

/// How element e of the flat index space finds its value in an input.
enum class MapSource : uint8_t {
  Full,     ///< data[e]
  Scalar,   ///< data[0], read when the kernel runs
  Imm,      ///< the literal `imm`, rounded to T
  Periodic, ///< data[(e / inner) % mid]: row vector (bias) inner=1, mid=C; column inner=C, mid=N; channel inner=HW,
            ///< mid=C
};

struct MapInput {
  MapSource source;
  bool isI32;        ///< data holds int32_t, converted to T on load; otherwise data holds T. Not for Imm.
  const void *data;  ///< null for Imm
  size_t inner, mid; ///< Periodic only, both at least 1
  double imm;        ///< Imm only
};

template <class T> struct MapOutput {
  T *data; ///< element e is written to data[e]; may be exactly a Full input's data (in place), else must not overlap
           ///< any input
  uint8_t reg;
};

/// A straight-line program over one flat index space. Registers 0..nInputs-1 are the inputs (never written by a step);
/// steps may use the others up to kMaxMapRegs-1, each written before it is read. An output may name any register.
template <class T> struct MapProgram {
  uint32_t nSteps, nInputs, nOutputs;
  MapStep steps[kMaxMapSteps];
  MapInput inputs[kMaxMapInputs];
  MapOutput<T> outputs[kMaxMapOutputs];
};

/// Where the values of a register are: consecutive vectors `step` elements apart (step = lanes), or one vector again
/// and again (0).
template <class T> struct MapRegister {
  T *p;
  size_t step;
};
/// One loop over n elements, a multiple of lanes. Operands: the registers written, then those read.
template <class T> using MapLoop = void (*)(const MapRegister<T> *regs, const uint8_t *operands, size_t n);

/// A program as the kernels of one table run it: Families::compile makes it, once for all calls.
template <class T> struct MapLoops {
  MapProgram<T> source; ///< its inputs and outputs
  size_t tile, length;  ///< elements of a register, and how many are worked on at once
  struct Loop {
    MapLoop<T> run;
    uint8_t nWritten, nOperands, operands[14];
  } loops[kMaxMapSteps]; ///< the first nUniform run once a call: what they compute is the same for all elements
  unsigned nRegs, nUniform, nLoops;
  bool uniform[kMaxMapRegs];
  uint8_t boundOutput[kMaxMapRegs]; ///< register -> the output whose memory it lives in, or kUnbound
  static constexpr uint8_t kUnbound = 255;
  /// Registers that are simply memory at the element's index. If `plain`, that is all there is to set for a tile.
  struct Direct {
    uint8_t reg;
    T *data;
  } direct[kMaxMapInputs + kMaxMapOutputs];
  unsigned nDirect;
  bool plain;
};

template <class T> struct MapArgs {
  size_t count; ///< size of the flat index space
  const MapLoops<T> *program;
};

//===-- gemm -----------------------------------------------------------------------------------------------------===//

enum class GemmEpilogue : uint8_t {
  None,     ///< c[i,j] = acc
  Bias,     ///< c[i,j] = acc + bias[j]
  BiasRelu, ///< c[i,j] = Max(acc + bias[j], 0)
  Program,  ///< acc is input 0 of `program`; element e = i*n+j of the other inputs and the outputs; c as well unless
            ///< null
};

/// C = A B with A[i,p] = a[i*aRow + p*aCol] (m x k), B[p,j] = b[p*bRow + j*bCol] (k x n), C[i,j] = c[i*ldc + j].
/// Each acc[i,j] is one chain acc = fma(A[i,p], B[p,j], acc) from +0 in the order of p, whatever the blocking, so all
/// tables with FMA agree bit for bit (Sse has none: it multiplies and adds). k = 0 gives zeros, then the epilogue.
/// C and the program's outputs overlap neither A nor B; the program's outputs may be exactly its Full inputs (in
/// place).
template <class T> struct GemmArgs {
  const T *a, *b;
  T *c; ///< may be null with GemmEpilogue::Program: then only the program's outputs are written
  size_t m, n, k;
  ptrdiff_t aRow, aCol, bRow, bCol; ///< in elements
  size_t ldc;                       ///< in elements, at least n
  const T *packedB;                 ///< what `pack` made of this B (same k, n, same table), or null; then b is not read
  GemmEpilogue epilogue;
  const T *bias;              ///< n elements, for Bias and BiasRelu
  const MapLoops<T> *program; ///< for Program: inputs[0] has source Full and its data is ignored
  Blocks blocks = {};
};

/// Packs B[p,j] = b[p*bRow + j*bCol] into column panels for GemmArgs::packedB. dst holds Families::packedElements(k,
/// n).
template <class T> struct PackArgs {
  const T *b;
  T *dst;
  size_t k, n;
  ptrdiff_t bRow, bCol;
};

/// `batch` products of one shape: product i is `one` with its operands moved by i times the steps (in elements). No
/// epilogue and no packed B.
template <class T> struct BatchGemmArgs {
  GemmArgs<T> one;
  size_t batch, aStep, bStep, cStep;
};

//===-- rows -----------------------------------------------------------------------------------------------------===//

/// Row-wise functions over [rows, cols]. Sums follow the rule of `reduce` with inner == 1, max is its Max. excess is
/// sum(z == 0 ? 0 : e) + (sum(z == 0) - 1): sum(e) without its 1, so that a loss close to 0 keeps its digits.
enum class RowsOp : uint8_t {
  Softmax,        ///< m = max(x); e = exp(x - m); dst = e / sum(e)
  LogSoftmax,     ///< m = max(x); z = x - m; dst = z - log1p(excess)
  SoftmaxGrad,    ///< x holds y = softmax; dst = y * (dy - sum(dy * y)), the products rounded before the sum
  LogSoftmaxGrad, ///< x holds y = log_softmax; dst = dy - exp(y) * sum(dy)
  CrossEntropy,   ///< dst = e / (1 + excess), loss[r] = log1p(excess) - (x[t] - m); t outside [0, cols): loss NaN
  CausalSoftmax,  ///< Softmax over the first r % cols + 1 numbers of row r; +0 in the others
};

template <class T> struct RowsArgs {
  RowsOp op;
  size_t rows, cols;
  const T *x;            ///< rows x cols
  const T *dy;           ///< rows x cols, the gradients only
  const int32_t *target; ///< rows, CrossEntropy only
  T *dst;                ///< rows x cols; may be exactly x or dy
  T *loss;               ///< rows, CrossEntropy only; may be null
};

//===-- reduce ---------------------------------------------------------------------------------------------------===//

enum class ReduceOp : uint8_t { Sum, Max, Norm };

/// dst[o, i] = op over r of src[o, r, i]. The order of a Sum is part of its meaning:
/// inner == 1: the run is cut into chunks of kSumChunk; in a chunk element j is added to lane j % L (L = 16 for float,
/// 8 for double), lanes start at +0 and are folded by halves (lane[i] += lane[i + h] for h = L/2, L/4 .. 1); chunk sums
/// are added in order. inner > 1: chunks of kColumnChunk indices, each a chain from +0, chunk sums added in order. The
/// Sum of nothing is +0. Max starts from -infinity; NaN propagates; a largest value of zero is +0, whatever its signs.
/// Norm is the square root of S, the Sum of the rounded squares. Where S is not finite or below kNormLow<T>, and so not
/// to be trusted, m is the largest absolute value (NaN if any is); the result is m where m is 0, infinite or NaN, else
/// m sqrt(Sum of the rounded squares of the rounded quotients by m).
inline constexpr size_t kSumChunk = 4096;
inline constexpr size_t kColumnChunk = 256;
template <class T> inline constexpr T kNormLow = sizeof(T) == 4 ? T(0x1p-80) : T(0x1p-900);
template <class T> struct ReduceArgs {
  ReduceOp op;
  size_t outer, reduce, inner;
  const T *src;
  T *dst; ///< outer x inner; overlaps src nowhere
};

//===-- copy, pick, one_hot, embed, random --===//

inline constexpr unsigned kMaxCopyRank = 6;

/// dst (contiguous, row-major over sizes) gets src[sum of index[d] * strides[d]]: transposition, slice (src points at
/// its first element), broadcast (stride 0), reversal (negative stride). dst overlaps src nowhere.
struct CopyArgs {
  const void *src;
  void *dst;
  uint8_t elementBytes; ///< 4 or 8
  uint8_t rank;         ///< at most kMaxCopyRank; 0 is one element
  size_t sizes[kMaxCopyRank];
  ptrdiff_t strides[kMaxCopyRank]; ///< of src, in elements
};

/// dst is `outer` times a run of bytes[0] bytes of src[0], then bytes[1] of src[1] and so on, each source read from one
/// run to the next. dst overlaps no source.
inline constexpr unsigned kMaxConcat = 64;
struct ConcatArgs {
  size_t outer, parts; ///< parts at most kMaxConcat
  const void *src[kMaxConcat];
  size_t bytes[kMaxConcat];
  void *dst;
};

/// dst[i] = x[i, index[i]]; NaN where index[i] is outside [0, cols).
template <class T> struct PickArgs {
  size_t rows, cols;
  const T *x;
  const int32_t *index;
  T *dst;
};

/// Rows of a table by index.
enum class EmbedOp : uint8_t {
  Gather,    ///< dst[i, :] = src[index[i], :]; NaN where index[i] is outside [0, vocab). dst is count x cols
  ScatterAdd ///< dst[v, :] = the sum of src[i, :] over the i with index[i] == v, ascending, from +0. dst is vocab x
             ///< cols
};
template <class T> struct EmbedArgs {
  EmbedOp op;
  size_t count, cols, vocab;
  const T *src;
  const int32_t *index; ///< count
  T *dst;
};

/// dst[i, j] = j == index[i] ? (value ? value[i] : 1) : 0.
template <class T> struct OneHotArgs {
  size_t rows, cols;
  const int32_t *index;
  const T *value; ///< rows, or null for 1
  T *dst;
};

/// dst[e] uniform in [0, 1), from Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2,
/// 3, SC 2011) with key (seed low 32 bits, stream) and counter (block low, block high, step, seed high 32 bits). float:
/// word e % 4 of block e / 4, (w >> 8) * 2^-24. double: words 2*(e % 2) and the next one of block e / 2,
/// ((w0 << 32 | w1) >> 11) * 2^-53.
template <class T> struct RandomArgs {
  size_t count;
  T *dst;
  uint64_t seed;
  uint32_t stream;
  const int32_t *step; ///< read when the kernel runs; null is step 0
};

//===-- conv, pool -----------------------------------------------------------------------------------------------===//

/// A two-dimensional convolution of `n` images: x [n, groups*ci, h, w], weight [groups*co, ci, kh, kw], y [n,
/// groups*co, oh, ow]. Tap (i, j) of the output at (p, q) lies on x at (p*sh - ph + i*dh, q*sw - pw + j*dw); off x
/// there are zeros, which take part in every sum. oh and ow may be anything: padding on the far side follows from them.
struct ConvShape {
  size_t n, groups, ci, co; ///< ci and co: channels of one group
  size_t h, w, oh, ow, kh, kw, sh, sw, ph, pw, dh, dw;
};

enum class ConvOp : uint8_t {
  Forward,   ///< y from x (a) and weight (b): one chain of fused multiply-adds over (channel, i, j)
  GradInput, ///< dx from dy (a) and weight (b): one chain over (output channel, i, j) of the taps whose place in dy is
             ///< a whole number; off dy there are zeros, which take part
  GradWeight ///< dw from x (a) and dy (b): for each block of convBlockImages(n) images one chain over (image, p, q);
             ///< c holds the blocks one after the other, and their sum is left to `reduce`
};

/// Images of one block of GradWeight, and the number of blocks: at most eight, whatever the batch.
constexpr size_t convBlockImages(size_t n) { return n ? (n + 7) / 8 : 1; }
constexpr size_t convBlocks(size_t n) { return (n + convBlockImages(n) - 1) / convBlockImages(n); }

/// Every chain starts from +0. Epilogues as in GemmArgs, with the bias by channel of c, and none for GradWeight; c
/// overlaps nothing that is read.
template <class T> struct ConvArgs {
  ConvOp op;
  ConvShape shape;
  const T *a, *b;
  T *c;        ///< may be null with GemmEpilogue::Program
  bool packed; ///< b is what `packConv` made of the weights (same op and shape of weights, same table)
  GemmEpilogue epilogue;
  const T *bias;              ///< one for each channel of c, for Bias and BiasRelu
  const MapLoops<T> *program; ///< for Program: inputs[0] has source Full and its data is ignored
  Blocks blocks = {};
};

/// Lays weights [groups*co, ci, kh, kw] out as a conv in this direction (not GradWeight) reads them. Of the shape only
/// groups, ci, co, kh and kw are looked at, and to the input sh, sw, dh and dw: convolutions that differ elsewhere
/// share the result. dst holds Families::convPackedElements(op, shape), and b is left alone where these are none.
template <class T> struct ConvPackArgs {
  ConvOp op;
  ConvShape shape;
  const T *b;
  T *dst;
};

enum class PoolOp : uint8_t {
  Max,     ///< the first largest of the window in row order; its first NaN, if any
  MaxGrad, ///< dx: each window's dy is added where Max found its value, windows in row order; reads x and dy
  Avg,     ///< the sum of the window in row order, divided by kh*kw; padding counts as zeros
  AvgGrad  ///< dx: each window's dy / (kh*kw) is added to all its elements, windows in row order; reads dy
};

/// Windows of kh x kw over `planes` images [h, w], giving [oh, ow]; off the image there is nothing. Max of a window
/// that lies off the image is -infinity, and its gradient goes nowhere. Sums start from +0.
template <class T> struct PoolArgs {
  PoolOp op;
  size_t planes, h, w, oh, ow, kh, kw, sh, sw, ph, pw;
  const T *x, *dy; ///< x: planes*h*w, all but AvgGrad; dy: planes*oh*ow, the gradients only
  T *dst;          ///< overlaps neither
};

//===-- tables ---------------------------------------------------------------------------------------------------===//

template <class T> struct Families {
  void (*compile)(const MapProgram<T> &, const Blocks &, MapLoops<T> &);
  Family<MapArgs<T>> map;
  Family<GemmArgs<T>> gemm;
  Family<BatchGemmArgs<T>> batchGemm;
  Family<PackArgs<T>> pack;
  Family<RowsArgs<T>> rows;
  Family<ReduceArgs<T>> reduce;
  Family<PickArgs<T>> pick;
  Family<OneHotArgs<T>> oneHot;
  Family<EmbedArgs<T>> embed;
  Family<RandomArgs<T>> random;
  Family<ConvArgs<T>> conv;
  Family<ConvPackArgs<T>> packConv;
  Family<PoolArgs<T>> pool;
  Family<CopyArgs> copy; // these two move elements of any type
  Family<ConcatArgs> concat;
  size_t (*packedElements)(size_t k, size_t n); ///< elements of PackArgs::dst
  /// Elements of ConvPackArgs::dst; 0 where conv reads b as it lies.
  size_t (*convPackedElements)(ConvOp op, const ConvShape &shape);
  size_t mr, nr; ///< micro-tile rows and columns
};

/// The kernels of one instruction set. Running them where supported() is false ends in an illegal instruction.
struct Table {
  Families<float> f32;
  Families<double> f64;
};

template <class T> const Families<T> &families(const Table &table);
template <> inline const Families<float> &families(const Table &table) { return table.f32; }
template <> inline const Families<double> &families(const Table &table) { return table.f64; }

} // namespace dlc::kernels
