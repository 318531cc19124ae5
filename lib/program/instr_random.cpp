// random: uniform numbers in [0, 1) from a counter-based generator.
// Where they are needed for shuffling or initialising, support/random.h makes them without a Program.
#include "bind.h"

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

BoundInstr bind(const Program &program, const Instr &instr, const BindContext &context) {
  return withFloat(program.dtype, [&](auto zero) {
    using T = decltype(zero);
    const auto &a = instr.attrs.as<RandomInstrAttrs>();
    kernels::RandomArgs<T> args{asSize(a.count), pointer<T>(context, instr, true, 0), static_cast<uint64_t>(a.seed),
                                static_cast<uint32_t>(a.stream),
                                instr.reads.empty() ? nullptr : pointer<const int32_t>(context, instr, false, 0)};
    return close(kernels::families<T>(context.table).random, args);
  });
}

constexpr llvm::StringLiteral kReads[] = {"step?"};
constexpr llvm::StringLiteral kWrites[] = {"dst"};
} // namespace

constinit const InstrDef randomInstr = {.name = "random",
                                        .doc = "Uniform in [0, 1), a function of seed, stream, step and element.",
                                        .reads = kReads,
                                        .writes = kWrites,
                                        .attrs = attrTable<RandomInstrAttrs>(),
                                        .verify = verify,
                                        .bind = bind};

} // namespace dlc
