// Implements records of data.
// Files are read piece by piece, so that a hash takes no memory; a folder is walked in the order of names.
#include "data_record.h"

#include "dlc/data/source.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"

#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::train {
namespace {

uint64_t mix(uint64_t hash, llvm::StringRef bytes) {
  const uint64_t both[] = {hash, llvm::xxh3_64bits(bytes)};
  return llvm::xxh3_64bits(llvm::StringRef(reinterpret_cast<const char *>(both), sizeof both));
}

/// Adds what `path` holds to `record`; false where it is no regular file or cannot be read.
bool addFile(const std::string &path, DataRecord &record) {
  struct stat found;
  if (stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode))
    return false;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  auto close = llvm::make_scope_exit([&] { ::close(file); });
  std::vector<char> piece(size_t{1} << 20);
  for (size_t filled = 0;;) {
    const ssize_t got = ::read(file, piece.data() + filled, piece.size() - filled);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return false;
    filled += static_cast<size_t>(got);
    if (got == 0 || filled == piece.size()) {
      record.contents = mix(record.contents, llvm::StringRef(piece.data(), filled));
      record.bytes += filled;
      filled = 0;
    }
    if (got == 0)
      break;
  }
  record.time = std::max<int64_t>(record.time, found.st_mtime);
  return true;
}

bool addFolder(const std::string &path, DataRecord &record) {
  std::map<std::string, bool> names; // sorted
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator it(path, error), end; it != end && !error; it.increment(error))
    names.emplace(it->path(), true);
  for (const auto &[name, unused] : names) {
    DataRecord one = record;
    one.contents = mix(one.contents, llvm::StringRef(name).drop_front(path.size()));
    if (addFile(name, one)) {
      record = one;
      ++record.files;
    }
  }
  return record.files > 0;
}

/// All texts in a constant, those in lists too.
void eachText(const Const &value, llvm::function_ref<void(const std::string &)> f) {
  if (value.kind == Const::Kind::String)
    f(value.text);
  for (const ConstArg &item : value.items)
    eachText(item.value, f);
}

} // namespace

std::string DataRecord::text() const {
  const std::time_t seconds = time;
  std::tm when{};
  char day[32] = "";
  if (gmtime_r(&seconds, &when))
    std::strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S UTC", &when);
  return (files ? grouped(static_cast<int64_t>(files)) + (files == 1 ? " file, " : " files, ") : "") +
         grouped(static_cast<int64_t>(bytes)) + " bytes of " + day;
}

std::string DataRecord::numbers() const {
  return std::to_string(files) + " " + std::to_string(bytes) + " " + std::to_string(time) + " " +
         llvm::utohexstr(contents);
}

bool DataRecord::read(llvm::StringRef numbers) {
  llvm::SmallVector<llvm::StringRef, 4> words;
  numbers.split(words, ' ');
  return words.size() == 4 && !words[0].getAsInteger(10, files) && !words[1].getAsInteger(10, bytes) &&
         !words[2].getAsInteger(10, time) && !words[3].getAsInteger(16, contents);
}

std::vector<DataRecord> recordData(const compile::Unit &unit) {
  std::vector<DataRecord> records;
  data::LoadContext context;
  context.folder = unit.folder;
  auto add = [&](llvm::StringRef role, const Const &value) {
    // Whatever text among the arguments names a file that is there; a separator or a column does not.
    eachText(value, [&](const std::string &name) {
      auto path = data::findDataFile(name, context, Loc());
      if (!path || *path == "-")
        return;
      DataRecord record{role.str(), name};
      if (llvm::sys::fs::is_directory(*path) ? addFolder(*path, record) : addFile(*path, record))
        records.push_back(std::move(record));
    });
  };
  const dsl::DataSettings &settings = unit.settings.data;
  for (const ConstArg &arg : settings.train.value.args)
    add("train", arg.value);
  for (const ConstArg &arg : settings.val.value.source.args)
    add("val", arg.value);
  add("classes", settings.classes.value);
  return records;
}

} // namespace dlc::train
