// Goes through folders and lists.
// What a file is, image.h tells from its first bytes.
#include "picture_files.h"
#include "refusal.h"

#include "dlc/data/image.h"
#include "dlc/support/files.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <fcntl.h>
#include <map>
#include <unistd.h>

namespace dlc::data {
namespace {

namespace fs = llvm::sys::fs;

/// What the reader of the file itself would say is left to him.
void keepRefusal(std::error_code &refused, std::error_code error) {
  if (error && codeOfRefusal(error) == "E311")
    refused = error;
}

enum class EntryKind : uint8_t { Folder, Picture, Foreign, Special, Other };

/// The first bytes of a regular file as they are; none of one that cannot be read, with the reason in `refused` where
/// that is the system's.
std::string firstBytes(const std::string &path, std::error_code &refused) {
  constexpr size_t kEnough = 64;
  std::string bytes(kEnough, '\0');
  const int fd =
      llvm::sys::RetryAfterSignal(-1, [&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); });
  const ssize_t got = fd < 0 ? -1 : llvm::sys::RetryAfterSignal(-1, ::read, fd, bytes.data(), kEnough);
  if (got < 0)
    keepRefusal(refused, std::error_code(errno, std::generic_category()));
  if (fd >= 0)
    ::close(fd);
  bytes.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return bytes;
}

std::string within(llvm::StringRef folder, llvm::StringRef name) {
  llvm::SmallString<256> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

/// What is left out of a folder, for a note.
struct LeftOut {
  size_t beside = 0, folders = 0, special = 0, others = 0;
  std::map<std::string, size_t> foreign; ///< by format

  std::string text() const {
    std::vector<std::string> parts;
    auto add = [&](size_t count, llvm::StringRef what, llvm::StringRef where) {
      if (count)
        parts.push_back((std::to_string(count) + " " + what + (count == 1 ? "" : "s") + where).str());
    };
    add(beside, "picture", " next to the class folders");
    add(folders, "folder", " inside them");
    for (const auto &[format, count] : foreign)
      add(count, format + " picture", ", which dlc does not support");
    add(special, "special file", "");
    add(others, "file", " in other formats inside them");
    return llvm::join(parts, ", ");
  }
};

/// What a folder holds, by name; hidden names left out.
class Listing {
public:
  static Fallible<Listing> of(const std::string &folder) {
    Listing listing;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error)) {
      llvm::StringRef name = llvm::sys::path::filename(it->path());
      if (!name.starts_with("."))
        listing.names.emplace(name.str(), EntryKind::Other);
    }
    if (error)
      return Trouble{.code = codeOfRefusal(error), .message = escaped(folder) + ": " + error.message()};
    for (auto &[name, entry] : listing.names) {
      std::error_code refused;
      entry = listing.look(folder, name, refused);
      if (refused)
        return Trouble{.code = "E311", .message = escaped(within(folder, name)) + ": " + refused.message()};
    }
    return listing;
  }
  std::map<std::string, EntryKind> names;
  std::map<std::string, size_t> foreign;

private:
  EntryKind look(const std::string &folder, const std::string &name, std::error_code &refused) {
    const std::string path = within(folder, name);
    fs::file_status status;
    const std::error_code unknown = fs::status(path, status);
    keepRefusal(refused, unknown);
    const bool there = !unknown;
    if (there && status.type() == fs::file_type::directory_file)
      return EntryKind::Folder;
    if (there && status.type() != fs::file_type::regular_file)
      return EntryKind::Special;
    if (hasImageExtension(name)) // or it is a damaged one
      return EntryKind::Picture;
    const std::string bytes = firstBytes(path, refused);
    if (!imageFormatName(bytes).empty())
      return EntryKind::Picture;
    llvm::StringRef format = foreignImageName(bytes);
    if (format.empty())
      return EntryKind::Other;
    ++foreign[format.str()];
    return EntryKind::Foreign;
  }
};

} // namespace

Fallible<std::shared_ptr<const llvm::MemoryBuffer>> readPicture(const Picture &picture) {
  if (picture.kept)
    return picture.kept;
  fs::file_status status;
  if (!fs::status(picture.path, status) && status.type() != fs::file_type::regular_file &&
      status.type() != fs::file_type::directory_file)
    return Trouble{.code = "E301", .message = "it is a pipe or a device, not a file", .place = {.file = picture.path}};
  auto bytes = readFile(picture.path);
  if (!bytes.ok())
    return Trouble{.code = codeOfRefusal(bytes.status()),
                   .message = ref(bytes.status().message()).str(),
                   .place = {.file = picture.path}};
  return std::shared_ptr<const llvm::MemoryBuffer>(*std::move(bytes));
}

Fallible<std::vector<Picture>> picturesInFolder(const std::string &folder, std::vector<std::string> &notes) {
  DLC_TRY(auto outer, Listing::of(folder));
  std::vector<Picture> pictures, beside;
  LeftOut left, leftBeside;
  leftBeside.foreign = outer.foreign;
  for (const auto &[name, entry] : outer.names) {
    leftBeside.special += entry == EntryKind::Special;
    if (entry == EntryKind::Picture)
      beside.push_back({within(folder, name), ""});
    if (entry != EntryKind::Folder)
      continue;
    DLC_TRY(auto inner, Listing::of(within(folder, name)));
    const size_t before = pictures.size();
    std::map<EntryKind, size_t> counts;
    for (const auto &[picture, kind] : inner.names) {
      ++counts[kind];
      if (kind == EntryKind::Picture)
        pictures.push_back({within(within(folder, name), picture), name});
    }
    for (const auto &[format, count] : inner.foreign)
      left.foreign[format] += count;
    left.special += counts[EntryKind::Special];
    if (pictures.size() == before) {
      notes.push_back("no pictures in " + escaped(within(folder, name)) + ", so it is not a class");
    } else {
      left.folders += counts[EntryKind::Folder];
      left.others += counts[EntryKind::Other];
    }
  }
  const bool classes = !pictures.empty();
  if (classes)
    left.beside = beside.size();
  left.special += leftBeside.special;
  for (const auto &[format, count] : leftBeside.foreign)
    left.foreign[format] += count;
  if (std::string text = left.text(); !text.empty())
    notes.push_back("skipped in " + escaped(folder) + ": " + text);
  return classes ? pictures : beside;
}

Fallible<std::vector<Picture>> picturesInList(TextFile list, const std::string &folder) {
  DLC_TRY(auto listed, parsePictureList(list));
  std::vector<Picture> pictures;
  for (const ListedPicture &picture : listed)
    pictures.push_back({llvm::sys::path::is_absolute(picture.path) ? picture.path : within(folder, picture.path),
                        picture.label, picture.line});
  return pictures;
}

} // namespace dlc::data
