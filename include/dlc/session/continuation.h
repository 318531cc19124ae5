// Continuation: a text that a net with `target = next` continues, one character after the other.
// It chooses characters, and asks no net: whoever owns one gives it the scores of the place that comes next.
#pragma once

#include "dlc/session/net.h"
#include "dlc/support/philox.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlc::session {

/// How a net reads texts, and what it says of them.
struct TextNet {
  std::vector<std::string> characters; ///< by their tokens
  size_t context = 0;                  ///< tokens of a sample: the most characters that the net sees at once
  size_t scores = 0;                   ///< of each place; those behind the characters stand for none
  uint64_t seed = 1;                   ///< of the source: that of texts, unless they have another

  /// The net must be planned. A Failure of kind Options for a net that continues no text, with the reason.
  static Result<std::shared_ptr<const TextNet>> of(Net &net);
};

/// Each character is drawn with probability softmax(scores / temperature). Of an equal seed comes an equal text, on
/// every machine and with any number of threads: numbers are drawn from a RandomStream, and computed in f64 by the exp
/// of the kernels.
struct ContinueOptions {
  size_t count = 0;       ///< characters to add
  double temperature = 1; ///< finite, not negative; 0: always the most probable character, the first among equals
  std::optional<uint64_t> seed;
};

class Continuation {
public:
  /// Texts begin with `prompt`; an empty one stands for a line break, or for the first character of a net that knows
  /// none. E304 for a character that training has not seen, E306 for bytes that are no UTF-8, both in `name`.
  static Fallible<Continuation> begin(std::shared_ptr<const TextNet> net, llvm::StringRef prompt, llvm::StringRef name,
                                      const ContinueOptions &options);

  bool done() const { return added == options.count; }
  /// Puts a sample for the net into to[0] ... to[context - 1]: the last characters, and, as long as they are fewer,
  /// token 0 behind them, as `dlc infer` reads short texts. T is int32_t, float or double.
  template <class T> void context(T *to) const;
  /// Whose scores are wanted: the place of the last character in the sample.
  size_t place() const { return std::min(tokens.size(), net->context) - 1; }
  /// Adds the character that follows from the scores of place(), of which the net has net->scores. False, and nothing
  /// is added, where one of them is NaN or infinite. T is float or double.
  template <class T> bool next(llvm::ArrayRef<T> scores);
  /// What was added.
  const std::string &text() const { return text_; }

private:
  Continuation(std::shared_ptr<const TextNet> net, std::vector<int32_t> prompt, const ContinueOptions &options);

  std::shared_ptr<const TextNet> net;
  ContinueOptions options;
  RandomStream random;
  std::vector<int32_t> tokens; ///< of the prompt, and of what was added; as many as the context has, at least
  size_t added = 0;
  std::string text_;
  std::vector<double> shares; ///< of the characters, for next()
};

/// Continues a text with the net's own engine. `take` gets one character after the other; the text ends before its time
/// where it says false. Failures: Findings, with E304, E306 or, for scores that are not finite, E603; Options as of
/// TextNet::of(); what Net::plan() says.
Done continueText(Net &net, llvm::StringRef prompt, llvm::StringRef name, const ContinueOptions &options,
                  llvm::function_ref<bool(llvm::StringRef character)> take);

} // namespace dlc::session
