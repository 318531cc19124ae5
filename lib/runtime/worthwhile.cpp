// The estimate behind worthwhileThreads(): products by their multiply-adds, everything else by the bytes it touches.
// It errs towards one thread: rates are those of a fast core, and the price of meeting is that of a busy machine.
#include "dlc/runtime/worthwhile.h"

#include "dlc/program/instrs.h"

#include <algorithm>

namespace dlc {
namespace {

// Per nanosecond, on a core with wide vectors and its data in the second cache.
constexpr double kMultiplyAdds = 16, kBytes = 20;
/// What a split instruction costs besides its work, in ns: its threads must meet, and each of them begins anew.
constexpr double kMeeting = 5000, kMember = 200;
/// How much sooner it must end.
constexpr double kGain = 1.2;

struct Time {
  double alone = 0, split = 0; ///< ns of what one thread does, and of what all share
  double meetings = 0;

  double with(unsigned threads) const {
    return threads == 1 ? alone + split : alone + split / threads + meetings * (kMeeting + kMember * threads);
  }
};

double timeOf(const Program &program, const Instr &instr) {
  double bytes = 0;
  for (llvm::ArrayRef<BufferId> operands : {llvm::ArrayRef(instr.reads), llvm::ArrayRef(instr.writes)})
    for (BufferId id : operands)
      bytes += static_cast<double>(program.buffer(id).type.bytes());
  // Steps of a tile program run over what is in registers; a dozen of them cost as much as reading and writing.
  const double steps = instr.code ? static_cast<double>(instr.code->steps.size()) : 0;
  const double multiplyAdds = instr.family->multiplyAdds ? instr.family->multiplyAdds(instr) : 0;
  return multiplyAdds / kMultiplyAdds * (program.dtype == DType::F64 ? 2 : 1) + bytes / kBytes * (1 + steps / 12);
}

} // namespace

unsigned worthwhileThreads(const Program &program, unsigned most) {
  if (most <= 1)
    return 1;
  Time time;
  for (const Instr &instr : program.step) {
    const double spent = timeOf(program, instr);
    if (instr.family->call({program, instr}).grains() <= 1) {
      time.alone += spent;
    } else {
      time.split += spent;
      ++time.meetings;
    }
  }
  unsigned best = 1;
  for (unsigned threads = 2; threads <= most; ++threads)
    if (time.with(threads) < time.with(best) && time.with(threads) * kGain <= time.with(1))
      best = threads;
  return best;
}

double estimatedNanoseconds(const Program &program) {
  double sum = 0;
  for (const Instr &instr : program.step)
    sum += timeOf(program, instr);
  return sum;
}

} // namespace dlc
