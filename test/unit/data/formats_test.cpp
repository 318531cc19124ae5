// Arrays, archives, raw numbers, CIFAR-10 and text from bytes: damaged in every way, and pictures kept in every place.
// What whole files of these formats hold is test/e2e/sources.test.
#include "data_test.h"

#include "llvm/ADT/StringExtras.h"
#include "gmock/gmock.h"

#include <cmath>
#include <cstring>

namespace dlc::data::test {
namespace {

std::string npy(const std::string &descr, const std::string &shape, const std::string &data, bool columnMajor = false) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (columnMajor ? "True" : "False") +
                       ", 'shape': (" + shape + "), }\n";
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + data;
}
template <class T> std::string bytesOf(std::vector<T> values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

TEST(Npy, TypesAndOrders) {
  auto values = [](const std::string &file) {
    auto array = parseNpy({file, "a"});
    EXPECT_TRUE(array) << toString(array.failure());
    std::vector<double> all;
    for (size_t i = 0; i < array->elements(); ++i)
      all.push_back(array->element(i));
    return all;
  };
  std::vector<double> wanted = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(values(npy("<f8", "2, 3", bytesOf<double>({1, 2, 3, 4, 5, 6}))), wanted);
  EXPECT_EQ(values(npy("<f4", "2, 3", bytesOf<float>({1, 4, 2, 5, 3, 6}), true)), wanted);
  EXPECT_EQ(values(npy("|u1", "6,", bytesOf<uint8_t>({1, 2, 3, 4, 5, 6}))), wanted);
  EXPECT_EQ(values(npy("<i2", "6,", bytesOf<int16_t>({-1, 2}) + std::string(8, '\0')))[0], -1);
  EXPECT_EQ(values(npy(">i4", "1,", std::string("\xff\xff\xff\xfe", 4))), (std::vector<double>{-2}));
  EXPECT_EQ(values(npy("<f2", "4,", bytesOf<uint16_t>({0x3c00, 0xc000, 0x0001, 0x7bff}))),
            (std::vector<double>{1, -2, std::ldexp(1, -24), 65504}));
  EXPECT_EQ(values(npy("<i8", "", bytesOf<int64_t>({7}))), (std::vector<double>{7}));
}

TEST(Npy, ElementsThatAreNoNumbers) {
  auto said = [](const std::string &file) { return parseNpy({file, "a"}).failure().message; };
  EXPECT_EQ(said(npy("|O", "1,", "")), "elements of type '|O' (byte 21) are not supported");
  EXPECT_EQ(said(npy("<U3", "1,", "")), "elements of type '<U3' (byte 21) are not supported");
  EXPECT_EQ(said(npy("<M8[us]", "1,", "")), "elements of type '<M8[us]' (byte 21) are not supported");
  std::string record = npy("X", "1,", "");
  record.replace(record.find("'X'"), 3, "[('a', '<f4'), ('b', '<i4')]");
  record[8] = static_cast<char>(record.size() - 10);
  EXPECT_EQ(said(record), "elements of type '[('a', '<f4'), ('b', '<i4')]' (byte 20) are not supported");
  EXPECT_EQ(said(npy(std::string(80, 'a'), "1,", "")),
            "elements of type '" + std::string(60, 'a') + "...' (byte 21) are not supported");
  std::string none = npy("<f4", "1,", "");
  none.replace(none.find("'<f4'"), 5, "12345");
  EXPECT_EQ(said(none), "the header (byte 10) has no descr as NumPy writes it");
}

TEST(Npy, NumbersThatAreTooLarge) {
  std::string x = npy("<f8", "1,", bytesOf<double>({1e300}));
  auto labelled = [&](const std::string &y) {
    return samplesOf({x, "x"}, *parseNpy({x, "x"}), std::pair(TextFile{y, "y"}, *parseNpy({y, "y"})), DType::F64);
  };
  EXPECT_EQ(samplesOf({x, "x"}, *parseNpy({x, "x"}), std::nullopt, DType::F32).failure().message,
            "element 1 is beyond the range of f32: 1e+300");
  // Whole numbers that cannot count classes are targets of a net that predicts numbers, and refused for one of classes.
  auto refused = [&](const std::string &y) {
    auto data = labelled(y);
    EXPECT_TRUE(data);
    EXPECT_EQ(data->targetKind, TargetKind::Numbers);
    auto asNumbers = *data;
    EXPECT_TRUE(useTargets(asNumbers, {TargetWish::Kind::Numbers, 1, {}, DType::F64}));
    return useTargets(*data, {TargetWish::Kind::Classes, 3}).failure().message;
  };
  EXPECT_EQ(refused(npy(">i8", "1,", std::string("\0\0\1\0\0\0\0\0", 8))),
            "label 1099511627776 of sample 1 is too large; classes count from 0");
  EXPECT_EQ(refused(npy("<i2", "1,", bytesOf<int16_t>({-1}))),
            "label -1 of sample 1 is negative; classes count from 0");
  EXPECT_THAT(refused(npy("<u8", "1,", bytesOf<uint64_t>({~uint64_t{0}}))), testing::HasSubstr("is too large"));
  EXPECT_THAT(refused(npy("<i8", "1,", bytesOf<int64_t>({INT64_MIN}))), testing::HasSubstr("is negative"));
  EXPECT_TRUE(labelled(npy("<i8", "1,", bytesOf<int64_t>({7}))));
}

TEST(Npy, Damaged) {
  std::string good = npy("<f4", "2, 3", bytesOf<float>({1, 2, 3, 4, 5, 6}));
  size_t whole = 0;
  damage(good, 3000, [&](llvm::StringRef bytes) {
    auto array = parseNpy({bytes, "a"});
    if (!array) {
      EXPECT_EQ(array.failure().code.str(), "E306");
      return;
    }
    ++whole;
    auto data = samplesOf({bytes, "a"}, *array, std::nullopt, DType::F32);
    EXPECT_TRUE(data || data.failure().code == "E306" || data.failure().code == "E303");
  });
  EXPECT_GT(whole, 0u);
}

TEST(Zip, Damaged) {
  // One stored file of three bytes, by hand.
  auto little = [](uint32_t value, unsigned count) {
    std::string bytes;
    for (unsigned i = 0; i < count; ++i)
      bytes += static_cast<char>(value >> 8 * i & 255);
    return bytes;
  };
  std::string middle =
      little(0, 2) + little(0, 2) + little(0, 4) + little(0x352441c2, 4) + little(3, 4) + little(3, 4) + little(5, 2);
  std::string file = "PK\3\4" + little(20, 2) + middle + little(0, 2) + "x.npyabc";
  std::string directory =
      "PK\1\2" + little(20, 2) + little(20, 2) + middle + std::string(14, '\0') + little(0, 4) + "x.npy";
  std::string good = file + directory + "PK\5\6" + std::string(4, '\0') + little(1, 2) + little(1, 2) +
                     little(static_cast<uint32_t>(directory.size()), 4) +
                     little(static_cast<uint32_t>(file.size()), 4) + little(0, 2);
  auto all = [](llvm::StringRef) { return true; };
  auto members = parseZip({good, "z"}, all);
  ASSERT_TRUE(members) << toString(members.failure());
  EXPECT_EQ((*members)[0].bytes->getBuffer(), "abc");
  size_t whole = 0;
  damage(good, 5000, [&](llvm::StringRef bytes) {
    auto read = parseZip({bytes, "z"}, all);
    whole += static_cast<bool>(read);
    if (!read) {
      EXPECT_EQ(read.failure().code.str(), "E306");
    }
  });
  EXPECT_GT(whole, 0u);
}

TEST(Raw, Types) {
  auto data = parseRaw({bytesOf<int16_t>({1, -2, 3, 4}), "r"}, {2}, "i16", DType::F64);
  ASSERT_TRUE(data);
  EXPECT_EQ(valuesOf(*data), (std::vector<double>{1, -2, 3, 4}));
  EXPECT_EQ(parseRaw({"abc", "r"}, {2}, "u8", DType::F32).failure().code.str(), "E306");
  EXPECT_EQ(parseRaw({"", "r"}, {2}, "u8", DType::F32).failure().code.str(), "E306");
  EXPECT_EQ(parseRaw({"abcd", "r"}, {INT64_MAX, 4}, "f64", DType::F32).failure().code.str(), "E306");
  for (llvm::StringRef type : {"u8", "f64"})
    EXPECT_EQ(parseRaw({"abcd", "r"}, {99999999, 99999999, 99999999}, type, DType::F32).failure().message,
              "the file has 4 bytes; samples of 99999999x99999999x99999999 " + type.str() +
                  " take more than 2^64 each");
  EXPECT_EQ(parseRaw({bytesOf<float>({NAN}), "r"}, {1}, "f32", DType::F32).failure().code.str(), "E303");
}

TEST(Text, TokensAndTheNextOne) {
  auto data = parseText({"abcabcabca", "t"}, 4, {});
  ASSERT_TRUE(data) << toString(data.failure());
  EXPECT_EQ(data->count, 2u);
  EXPECT_EQ(data->classNames, (std::vector<std::string>{"a", "b", "c"}));
  Samples samples = allSamples(std::make_shared<Dataset>(*std::move(data)));
  int32_t x[8], y[8];
  gatherTokens(samples, samples.rows, x);
  gatherClasses(samples, samples.rows, y);
  EXPECT_EQ(std::vector<int32_t>(x, x + 8), (std::vector<int32_t>{0, 1, 2, 0, 1, 2, 0, 1}));
  EXPECT_EQ(std::vector<int32_t>(y, y + 8), (std::vector<int32_t>{1, 2, 0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(parseText({"ab\xc3", "t"}, 1, {}).failure().code.str(), "E306");
  EXPECT_EQ(parseText({"ab", "t"}, 2, {}).failure().code.str(), "E309");
  Trouble strange = parseText({"ab\nz", "t"}, 1, {"a", "b", "\n"}).failure();
  EXPECT_EQ(toString(strange), "t:2: E304: 'z' (character 4) is not one of the 3 characters of the training text");
  damage("a\u00fcb\n\u20ac\U0001f600z", 2000, [](llvm::StringRef bytes) {
    auto read = parseText({bytes, "t"}, 2, {});
    EXPECT_TRUE(read || read.failure().code == "E306" || read.failure().code == "E309");
  });
}

TEST(Text, EveryCharacterOfAPromptCounts) {
  const std::vector<std::string> names{"a", "b", "c"};
  struct {
    const char *text;
    size_t count;
    std::vector<int32_t> tokens;
    std::array<size_t, 2> places;
  } const kPrompts[] = {{"c", 1, {2, 0, 0, 0}, {0, 1}},
                        {"ca", 1, {2, 0, 0, 0}, {0, 2}},
                        {"cab\r\n", 1, {2, 0, 1, 0}, {0, 3}},
                        {"cabb", 1, {2, 0, 1, 1}, {0, 0}},
                        {"cabba", 2, {2, 0, 1, 1, 0, 1, 1, 0}, {3, 4}},
                        {"cabbacc", 2, {2, 0, 1, 1, 1, 0, 2, 2}, {1, 4}},
                        {"cabbacca", 2, {2, 0, 1, 1, 0, 2, 2, 0}, {0, 0}}};
  for (const auto &prompt : kPrompts) {
    auto data = parseText({prompt.text, "t"}, 4, names, TextUse::Continue);
    ASSERT_TRUE(data) << toString(data.failure());
    EXPECT_EQ(data->count, prompt.count) << prompt.text;
    EXPECT_EQ(data->values.tokens, prompt.tokens) << prompt.text;
    EXPECT_EQ(data->lastPlaces, prompt.places) << prompt.text;
    EXPECT_EQ(data->targetKind, TargetKind::None);
  }
  EXPECT_EQ(parseText({"", "t"}, 4, names, TextUse::Continue).failure().code.str(), "E309");
  EXPECT_EQ(parseText({"\n", "t"}, 4, names, TextUse::Continue).failure().code.str(), "E309");
  EXPECT_EQ(parseText({"a\nb", "t"}, 4, names, TextUse::Continue).failure().code.str(), "E304");
}

TEST(Text, LegalUtf8Alone) {
  auto code = [](llvm::StringRef middle) {
    std::string text = "ab" + middle.str() + "cd";
    auto read = parseText({text, "t"}, 1, {});
    return read ? "" : read.failure().message;
  };
  for (llvm::StringRef legal :
       {"\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\x7f"})
    EXPECT_EQ(code(legal), "") << llvm::toHex(legal);
  for (llvm::StringRef illegal : {"\xc0\x80", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
                                  "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82"})
    EXPECT_EQ(code(illegal), "byte 3 is not UTF-8") << llvm::toHex(illegal);
  EXPECT_EQ(parseText({llvm::StringRef("ab\0z", 4), "t"}, 1, {"a", "b"}).failure().message,
            "byte 00 (character 3) is not one of the 2 characters of the training text");
}

TEST(Cifar10, Samples) {
  std::vector<int32_t> classes;
  std::vector<uint8_t> pixels;
  std::string sample = "\x03" + std::string(3072, 'p');
  EXPECT_TRUE(parseCifar10({sample + sample, "c"}, classes, pixels));
  EXPECT_EQ(classes, (std::vector<int32_t>{3, 3}));
  EXPECT_EQ(pixels.size(), 6144u);
  EXPECT_EQ(parseCifar10({sample + "x", "c"}, classes, pixels).failure().message,
            "the file has 3074 bytes; samples take 3073 each, and the last one begins at byte 3073");
  EXPECT_EQ(parseCifar10({"", "c"}, classes, pixels).failure().message, "the file has 0 bytes; samples take 3073 each");
  sample[0] = 10;
  EXPECT_EQ(parseCifar10({sample, "c"}, classes, pixels).failure().code.str(), "E304");
}

TEST(Cache, PicturesAreTheSameWhereverTheyAreKept) {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder.path + "/a");
  std::filesystem::create_directories(folder.path + "/b");
  for (int i = 0; i < 40; ++i) {
    std::string size = std::to_string(2 + i % 3) + " " + std::to_string(1 + i % 2);
    folder.write((i % 2 ? "a/" : "b/") + std::to_string(100 + i) + ".pgm",
                 "P5 " + size + " 255\n" +
                     std::string(static_cast<size_t>((2 + i % 3) * (1 + i % 2)), static_cast<char>('0' + i)));
  }
  auto with = [&](LoadContext::Cache cache, uint64_t most, uint64_t kept = 0) {
    LoadContext context{.folder = folder.path};
    context.cache = cache;
    context.maxBytes = most;
    context.keptBytes = kept;
    return load(spec("Images", {{"dir", word(".")}}), context);
  };
  auto memory = with(LoadContext::Cache::Memory, 178), disk = with(LoadContext::Cache::Disk, 0),
       none = with(LoadContext::Cache::None, 0);
  ASSERT_TRUE(memory && disk && none) << toString(memory.failure());
  EXPECT_FALSE((*memory)->uniform());
  EXPECT_EQ((*memory)->classNames, (std::vector<std::string>{"a", "b"}));
  for (size_t row = 0; row < 40; ++row)
    for (size_t i = 0; i < static_cast<size_t>(elementCount((*memory)->shapeOf(row))); ++i) {
      EXPECT_EQ((*memory)->value(row, i), (*disk)->value(row, i));
      EXPECT_EQ((*memory)->value(row, i), (*none)->value(row, i));
    }
  Trouble full = with(LoadContext::Cache::Memory, 50).failure();
  EXPECT_EQ(full.code.str(), "E310");
  EXPECT_EQ(full.message, "the decoded samples need 178 bytes, but 50 are allowed (--max-memory)");
  EXPECT_TRUE(with(LoadContext::Cache::Memory, 180, 2));
  EXPECT_EQ(with(LoadContext::Cache::Memory, 180, 3).failure().message,
            "the decoded samples need 178 bytes besides the 3 of other samples, but 180 are allowed (--max-memory)");
  EXPECT_EQ(with(LoadContext::Cache::Memory, 2, 3).failure().code.str(), "E310");
  EXPECT_TRUE(with(LoadContext::Cache::Disk, 2, 3)); // the limit is one of memory
  EXPECT_TRUE(with(LoadContext::Cache::None, 2, 3));
  // A file that goes away after it was looked at: the next batch says so.
  std::filesystem::remove_all(folder.path + "/a");
  Samples samples = allSamples(*none);
  auto prepare = fitPrepare({spec("Resize", {{"size", number(2)}})}, samples);
  ASSERT_TRUE(prepare);
  float x[4];
  EXPECT_EQ(gatherInputs(samples, 0u, *prepare, x).failure().code.str(), "E301");
  for (const auto &entry : std::filesystem::directory_iterator(folder.path))
    EXPECT_EQ(entry.path().filename(), "b"); // the cache has no name
}

} // namespace
} // namespace dlc::data::test
