// Model files: written, read back bit for bit, laid out as the format says, and every kind of damage found.
// What a net does with the tensors is tested elsewhere.
#include "dlc/model/model_file.h"
#include "dlc/support/philox.h"

#include "llvm/Support/xxhash.h"

#include "gtest/gtest.h"

#include <bit>
#include <filesystem>
#include <limits>

namespace dlc::model::test {
namespace {

NamedTensor tensor(std::string name, DType dtype, Shape shape, uint64_t seed) {
  NamedTensor result{std::move(name), Tensor(Type{dtype, shape})};
  RandomStream random(seed, RandomUse::Test);
  for (size_t i = 0; i < result.tensor.bytes(); ++i)
    result.tensor.data()[i] = static_cast<std::byte>(random.next32()); // any bits, NaNs included
  return result;
}
std::vector<NamedTensor> someTensors() {
  std::vector<NamedTensor> tensors;
  tensors.push_back(tensor("linear1.weight", DType::F32, {64, 784}, 1));
  tensors.push_back(tensor("linear1.bias", DType::F32, {64}, 2));
  tensors.push_back(tensor("step", DType::F64, {}, 3));
  tensors.push_back(tensor("conv2d1.weight", DType::F64, {2, 3, 5, 5}, 4));
  return tensors;
}
Trailer someTrailer() {
  Trailer trailer;
  trailer.source = "[model]\ninput = 784\n";
  trailer.classNames = {"cat", "", "dog, large"};
  trailer.columnNames = {"width", "", "a, b"};
  trailer.means = {0.1, -3, 1e300};
  trailer.prepare = "Scale k=0.5\n";
  trailer.version = "0.1.0";
  trailer.values = {{"epoch", "3"}, {"file", "net.dsl"}, {"empty", ""}};
  return trailer;
}
std::vector<TensorView> views(const std::vector<NamedTensor> &tensors) {
  std::vector<TensorView> result;
  for (const NamedTensor &tensor : tensors)
    result.push_back(view(tensor));
  return result;
}
void expectEqual(const ModelFile &file, const std::vector<NamedTensor> &tensors) {
  ASSERT_EQ(file.tensors.size(), tensors.size());
  for (size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(file.tensors[i].name, tensors[i].name);
    EXPECT_TRUE(file.tensors[i].tensor == tensors[i].tensor) << tensors[i].name;
  }
}

// The layout of the plain format, byte for byte as it is written down.
TEST(Model, Layout) {
  NamedTensor t{"ab", Tensor(Type{DType::F32, {1, 2}})};
  t.tensor.span<float>()[0] = 1;
  t.tensor.span<float>()[1] = -2;
  const char expected[] = "DLASM1\0"
                          "\1\0\0\0" // tensors
                          "\2\0\0\0"
                          "ab" // name
                          "\0\0\0\0"
                          "\2\0\0\0" // f32, two dimensions
                          "\1\0\0\0\0\0\0\0"
                          "\2\0\0\0\0\0\0\0" // 1x2
                          "\0\0\x80\x3f"
                          "\0\0\0\xc0"; // 1, -2
  EXPECT_EQ(modelBytes({view(t)}, nullptr), std::string(expected, sizeof expected - 1));
  Trailer empty;
  std::string with = modelBytes({view(t)}, &empty);
  EXPECT_EQ(llvm::StringRef(with).take_front(sizeof expected - 1), llvm::StringRef(expected, sizeof expected - 1));
  EXPECT_EQ(llvm::StringRef(with).substr(sizeof expected - 1, 8), "DLCTRAIL");
}

TEST(Model, RoundTrip) {
  std::vector<NamedTensor> tensors = someTensors();
  Trailer trailer = someTrailer();
  auto plain = parseModel(modelBytes(views(tensors), nullptr), "m");
  ASSERT_TRUE(plain) << toString(plain.failure());
  expectEqual(*plain, tensors);
  EXPECT_FALSE(plain->trailer);
  auto full = parseModel(modelBytes(views(tensors), &trailer), "m");
  ASSERT_TRUE(full) << toString(full.failure());
  expectEqual(*full, tensors);
  ASSERT_TRUE(full->trailer);
  EXPECT_TRUE(*full->trailer == trailer);
  EXPECT_EQ(full->trailer->value("epoch"), llvm::StringRef("3"));
  EXPECT_FALSE(full->trailer->value("none"));
  EXPECT_EQ(full->find("step"), &full->tensors[2]);
  EXPECT_EQ(full->find("none"), nullptr);
  auto none = parseModel(modelBytes({}, &trailer), "m");
  EXPECT_TRUE(none && none->tensors.empty() && *none->trailer == trailer);
}

// Files of before the names of columns were kept, and files with a section of a later kind.
TEST(Model, SectionsMayLackAndMayBeUnknown) {
  Trailer trailer = someTrailer();
  std::string bytes = modelBytes({}, &trailer);
  const std::string kind("\6\0\0\0", 4);
  size_t count = llvm::StringRef(bytes).find("DLCTRAIL") + 12, at = bytes.find(kind, count + 4);
  ASSERT_NE(at, std::string::npos);
  uint64_t length;
  std::memcpy(&length, &bytes[at + 4], sizeof length);
  auto summed = [](std::string text) { // of less than a MiB
    for (int i = 0; i < 2; ++i) {
      uint64_t sum = llvm::xxh3_64bits(i ? llvm::StringRef(text).take_back(8) : llvm::StringRef(text));
      text.resize(text.size() - (i ? 8 : 0));
      text.append(reinterpret_cast<const char *>(&sum), sizeof sum);
    }
    return text;
  };
  std::string body = bytes.substr(0, bytes.size() - 8);
  ASSERT_EQ(summed(body), bytes);
  std::string before = body, later = body;
  before.erase(at, 12 + length);
  --before[count];
  later[at] = 99;
  for (const std::string &text : {before, later}) {
    auto file = parseModel(summed(text), "m");
    ASSERT_TRUE(file) << toString(file.failure());
    EXPECT_TRUE(file->trailer->columnNames.empty());
    EXPECT_EQ(file->trailer->classNames, trailer.classNames);
    EXPECT_EQ(file->trailer->values, trailer.values);
  }
}

// Means are f64, so a section of another length is damaged, whatever the checksum says.
TEST(Model, MeansAreWholeNumbersOfDoubles) {
  Trailer trailer = someTrailer();
  std::string bytes = modelBytes({}, &trailer);
  const std::string kind("\7\0\0\0\x18\0\0\0\0\0\0\0", 12); // and the length of three of them
  const size_t at = bytes.find(kind);
  ASSERT_NE(at, std::string::npos);
  bytes[at + 4] = 0x17;
  bytes.erase(at + 12, 1);
  auto file = parseModel(bytes, "m");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.failure().code.str(), "E405");
  EXPECT_TRUE(llvm::StringRef(file.failure().message).contains("means that are not a whole number of f64 values"));
}

TEST(Model, ThroughAFileOfSeveralMegabytes) {
  std::string pattern = (std::filesystem::temp_directory_path() / "dlc-model-XXXXXX").string();
  std::string folder = ::mkdtemp(pattern.data()), path = folder + "/net.model";
  std::vector<NamedTensor> tensors;
  tensors.push_back(
      tensor("a", DType::F32, {700, 1000}, 1)); // beyond one piece of the checksum, and not a multiple of it
  tensors.push_back(tensor("b", DType::F64, {3}, 2));
  Trailer trailer = someTrailer();
  ASSERT_TRUE(writeModel(path, views(tensors), &trailer).ok());
  auto bytes = readFile(path);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ((*bytes)->getBuffer(), modelBytes(views(tensors), &trailer));
  auto read = parseModel((*bytes)->getBuffer(), path);
  ASSERT_TRUE(read) << toString(read.failure());
  expectEqual(*read, tensors);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1); // no temporary
  EXPECT_FALSE(writeModel(folder + "/none/net.model", views(tensors), &trailer).ok());
  std::filesystem::remove_all(folder);
}

