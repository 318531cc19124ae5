// Sequences: what a recurrent model keeps of each sequence between two requests, by the names that clients give them.
// It computes nothing; a sequence is used by one worker at a time.
#pragma once

#include "dlc/serve/model.h"

#include "llvm/ADT/StringMap.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

namespace dlc::serve {

/// Which sequence the samples of a request are the next steps of.
struct SequenceWish {
  std::string id;
  bool start = false; ///< it begins with them, whatever there was of this name
  bool end = false;   ///< nothing is kept afterwards
};

/// Of the query of a path, "sequence_id=a&sequence_start=true": letters, digits and `-_.`. Other names mean nothing.
/// False, with the reason, for a value that is none.
bool readSequence(llvm::StringRef query, std::optional<SequenceWish> &wish, std::string &wrong);
/// Of `parameters` of a request of the Open Inference Protocol, as Triton has them: `sequence_id` (a text or a whole
/// number; "" and 0 are none), `sequence_start`, `sequence_end`. Nothing where the JSON is not good: whoever reads all
/// of it says why.
std::optional<SequenceWish> readSequence(llvm::StringRef json);

class Sequences {
public:
  struct Sequence {
    session::SequenceState state;
    std::chrono::steady_clock::time_point last;
    bool busy = false;
  };
  explicit Sequences(SequenceLimits limits) : limits(limits) {}

  /// The sequence, busy from now on; null where somebody else uses it just now; otherwise why there is none: 400 for
  /// one that has not begun or is over, 503 where there are too many.
  std::variant<std::shared_ptr<Sequence>, Refusal> take(const SequenceWish &wish);
  /// Gives back what take() gave, for the same wish; `done`: the samples have been answered.
  void giveBack(const SequenceWish &wish, const std::shared_ptr<Sequence> &sequence, bool done);
  size_t size() const;

private:
  bool isOver(const Sequence &sequence) const;

  const SequenceLimits limits;
  mutable std::mutex mutex;
  llvm::StringMap<std::shared_ptr<Sequence>> all;
};

} // namespace dlc::serve
