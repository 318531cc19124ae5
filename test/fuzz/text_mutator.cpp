// How libFuzzer changes the text of a program or a graph: mostly its numbers and names, and one number wherever it
// stands, so that what comes out is often sound again. Replaying a corpus does without it.
#include "llvm/ADT/StringExtras.h"

#include <random>
#include <string>
#include <vector>

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed);

namespace {

constexpr llvm::StringLiteral kNumbers[] = {"0",
                                            "1",
                                            "2",
                                            "3",
                                            "4",
                                            "5",
                                            "6",
                                            "7",
                                            "8",
                                            "9",
                                            "15",
                                            "16",
                                            "17",
                                            "24",
                                            "31",
                                            "32",
                                            "33",
                                            "63",
                                            "64",
                                            "65",
                                            "100",
                                            "-1",
                                            "-2",
                                            "-64",
                                            "32767",
                                            "32768",
                                            "65536",
                                            "2147483647",
                                            "2147483648",
                                            "4294967295",
                                            "4294967296",
                                            "1099511627775",
                                            "4611686018427387904",
                                            "9223372036854775807",
                                            "9223372036854775744",
                                            "-9223372036854775808",
                                            "18446744073709551615"};

class Mutator {
public:
  Mutator(llvm::StringRef text, unsigned seed) : text_(text.str()), random_(seed) {}

  std::string run() {
    switch (pick(8)) {
    case 0:
    case 1:
    case 2:
    case 3:
      renumber(pick(2) == 0);
      break;
    case 4:
    case 5:
      rename();
      break;
    default:
      lines();
    }
    return std::move(text_);
  }

private:
  struct Token {
    size_t begin, length;
  };
  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }
  std::string at(Token token) const { return text_.substr(token.begin, token.length); }

  /// Numbers and words of the text.
  void scan(std::vector<Token> &numbers, std::vector<Token> &words) const {
    for (size_t i = 0; i < text_.size();) {
      size_t end = i + 1;
      if (llvm::isAlpha(text_[i]) || text_[i] == '_') {
        while (end < text_.size() && (llvm::isAlnum(text_[end]) || text_[end] == '_' || text_[end] == '.'))
          ++end;
        words.push_back({i, end - i});
      } else if (llvm::isDigit(text_[i]) || (text_[i] == '-' && end < text_.size() && llvm::isDigit(text_[end]))) {
        while (end < text_.size() && llvm::isDigit(text_[end]))
          ++end;
        numbers.push_back({i, end - i});
      }
      i = end;
    }
  }

  std::string newNumber(const std::string &old, const std::vector<Token> &numbers) {
    long long value = 0;
    const bool small = !llvm::StringRef(old).getAsInteger(10, value) && value > -1000000 && value < 1000000;
    switch (pick(small ? 6 : 2)) {
    case 0:
      return kNumbers[pick(std::size(kNumbers))].str();
    case 1:
      return at(numbers[pick(numbers.size())]);
    case 2:
      return std::to_string(value + 1);
    case 3:
      return std::to_string(value - 1);
    case 4:
      return std::to_string(value * 2);
    default:
      return std::to_string(pick(20));
    }
  }

  void renumber(bool everywhere) {
    std::vector<Token> numbers, words;
    scan(numbers, words);
    if (numbers.empty())
      return;
    const Token chosen = numbers[pick(numbers.size())];
    const std::string old = at(chosen), wanted = newNumber(old, numbers);
    for (size_t i = numbers.size(); i-- > 0;)
      if (everywhere ? at(numbers[i]) == old : numbers[i].begin == chosen.begin)
        text_.replace(numbers[i].begin, numbers[i].length, wanted);
  }

  void rename() {
    std::vector<Token> numbers, words;
    scan(numbers, words);
    if (words.empty())
      return;
    const std::string wanted = at(words[pick(words.size())]);
    const Token chosen = words[pick(words.size())];
    text_.replace(chosen.begin, chosen.length, wanted);
  }

  /// One line goes, comes twice, or moves.
  void lines() {
    llvm::SmallVector<llvm::StringRef, 32> all;
    llvm::StringRef(text_).split(all, '\n');
    const size_t i = pick(all.size()), j = pick(all.size());
    const llvm::StringRef line = all[i];
    const size_t how = pick(3);
    if (how != 0)
      all.erase(all.begin() + static_cast<ptrdiff_t>(i));
    if (how != 1)
      all.insert(all.begin() + static_cast<ptrdiff_t>(std::min(j, all.size())), line);
    text_ = llvm::join(all, "\n");
  }

  std::string text_;
  std::minstd_rand random_;
};

} // namespace

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  if (seed % 16 == 0)
    return LLVMFuzzerMutate(data, size, maxSize);
  const std::string text = Mutator({reinterpret_cast<const char *>(data), size}, seed / 16).run();
  if (text.size() > maxSize)
    return LLVMFuzzerMutate(data, size, maxSize);
  std::copy(text.begin(), text.end(), data);
  return text.size();
}
