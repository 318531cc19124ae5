// The numbers in a trailer that its reader and its writer share.
// What the sections mean is said at struct Trailer.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <bit>
#include <cstdint>

namespace dlc::model {

static_assert(std::endian::native == std::endian::little,
              "model files are little-endian, and tensors are copied as they are");

inline constexpr llvm::StringLiteral kTrailerMagic = "DLCTRAIL";
inline constexpr uint32_t kTrailerVersion = 1;

/// Kinds of sections; append only. Lists are u32 counts followed by u32-length-prefixed strings; kMeans is f64 after
/// f64.
enum SectionKind : uint32_t {
  kSource = 1,
  kClassNames = 2,
  kPrepare = 3,
  kVersion = 4,
  kValues = 5,
  kColumnNames = 6,
  kMeans = 7,
  kTargetNames = 8
};

/// dtype words of the plain format.
enum DTypeWord : uint32_t { kWordF32 = 0, kWordF64 = 1 };

} // namespace dlc::model
