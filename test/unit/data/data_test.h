// What the data tests share: making Specs by hand, temporary folders, and damaging bytes in every way.
// No test is in here.
#pragma once

#include "dlc/data/batches.h"
#include "dlc/data/formats.h"
#include "dlc/data/prepare.h"
#include "dlc/data/source.h"
#include "dlc/support/philox.h"

#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace dlc::data::test {

inline Const number(double value) {
  Const c;
  c.number = value;
  return c;
}
inline Const word(llvm::StringRef text) {
  Const c;
  c.kind = Const::Kind::Word;
  c.text = text.str();
  return c;
}
inline Const list(std::vector<Const> items) {
  Const c;
  c.kind = Const::Kind::List;
  for (Const &item : items)
    c.items.push_back({"", std::move(item)});
  return c;
}
inline Spec spec(llvm::StringRef name, std::vector<std::pair<std::string, Const>> args = {}) {
  Spec s;
  s.name = name.str();
  for (auto &[key, value] : args)
    s.args.push_back({key, std::move(value)});
  return s;
}

/// All values of a dataset, whatever form they are kept in.
inline std::vector<double> valuesOf(const Dataset &data) {
  std::vector<double> values;
  for (size_t row = 0; row < data.count; ++row)
    for (size_t i = 0; i < static_cast<size_t>(elementCount(data.shapeOf(row))); ++i)
      values.push_back(data.value(row, i));
  return values;
}

/// A folder that is gone when the test ends.
class TemporaryFolder {
public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dlc-data-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::string write(const std::string &name, llvm::StringRef bytes) const {
    std::string full = path + "/" + name;
    std::ofstream(full, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return full;
  }
  std::string path;
};

/// Calls `load` on every prefix of `bytes` and on `flips` copies with one to eight bytes changed. Each copy is a heap
/// block of its exact size, so that the sanitizer sees a read past the end.
inline void damage(llvm::StringRef bytes, size_t flips, llvm::function_ref<void(llvm::StringRef)> load) {
  auto with = [&](llvm::StringRef damaged) {
    std::unique_ptr<char[]> exact(new char[damaged.size()]);
    std::copy(damaged.begin(), damaged.end(), exact.get());
    load({exact.get(), damaged.size()});
  };
  for (size_t size = 0; size <= bytes.size(); ++size)
    with(bytes.take_front(size));
  RandomStream random(1, RandomUse::Test, bytes.size());
  for (size_t i = 0; i < flips; ++i) {
    std::string copy = bytes.str();
    for (uint32_t n = 1 + random.below(8); n > 0; --n) {
      static constexpr char kTelling[] = {'\0', '\xff', '\x80', '\x7f', ',', '"',    '\n',
                                          '\r', ' ',    '-',    'e',    '.', '\x01', ';'};
      uint32_t what = random.below(sizeof kTelling * 2);
      copy[random.below(static_cast<uint32_t>(copy.size()))] =
          what < sizeof kTelling ? kTelling[what] : static_cast<char>(random.next32());
    }
    with(copy);
  }
}

} // namespace dlc::data::test
