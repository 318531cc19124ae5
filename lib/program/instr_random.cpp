// random: uniform numbers in [0, 1) from a counter-based generator.
// Where they are needed for shuffling or initialising, support/philox.h makes them without a Program.
#include "call.h"

namespace dlc {
namespace {

std::string verify(const Program &program, const Instr &instr) {
  const auto &a = instr.attrs.as<RandomInstrAttrs>();
  Verify v(program, instr);
  v.positive({a.count}).write(0, a.count);
  v.that(a.stream >= 0 && a.stream <= UINT32_MAX, "a stream is a number of 32 bits");
  if (!instr.reads.empty())
    v.readI32(0, 1);
  return v.take();
}

template <class T> struct Random {
  static constexpr auto family = &kernels::Families<T>::random;
  static kernels::RandomArgs<T> args(const Operands &o) {
    const auto &a = o.instr.attrs.as<RandomInstrAttrs>();
    return {asSize(a.count), o.write<T>(0), static_cast<uint64_t>(a.seed), static_cast<uint32_t>(a.stream),
            o.instr.reads.empty() ? nullptr : o.read<int32_t>(0)};
  }
};

constexpr llvm::StringLiteral kReads[] = {"step?"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef randomInstr = {.name = "random",
                                        .doc = "Uniform in [0, 1), a function of seed, stream, step and element.",
                                        .reads = kReads,
                                        .writes = kWrites,
                                        .attrs = attrTable<RandomInstrAttrs>(),
                                        .verify = verify,
                                        .call = callOf<Random>};

} // namespace dlc
