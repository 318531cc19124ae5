// Program: the lowered form. Buffers, and instructions of kernel families in execution order, with the memory plan in
// sight. It knows nothing of ops and runs nothing: see runtime/executor.h.
#pragma once

#include "dlc/kernels/kernels.h"
#include "dlc/program/map_code.h"
#include "dlc/support/attrs.h"
#include "dlc/support/type.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Allocator.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc {

struct InstrDef; // instr_def.h

using BufferId = uint32_t;

/// Input, Param and State live outside the arena and keep their contents between steps; the others are planned.
enum class BufferRole : uint8_t {
  Input,  ///< filled by the caller before a step
  Param,  ///< trainable, or statistics of a layer
  State,  ///< of an optimizer
  Const,  ///< written in init, read in step
  Temp,   ///< written once in a step, before it is read
  Output, ///< as Temp, and readable by the caller until the next step
};
template <>
inline constexpr auto kNamesOf<BufferRole> =
    std::to_array<llvm::StringLiteral>({"input", "param", "state", "const", "temp", "output"});
/// Whether the planner gives it a place in the arena.
inline bool isPlanned(BufferRole role) { return role >= BufferRole::Const; }

/// Positions of instructions counted through init and step, both ends included.
struct LiveRange {
  int64_t begin = 0, end = 0;
  bool overlaps(LiveRange other) const { return begin <= other.end && other.begin <= end; }
  friend bool operator==(LiveRange, LiveRange) = default;
};

struct Buffer {
  std::string name; ///< unique in the program, letters, digits, '_' and '.'
  BufferRole role = BufferRole::Temp;
  Type type;
  std::string external;          ///< Input, Param, State, Output: the name the caller knows it by
  std::optional<LiveRange> live; ///< set by the planner, as is the offset in bytes
  int64_t offset = -1;
};

/// One call of a kernel family. What reads and writes stand for is said by the family's definition.
struct Instr {
  const InstrDef *family = nullptr;
  Attrs attrs; ///< the family's attribute struct: sizes and strides
  llvm::SmallVector<BufferId, 4> reads, writes;
  std::optional<MapCode> code; ///< map: always; gemm: the epilogue, if any
  std::string origin;          ///< "net.dsl:3:7"
  std::string note;            ///< why something was not done to it, for readers
};

struct Program;

/// The names of a Program's buffers, for adding many of them: a name is found to be free without a look at every
/// buffer.
class BufferNames {
public:
  explicit BufferNames(const Program &program);
  /// `wanted` as one word of the text form, with a number behind it where that is taken; taken from now on.
  std::string take(std::string wanted, size_t number);

private:
  llvm::StringSet<llvm::BumpPtrAllocator> taken_;
};

struct Program {
  std::string name = "net";
  DType dtype = DType::F32; ///< of every float in it
  kernels::Isa isa = kernels::kScalar;
  kernels::Caches caches; ///< that its kernels cut their work to
  std::vector<Buffer> buffers;
  std::vector<Instr> init; ///< run once, after parameters were set (and again when they change)
  std::vector<Instr> step;
  /// What passes did and did not do, where a list is wanted; not part of the text form.
  std::optional<std::vector<std::string>> remarks;

  // Filled in by the planner; 0 before.
  bool planned = false;
  int64_t arena = 0;    ///< bytes
  int64_t peakLive = 0; ///< bytes live at the worst moment: no plan is smaller
  int64_t scratch = 0;  ///< bytes for each thread

  const Buffer &buffer(BufferId id) const { return buffers[id]; }
  BufferId addBuffer(Buffer buffer); ///< makes the name unique
  BufferId addBuffer(Buffer buffer, BufferNames &names);
  std::optional<BufferId> find(llvm::StringRef name) const;
  /// By role and the caller's name.
  std::optional<BufferId> findExternal(BufferRole role, llvm::StringRef external) const;
  /// Instruction at a position counted through init and step.
  const Instr &at(size_t position) const {
    return position < init.size() ? init[position] : step[position - init.size()];
  }
  size_t size() const { return init.size() + step.size(); }
  /// Notes what a pass did or did not do; the words are made only where somebody wants to read them.
  template <class F> void remark(F words) {
    if (remarks)
      remarks->push_back(words());
  }
};

} // namespace dlc
