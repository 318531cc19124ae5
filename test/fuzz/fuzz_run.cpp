// Fuzz target: any bytes are read as a program, and what the verifier lets through is planned and run: once with every
// buffer and each kernel's scratch in a block of its own, of exactly the bytes it has, where AddressSanitizer sees each
// step over an edge, and once as `dlc` runs it. Both must give the same. Programs that are large or slow are not run.
#include "dlc/program/instrs.h"
#include "dlc/program/plan.h"
#include "dlc/program/program_text.h"
#include "dlc/runtime/executor.h"
#include "dlc/support/checked_size.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>
#include <map>

using namespace dlc;

namespace {

constexpr uint64_t kMostBytes = 1 << 17; ///< of all buffers, and of scratch
constexpr uint64_t kMostWork = 1 << 16;  ///< elements touched or multiplied, about

CheckedSize product(llvm::ArrayRef<int64_t> sizes) {
  CheckedSize result = 1;
  for (int64_t size : sizes)
    result *= CheckedSize(static_cast<uint64_t>(size));
  return result;
}

/// About how much an instruction has to do that its buffers' sizes do not say.
CheckedSize workOf(const Instr &instr) {
  if (instr.family == &gemmInstr) {
    const auto &a = instr.attrs.as<GemmAttrs>();
    return product({a.m, a.n, a.k});
  }
  if (instr.family == &batchGemmInstr) {
    const auto &a = instr.attrs.as<BatchGemmAttrs>();
    return product({a.batch, a.m, a.n, a.k});
  }
  if (instr.family == &convInstr) {
    const auto &a = instr.attrs.as<ConvInstrAttrs>();
    // Kernels lay out the rows they read, what a stride skips included.
    CheckedSize positions = product(a.y) * product(a.stride) + product(a.x) + product(a.padding);
    return positions * product(a.kernel) * product({a.n, a.groups, a.ci, a.co});
  }
  if (instr.family == &packConvInstr) {
    const auto &a = instr.attrs.as<PackConvAttrs>();
    return product(a.stride) * product(a.kernel) * product({a.groups, a.ci, a.co});
  }
  if (instr.family == &poolInstr) {
    const auto &a = instr.attrs.as<PoolInstrAttrs>();
    return product({a.planes}) * product(a.y) * product(a.x);
  }
  if (instr.family == &embedInstr) {
    const auto &a = instr.attrs.as<EmbedAttrs>();
    return product({a.count + a.vocab, a.cols});
  }
  return 0;
}

/// Whether it is small enough to be run millions of times.
bool small(const Program &program) {
  CheckedSize bytes = 0, work = 0;
  for (const Buffer &buffer : program.buffers)
    bytes += buffer.type.bytes();
  for (size_t i = 0; i < program.size(); ++i)
    work += workOf(program.at(i));
  return bytes.fitsIn(kMostBytes) && work.fitsIn(kMostWork);
}

/// Numbers that follow from the name: small ones of both signs, and indices of which some are out of range.
void fill(const Buffer &buffer, void *to) {
  uint64_t state = buffer.external.size() + 1;
  for (char c : buffer.external)
    state = state * 31 + static_cast<unsigned char>(c);
  auto next = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int32_t>(state >> 60); // 0 to 15
  };
  const auto count = static_cast<size_t>(buffer.type.elements());
  for (size_t i = 0; i < count; ++i) {
    const int32_t number = next();
    if (buffer.type.dtype == DType::F32)
      static_cast<float *>(to)[i] = static_cast<float>(number - 7) / 4;
    else if (buffer.type.dtype == DType::F64)
      static_cast<double *>(to)[i] = static_cast<double>(number - 7) / 4;
    else
      static_cast<int32_t *>(to)[i] = number < 12    ? number / 2
                                      : number == 15 ? INT32_MIN
                                      : number == 14 ? INT32_MAX
                                                     : -1;
  }
}

using Results = std::map<std::string, Tensor>; ///< of params, states and outputs

