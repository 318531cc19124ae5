// Tables as a whole: numbers to the last bit, random tables against a plain reader, damaged ones, and the speed.
// What options mean is in csv_test.cpp.
#include "csv_test.h"

#include "llvm/ADT/StringExtras.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace dlc::data::test {
namespace {

TEST(Csv, DoublesAreReadToTheLastBit) {
  CsvOptions options;
  options.dtype = DType::F64;
  options.label = "none";
  RandomStream random(3, RandomUse::Test);
  std::string text;
  std::vector<double> expected;
  for (int i = 0; i < 20000; ++i) {
    char number[64];
    uint32_t digits = 1 + random.below(18);
    double value = (random.uniform() - 0.5) * std::pow(10, static_cast<int>(random.below(20)) - 8);
    static constexpr const char *kFormats[] = {"%.*f", "%.*e", "%.*g"};
    std::snprintf(number, sizeof number, kFormats[random.below(3)], static_cast<int>(digits), value);
    text += number;
    text += i % 4 == 3 ? "\n" : ",";
    double exact = 0;
    std::from_chars(number, number + strlen(number), exact);
    expected.push_back(exact);
  }
  auto data = parse(text, options);
  ASSERT_TRUE(data) << toString(data.failure());
  EXPECT_EQ(valuesOf(*data), expected);
}

// Random tables with quotes, blanks and empty cells, against a reader that goes character by character.
TEST(Csv, RandomTablesAgreeWithAPlainReader) {
  RandomStream random(4, RandomUse::Test);
  for (int round = 0; round < 300; ++round) {
    size_t rows = 1 + random.below(20), columns = 1 + random.below(6);
    char separator = ",;\t"[random.below(3)];
    std::string text;
    std::vector<double> expected;
    for (size_t r = 0; r < rows; ++r) {
      for (size_t c = 0; c < columns; ++c) {
        bool empty = columns > 1 && random.below(5) == 0;
        double value = empty ? 0 : (static_cast<int>(random.below(2001)) - 1000) / 8.0;
        std::string cell = empty ? "" : std::to_string(value);
        if (random.below(3) == 0)
          cell = "\"" + cell + "\"";
        if (separator != '\t' && random.below(3) == 0)
          cell = " " + cell + "  ";
        text += (c ? std::string(1, separator) : "") + cell;
        expected.push_back(value);
      }
      text += random.below(2) ? "\n" : "\r\n";
    }
    CsvOptions options = labelled("none");
    options.separator = separator;
    options.missing = CsvOptions::Missing::Zero;
    options.header = CsvOptions::Header::No;
    auto data = parse(text, options);
    ASSERT_TRUE(data) << text << toString(data.failure());
    // A row of nothing but blanks is an empty line; its separators make it a row.
    EXPECT_EQ(valuesOf(*data), expected) << text;
  }
}

TEST(Csv, DamagedTablesGiveAValueOrATrouble) {
  llvm::StringRef tables[] = {"a,b,kind\n1,2.5,cat\n-3e2,,dog\n\"5\",6,\"c\"\"at\"\n", "3,2,x,y\n1,2,0\n3,4,1\n5,6,0\n",
                              "1 2 3\n4 5 6\n", "1;2;3\r\n4;5;6\r\n"};
  for (llvm::StringRef table : tables)
    for (size_t missing = 0; missing < 4; ++missing) {
      CsvOptions options;
      options.missing = static_cast<CsvOptions::Missing>(missing);
      damage(table, 2500, [&](llvm::StringRef bytes) {
        for (std::optional<TextFile> labels :
             {std::optional<TextFile>(), std::optional<TextFile>({"0\n1\n0\n", "l"})}) {
          auto data = parseCsv({bytes, "t.csv"}, labels, options);
          if (data)
            EXPECT_EQ(data->values.f32.size() + data->values.f64.size(), data->count * data->sampleSize());
          else
            EXPECT_EQ(data.failure().code.str()[0], 'E');
        }
        auto swapped = parseCsv({"1,2\n3,4\n5,6\n", "t.csv"}, TextFile{bytes, "l.csv"}, options);
        EXPECT_TRUE(swapped || !swapped.failure().message.empty());
      });
    }
}

/// The least that reading numbers takes: a conversion for each, and a look for the separator behind it.
double conversion(llvm::StringRef text) {
  double sum = 0;
  for (const char *at = text.begin(); at < text.end(); ++at) {
    double value = 0;
    at = std::from_chars(at, text.end(), value).ptr;
    sum += value;
  }
  return sum;
}

TEST(Csv, IsFast) {
  std::string integers, decimals;
  for (int r = 0; r < 20000; ++r)
    for (int c = 0; c < 65; ++c) {
      integers += std::to_string((r * 31 + c * 7) % 17) + (c == 64 ? "\n" : ",");
      char number[32];
      std::snprintf(number, sizeof number, "%.6f%c", (r * 31 + c * 7) % 977 / 13.0, c == 64 ? '\n' : ',');
      decimals += number;
    }
  for (const auto &[what, text] : {std::pair("small integers", &integers), std::pair("decimals", &decimals)}) {
    double best = 0, least = 0;
    auto rate = [&](auto work) {
      auto start = std::chrono::steady_clock::now();
      work();
      double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      return static_cast<double>(text->size()) / seconds / 1e6;
    };
    for (int i = 0; i < 5; ++i) { // in turns, as others may be busy
      best = std::max(best, rate([&] { ASSERT_TRUE(parse(*text)); }));
      least = std::max(least, rate([&] { ASSERT_NE(conversion(*text), 0); }));
    }
    std::printf("  csv, %s: %.0f MB/s, conversion alone %.0f MB/s\n", what, best, least);
    RecordProperty(std::string("MB/s ") + what, static_cast<int>(best));
#ifndef __SANITIZE_ADDRESS__
    EXPECT_GT(best, least / 4) << what;
#endif
  }
}

} // namespace
} // namespace dlc::data::test
