// The checksum of model files: xxh3 over the xxh3 of each MiB, so that a file can be summed in pieces of any size.
// It finds damage, not forgery.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/xxhash.h"

#include <cstdint>
#include <vector>

namespace dlc::model {

class Checksum {
public:
  void add(llvm::ArrayRef<char> bytes) {
    while (!bytes.empty()) {
      if (piece.empty() && bytes.size() >= kPiece) { // whole pieces need no copy
        hash(bytes.take_front(kPiece));
        bytes = bytes.drop_front(kPiece);
        continue;
      }
      size_t take = std::min(kPiece - piece.size(), bytes.size());
      piece.insert(piece.end(), bytes.begin(), bytes.begin() + take);
      bytes = bytes.drop_front(take);
      if (piece.size() == kPiece)
        finishPiece();
    }
  }
  uint64_t finish() {
    if (!piece.empty())
      finishPiece();
    return llvm::xxh3_64bits(
        llvm::ArrayRef(reinterpret_cast<const uint8_t *>(hashes.data()), hashes.size() * sizeof(uint64_t)));
  }

private:
  static constexpr size_t kPiece = size_t{1} << 20;
  void finishPiece() {
    hash(piece);
    piece.clear();
  }
  void hash(llvm::ArrayRef<char> bytes) {
    hashes.push_back(llvm::xxh3_64bits(llvm::ArrayRef(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size())));
  }
  std::vector<char> piece;
  std::vector<uint64_t> hashes;
};

} // namespace dlc::model
