// Executor: addresses for every buffer, arguments for every kernel, and the loop that runs them.
// Who runs what is decided in executor_schedule.cpp.
#include "dlc/runtime/executor.h"

#include "dlc/program/plan.h"
#include "dlc/program/verify.h"
#include "dlc/support/checked_size.h"
#include "dlc/support/strings.h"
#include "dlc/support/try.h"

#include "absl/status/status.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace dlc {

Executor::~Executor() = default;
void Executor::Free::operator()(std::byte *p) const { std::free(p); }

static size_t alignUp(size_t value, size_t align) { return (value + align - 1) / align * align; }

Executor::Memory Executor::allocate(size_t bytes) {
  // Whole huge pages for what is larger than a few of them: fewer page faults, fewer TLB misses.
  constexpr size_t kHuge = size_t(2) << 20;
  size_t align = bytes >= 2 * kHuge ? kHuge : size_t(kBufferAlign);
  if (bytes > SIZE_MAX / 2)
    return nullptr;
  bytes = alignUp(std::max<size_t>(bytes, 1), align);
  void *memory = std::aligned_alloc(align, bytes);
  if (!memory)
    return nullptr;
  if (align == kHuge)
    madvise(memory, bytes, MADV_HUGEPAGE);
  std::memset(memory, 0, bytes);
  return Memory(static_cast<std::byte *>(memory));
}

absl::StatusOr<std::unique_ptr<Executor>> Executor::create(std::shared_ptr<const Program> program, ParamLookup params,
                                                           ThreadTeam &team) {
  DLC_CHECK(program->planned) << "an Executor needs a planned Program";
  std::string wrong = verifyBuffers(*program); // bind() holds the scratch
  DLC_CHECK(wrong.empty()) << wrong;
  if (const char *why = kernels::whyNot(program->isa))
    return absl::FailedPreconditionError(
        av(std::string("this processor cannot run kernels for ") + program->isa->name + ": " + why));
  std::unique_ptr<Executor> executor(new Executor(std::move(program), team));
  DLC_PASS_ON(executor->bind(params));
  return executor;
}

absl::Status Executor::bind(ParamLookup params) {
  // Each size is sound, but there may be any number of them.
  constexpr uint64_t kMost = INT64_MAX;
  CheckedSize inputs = 0;
  for (const Buffer &buffer : program_.buffers)
    if (buffer.role == BufferRole::Input)
      inputs += alignUp(buffer.type.bytes(), kBufferAlign);
  scratchStride_ = alignUp(static_cast<size_t>(program_.scratch), 4096);
  CheckedSize scratch = CheckedSize(scratchStride_) * team_.size();
  CheckedSize all = CheckedSize(static_cast<uint64_t>(program_.arena)) + inputs + scratch;
  bytes_ = all.fitsIn(kMost) ? *all.value() : kMost;
  if (all.fitsIn(kMost)) {
    arena_ = allocate(static_cast<size_t>(program_.arena));
    inputs_ = allocate(*inputs.value());
    scratch_ = allocate(*scratch.value());
  }
  if (!arena_ || !inputs_ || !scratch_)
    return absl::ResourceExhaustedError(
        av("no memory for a plan of " + grouped(static_cast<int64_t>(bytes_)) + " bytes"));

  std::byte *nextInput = inputs_.get();
  for (const Buffer &buffer : program_.buffers) {
    if (isPlanned(buffer.role)) {
      addresses_.push_back(buffer.offset < 0 ? nullptr : arena_.get() + buffer.offset);
    } else if (buffer.role == BufferRole::Input) {
      addresses_.push_back(nextInput);
      nextInput += alignUp(buffer.type.bytes(), kBufferAlign);
    } else {
      Tensor &tensor = params(buffer);
      DLC_CHECK(tensor.dtype() == buffer.type.dtype && tensor.bytes() == buffer.type.bytes())
          << buffer.external << " is " << toString(tensor.type()) << ", not " << toString(buffer.type);
      addresses_.push_back(tensor.data());
    }
  }
  for (size_t i = 0; i < program_.size(); ++i) {
    const Instr &instr = program_.at(i);
    calls_.push_back(instr.family->call({program_, instr, addresses_}));
    DLC_CHECK(calls_.back().scratch() <= scratchStride_) << "scratch was not booked";
  }
  schedule(0, program_.init.size(), init_, false);
  setTiming(false);
  return absl::OkStatus();
}

void Executor::setTiming(bool on) {
  timing_ = on;
  nanoseconds_.assign(on ? program_.step.size() : 0, 0);
  schedule(program_.init.size(), program_.step.size(), step_, on);
  barriers_ = 0;
  for (const Item &item : step_[0])
    barriers_ += item.run == nullptr;
}

void Executor::run(const std::vector<std::vector<Item>> &items) {
  team_.run([&](unsigned thread) {
    void *scratch = scratch_.get() + thread * scratchStride_;
    for (const Item &item : items[thread])
      if (item.run)
        item.run(item.args, item.grains, scratch);
      else
        team_.barrier();
  });
}

void Executor::runInit() { run(init_); }

void Executor::runStep() {
  if (!timing_)
    return run(step_);
  using Clock = std::chrono::steady_clock;
  team_.run([&](unsigned thread) {
    void *scratch = scratch_.get() + thread * scratchStride_;
    // One barrier ends each instruction, and others only add to the time of the one before them.
    size_t instr = 0;
    auto begin = Clock::now();
    for (const Item &item : step_[thread]) {
      if (item.run) {
        item.run(item.args, item.grains, scratch);
        continue;
      }
      team_.barrier();
      if (thread == 0 && instr < nanoseconds_.size()) {
        auto end = Clock::now();
        nanoseconds_[instr++] += static_cast<uint64_t>(std::chrono::nanoseconds(end - begin).count());
        begin = end;
      }
    }
  });
}

std::vector<Executor::Span> Executor::traceStep() {
  using Clock = std::chrono::steady_clock;
  std::vector<std::vector<Span>> spans(team_.size());
  for (unsigned thread = 0; thread < team_.size(); ++thread)
    spans[thread].reserve(step_[thread].size());
  const auto start = Clock::now();
  auto now = [start] { return static_cast<uint64_t>(std::chrono::nanoseconds(Clock::now() - start).count()); };
  team_.run([&](unsigned thread) {
    void *scratch = scratch_.get() + thread * scratchStride_;
    for (const Item &item : step_[thread]) {
      const uint64_t begin = now();
      if (item.run)
        item.run(item.args, item.grains, scratch);
      else
        team_.barrier();
      spans[thread].push_back({thread, item.run ? item.instr - program_.init.size() : Span::kWait, begin, now()});
    }
  });
  std::vector<Span> all;
  for (const std::vector<Span> &one : spans)
    all.insert(all.end(), one.begin(), one.end());
  return all;
}

void *Executor::input(llvm::StringRef name) {
  auto id = program_.findExternal(BufferRole::Input, name);
  return id ? addresses_[*id] : nullptr;
}

const void *Executor::output(llvm::StringRef name) const {
  auto id = program_.findExternal(BufferRole::Output, name);
  return id ? addresses_[*id] : nullptr;
}

} // namespace dlc