/// Each buffer in memory of its own; grains one at a time, the last one first: threads may come in any order.
Results runApart(const Program &program) {
  std::vector<std::unique_ptr<std::byte[]>> blocks;
  std::vector<void *> addresses;
  for (const Buffer &buffer : program.buffers) {
    addresses.push_back(blocks.emplace_back(std::make_unique<std::byte[]>(buffer.type.bytes())).get());
    if (!isPlanned(buffer.role))
      fill(buffer, addresses.back());
  }
  auto run = [&](llvm::ArrayRef<Instr> instrs) {
    for (const Instr &instr : instrs) {
      Call call = instr.family->call({program, instr, addresses});
      void *scratch = nullptr;
      DLC_CHECK(posix_memalign(&scratch, kBufferAlign, call.scratch()) == 0) << "no memory for scratch";
      for (size_t grain = call.grains(); grain-- > 0;)
        call.kernel->run(call.args.get(), {grain, grain + 1}, scratch);
      std::free(scratch);
    }
  };
  run(program.init);
  run(program.step);
  run(program.step);
  Results results;
  for (BufferId id = 0; id < program.buffers.size(); ++id) {
    const Buffer &buffer = program.buffer(id);
    if (buffer.role == BufferRole::Input || buffer.role == BufferRole::Const || buffer.role == BufferRole::Temp)
      continue;
    Tensor tensor(buffer.type);
    std::memcpy(tensor.data(), addresses[id], tensor.bytes());
    results.emplace(buffer.name, std::move(tensor));
  }
  return results;
}

Results runPlanned(const Program &program) {
  static ThreadTeam team(1);
  Results results;
  auto executor = Executor::create(
      program,
      [&](const Buffer &buffer) -> Tensor & {
        Tensor &tensor = results.emplace(buffer.name, Tensor(buffer.type)).first->second;
        fill(buffer, tensor.data());
        return tensor;
      },
      team);
  DLC_CHECK(executor.ok()) << std::string(executor.status().message());
  for (const Buffer &buffer : program.buffers)
    if (buffer.role == BufferRole::Input)
      fill(buffer, (*executor)->input(buffer.external));
  (*executor)->runInit();
  (*executor)->runStep();
  (*executor)->runStep();
  for (const Buffer &buffer : program.buffers)
    if (buffer.role == BufferRole::Output) {
      Tensor tensor(buffer.type);
      std::memcpy(tensor.data(), (*executor)->output(buffer.external), tensor.bytes());
      results.emplace(buffer.name, std::move(tensor));
    }
  return results;
}

/// The same bits, but that one NaN is as good as another.
template <class T> bool same(const Tensor &a, const Tensor &b) {
  return llvm::equal(a.span<T>(), b.span<T>(),
                     [](T x, T y) { return (x != x && y != y) || !std::memcmp(&x, &y, sizeof x); });
}
bool same(const Tensor &a, const Tensor &b) {
  return a.dtype() == DType::F32 ? same<float>(a, b) : a.dtype() == DType::F64 ? same<double>(a, b) : a == b;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Sources sources;
  Diags diags(sources);
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  std::optional<Program> program = parseProgram(sources.add("fuzz.program", text), diags);
  if (!program || !kernels::supported(program->isa) || !small(*program))
    return 0;
  llvm::StringSet<> outputs; // of two outputs of one name, a caller finds the first only
  for (const Buffer &buffer : program->buffers)
    if (buffer.role == BufferRole::Output && !outputs.insert(buffer.external).second)
      return 0;
  if (!program->planned)
    planProgram(*program);
  if (static_cast<uint64_t>(program->scratch) > kMostBytes || static_cast<uint64_t>(program->arena) > kMostBytes * 8)
    return 0;
  Results apart = runApart(*program), planned = runPlanned(*program);
  for (const auto &[name, tensor] : apart)
    DLC_CHECK(same(tensor, planned.at(name))) << name << " depends on the memory plan:\n" << toString(*program);
  return 0;
}
