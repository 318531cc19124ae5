// Where decoded samples are kept: memory, a nameless file, or nowhere.
// Decoding goes in several threads; which sample ends up where does not depend on them.
#include "dlc/data/source.h"
#include "dlc/support/checked_size.h"
#include "dlc/support/machine.h"
#include "dlc/support/strings.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <new>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

namespace dlc::data {
namespace {

/// A file that no folder knows and that is gone with the process, mapped.
class Mapping final : public llvm::MemoryBuffer {
public:
  Mapping(char *begin, uint64_t size) : size(size) { init(begin, begin + size, false); }
  ~Mapping() override { ::munmap(const_cast<char *>(getBufferStart()), size); }
  BufferKind getBufferKind() const override { return MemoryBuffer_MMap; }
  char *begin() const { return const_cast<char *>(getBufferStart()); }

private:
  uint64_t size;
};

Fallible<std::shared_ptr<Mapping>> mapNameless(const std::string &folder, uint64_t bytes) {
  auto refused = [&](int error) {
    return Trouble{.code = "E310",
                   .message = "the decoded samples need " + grouped(static_cast<int64_t>(bytes)) + " bytes in " +
                              folder + ": " + std::strerror(error),
                   .help = "write cache = none under [data], to decode them each time"};
  };
  int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) { // a file system without nameless files: one that loses its name at once
    std::string pattern = folder + "/.dlc-cache-XXXXXX";
    fd = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (fd >= 0)
      ::unlink(pattern.c_str());
  }
  if (fd < 0)
    return refused(errno);
  // Room is taken at once: a full disk must show here, and not as a fault when a page is written.
  int error;
  do
    error = ::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  while (error == EINTR);
  void *begin = error ? MAP_FAILED : ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (!error && begin == MAP_FAILED)
    error = errno;
  ::close(fd);
  if (error)
    return refused(error);
  return std::make_shared<Mapping>(static_cast<char *>(begin), bytes);
}

/// The samples that cannot be decoded, in order, each with what is wrong.
using Bad = std::map<uint32_t, Trouble>;

/// Decodes all samples to their places, or to nowhere where `to` is null. Without `all`, the first bad one will do.
Bad decodeAll(const Dataset &data, const SampleReader &reader, llvm::ArrayRef<uint64_t> places, uint8_t *to, bool all) {
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  Bad bad;
  auto work = [&] {
    std::vector<uint16_t> nowhere; // aligned for words
    for (size_t row; (row = next++) < data.count;) {
      if (!to)
        nowhere.resize(static_cast<size_t>(elementCount(data.shapeOf(row))));
      Checked read = reader.read(row, to ? to + places[row] : reinterpret_cast<uint8_t *>(nowhere.data()));
      if (read)
        continue;
      std::lock_guard lock(mutex);
      bad.emplace(static_cast<uint32_t>(row), read.failure());
      if (!all)
        next = data.count; // later ones need no look; earlier ones are being worked on
    }
  };
  std::vector<std::thread> threads;
  size_t helpers = std::min<size_t>(processors(), data.count / 16);
  for (size_t i = 1; i < helpers; ++i) {
    std::thread thread;
    if (startThread(thread, work))
      break; // those that are there do it, or this one alone
    threads.push_back(std::move(thread));
  }
  work();
  for (std::thread &thread : threads)
    thread.join();
  return bad;
}

/// What decoding has shown: trouble, or samples that are taken out.
Checked settle(Dataset &data, const Bad &bad, bool skip) {
  if (bad.empty())
    return allGood();
  if (!skip)
    return bad.begin()->second;
  std::vector<uint32_t> rows;
  for (const auto &[row, trouble] : bad) {
    rows.push_back(row);
    data.broken.push_back(trouble.place.file + ": " + trouble.message);
  }
  dropRows(data, rows);
  return allGood();
}

/// The samples of another reader that are left.
class Chosen final : public SampleReader {
public:
  Chosen(std::shared_ptr<const SampleReader> all, std::vector<uint32_t> rows)
      : all(std::move(all)), rows(std::move(rows)) {}
  Checked read(size_t row, uint8_t *bytes) const override { return all->read(rows[row], bytes); }

private:
  std::shared_ptr<const SampleReader> all;
  std::vector<uint32_t> rows;
};

} // namespace

