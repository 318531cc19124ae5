// Writes the chunks and lanes of sums. All bounds are constants: the last, shorter chunk and the last, shorter row of
// lanes have loops of their own.
#include "sums.h"

#include <limits>

namespace dlc::deploy {
namespace {

std::string sized(const std::string &base, const std::string &index) {
  return base == "0" ? index : base + " + " + index;
}

/// lane[0] becomes the sum of `count` terms from `base` on.
void writeLanes(Nest &nest, const std::string &lane, int64_t count, const std::string &base, Term term) {
  const int64_t lanes = 64 / static_cast<int64_t>(byteSize(nest.dtype()));
  const int64_t whole = count / lanes * lanes, rest = count - whole;
  nest.array(lane, lanes);
  nest.loop("l", lanes);
  nest.line(lane + "[l] = " + nest.number(0) + ";");
  nest.close();
  auto add = [&](const std::string &index) {
    nest.index("at", index);
    nest.line(lane + "[l] += " + term("at") + ";");
    nest.close();
  };
  if (whole) {
    nest.open("for (int32_t j = 0; j < " + Nest::text(whole) + "; j += " + Nest::text(lanes) + ")");
    nest.loop("l", lanes);
    add(sized(base, "j + l"));
    nest.close();
  }
  if (rest) {
    nest.loop("l", rest);
    add(sized(base, whole ? Nest::text(whole) + " + l" : "l"));
  }
  for (int64_t half = lanes / 2; half > 1; half /= 2) {
    nest.loop("l", half);
    nest.line(lane + "[l] += " + lane + "[l + " + Nest::text(half) + "];");
    nest.close();
  }
  nest.line(lane + "[0] += " + lane + "[1];");
}

/// One chain of `count` terms from `base` on.
void writeChain(Nest &nest, const std::string &sum, int64_t count, const std::string &base, Term term) {
  nest.line(nest.real() + " " + sum + " = " + nest.number(0) + ";");
  nest.loop("j", count);
  nest.index("at", sized(base, "j"));
  nest.line(sum + " += " + term("at") + ";");
  nest.close();
}

/// Chunks of `size`, added one after the other; `piece` writes one and its name is the expression for its sum.
void writeChunks(Nest &nest, llvm::StringRef name, int64_t count, int64_t size,
                 llvm::function_ref<std::string(int64_t count, const std::string &base)> piece) {
  nest.line(nest.real() + " " + name + ";");
  const int64_t whole = count / size, rest = count % size;
  auto one = [&](int64_t length, const std::string &base, bool first) {
    nest.open("");
    const std::string sum = piece(length, base);
    nest.line(name + (first ? " = " : " += ") + sum + ";");
    nest.close();
  };
  one(std::min(count, size), "0", true);
  if (whole > 1) {
    nest.open("for (int32_t begin = " + Nest::text(size) + "; begin < " + Nest::text(whole * size) +
              "; begin += " + Nest::text(size) + ")");
    const std::string sum = piece(size, "begin");
    nest.line(name + " += " + sum + ";");
    nest.close();
  }
  if (whole && rest)
    one(rest, Nest::text(whole * size), false);
}

} // namespace

void writeRunSum(Nest &nest, llvm::StringRef name, int64_t count, Term term) {
  const std::string lane = name.str() + "_lane";
  writeChunks(nest, name, count, static_cast<int64_t>(kernels::kSumChunk),
              [&](int64_t length, const std::string &base) {
                writeLanes(nest, lane, length, base, term);
                return lane + "[0]";
              });
}

void writeColumnSum(Nest &nest, llvm::StringRef name, int64_t count, Term term) {
  const std::string chain = name.str() + "_chunk";
  writeChunks(nest, name, count, static_cast<int64_t>(kernels::kColumnChunk),
              [&](int64_t length, const std::string &base) {
                writeChain(nest, chain, length, base, term);
                return chain;
              });
}

void writeMaximum(Nest &nest, llvm::StringRef name, const std::string &count, Term term) {
  nest.line(nest.real() + " " + name + " = " + nest.number(-std::numeric_limits<double>::infinity()) + ";");
  nest.loop("j", "0", count);
  nest.line(name + " = " + nest.micro(kernels::MapOp::Max, {name.str(), term("j")}) + ";");
  nest.close();
  nest.line(name + " += " + nest.number(0) + "; /* +0 for -0 */");
}

} // namespace dlc::deploy
