// The instruction sets that this build has kernels for. Each is a row in a file of its own,
// lib/kernels/isa/isa_<name>.cpp, and a vector type, lib/kernels/isa/simd_<name>.h; no list names them.
#pragma once

namespace dlc::kernels {

struct Table;

struct IsaDef {
  const char *name;        ///< the word of --isa
  int rank;                ///< the higher, the faster; no two are equal
  bool fuses;              ///< a multiply-add rounds once, so that its bits are those of all others that fuse
  const char *(*whyNot)(); ///< why processor or operating system cannot run it, in a few words; null when they can
  const Table &table;
};
using Isa = const IsaDef *;

/// By rank; the first is scalar, which runs everywhere.
class Isas {
public:
  const Isa *begin() const { return list_; }
  const Isa *end() const { return list_ + count_; }
  friend Isas isas();

private:
  Isas(const Isa *list, unsigned count) : list_(list), count_(count) {}
  const Isa *list_;
  unsigned count_;
};
Isas isas();
extern const IsaDef isa_scalar;
inline constexpr Isa kScalar = &isa_scalar;

inline const char *whyNot(Isa isa) { return isa->whyNot(); }
inline bool supported(Isa isa) { return !isa->whyNot(); }
/// The fastest that can run here.
Isa best();

} // namespace dlc::kernels