TEST(Model, Troubles) {
  auto code = [](const std::string &bytes) {
    auto file = parseModel(bytes, "m");
    return file ? std::string("good") : file.failure().code.str().str();
  };
  auto u32 = [](uint32_t value) { return std::string(reinterpret_cast<char *>(&value), 4); };
  auto u64 = [](uint64_t value) { return std::string(reinterpret_cast<char *>(&value), 8); };
  std::string magic("DLASM1\0", 7), one = magic + u32(1);
  EXPECT_EQ(code(""), "E401");
  EXPECT_EQ(code("1,2,3\n"), "E401");
  EXPECT_EQ(code("DLASM2"), "E401");
  EXPECT_EQ(code("DLA"), "E404");
  EXPECT_EQ(code(magic), "E404");
  EXPECT_EQ(code(magic + u32(0)), "good");
  EXPECT_EQ(code(magic + u32(0xffffffff)), "E404");                          // tensors that cannot be there
  EXPECT_EQ(code(one + u32(0xffffffff) + std::string(20, 'x')), "E405");     // name
  EXPECT_EQ(code(one + u32(100) + std::string(20, 'x')), "E404");            // name
  EXPECT_EQ(code(one + u32(1) + "a" + u32(2) + u32(0) + u32(0)), "E403");    // dtype
  EXPECT_EQ(code(one + u32(1) + "a" + u32(0) + u32(1000) + u32(0)), "E405"); // dimensions
  EXPECT_EQ(code(one + u32(1) + "a" + u32(0) + u32(1) + u64(0)), "E405");    // size 0
  EXPECT_EQ(code(one + u32(1) + "a" + u32(0) + u32(1) + u64(1000)), "E404"); // not there
  EXPECT_EQ(code(one + u32(1) + "a" + u32(0) + u32(1) + u64(uint64_t{1} << 63)), "E405");
  EXPECT_EQ(code(one + u32(1) + "a" + u32(0) + u32(2) + u64(uint64_t{1} << 33) + u64(uint64_t{1} << 33)),
            "E405"); // overflows
  EXPECT_EQ(code(one + u32(1) + "a" + u32(1) + u32(2) + u64(uint64_t{1} << 30) + u64(uint64_t{1} << 31)),
            "E405");                                                            // in bytes only
  EXPECT_EQ(code(one + u32(1) + "a" + u32(0) + u32(0) + u32(0)), "good");       // a scalar
  EXPECT_EQ(code(one + u32(1) + "a" + u32(0) + u32(0) + u32(0) + "x"), "E405"); // something behind
  std::string a = u32(1) + "a" + u32(0) + u32(0) + u32(0);
  EXPECT_EQ(code(magic + u32(2) + a + a), "E405");                          // the same name twice
  EXPECT_EQ(code(one + a + "DLCTRAIL" + u32(2) + u32(0) + u64(0)), "E403"); // a later version
  EXPECT_EQ(code(one + a + "DLCTRAIL" + u32(1) + u32(0) + u64(0)), "E405"); // checksum
  EXPECT_EQ(parseModel(one + u32(100) + "abcdefgh", "m").failure().message,
            "the model file ends at byte 23, but a tensor name at byte 15 takes 100 bytes");
}

