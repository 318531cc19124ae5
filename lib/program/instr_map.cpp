// map: a tile program over one flat index space.
// The fused form inside a gemm is in instr_gemm.cpp.
#include "call.h"

namespace dlc {

void verifyCode(Verify &verify, const Instr &instr, CheckedSize count, size_t firstInput, size_t firstRead,
                size_t firstWrite) {
  const MapCode &code = *instr.code;
  bool accumulates = !code.inputs.empty() && code.inputs[0].source == MapInputKind::Acc;
  verify.that(accumulates == (firstInput == 1), "acc is the first input of a gemm's code, and of no other")
      .that(code.inputs.size() + firstRead == instr.reads.size() + firstInput, "inputs of the code are not its reads")
      .that(code.outputs.size() + firstWrite == instr.writes.size(), "outputs of the code are not its writes")
      .that(!code.outputs.empty(), "a tile program without an output")
      .that(fits(code), "a tile program beyond the kernels' limits");
  if (code.inputs.size() + firstRead != instr.reads.size() + firstInput ||
      code.outputs.size() + firstWrite != instr.writes.size())
    return;
  for (size_t i = firstInput; i < code.inputs.size(); ++i) {
    const MapInputKind &input = code.inputs[i];
    CheckedSize needed = input.source == MapInputKind::Scalar ? 1
                         : input.source == MapInputKind::Full ? count
                                                              : CheckedSize(input.mid);
    verify.that((CheckedSize(input.inner) * input.mid).fitsIn(kMostElements), "a period too large for memory");
    if (input.i32)
      verify.readI32(firstRead + i - firstInput, needed);
    else
      verify.read(firstRead + i - firstInput, needed);
  }
  for (size_t o = firstWrite; o < instr.writes.size(); ++o)
    verify.write(o, count);
}

bool codeInPlace(const Instr &instr, size_t firstInput, size_t firstRead, size_t r) {
  if (r < firstRead || !instr.code)
    return false;
  for (size_t i = 0; i < instr.reads.size(); ++i) {
    if (instr.reads[i] != instr.reads[r])
      continue;
    if (i < firstRead)
      return false;
    const MapInputKind &input = instr.code->inputs[firstInput + i - firstRead];
    if (input.source != MapInputKind::Full || input.i32)
      return false;
  }
  return true;
}

namespace {

std::string verify(const Program &program, const Instr &instr) {
  Verify v(program, instr);
  int64_t count = instr.attrs.as<MapAttrs>().count;
  v.positive({count}).that(instr.code.has_value(), "a map without a tile program");
  if (instr.code)
    verifyCode(v, instr, count, 0, 0, 0);
  return v.take();
}

template <class T> struct Map {
  static constexpr auto family = &kernels::Families<T>::map;
  static kernels::MapArgs<T> args(const Operands &o, Tiles<T> &tiles) {
    tiles = tilesOf<T>(o, 0, 0, 0);
    return {asSize(o.instr.attrs.as<MapAttrs>().count), tiles.get()};
  }
};

bool inPlace(const Instr &instr, size_t, size_t r) { return codeInPlace(instr, 0, 0, r); }
int64_t elements(const Instr &instr) { return instr.attrs.as<MapAttrs>().count; }

constexpr llvm::StringLiteral kReads[] = {"inputs..."};
constexpr llvm::StringLiteral kWrites[] = {"outputs..."};
} // namespace

constinit const InstrDef mapInstr = {.name = "map",
                                     .doc = "Element-wise: a tile program over one flat index space.",
                                     .reads = kReads,
                                     .writes = kWrites,
                                     .attrs = attrTable<MapAttrs>(),
                                     .takesCode = true,
                                     .verify = verify,
                                     .call = callOf<Map>,
                                     .inPlace = inPlace,
                                     .elements = elements};

} // namespace dlc
