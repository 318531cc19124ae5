// gemm: C = A B over strided operands, then a tile program over the result while it is hot.
// What the tile program may be, and what of it the kernels do by hand, is said in epilogue.h.
#include "epilogue.h"

namespace dlc {
namespace {

MapInputKind channel(const GemmAttrs &a) { return {MapInputKind::Periodic, false, 1, a.n}; }
Epilogue epilogue(const Instr &instr) {
  const auto &a = instr.attrs.as<GemmAttrs>();
  return {instr, a.keep, channel(a)};
}

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<GemmAttrs>();
  Verify v(program, instr);
  v.positive({a.m, a.n, a.k}).strides({a.a_row, a.a_col, a.b_row, a.b_col});
  v.that(a.keep || instr.code, "a gemm that writes nothing");
  size_t writes = (a.keep ? 1 : 0) + (instr.code ? instr.code->outputs.size() : 0);
  v.that(instr.writes.size() == writes, "a gemm writes C if it keeps it, and the outputs of its code");
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.that((CheckedSize(a.k) * a.n).fitsIn(kMostElements), "a matrix too large for memory");
  wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.read(0, CheckedSize(a.m - 1) * a.a_row + CheckedSize(a.k - 1) * a.a_col + 1);
  v.read(1, a.packed ? packingOf(program, instr)->elements
                     : CheckedSize(a.k - 1) * a.b_row + CheckedSize(a.n - 1) * a.b_col + 1);
  epilogue(instr).verify(v, CheckedSize(a.m) * a.n);
  return v.take();
}

template <class T> struct Gemm {
  static constexpr auto family = &kernels::Families<T>::gemm;
  static kernels::GemmArgs<T> args(const Operands &o, Tiles<T> &tiles) {
    const auto &a = o.instr.attrs.as<GemmAttrs>();
    kernels::GemmArgs<T> args = {};
    args.a = o.read<T>(0);
    (a.packed ? args.packedB : args.b) = o.read<T>(1);
    args.m = asSize(a.m), args.n = asSize(a.n), args.k = asSize(a.k);
    args.aRow = a.a_row, args.aCol = a.a_col, args.bRow = a.b_row, args.bCol = a.b_col;
    args.ldc = args.n;
    epilogue(o.instr).fill(args, tiles, o);
    return args;
  }
};

bool inPlace(const Instr &instr, size_t w, size_t r) { return epilogue(instr).inPlace(w, r); }

std::optional<Accumulator> accumulator(const Instr &instr) {
  const auto &a = instr.attrs.as<GemmAttrs>();
  return Accumulator{a.m * a.n, a.keep, channel(a)};
}

std::optional<Packing> packing(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<GemmAttrs>();
  int64_t elements = withFloat(program.dtype, [&](auto zero) {
    const auto &families = kernels::families<decltype(zero)>(program.isa->table);
    return static_cast<int64_t>(families.packedElements(asSize(a.k), asSize(a.n)));
  });
  return Packing{&packInstr, Attrs::of(PackAttrs{a.k, a.n, a.b_row, a.b_col}), elements, a.packed, "b"};
}

double multiplyAdds(const Instr &instr) {
  const auto &a = instr.attrs.as<GemmAttrs>();
  return productOf({a.m, a.n, a.k});
}

constexpr ProductDef kProduct = {accumulator, packing, withKeep<GemmAttrs>, withPacked<GemmAttrs>};
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
                                      .call = callOf<Gemm>,
                                      .inPlace = inPlace,
                                      .product = &kProduct,
                                      .multiplyAdds = multiplyAdds};

} // namespace dlc