void dropRows(Dataset &data, llvm::ArrayRef<uint32_t> drop) {
  std::vector<uint32_t> kept;
  for (uint32_t row = 0; row < data.count; ++row)
    if (!drop.empty() && drop.front() == row)
      drop = drop.drop_front();
    else
      kept.push_back(row);
  auto choose = [&](auto &list) {
    for (size_t i = 0; i < kept.size() && !list.empty(); ++i)
      if (i != kept[i])
        list[i] = std::move(list[kept[i]]);
    list.resize(std::min(list.size(), kept.size()));
  };
  if (data.values.form == Values::Form::Reader)
    data.values.reader = std::make_shared<Chosen>(std::move(data.values.reader), kept);
  else if (data.uniform()) {
    const size_t size = data.sampleSize() * data.values.bytesPerValue();
    auto *bytes = const_cast<uint8_t *>(data.values.bytes); // of memory that is the dataset's own
    for (size_t i = 0; i < kept.size(); ++i)
      std::memmove(bytes + i * size, bytes + kept[i] * size, size);
  }
  choose(data.sizes), choose(data.offsets), choose(data.classes), choose(data.lines), choose(data.fileNames);
  data.count = kept.size();
}

Checked cacheSamples(Dataset &data, const LoadContext &context) {
  const bool skip = context.broken == LoadContext::Broken::Skip;
  if (context.cache == LoadContext::Cache::None) // who wants to know what is broken looks at all of them, once
    return skip ? settle(data, decodeAll(data, *data.values.reader, {}, nullptr, true), true) : allGood();
  std::vector<uint64_t> places(data.count);
  CheckedSize total;
  for (size_t row = 0; row < data.count; ++row) {
    places[row] = total.value().value_or(0);
    total += CheckedSize(checkedElements(data.shapeOf(row)).value_or(~uint64_t{0})) * data.values.bytesPerValue();
  }
  bool inMemory = context.cache == LoadContext::Cache::Memory;
  uint64_t kept = inMemory ? context.keptBytes : 0, limit = inMemory ? context.maxBytes : uint64_t{1} << 62;
  if (kept > limit || !total.fitsIn(limit - kept)) {
    auto counted = [](uint64_t bytes) { return grouped(static_cast<int64_t>(bytes)); };
    return Trouble{.code = "E310",
                   .message = "the decoded samples need " +
                              (total.value() ? counted(*total.value()) : "more than 2^64") + " bytes" +
                              (kept ? " besides the " + counted(kept) + " of other samples" : "") + ", but " +
                              counted(limit) + " are allowed" + (inMemory ? " (--max-memory)" : ""),
                   .help = "write cache = disk under [data], or cache = none to decode them each time"};
  }
  uint64_t bytes = *total.value();
  std::shared_ptr<const SampleReader> reader = std::move(data.values.reader);
  uint8_t *to;
  if (context.cache == LoadContext::Cache::Disk) {
    auto mapping = mapNameless(context.folder.empty() ? "." : context.folder, bytes);
    if (!mapping)
      return mapping.failure();
    to = reinterpret_cast<uint8_t *>((*mapping)->begin());
    data.values.buffer = *mapping;
  } else {
    data.values.ownBytes.resize(bytes);
    to = data.values.ownBytes.data();
  }
  data.values.form = Values::Form::Bytes;
  data.values.bytes = to;
  const Bad bad = decodeAll(data, *reader, places, to, skip);
  if (!data.uniform()) {
    for (uint64_t &place : places)
      place /= data.values.bytesPerValue();
    data.offsets = std::move(places);
  }
  return settle(data, bad, skip);
}

} // namespace dlc::data
