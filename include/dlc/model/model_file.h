// Model files: the plain DLASM1 format (magic, tensors by name), followed by a trailer of ours that readers of the
// plain format never reach. Checkpoints are the same container with more tensors and values; what they mean is decided
// by whoever asks for them.
#pragma once

#include "dlc/support/files.h"
#include "dlc/support/tensor.h"
#include "dlc/support/trouble.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::model {

/// The plain part, little-endian throughout:
///   "DLASM1\0", u32 number of tensors, then for each: u32 name length, name, u32 dtype (0 f32, 1 f64), u32 dimensions,
///   u64 sizes[], the elements row-major without padding.
inline constexpr llvm::StringLiteral kMagic = llvm::StringLiteral::withInnerNUL("DLASM1\0");

struct NamedTensor {
  std::string name; ///< "linear1.weight"
  Tensor tensor;    ///< f32 or f64
};

/// What a model file of ours holds after its last tensor. Layout: "DLCTRAIL", u32 version, u32 number of sections, then
/// for each u32 kind, u64 length, bytes; then a u64 checksum of everything in the file before it: each MiB is hashed
/// with xxh3 (the last piece may be short), and the checksum is the xxh3 of those hashes (little-endian) one after the
/// other, so that neither side needs the file in one piece. Sections of unknown kind are skipped.
struct Trailer {
  std::string source;                        ///< text of the .dsl file, overrides already applied or listed in `values`
  std::vector<std::string> classNames;       ///< in order of their indices; may be empty
  std::vector<std::string> columnNames;      ///< of the features, in order; empty in files of a dlc that kept none
  std::vector<std::string> targetNames = {}; ///< of columns that hold a sample's targets, in order; may be empty
  std::vector<double> means; ///< of the features, where empty cells are filled with them; otherwise empty
  std::string prepare;       ///< data::Prepare::text()
  std::string version;       ///< of the dlc that wrote it
  std::vector<std::pair<std::string, std::string>>
      values; ///< anything else, in order: counters of a checkpoint, the file's name ...

  /// The value under `key`, or nothing.
  std::optional<llvm::StringRef> value(llvm::StringRef key) const;
  friend bool operator==(const Trailer &, const Trailer &) = default;
};

struct ModelFile {
  std::vector<NamedTensor> tensors;
  std::optional<Trailer> trailer; ///< absent in files of the plain format

  const NamedTensor *find(llvm::StringRef name) const;
};

/// Whether the bytes begin with the magic.
bool looksLikeModel(llvm::StringRef bytes);
/// Reads a model file. Every size is held against the bytes that are there before anything is allocated. E401 not a
/// model file, E404 truncated, E405 damaged (checksum, impossible size, doubled name, unknown
/// bytes after the last tensor), E403 unknown dtype or version; all but the first with the byte offset. `what` is what
/// messages call the file: "model file", "checkpoint".
Fallible<ModelFile> parseModel(llvm::StringRef bytes, llvm::StringRef fileName, llvm::StringRef what = "model file");

/// A tensor that lies somewhere else: `type.bytes()` bytes at `data`.
struct TensorView {
  llvm::StringRef name;
  Type type;
  const std::byte *data;
};
TensorView view(const NamedTensor &tensor);

/// Writes a model file through writeFileAtomically, straight from where the tensors lie.
absl::Status writeModel(llvm::StringRef path, llvm::ArrayRef<TensorView> tensors, const Trailer *trailer);
/// The same bytes in memory.
std::string modelBytes(llvm::ArrayRef<TensorView> tensors, const Trailer *trailer);

/// A tensor that a net has and the file must have.
struct WantedTensor {
  std::string name;
  Type type;
  std::string where; ///< "net.dsl:5:6", may be empty
};
/// The tensors of `file` in the order of `wanted`. Every missing, superfluous or differing one is a line of the table
/// in E402's detail; if only dtypes differ it is E403. `netName` is the file that `wanted` comes from.
Fallible<std::vector<const NamedTensor *>> matchTensors(const ModelFile &file, llvm::StringRef fileName,
                                                        llvm::ArrayRef<WantedTensor> wanted, llvm::StringRef netName);

/// What a net that begins with the weights of `file` takes from it.
struct Beginning {
  std::vector<const NamedTensor *> taken; ///< in the order of `wanted`; null for a tensor that starts anew
  std::vector<std::string> unused;        ///< tensors of the file that the net does not take
};
/// The same as matchTensors(), but tensors that `isFresh` of need not fit, and where it is of any, the file may hold
/// others. E402 says in its help how to let start anew what does not fit.
Fallible<Beginning> matchBeginning(const ModelFile &file, llvm::StringRef fileName, llvm::ArrayRef<WantedTensor> wanted,
                                   llvm::StringRef netName, llvm::function_ref<bool(llvm::StringRef name)> isFresh);

} // namespace dlc::model
