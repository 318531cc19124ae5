// Plain C++, one element at a time: what the other instruction sets are held to. It is not meant to be fast.
// Built for any processor.
#include "dlc/kernels/kernels.h"

namespace dlc::kernels {

namespace scalar {
extern const Table table;
}

extern const IsaDef isa_scalar;
constexpr IsaDef isa_scalar = {.name = "scalar",
                               .rank = 0,
                               .fuses = true,
                               .whyNot = [] { return static_cast<const char *>(nullptr); },
                               .table = scalar::table};

} // namespace dlc::kernels