TEST(Model, EveryPrefixIsTruncatedAndEveryFlipIsFound) {
  std::vector<NamedTensor> tensors;
  tensors.push_back(tensor("linear1.weight", DType::F32, {4, 3}, 1));
  tensors.push_back(tensor("linear1.bias", DType::F64, {4}, 2));
  Trailer trailer = someTrailer();
  std::string bytes = modelBytes(views(tensors), &trailer);
  size_t plainSize = modelBytes(views(tensors), nullptr).size();
  auto parse =
      [](llvm::StringRef damaged) { // in a block of its exact size, so that the sanitizer sees a read past its end
        std::unique_ptr<char[]> exact(new char[damaged.size()]);
        std::copy(damaged.begin(), damaged.end(), exact.get());
        return parseModel({exact.get(), damaged.size()}, "m");
      };
  for (size_t size = 0; size < bytes.size(); ++size) {
    auto file = parse(llvm::StringRef(bytes).take_front(size));
    if (size == plainSize) {
      EXPECT_TRUE(file && !file->trailer); // all tensors and nothing behind them: a plain file
      continue;
    }
    ASSERT_FALSE(file) << size;
    EXPECT_EQ(file.failure().code.str(), size == 0 ? "E401" : "E404") << size;
  }
  // One changed byte anywhere is found: by the structure or by the checksum.
  for (size_t at = 0; at < bytes.size(); ++at)
    for (int flip : {1, 0x80, 0xff}) {
      std::string copy = bytes;
      copy[at] = static_cast<char>(copy[at] ^ flip);
      auto file = parse(copy);
      EXPECT_FALSE(file) << at;
    }
  RandomStream random(1, RandomUse::Test);
  for (int i = 0; i < 20000; ++i) {
    std::string copy = i % 2 ? bytes : bytes.substr(0, plainSize);
    for (uint32_t n = 1 + random.below(6); n > 0; --n)
      copy[random.below(static_cast<uint32_t>(copy.size()))] =
          static_cast<char>(random.below(3) ? random.next32() : 0xff * random.below(2));
    auto file = parse(copy);
    EXPECT_TRUE(file || file.failure().code.str()[0] == 'E');
  }
}

