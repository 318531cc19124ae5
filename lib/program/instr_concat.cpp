// concat: runs of several buffers one after the other, again and again.
// The other direction, a slice, is a copy.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<ConcatInstrAttrs>();
  Verify v(program, instr);
  v.positive({a.outer})
      .that(a.runs.size() == instr.reads.size() && !a.runs.empty(), "another number of runs than of reads")
      .that(a.runs.size() <= kernels::kMaxConcat, "more than " + llvm::Twine(kernels::kMaxConcat) + " runs");
  CheckedSize run = 0;
  for (size_t i = 0; i < a.runs.size() && i < instr.reads.size(); ++i) {
    v.positive({a.runs[i]}).read(i, CheckedSize(a.outer) * a.runs[i]);
    run = run + a.runs[i];
  }
  return v.write(0, run * a.outer).take();
}

template <class T> struct Concat {
  static constexpr auto family = &kernels::Families<T>::concat;
  static kernels::ConcatArgs args(const Operands &o) {
    const auto &a = o.instr.attrs.as<ConcatInstrAttrs>();
    kernels::ConcatArgs args{};
    args.outer = asSize(a.outer), args.parts = a.runs.size();
    for (size_t i = 0; i < a.runs.size(); ++i)
      args.src[i] = o.read<void>(i), args.bytes[i] = asSize(a.runs[i]) * sizeof(T);
    args.dst = o.write<void>(0);
    return args;
  }
};

constexpr llvm::StringLiteral kReads[] = {"x..."};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef concatInstr = {.name = "concat",
                                        .doc = "Runs of several buffers one after the other.",
                                        .reads = kReads,
                                        .writes = kWrites,
                                        .attrs = attrTable<ConcatInstrAttrs>(),
                                        .verify = verify,
                                        .call = callOf<Concat>};

} // namespace dlc
