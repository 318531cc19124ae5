// gemm: C = A B over strided operands, then a tile program over the result while it is hot.
// Bias and bias + relu are tile programs like any other here; bind() finds the kernels fused by hand for them.
#include "bind.h"

#include <cmath>

namespace dlc {

kernels::GemmEpilogue epilogueOf(const Instr &gemm) {
  if (!gemm.code)
    return kernels::GemmEpilogue::None;
  const MapCode &code = *gemm.code;
  int64_t n = gemm.attrs.as<GemmAttrs>().n;
  if (gemm.attrs.as<GemmAttrs>().keep || code.outputs.size() != 1 || code.inputs.size() != 2 ||
      code.inputs[1] != MapInputKind{MapInputKind::Periodic, false, 1, n} || code.steps.empty())
    return kernels::GemmEpilogue::Program;
  MapCodeStep bias{kernels::MapOp::Add, {MapRef::input(0), MapRef::input(1)}};
  if (!(code.steps[0] == bias) || !(code.outputs[0] == MapRef::step(static_cast<uint32_t>(code.steps.size() - 1))))
    return kernels::GemmEpilogue::Program;
  if (code.steps.size() == 1)
    return kernels::GemmEpilogue::Bias;
  MapCodeStep relu{kernels::MapOp::Max, {MapRef::step(0), MapRef::imm(0)}};
  return code.steps.size() == 2 && code.steps[1] == relu ? kernels::GemmEpilogue::BiasRelu
                                                         : kernels::GemmEpilogue::Program;
}

namespace {

constexpr size_t kFirstRead = 2, kFirstInput = 1;

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<GemmAttrs>();
  Verify v(program, instr);
  v.positive({a.m, a.n, a.k}).that(a.a_row >= 0 && a.a_col >= 0 && a.b_row >= 0 && a.b_col >= 0, "a negative stride");
  v.that(a.keep || instr.code, "a gemm that writes nothing");
  size_t writes = (a.keep ? 1 : 0) + (instr.code ? instr.code->outputs.size() : 0);
  v.that(instr.writes.size() == writes, "a gemm writes C if it keeps it, and the outputs of its code");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.read(0, (a.m - 1) * a.a_row + (a.k - 1) * a.a_col + 1);
  if (a.packed) {
    const kernels::Table &table = kernels::tableFor(program.isa);
    int64_t elements = withFloat(program.dtype, [&](auto zero) {
      return static_cast<int64_t>(
          kernels::families<decltype(zero)>(table).packedElements(asSize(a.k), asSize(a.n)));
    });
    v.read(1, elements);
  } else
    v.read(1, (a.k - 1) * a.b_row + (a.n - 1) * a.b_col + 1);
  if (a.keep)
    v.write(0, a.m * a.n);
  if (instr.code)
    verifyCode(v, instr, a.m * a.n, kFirstInput, kFirstRead, a.keep ? 1 : 0);
  else
    v.that(instr.reads.size() == kFirstRead, "a gemm without code reads A and B only");
  return v.take();
}

template <class T> struct GemmClosure {
  void (*run)(const kernels::GemmArgs<T> &, kernels::Range, void *);
  kernels::GemmArgs<T> args;
  kernels::MapProgram<T> program;
};

BoundInstr bind(const Program &program, const Instr &instr, const BindContext &context) {
  return withFloat(program.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto &a = instr.attrs.as<GemmAttrs>();
    auto closure = std::make_shared<GemmClosure<T>>();
    kernels::GemmArgs<T> &args = closure->args;
    args = {};
    args.a = pointer<const T>(context, instr, false, 0);
    const T *b = pointer<const T>(context, instr, false, 1);
    (a.packed ? args.packedB : args.b) = b;
    args.m = asSize(a.m), args.n = asSize(a.n), args.k = asSize(a.k);
    args.aRow = a.a_row, args.aCol = a.a_col, args.bRow = a.b_row, args.bCol = a.b_col;
    args.ldc = args.n;
    args.c = a.keep ? pointer<T>(context, instr, true, 0) : nullptr;
    args.epilogue = epilogueOf(instr);
    if (args.epilogue == kernels::GemmEpilogue::Program) {
      closure->program = bindCode<T>(instr, context, kFirstInput, kFirstRead, a.keep ? 1 : 0);
      args.program = &closure->program;
    } else if (args.epilogue != kernels::GemmEpilogue::None) {
      args.c = pointer<T>(context, instr, true, 0);
      args.bias = pointer<const T>(context, instr, false, kFirstRead);
    }
    const auto &family = kernels::families<T>(context.table).gemm;
    closure->run = family.run;
    BoundInstr bound;
    bound.grains = family.grains(args);
    bound.scratch = family.scratch(args);
    bound.closure = closure;
    bound.run = [](const void *c, kernels::Range grains, void *scratch) {
      const auto *self = static_cast<const GemmClosure<T> *>(c);
      self->run(self->args, grains, scratch);
    };
    return bound;
  });
}

bool inPlace(const Instr &instr, size_t w, size_t r) {
  size_t firstWrite = instr.attrs.as<GemmAttrs>().keep ? 1 : 0;
  return w >= firstWrite && epilogueOf(instr) == kernels::GemmEpilogue::Program &&
         codeInPlace(instr, kFirstInput, kFirstRead, r);
}

constexpr llvm::StringLiteral kReads[] = {"a", "b", "inputs..."};
constexpr llvm::StringLiteral kWrites[] = {"c?", "outputs..."};
} // namespace

constinit const InstrDef gemmInstr = {.name = "gemm",
                                      .doc = "C = A B, then a tile program over the result while it is hot.",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<GemmAttrs>(),
                                      .takesCode = true,
                                      .verify = verify,
                                      .bind = bind,
                                      .inPlace = inPlace};

} // namespace dlc
