// What the kernel tests share: the tables that can run here, buffers between guard pages, and comparison by bits.
// Holds no test of its own.
#pragma once
#include "dlc/ir/exact_math.h"
#include "dlc/kernels/kernels.h"
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace dlc::kernels {

namespace avx512_emulated {
extern const Table table; // the AVX-512 source over SIMDe's AVX2 emulation of its intrinsics
}

inline Isa findIsa(const std::string &name) {
  for (Isa isa : isas())
    if (isa->name == name)
      return isa;
  return nullptr;
}

struct Candidate {
  std::string name;
  const Table *table;
  bool fused; ///< whether its fma rounds once, so that it shares its bits with the plain definitions
};

/// Every table that can run on this machine, and the emulated AVX-512 one.
inline std::vector<Candidate> candidates() {
  std::vector<Candidate> list;
  for (Isa isa : isas())
    if (supported(isa))
      list.push_back({isa->name, &isa->table, isa->fuses});
#ifdef DLC_TEST_EMULATED_AVX512
  if (Isa avx2 = findIsa("avx2"); avx2 && supported(avx2))
    list.push_back({"avx512-emulated", &avx512_emulated::table, true});
#endif
  return list;
}

/// A buffer that ends exactly at an unreadable page, or begins exactly after one; the slack on the other side is
/// checked.
template <class T> class Guarded {
public:
  enum class At { End, Begin };
  explicit Guarded(size_t count, At at = At::End) : count_(count) {
    size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    bytes_ = (count * sizeof(T) + page - 1) / page * page + page;
    map_ =
        static_cast<char *>(mmap(nullptr, bytes_ + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(static_cast<void *>(map_), MAP_FAILED);
    if (at == At::End) {
      mprotect(map_ + bytes_, page, PROT_NONE);
      slack_ = map_, slackBytes_ = bytes_ - count * sizeof(T), data_ = reinterpret_cast<T *>(map_ + slackBytes_);
    } else {
      mprotect(map_, page, PROT_NONE);
      data_ = reinterpret_cast<T *>(map_ + page), slack_ = map_ + page + count * sizeof(T);
      slackBytes_ = bytes_ - count * sizeof(T);
    }
    std::memset(slack_, 0x5a, slackBytes_);
    mapped_ = bytes_ + page;
  }
  Guarded(const Guarded &) = delete;
  Guarded &operator=(const Guarded &) = delete;
  ~Guarded() {
    for (size_t i = 0; i < slackBytes_; ++i)
      if (slack_[i] != 0x5a) {
        ADD_FAILURE() << "a byte " << i << " of the slack was overwritten";
        break;
      }
    munmap(map_, mapped_);
  }
  T *data() { return data_; }
  size_t size() const { return count_; }
  T &operator[](size_t i) { return data_[i]; }
  const T &operator[](size_t i) const { return data_[i]; }
  T *begin() { return data_; }
  T *end() { return data_ + count_; }
  void fill(T value) { std::fill(begin(), end(), value); }
  std::vector<T> copy() { return {begin(), end()}; }

private:
  size_t count_, bytes_, mapped_, slackBytes_;
  char *map_, *slack_;
  T *data_;
};

/// Runs a family over all its grains, dealt out as `slices` threads would get them (each with scratch of its own).
template <class Args> void runAll(const Family<Args> &family, const Args &args, size_t slices = 1) {
  size_t grains = family.grains(args), bytes = family.scratch(args);
  for (size_t t = 0; t < slices; ++t) {
    void *scratch = bytes ? std::aligned_alloc(64, (bytes + 63) / 64 * 64) : nullptr;
    if (bytes)
      std::memset(scratch, 0xff, bytes); // NaN everywhere: what is read before it is written shows
    family.run(args, {t * grains / slices, (t + 1) * grains / slices}, scratch);
    std::free(scratch);
  }
}

/// A map before it is compiled.
template <class T> struct MapCase {
  size_t count;
  MapProgram<T> program;
};
template <class T> MapLoops<T> compiled(const Families<T> &f, const MapProgram<T> &program) {
  MapLoops<T> loops;
  f.compile(program, {}, loops);
  return loops;
}
template <class T> void runMap(const Families<T> &f, const MapCase<T> &map, size_t slices = 1) {
  const MapLoops<T> loops = compiled(f, map.program);
  runAll(f.map, MapArgs<T>{map.count, &loops}, slices);
}

template <class T> bool sameBits(T a, T b) { return (a != a && b != b) || std::memcmp(&a, &b, sizeof(T)) == 0; }

/// Every element equal by bits (any NaN equals any NaN).
template <class T, class A, class B>
void expectSame(const A &got, const B &want, size_t count, const std::string &what) {
  for (size_t i = 0; i < count; ++i)
    if (!sameBits<T>(got[i], want[i])) {
      ADD_FAILURE() << what << ": element " << i << " is " << got[i] << ", not " << want[i];
      return;
    }
}

template <class T, class A, class B>
void expectNear(const A &got, const B &want, size_t count, double tolerance, const std::string &what) {
  for (size_t i = 0; i < count; ++i) {
    double g = got[i], w = want[i];
    if ((g != g && w != w) || g == w || std::fabs(g - w) <= tolerance * (1 + std::fabs(w)))
      continue;
    ADD_FAILURE() << what << ": element " << i << " is " << g << ", not " << w;
    return;
  }
}

/// Fixed pseudo-random values in (-2, 2), with a zero, a negative zero and equal neighbours among them.
template <class T> void fillRandom(T *p, size_t n, unsigned seed) {
  std::mt19937 random(seed * 7919 + 13);
  std::uniform_real_distribution<double> uniform(-2, 2);
  for (size_t i = 0; i < n; ++i) {
    p[i] = static_cast<T>(uniform(random));
    if (i % 29 == 17)
      p[i] = i % 2 ? T(0) : -T(0);
    if (i % 31 == 7 && i)
      p[i] = p[i - 1];
  }
}

inline constexpr size_t kOddSizes[] = {0,  1,  2,  3,  5,   7,   8,   9,   15,  16,  17,   31,
                                       33, 63, 64, 65, 100, 127, 255, 257, 511, 513, 1025, 4097};

} // namespace dlc::kernels
