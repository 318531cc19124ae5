// The kernel families as instructions: their attribute structs, and what each reads and writes, in order.
// What they compute is said in dlc/kernels/kernels.h.
#pragma once

#include "dlc/program/instr_def.h"

namespace dlc {

/// map: reads one buffer for each input of the code, writes one for each output.
struct MapAttrs {
  int64_t count = 0;
  static constexpr auto fields() { return std::array{field<&MapAttrs::count>("count")}; }
};
extern const InstrDef mapInstr;

/// gemm: reads A, B (packed: what pack made of it), then a buffer for each input of the code but the accumulator;
/// writes C if `keep`, then one buffer for each output of the code. Strides in elements; C is dense.
struct GemmAttrs {
  int64_t m = 0, n = 0, k = 0;
  int64_t a_row = 0, a_col = 1, b_row = 0, b_col = 1;
  bool packed = false;
  bool keep = true;
  static constexpr auto fields() {
    return std::array{
        field<&GemmAttrs::m>("m"),         field<&GemmAttrs::n>("n"),           field<&GemmAttrs::k>("k"),
        field<&GemmAttrs::a_row>("a_row"), field<&GemmAttrs::a_col>("a_col"),   field<&GemmAttrs::b_row>("b_row"),
        field<&GemmAttrs::b_col>("b_col"), field<&GemmAttrs::packed>("packed"), field<&GemmAttrs::keep>("keep")};
  }
};
extern const InstrDef gemmInstr;

/// batch_gemm: reads A and B, writes C; `batch` products, product i from a_step, b_step and m*n times i on.
struct BatchGemmAttrs {
  int64_t batch = 1, m = 0, n = 0, k = 0;
  int64_t a_row = 0, a_col = 1, b_row = 0, b_col = 1;
  int64_t a_step = 0, b_step = 0;
  static constexpr auto fields() {
    return std::array{field<&BatchGemmAttrs::batch>("batch"),   field<&BatchGemmAttrs::m>("m"),
                      field<&BatchGemmAttrs::n>("n"),           field<&BatchGemmAttrs::k>("k"),
                      field<&BatchGemmAttrs::a_row>("a_row"),   field<&BatchGemmAttrs::a_col>("a_col"),
                      field<&BatchGemmAttrs::b_row>("b_row"),   field<&BatchGemmAttrs::b_col>("b_col"),
                      field<&BatchGemmAttrs::a_step>("a_step"), field<&BatchGemmAttrs::b_step>("b_step")};
  }
};
extern const InstrDef batchGemmInstr;

/// pack: reads B of a gemm, writes its panels (packingOf says how many elements).
struct PackAttrs {
  int64_t k = 0, n = 0, b_row = 0, b_col = 1;
  static constexpr auto fields() {
    return std::array{field<&PackAttrs::k>("k"), field<&PackAttrs::n>("n"), field<&PackAttrs::b_row>("b_row"),
                      field<&PackAttrs::b_col>("b_col")};
  }
};
extern const InstrDef packInstr;

template <>
inline constexpr auto kNamesOf<kernels::RowsOp> = std::to_array<llvm::StringLiteral>(
    {"softmax", "log_softmax", "softmax_grad", "log_softmax_grad", "cross_entropy", "causal_softmax"});
/// rows: softmax, causal_softmax and log_softmax read x; softmax_grad and log_softmax_grad read y and dy; cross_entropy
/// reads x and target and writes the softmax and the losses.
struct RowsAttrs {
  kernels::RowsOp op = kernels::RowsOp::Softmax;
  int64_t rows = 0, cols = 0;
  static constexpr auto fields() {
    return std::array{field<&RowsAttrs::op>("op"), field<&RowsAttrs::rows>("rows"), field<&RowsAttrs::cols>("cols")};
  }
};
extern const InstrDef rowsInstr;

template <>
inline constexpr auto kNamesOf<kernels::ReduceOp> = std::to_array<llvm::StringLiteral>({"sum", "max", "norm"});
/// reduce: reads src [outer, reduce, inner], writes dst [outer, inner].
struct ReduceInstrAttrs {
  kernels::ReduceOp op = kernels::ReduceOp::Sum;
  int64_t outer = 1, reduce = 1, inner = 1;
  static constexpr auto fields() {
    return std::array{field<&ReduceInstrAttrs::op>("op"), field<&ReduceInstrAttrs::outer>("outer"),
                      field<&ReduceInstrAttrs::reduce>("reduce"), field<&ReduceInstrAttrs::inner>("inner")};
  }
};
extern const InstrDef reduceInstr;

/// copy: dst[i...] = src[offset + sum of i[d] * strides[d]].
struct CopyAttrs {
  Shape sizes, strides;
  int64_t offset = 0;
  static constexpr auto fields() {
    return std::array{field<&CopyAttrs::sizes>("sizes"), field<&CopyAttrs::strides>("strides"),
                      field<&CopyAttrs::offset>("offset")};
  }
};
extern const InstrDef copyInstr;

/// concat: dst is `outer` times runs[0] elements of the first read, then runs[1] of the second and so on.
struct ConcatInstrAttrs {
  int64_t outer = 1;
  Shape runs;
  static constexpr auto fields() {
    return std::array{field<&ConcatInstrAttrs::outer>("outer"), field<&ConcatInstrAttrs::runs>("runs")};
  }
};
extern const InstrDef concatInstr;

/// pick: reads x [rows, cols] and index. one_hot: reads index, and a value for each row if there is a second read.
struct IndexAttrs {
  int64_t rows = 0, cols = 0;
  static constexpr auto fields() {
    return std::array{field<&IndexAttrs::rows>("rows"), field<&IndexAttrs::cols>("cols")};
  }
};
extern const InstrDef pickInstr;
extern const InstrDef oneHotInstr;

template <>
inline constexpr auto kNamesOf<kernels::EmbedOp> = std::to_array<llvm::StringLiteral>({"gather", "scatter_add"});
/// embed: gather reads a table [vocab, cols] and count indices; scatter_add reads count rows and indices, and writes a
/// table.
struct EmbedAttrs {
  kernels::EmbedOp op = kernels::EmbedOp::Gather;
  int64_t count = 0, cols = 0, vocab = 0;
  static constexpr auto fields() {
    return std::array{field<&EmbedAttrs::op>("op"), field<&EmbedAttrs::count>("count"),
                      field<&EmbedAttrs::cols>("cols"), field<&EmbedAttrs::vocab>("vocab")};
  }
};
extern const InstrDef embedInstr;

/// random: reads the i32 scalar that counts steps, or nothing (step 0).
struct RandomInstrAttrs {
  int64_t count = 0, seed = 0, stream = 0;
  static constexpr auto fields() {
    return std::array{field<&RandomInstrAttrs::count>("count"), field<&RandomInstrAttrs::seed>("seed"),
                      field<&RandomInstrAttrs::stream>("stream")};
  }
};
extern const InstrDef randomInstr;

template <>
inline constexpr auto kNamesOf<kernels::ConvOp> =
    std::to_array<llvm::StringLiteral>({"forward", "grad_input", "grad_weight"});
/// conv: forward reads x and weight, grad_input dy and weight, grad_weight x and dy; packed: what pack_conv
/// made of the weight; then a buffer for each input of the code but the accumulator. Writes C if `keep`, then one
/// buffer for each output of the code; grad_weight takes none and writes kernels::convBlocks(n) sums one after the
/// other. Channels are those of one group.
struct ConvInstrAttrs {
  kernels::ConvOp op = kernels::ConvOp::Forward;
  int64_t n = 1, groups = 1, ci = 1, co = 1;
  Shape x, y, kernel; ///< height and width
  Shape stride{1, 1}, padding{0, 0}, dilation{1, 1};
  bool packed = false;
  bool keep = true;
  static constexpr auto fields() {
    return std::array{field<&ConvInstrAttrs::op>("op"),
                      field<&ConvInstrAttrs::n>("n"),
                      field<&ConvInstrAttrs::groups>("groups"),
                      field<&ConvInstrAttrs::ci>("ci"),
                      field<&ConvInstrAttrs::co>("co"),
                      field<&ConvInstrAttrs::x>("x"),
                      field<&ConvInstrAttrs::y>("y"),
                      field<&ConvInstrAttrs::kernel>("kernel"),
                      field<&ConvInstrAttrs::stride>("stride"),
                      field<&ConvInstrAttrs::padding>("padding"),
                      field<&ConvInstrAttrs::dilation>("dilation"),
                      field<&ConvInstrAttrs::packed>("packed"),
                      field<&ConvInstrAttrs::keep>("keep")};
  }
};
extern const InstrDef convInstr;

/// pack_conv: reads the weight of a conv, writes it in strips (packingOf says how many elements). Stride and dilation
/// are those of grad_input; forward they do not matter, and stay 1.
struct PackConvAttrs {
  kernels::ConvOp op = kernels::ConvOp::Forward;
  int64_t groups = 1, ci = 1, co = 1;
  Shape kernel, stride{1, 1}, dilation{1, 1};
  static constexpr auto fields() {
    return std::array{field<&PackConvAttrs::op>("op"),
                      field<&PackConvAttrs::groups>("groups"),
                      field<&PackConvAttrs::ci>("ci"),
                      field<&PackConvAttrs::co>("co"),
                      field<&PackConvAttrs::kernel>("kernel"),
                      field<&PackConvAttrs::stride>("stride"),
                      field<&PackConvAttrs::dilation>("dilation")};
  }
};
extern const InstrDef packConvInstr;

template <>
inline constexpr auto kNamesOf<kernels::PoolOp> =
    std::to_array<llvm::StringLiteral>({"max", "max_grad", "avg", "avg_grad"});
/// pool: max and avg read x, max_grad x and dy, avg_grad dy. Sizes are height and width.
struct PoolInstrAttrs {
  kernels::PoolOp op = kernels::PoolOp::Max;
  int64_t planes = 1;
  Shape x, y, kernel, stride, padding{0, 0};
  static constexpr auto fields() {
    return std::array{field<&PoolInstrAttrs::op>("op"),
                      field<&PoolInstrAttrs::planes>("planes"),
                      field<&PoolInstrAttrs::x>("x"),
                      field<&PoolInstrAttrs::y>("y"),
                      field<&PoolInstrAttrs::kernel>("kernel"),
                      field<&PoolInstrAttrs::stride>("stride"),
                      field<&PoolInstrAttrs::padding>("padding")};
  }
};
extern const InstrDef poolInstr;

/// Whether an instruction is nothing but its tile program.
inline bool isMap(const Instr &instr) { return instr.family->elements != nullptr; }
/// Of a product; nothing for other instructions.
inline std::optional<Accumulator> accumulatorOf(const Instr &instr) {
  return instr.family->product ? instr.family->product->accumulator(instr) : std::nullopt;
}
/// Likewise, and nothing where the second read is not packed.
inline std::optional<Packing> packingOf(const Program &program, const Instr &instr) {
  return instr.family->product ? instr.family->product->packing(program, instr) : std::nullopt;
}

} // namespace dlc
