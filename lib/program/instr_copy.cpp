// copy: a strided gather into dense bytes: transposition, slice, broadcast, reversal; of any dtype.
// A reshape needs none: it is the same buffer.
#include "call.h"

#include <cstdlib>

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<CopyAttrs>();
  Verify v(program, instr);
  v.that(a.sizes.size() == a.strides.size() && a.sizes.size() <= kernels::kMaxCopyRank,
         "sizes and strides are as many, and at most " + llvm::Twine(kernels::kMaxCopyRank));
  for (int64_t size : a.sizes)
    v.positive({size});
  std::string wrong = v.take();
  if (!wrong.empty())
    return wrong;
  v.that(a.offset >= 0, "a copy reads in front of its source");
  for (int64_t stride : a.strides)
    v.that(stride > INT64_MIN && CheckedSize(std::abs(stride)).fitsIn(kMostElements), Verify::kFarStride);
  wrong = v.take();
  if (!wrong.empty())
    return wrong;
  CheckedSize down = 0, up = a.offset, count = 1;
  for (size_t d = 0; d < a.sizes.size(); ++d) {
    CheckedSize &reach = a.strides[d] < 0 ? down : up;
    reach = reach + CheckedSize(a.sizes[d] - 1) * std::abs(a.strides[d]);
    count = count * a.sizes[d];
  }
  DType dtype = program.buffer(instr.reads[0]).type.dtype;
  v.that(down.fitsIn(static_cast<uint64_t>(a.offset)), "a copy reads in front of its source")
      .holds(instr.reads[0], dtype, up + 1)
      .write(0, dtype, count);
  return v.take();
}

template <class T> struct Copy {
  static constexpr auto family = &kernels::Families<T>::copy;
  static kernels::CopyArgs args(const Operands &o) {
    const auto &a = o.instr.attrs.as<CopyAttrs>();
    size_t bytes = byteSize(o.program.buffer(o.instr.reads[0]).type.dtype);
    kernels::CopyArgs args{};
    if (const auto *src = o.read<std::byte>(0))
      args.src = src + a.offset * static_cast<int64_t>(bytes);
    args.dst = o.write<void>(0);
    args.elementBytes = static_cast<uint8_t>(bytes);
    args.rank = static_cast<uint8_t>(a.sizes.size());
    for (size_t d = 0; d < a.sizes.size(); ++d)
      args.sizes[d] = asSize(a.sizes[d]), args.strides[d] = a.strides[d];
    return args;
  }
};

constexpr llvm::StringLiteral kReads[] = {"src"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef copyInstr = {.name = "copy",
                                      .doc = "A strided gather into dense bytes: transposition, slice, broadcast.",
                                      .reads = kReads,
                                      .writes = kWrites,
                                      .attrs = attrTable<CopyAttrs>(),
                                      .verify = verify,
                                      .call = callOf<Copy>};

} // namespace dlc
