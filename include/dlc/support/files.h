// Whole files in and out: reading, unpacking gzip, and the one function that writes files so that they are never half
// there. It knows no formats, and nothing is watched, locked or kept open.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdint>
#include <memory>
#include <string>

namespace dlc {

/// What a pipe or a device may deliver at most; regular files are read whatever their size, as far as memory goes.
inline constexpr uint64_t kMaxStreamBytes = uint64_t{1} << 30;

/// The bytes of a file, read and not mapped (a mapped file that another program cuts off ends the process with SIGBUS),
/// followed by a NUL byte outside its size. `-` is standard input. The buffer's identifier is `path`. Errors: NotFound,
/// PermissionDenied, FailedPrecondition (a folder), ResourceExhausted (memory, an endless stream), Unavailable; the
/// message is the path and the system's reason.
absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> readFile(llvm::StringRef path);

/// A copy of `bytes` with a NUL byte outside its size. LLVM's own function for this returns null where memory is short;
/// this one ends in allocationFailed().
std::unique_ptr<llvm::MemoryBuffer> copyToBuffer(llvm::StringRef bytes, llvm::StringRef name);

/// The first `size` bytes of a regular file, unpacked if it is a gzip file; fewer where there are fewer, none where it
/// cannot be read. A pipe is not touched, since what is read from it is gone. For looking at what a file is, not for
/// reading it.
std::string readBeginning(llvm::StringRef path, size_t size);

/// Whether the bytes begin like a gzip file (1f 8b).
bool looksGzipped(llvm::StringRef bytes);

/// The largest size that gunzip() unpacks `packed` bytes to unless told otherwise: 200 times as much, and at least 64
/// MiB. Real tables and images shrink to a fiftieth at best; a bomb is a thousandfold.
uint64_t defaultGunzipLimit(uint64_t packed);

/// Unpacks all members of a gzip file, growing with what comes out. Errors: DataLoss (damaged or cut off, with the byte
/// offset in the packed file), ResourceExhausted (more than `maxBytes` comes out). No memory: allocationFailed().
absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> gunzip(llvm::StringRef packed, llvm::StringRef name,
                                                           uint64_t maxBytes);
absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> gunzip(llvm::StringRef packed, llvm::StringRef name);

/// Unpacks deflate data without a frame to exactly `size` bytes. Errors: DataLoss (damaged, cut off, another size). No
/// memory: allocationFailed().
absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> inflateRaw(llvm::StringRef packed, uint64_t size,
                                                               llvm::StringRef name);
/// The checksum of gzip and zip.
uint32_t crc32Of(llvm::StringRef bytes);

/// What a writer of pieces calls; false means that writing failed and nothing more need be produced.
using Sink = llvm::function_ref<bool(llvm::ArrayRef<char> piece)>;

/// Writes a file as a whole or not at all: a temporary in the same folder, every write checked, fsync, rename over
/// `path`, fsync of the folder. Whatever fails, the temporary is removed and the file that was there stays as it was;
/// what a killed process has left of an earlier try to write the same file is removed as well. A symbolic link is
/// followed, so that the link stays and its target is replaced; the mode of a file that was there is kept. `-` and
/// files that are not regular (/dev/stdout, a pipe) are written directly. `produce` is called once and hands its pieces
/// to the sink; no copy of the whole is made.
absl::Status writeFileAtomically(llvm::StringRef path, llvm::function_ref<void(Sink)> produce);
absl::Status writeFileAtomically(llvm::StringRef path, llvm::StringRef bytes);

/// Whether writeFileAtomically could write `path`, as far as can be known without touching the file: asked before
/// training starts. The folder must exist and take a new file (one is made and removed again), and `path` must not be a
/// folder or read-only.
absl::Status checkWritable(llvm::StringRef path);

} // namespace dlc
