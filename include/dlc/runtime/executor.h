// Executor: a planned Program with addresses, ready to run step after step on a team of threads.
// It compiles nothing, and after it is made it allocates nothing.
#pragma once

#include "dlc/program/instr_def.h"
#include "dlc/program/program.h"
#include "dlc/runtime/thread_team.h"
#include "dlc/support/check.h"
#include "dlc/support/tensor.h"

#include "absl/status/statusor.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <memory>
#include <span>
#include <vector>

namespace dlc {

/// The storage of a param or state, by the name the caller knows it by. It belongs to the caller, has the buffer's
/// type, and must not move while the Executor lives; several Programs may share it.
using ParamLookup = llvm::function_ref<Tensor &(const Buffer &buffer)>;

class Executor {
public:
  /// The Program must be sound and planned (verifyProgram). Status: ResourceExhausted without enough memory.
  static absl::StatusOr<std::unique_ptr<Executor>> create(std::shared_ptr<const Program> program, ParamLookup params,
                                                          ThreadTeam &team);
  static absl::StatusOr<std::unique_ptr<Executor>> create(Program program, ParamLookup params, ThreadTeam &team) {
    return create(std::make_shared<const Program>(std::move(program)), params, team);
  }
  ~Executor();

  const Program &program() const { return program_; }

  /// Runs the part that depends only on params and constants. Call it once the params have their values, and again if
  /// anything but this Executor's own steps changes them.
  void runInit();
  void runStep();

  /// Address of the bytes of an input or output; null if the Program has none of that name. An input keeps its
  /// values from step to step; an output is valid from one step to the next.
  void *input(llvm::StringRef name);
  const void *output(llvm::StringRef name) const;
  /// The same with the elements counted; T must be the dtype's own type.
  template <class T> std::span<T> inputSpan(llvm::StringRef name) {
    return span<T>(program_.findExternal(BufferRole::Input, name));
  }
  template <class T> std::span<const T> outputSpan(llvm::StringRef name) const {
    return span<T>(program_.findExternal(BufferRole::Output, name));
  }

  /// Bytes beside the params: arena, inputs, and each thread's scratch.
  uint64_t bytes() const { return bytes_; }

  /// From now on every instruction of the step is timed, with a barrier after each; sums are by position in the step.
  void setTiming(bool on);
  std::span<const uint64_t> nanoseconds() const { return nanoseconds_; }
  /// What one thread did from `begin` to `end`, in nanoseconds since the step began.
  struct Span {
    static constexpr size_t kWait = SIZE_MAX;
    unsigned thread;
    size_t instr; ///< position in the step; kWait: it waited for the others
    uint64_t begin, end;
  };
  /// Runs a step as runStep() does, without timing, and tells what every thread did when: by thread, in order of time.
  std::vector<Span> traceStep();
  /// Barriers in one step of this team.
  size_t barriers() const { return barriers_; }

private:
  /// What one thread does: its slice of an instruction, or a barrier where run is null.
  struct Item {
    decltype(kernels::Kernel::run) run = nullptr;
    const void *args = nullptr;
    kernels::Range grains{};
    size_t instr = 0; ///< position among init and step
  };
  struct Free {
    void operator()(std::byte *p) const;
  };
  using Memory = std::unique_ptr<std::byte[], Free>;

  Executor(std::shared_ptr<const Program> program, ThreadTeam &team)
      : shared_(std::move(program)), program_(*shared_), team_(team) {}
  static Memory allocate(size_t bytes);
  absl::Status bind(ParamLookup params);
  void schedule(size_t first, size_t count, std::vector<std::vector<Item>> &items, bool barrierAfterEach);
  void run(const std::vector<std::vector<Item>> &items);
  template <class T> std::span<T> span(std::optional<BufferId> id) const {
    if (!id)
      return {};
    const Type &type = program_.buffer(*id).type;
    DLC_CHECK(type.dtype == dtypeOf<T>()) << "buffer is " << toString(type);
    return {static_cast<T *>(addresses_[*id]), static_cast<size_t>(type.elements())};
  }

  std::shared_ptr<const Program> shared_; ///< keeps program_ alive
  const Program &program_;
  ThreadTeam &team_;
  Memory arena_, inputs_, scratch_;
  size_t scratchStride_ = 0; ///< bytes from one thread's scratch to the next
  uint64_t bytes_ = 0;
  std::vector<void *> addresses_;              ///< by buffer
  std::vector<Call> calls_;                    ///< by position
  std::vector<std::vector<Item>> init_, step_; ///< by thread
  std::vector<uint64_t> nanoseconds_;
  size_t barriers_ = 0;
  bool timing_ = false;
};

} // namespace dlc