TEST(Match, TableOfDifferences) {
  ModelFile file;
  file.tensors.push_back(tensor("linear1.weight", DType::F32, {64, 784}, 1));
  file.tensors.push_back(tensor("linear2.weight", DType::F32, {10, 64}, 1));
  file.tensors.push_back(tensor("old.bias", DType::F32, {3}, 1));
  std::vector<WantedTensor> wanted;
  wanted.push_back({"linear1.weight", {DType::F32, {64, 784}}, "net.dsl:4:6"});
  wanted.push_back({"linear2.weight", {DType::F32, {10, 128}}, "net.dsl:5:6"});
  wanted.push_back({"linear3.bias", {DType::F32, {7}}, "net.dsl:6:6"});
  auto match = matchTensors(file, "old.model", wanted, "net.dsl");
  ASSERT_FALSE(match);
  EXPECT_EQ(match.failure().code.str(), "E402");
  EXPECT_EQ(match.failure().message, "weights do not match net.dsl");
  EXPECT_EQ(match.failure().detail, "linear2.weight   file 10x64   net 10x128   (from net.dsl:5:6)\n"
                                    "linear3.bias     file -       net 7        (from net.dsl:6:6)\n"
                                    "old.bias         file 3       net -");
}

TEST(Match, WhatStartsAnewNeedNotFit) {
  ModelFile file;
  file.tensors.push_back(tensor("body.weight", DType::F32, {4}, 1));
  file.tensors.push_back(tensor("old.bias", DType::F32, {3}, 1));
  file.tensors.push_back(tensor("old.weight", DType::F64, {3}, 1));
  std::vector<WantedTensor> wanted{{"body.weight", {DType::F32, {4}}, ""}, {"head.weight", {DType::F32, {2}}, ""}};
  auto match = [&](llvm::StringRef fresh) {
    return matchBeginning(file, "old.model", wanted, "net.dsl",
                          [=](llvm::StringRef name) { return !fresh.empty() && name.starts_with(fresh); });
  };
  EXPECT_EQ(match("").failure().code.str(), "E402");
  EXPECT_EQ(match("").failure().help, "--fresh='head,old' re-initialises these and takes the others from the file");
  auto fits = match("head");
  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->taken, (std::vector<const NamedTensor *>{&file.tensors[0], nullptr}));
  EXPECT_EQ(fits->unused, (std::vector<std::string>{"old.bias", "old.weight"}));
  EXPECT_EQ(match("old").failure().detail, "head.weight   file -   net 2"); // the net's tensors are missed all the same
  EXPECT_TRUE(match("head"));
  wanted.pop_back();
  EXPECT_EQ(match("").failure().help, "--fresh='old' re-initialises these and takes the others from the file");
  EXPECT_EQ(match("old")->taken.size(), 1u); // a net without the old head
  wanted.front().type.dtype = DType::F64;
  EXPECT_EQ(match("old").failure().code.str(), "E403");
}

TEST(Match, OrderOfTheNetAndDType) {
  ModelFile file;
  file.tensors.push_back(tensor("b", DType::F32, {2}, 1));
  file.tensors.push_back(tensor("a", DType::F32, {3}, 1));
  std::vector<WantedTensor> wanted;
  wanted.push_back({"a", {DType::F32, {3}}, ""});
  wanted.push_back({"b", {DType::F32, {2}}, ""});
  auto match = matchTensors(file, "m", wanted, "net.dsl");
  ASSERT_TRUE(match);
  EXPECT_EQ((*match)[0], &file.tensors[1]);
  EXPECT_EQ((*match)[1], &file.tensors[0]);
  wanted[1].type.dtype = DType::F64;
  EXPECT_EQ(matchTensors(file, "m", wanted, "net.dsl").failure().code.str(), "E403");
  EXPECT_EQ(matchTensors(file, "m", {wanted[0]}, "net.dsl").failure().code.str(), "E402"); // one too many
}

} // namespace
} // namespace dlc::model::test
