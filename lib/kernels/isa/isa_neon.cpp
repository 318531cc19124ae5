// NEON, which every 64-bit ARM processor has, the fused multiply-add included. Newer vectors of ARM's are not used.
// Built for aarch64.
#include "dlc/kernels/kernels.h"

namespace dlc::kernels {

namespace neon {
extern const Table table;
}

extern const IsaDef isa_neon;
constexpr IsaDef isa_neon = {.name = "neon",
                             .rank = 10,
                             .fuses = true,
                             .whyNot = [] { return static_cast<const char *>(nullptr); },
                             .table = neon::table};

} // namespace dlc::kernels
