// Peaks of a machine, measured with loops that nothing but the processor limits.
// The vector types are the compiler's; which registers they become is said by target attributes.
#include "dlc/measure/peaks.h"

#include "dlc/runtime/thread_team.h"
#include "dlc/support/files.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

namespace dlc::measure {
namespace {

using Clock = std::chrono::steady_clock;

/// Chains that do not wait for one another: a multiply-add takes four or five cycles, and up to two begin in each.
constexpr int kChains = 12;
constexpr int kRounds = 20000;

/// The operations of kRounds rounds of all chains; `kept` keeps the compiler from doing them beforehand, or not at all.
template <class Vector, class T> [[gnu::always_inline]] inline double chains(volatile T *kept) {
  constexpr size_t kLanes = sizeof(Vector) / sizeof(T);
  const T start = *kept; // which nothing is known of
  Vector sums[kChains];
  for (auto &sum : sums)
    sum = Vector{} + start;
  const Vector factor = Vector{} + T(0.999), addend = Vector{} + T(0.001);
  for (int round = 0; round < kRounds; ++round)
    for (auto &sum : sums)
      sum = sum * factor + addend;
  for (auto &sum : sums)
    *kept = sum[0];
  return 2.0 * kLanes * kChains * kRounds;
}

using F32x4 = float __attribute__((vector_size(16)));
using F64x2 = double __attribute__((vector_size(16)));
double plain32(volatile float *kept) { return chains<F32x4>(kept); }
double plain64(volatile double *kept) { return chains<F64x2>(kept); }
#if defined(__x86_64__)
using F32x8 = float __attribute__((vector_size(32)));
using F64x4 = double __attribute__((vector_size(32)));
using F32x16 = float __attribute__((vector_size(64)));
using F64x8 = double __attribute__((vector_size(64)));
[[gnu::target("avx2,fma")]] double avx2of32(volatile float *kept) { return chains<F32x8>(kept); }
[[gnu::target("avx2,fma")]] double avx2of64(volatile double *kept) { return chains<F64x4>(kept); }
[[gnu::target("avx512f")]] double avx512of32(volatile float *kept) { return chains<F32x16>(kept); }
[[gnu::target("avx512f")]] double avx512of64(volatile double *kept) { return chains<F64x8>(kept); }
#endif

struct Loops {
  double (*f32)(volatile float *);
  double (*f64)(volatile double *);
};
/// In the widest registers that this processor has.
Loops loops() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    return {avx512of32, avx512of64};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return {avx2of32, avx2of64};
#endif
  return {plain32, plain64};
}

/// The best rate of several tries: `job(thread)` gives what it has done.
template <class Job> double best(ThreadTeam &team, int tries, Job job) {
  double rate = 0;
  std::vector<double> done(team.size());
  for (int i = 0; i < tries; ++i) {
    const auto start = Clock::now();
    team.run([&](unsigned thread) { done[thread] = job(thread); });
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    double all = 0;
    for (double one : done)
      all += one;
    rate = std::max(rate, all / seconds);
  }
  return rate;
}

/// What Linux calls the processor; "processor" where it does not say.
std::string processorName() {
  auto bytes = readFile("/proc/cpuinfo");
  llvm::StringRef text = bytes.ok() ? (*bytes)->getBuffer() : "";
  const llvm::StringRef name = text.substr(text.find("model name")).split('\n').first.split(':').second.trim();
  return name.empty() ? "processor" : name.str();
}

std::string fileName(unsigned threads) {
  std::string name = "machine-";
  for (char c : processorName())
    name += llvm::isAlnum(c) ? c : '_';
  return name + "-" + std::to_string(threads);
}

std::optional<Machine> read(llvm::StringRef path) {
  auto bytes = readFile(path);
  if (!bytes.ok())
    return std::nullopt;
  llvm::SmallVector<llvm::StringRef, 4> words;
  (*bytes)->getBuffer().trim().split(words, ' ');
  Machine machine;
  double *const rates[] = {&machine.f32, &machine.f64, &machine.bytesPerSecond};
  if (words.size() != std::size(rates))
    return std::nullopt;
  for (auto [rate, word] : llvm::zip(rates, words))
    if (auto number = parseNumber(word); number && *number > 0)
      *rate = *number;
    else
      return std::nullopt;
  return machine;
}

} // namespace

Machine measureMachine(unsigned threads) {
  constexpr int kTries = 20;
  constexpr size_t kBlock = size_t{64} << 20;
  ThreadTeam team(std::max(threads, 1u));
  const Loops chains = loops();
  Machine machine;
  machine.f32 = best(team, kTries, [&](unsigned) {
    volatile float kept = 0;
    return chains.f32(&kept);
  });
  machine.f64 = best(team, kTries, [&](unsigned) {
    volatile double kept = 0;
    return chains.f64(&kept);
  });
  const size_t block = kBlock / team.size();
  auto from = std::make_unique<char[]>(block * team.size()), to = std::make_unique<char[]>(block * team.size());
  machine.bytesPerSecond = best(team, 6, [&](unsigned thread) {
    std::memcpy(to.get() + thread * block, from.get() + thread * block, block);
    return 2.0 * static_cast<double>(block);
  });
  return machine;
}

Machine machineFor(unsigned threads, llvm::StringRef folder) {
  const Machine now = measureMachine(threads);
  if (folder.empty())
    return now;
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, fileName(threads));
  const Machine known = read(path).value_or(Machine());
  const Machine most{std::max(now.f32, known.f32), std::max(now.f64, known.f64),
                     std::max(now.bytesPerSecond, known.bytesPerSecond)};
  if (!llvm::sys::fs::create_directories(folder))
    (void)writeFileAtomically(path, shortNumber(most.f32) + " " + shortNumber(most.f64) + " " +
                                        shortNumber(most.bytesPerSecond) + "\n");
  return most;
}

std::string cacheFolder() {
  llvm::SmallString<128> path;
  if (const char *cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    path = cache;
  else if (const char *home = std::getenv("HOME"); home && *home)
    path = home, llvm::sys::path::append(path, ".cache");
  else
    return "";
  llvm::sys::path::append(path, "dlc");
  return path.str().str();
}

} // namespace dlc::measure
