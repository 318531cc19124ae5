// IDX files: all element types, the sizes against the bytes, and damage of every kind.
// The real MNIST files are read in source_test.cpp.
#include "data_test.h"

namespace dlc::data::test {
namespace {

std::string big(uint64_t value, size_t bytes) {
  std::string out;
  for (size_t i = bytes; i > 0; --i)
    out += static_cast<char>(value >> (8 * (i - 1)));
  return out;
}
std::string idx(uint8_t type, std::vector<uint32_t> shape, llvm::StringRef elements) {
  std::string out = {'\0', '\0', static_cast<char>(type), static_cast<char>(shape.size())};
  for (uint32_t size : shape)
    out += big(size, 4);
  return out + elements.str();
}
template <class T> uint64_t bits(T value) {
  uint64_t out = 0;
  std::memcpy(&out, &value, sizeof value);
  return out;
}
Fallible<Dataset> parse(llvm::StringRef images, DType dtype = DType::F32) {
  return parseIdx({images, "i"}, std::nullopt, dtype);
}

TEST(Idx, BytesStayWhereTheyAre) {
  std::string file = idx(8, {2, 2, 3}, "abcdefghijkl");
  auto data = parse(file);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->count, 2u);
  EXPECT_EQ(data->sampleShape, (Shape{2, 3}));
  EXPECT_EQ(data->values.form, Values::Form::Bytes);
  EXPECT_EQ(reinterpret_cast<const char *>(data->values.bytes), file.data() + 16);
  EXPECT_EQ(data->value(1, 2), 'i');
  EXPECT_EQ(idxFileSize(file), file.size());
}

TEST(Idx, EveryElementType) {
  struct Case {
    uint8_t type;
    std::string elements;
    std::vector<double> values;
  };
  for (const Case &c : {Case{0x09, "\x01\xff", {1, -1}}, Case{0x0B, big(0x0102, 2) + big(0xfffe, 2), {258, -2}},
                        Case{0x0C, big(70000, 4) + big(0xffffffff, 4), {70000, -1}},
                        Case{0x0D, big(bits(1.5f), 4) + big(bits(-0.25f), 4), {1.5, -0.25}},
                        Case{0x0E, big(bits(0.1), 8) + big(bits(-3e100), 8), {0.1, -3e100}}}) {
    auto data = parse(idx(c.type, {2, 1}, c.elements), DType::F64);
    ASSERT_TRUE(data) << int(c.type);
    EXPECT_EQ(valuesOf(*data), c.values) << int(c.type);
  }
  EXPECT_EQ(parse(idx(0x0E, {1}, big(bits(1e100), 8))).failure().code.str(), "E303"); // no f32
  EXPECT_EQ(parse(idx(0x0D, {1}, big(0x7fc00000, 4))).failure().code.str(), "E303");  // NaN
  EXPECT_EQ(parse(idx(0x0E, {1}, big(bits(1e100), 8))).failure().message,
            "element 1 is beyond the range of f32: 1e+100");
}

TEST(Idx, Labels) {
  std::string images = idx(8, {3, 2}, "aabbcc");
  auto with = [&](llvm::StringRef labels) { return parseIdx({images, "i"}, TextFile{labels, "l"}, DType::F32); };
  auto classes = with(idx(8, {3}, llvm::StringRef("\x02\x00\x01", 3)));
  ASSERT_TRUE(classes);
  EXPECT_EQ(classes->classes, (std::vector<int32_t>{2, 0, 1}));
  EXPECT_EQ(classes->classCount(), 3u);
  auto rows = with(idx(8, {3, 2}, llvm::StringRef("\x01\0\0\x01\x01\0", 6)));
  EXPECT_EQ(rows->targetSize, 2u);
  EXPECT_EQ(rows->numbers, (std::vector<double>{1, 0, 0, 1, 1, 0}));
  EXPECT_EQ(with(idx(8, {2}, "ab")).failure().code.str(), "E307");
  auto negative = with(idx(9, {3}, "\x01\xff\x01")); // targets of a net that predicts numbers
  ASSERT_TRUE(negative);
  EXPECT_EQ(negative->numbers, (std::vector<double>{1, -1, 1}));
  EXPECT_EQ(useTargets(*negative, {TargetWish::Kind::Classes, 3}).failure().code.str(), "E304");
  EXPECT_EQ(with("1\n2\n3\n").failure().code.str(), "E306");
}

TEST(Idx, SizesAreHeldAgainstTheFile) {
  std::string most = "\xff\xff\xff\xff";
  for (const std::string &file :
       {idx(8, {2, 3}, "abcde"), idx(8, {2, 3}, "abcdefg"), idx(8, {}, ""), idx(8, {0, 3}, ""),
        idx(8, {0xffffffff, 0xffffffff, 0xffffffff}, "ab"), idx(0x0E, {0xffffffff, 0xffffffff, 0x7fffffff}, "ab"),
        idx(8, {0xffffffff}, "ab"), idx(7, {1}, "a"), idx(0x0A, {1}, "a"), std::string("PK\3\4abcdefgh"),
        std::string("\0\0\x08", 3), std::string("\0\0\x08\xff", 4) + most}) {
    auto data = parse(file);
    ASSERT_FALSE(data);
    EXPECT_EQ(data.failure().code.str(), "E306");
  }
  EXPECT_EQ(parse(idx(8, {2, 3}, "abcde")).failure().message,
            "the header says 2x3, which takes 18 bytes, but the file ends at byte 17");
  EXPECT_EQ(
      parse(std::string("\0\x01\x08\x03", 4)).failure().message,
      "not an IDX file: it begins with 00 01 08 03, expected 00 00, a type 08 to 0e and the number of dimensions");
}

TEST(Idx, DamagedFilesGiveAValueOrATrouble) {
  std::string labels = idx(8, {3}, "abc");
  for (const std::string &file :
       {idx(8, {3, 2, 2}, "abcdefghijkl"), idx(0x0D, {3, 1}, "abcdefghijkl"), idx(0x0B, {3}, "abcdef")})
    damage(file, 10000, [&](llvm::StringRef bytes) {
      for (DType dtype : {DType::F32, DType::F64}) {
        auto data = parseIdx({bytes, "i"}, TextFile{labels, "l"}, dtype);
        if (!data)
          continue;
        // Every element is read, and a byte is what the file says behind the header.
        const bool isBytes = bytes[2] == 8;
        size_t place = 4 + 4 * static_cast<size_t>(bytes[3]);
        for (size_t r = 0; r < data->count; ++r)
          for (size_t i = 0; i < data->sampleSize(); ++i) {
            volatile double value = data->value(r, i);
            if (isBytes) {
              ASSERT_EQ(value, static_cast<uint8_t>(bytes[place++]));
            }
          }
      }
      auto swapped = parseIdx({file, "i"}, TextFile{bytes, "l"}, DType::F32);
      EXPECT_TRUE(swapped || !swapped.failure().message.empty());
    });
}

} // namespace
} // namespace dlc::data::test
