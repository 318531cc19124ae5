// Numbers from the file to the net: nothing is rounded before the last step, and then once. How tables are read is
// csv_test.cpp, what the steps compute prepare_test.cpp.
#include "data_test.h"

#include "dlc/support/strings.h"

#include <cmath>
#include <cstring>
#include <set>

namespace dlc::data::test {
namespace {

std::shared_ptr<Dataset> ofNumbers(const std::vector<double> &numbers, Shape shape) {
  auto data = std::make_shared<Dataset>();
  data->sampleShape = std::move(shape);
  data->count = numbers.size() / data->sampleSize();
  NumberStore store;
  store.append(numbers);
  data->values = store.take();
  return data;
}

TEST(NumberStore, KeepsWhatF32HoldsInF32AndEverythingExactly) {
  for (const auto &[numbers, form] : {std::pair(std::vector<double>{1, -2.5, 16777216, 0, 1e-45f}, Values::Form::F32),
                                      std::pair(std::vector<double>{1, 0.1}, Values::Form::F64),
                                      std::pair(std::vector<double>{0.1, 1}, Values::Form::F64),
                                      std::pair(std::vector<double>{1, 2, 16777217}, Values::Form::F64),
                                      std::pair(std::vector<double>{1, NAN, 2}, Values::Form::F32),
                                      std::pair(std::vector<double>{NAN, 1e300}, Values::Form::F64),
                                      std::pair(std::vector<double>{3, 1e-60}, Values::Form::F64)}) {
    NumberStore whole, single;
    whole.append(numbers);
    for (double number : numbers)
      single.append(number);
    EXPECT_EQ(whole.size(), numbers.size());
    for (Values values : {whole.take(), single.take()}) {
      EXPECT_EQ(values.form, form);
      EXPECT_EQ(form == Values::Form::F32 ? values.f64.size() : values.f32.size(), 0u);
      widen(values);
      ASSERT_EQ(values.f64.size(), numbers.size());
      for (size_t i = 0; i < numbers.size(); ++i)
        EXPECT_TRUE(values.f64[i] == numbers[i] || std::isnan(numbers[i])) << i;
    }
  }
}

/// All four ways from a file to samples of one number.
std::vector<std::vector<double>> read(const std::vector<double> &numbers, DType dtype) {
  std::string text, bytes(reinterpret_cast<const char *>(numbers.data()), numbers.size() * sizeof(double)), swapped;
  for (double number : numbers) {
    text += shortNumber(number) + "\n";
    std::string one(reinterpret_cast<const char *>(&number), sizeof number);
    swapped.append(one.rbegin(), one.rend());
  }
  CsvOptions options;
  options.dtype = dtype;
  std::string idx("\0\0\x0e\1\0\0\0", 7);
  idx += static_cast<char>(numbers.size());
  NpyArray array;
  array.shape = {static_cast<int64_t>(numbers.size())};
  array.kind = 'f';
  array.bytes = 8;
  array.data = bytes;
  std::vector<std::vector<double>> all;
  auto take = [&](const Fallible<Dataset> &data) {
    ASSERT_TRUE(data) << toString(data.failure());
    all.push_back(valuesOf(*data));
  };
  take(parseCsv({text, "t"}, std::nullopt, options));
  take(parseRaw({bytes, "r"}, {1}, "f64", dtype));
  take(parseIdx({idx + swapped, "i"}, std::nullopt, dtype));
  take(samplesOf({bytes, "n"}, array, std::nullopt, dtype));
  return all;
}

TEST(Numbers, AreReadExactlyWhateverTheDtypeOfTheNet) {
  const std::vector<double> numbers = {1700000000, 1700000001, 0.1, 16777217, 1e-60, -123456789.125};
  for (DType dtype : {DType::F32, DType::F64})
    for (const std::vector<double> &values : read(numbers, dtype))
      EXPECT_EQ(values, numbers);
}

TEST(Numbers, WholeNumbersOfArraysAreReadExactly) {
  std::vector<int64_t> numbers = {16777217, -1700000001, int64_t{1} << 53, -9007199254740991};
  std::string bytes(reinterpret_cast<const char *>(numbers.data()), numbers.size() * 8);
  auto data = parseRaw({bytes, "r"}, {2}, "i64", DType::F32);
  ASSERT_TRUE(data);
  EXPECT_EQ(valuesOf(*data), std::vector<double>(numbers.begin(), numbers.end()));
  EXPECT_EQ(data->rounded, "");
  numbers = {1, int64_t{1} << 60, (int64_t{1} << 60) + 1};
  bytes.assign(reinterpret_cast<const char *>(numbers.data()), numbers.size() * 8);
  EXPECT_EQ(parseRaw({bytes, "r"}, {1}, "i64", DType::F32)->rounded, "1152921504606846977");
  EXPECT_EQ(parseCsv({"1\n-1152921504606846976\n-1152921504606846977\n3\n", "t"}, std::nullopt, {})->rounded,
            "-1152921504606846977");
}

TEST(Numbers, TokensAbove24BitsStayApart) {
  auto data = parseCsv({"16777216,16777217\n33554431,33554433\n", "t"}, std::nullopt, {.label = "none"});
  ASSERT_TRUE(data);
  ASSERT_TRUE(useTokens(*data, 40000000));
  EXPECT_EQ(data->values.tokens, (std::vector<int32_t>{16777216, 16777217, 33554431, 33554433}));
}

TEST(Numbers, ArePreparedInF64AndRoundedOnce) {
  std::vector<double> numbers;
  for (int i = 0; i < 200; ++i)
    numbers.push_back(1700000000 + i);
  Samples samples = allSamples(ofNumbers(numbers, {1}));
  for (const auto &chain :
       {std::vector{spec("Normalize")}, std::vector{spec("MinMax")},
        std::vector{spec("Scale", {{"k", number(1.0 / 3)}}), spec("Normalize"), spec("Scale", {{"k", number(0.7)}})}}) {
    auto prepare = fitPrepare(chain, samples);
    ASSERT_TRUE(prepare);
    std::vector<double> wide(200);
    std::vector<float> narrow(200);
    EXPECT_TRUE(gatherInputs(samples, samples.rows, *prepare, wide.data()));
    EXPECT_TRUE(gatherInputs(samples, samples.rows, *prepare, narrow.data()));
    for (size_t i = 0; i < 200; ++i)
      EXPECT_EQ(narrow[i], static_cast<float>(wide[i]));
    EXPECT_EQ(std::set<float>(narrow.begin(), narrow.end()).size(), 200u);
  }
}

TEST(Numbers, NormalizeNearLargeMeans) {
  for (double offset : {0.0, 1e9, -1e12, 4e15})
    for (double step : {1.0, 4096.0}) {
      std::vector<double> numbers;
      for (int i = 0; i < 101; ++i)
        numbers.push_back(offset + step * (i * 37 % 101));
      Samples samples = allSamples(ofNumbers(numbers, {1}));
      std::vector<double> x(101);
      EXPECT_TRUE(gatherInputs(samples, samples.rows, *fitPrepare({spec("Normalize")}, samples), x.data()));
      const double deviation = step * std::sqrt((101.0 * 101 - 1) / 12); // of 0, 1, ... 100
      for (size_t i = 0; i < 101; ++i)
        EXPECT_NEAR(x[i], (numbers[i] - (offset + step * 50)) / deviation, 1e-13) << offset;
    }
}

TEST(Numbers, NormalizeOfValuesThatDoNotVary) {
  for (double value : {0.1, 1e9 + 0.1, 1e-200}) {
    Samples samples = allSamples(ofNumbers(std::vector<double>(777, value), {1}));
    auto prepare = fitPrepare({spec("Normalize")}, samples);
    ASSERT_TRUE(prepare);
    EXPECT_TRUE(llvm::StringRef(prepare->text()).ends_with("std=1\n")) << prepare->text();
    double x = 1;
    EXPECT_TRUE(gatherInputs(samples, 0u, *prepare, &x));
    EXPECT_EQ(x, 0);
  }
}

TEST(Numbers, NormalizeOfHugeAndTinyValues) {
  for (double size : {1e200, 1e-200, 1e300, 1e-300}) {
    Samples samples = allSamples(ofNumbers({1 * size, 2 * size, 3 * size}, {1}));
    auto prepare = fitPrepare({spec("Normalize")}, samples);
    ASSERT_TRUE(prepare) << size;
    std::vector<double> x(3);
    EXPECT_TRUE(gatherInputs(samples, samples.rows, *prepare, x.data()));
    for (size_t i = 0; i < 3; ++i)
      EXPECT_NEAR(x[i], (static_cast<double>(i) - 1) * std::sqrt(1.5), 1e-12) << size;
  }
}

TEST(Numbers, MeansOfGapsKeepTheirDigits) {
  CsvOptions options;
  options.missing = CsvOptions::Missing::Mean;
  options.label = "none";
  auto data = parseCsv({"1700000000\n1700000001\n?\n", "t"}, std::nullopt, options);
  ASSERT_TRUE(data) << toString(data.failure());
  auto shared = std::make_shared<Dataset>(*std::move(data));
  auto means = featureMeans(allSamples(shared));
  ASSERT_TRUE(means);
  EXPECT_EQ(*means, (std::vector<double>{1700000000.5}));
  fillGaps(*shared, *means);
  EXPECT_EQ(valuesOf(*shared), (std::vector<double>{1700000000, 1700000001, 1700000000.5}));
}

TEST(LostDigits, AreFoundWhereTheNetCannotTellValuesApart) {
  auto found = [](const std::vector<double> &numbers, std::vector<Spec> steps, Shape shape = {1}) {
    Samples samples = allSamples(ofNumbers(numbers, std::move(shape)));
    auto loss = findLostDigits(samples, *fitPrepare(steps, samples));
    EXPECT_TRUE(loss);
    return *loss;
  };
  std::vector<double> seconds, decimals;
  RandomStream random(3, RandomUse::Test);
  for (int i = 0; i < 300; ++i) {
    seconds.push_back(1700000000 + i);
    decimals.push_back(random.uniform());
  }
  auto loss = found(seconds, {});
  ASSERT_TRUE(loss);
  EXPECT_EQ(loss->before, 300u);
  EXPECT_LE(loss->after, 4u);
  EXPECT_EQ(loss->one, 1700000000);
  EXPECT_EQ(loss->other, 1700000001);
  EXPECT_EQ(loss->columns, 1u);
  EXPECT_FALSE(found(seconds, {spec("Normalize")}));
  EXPECT_FALSE(found(decimals, {}));
  EXPECT_FALSE(found({5.1, 3.5, 5.1, 3.500001}, {}));
  EXPECT_TRUE(found({5, 16777216, 16777217}, {})); // one pair of whole numbers is enough
  EXPECT_TRUE(found({0.1, 0.1 + 1e-12, 0.3}, {}));
  auto second = found({0.1, 1, 1.7e9, 0.2, 1, 1.7e9 + 1}, {}, {3});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->column, 2u);
  auto array = found({0.1, 1, 1.7e9, 0.2, 0.2, 1, 1.7e9 + 1, 0.4}, {}, {1, 2, 2});
  ASSERT_TRUE(array);
  EXPECT_EQ(array->column, 2u);
  EXPECT_EQ(array->other, 1.7e9 + 1);
}

TEST(LostDigits, AreFoundAmongTargets) {
  auto found = [](std::vector<double> targets, size_t each) {
    auto data = std::make_shared<Dataset>();
    data->count = targets.size() / each;
    data->targetKind = TargetKind::Numbers;
    data->targetSize = each;
    data->numbers = std::move(targets);
    return findLostTargets(allSamples(data));
  };
  auto loss = found({1700000000, 1700000001, 1700000000}, 1);
  ASSERT_TRUE(loss);
  EXPECT_EQ(loss->before, 2u);
  EXPECT_EQ(loss->after, 1u);
  EXPECT_EQ(loss->other, 1700000001);
  EXPECT_FALSE(found({0, 1700000000, 0.5, 1700000000}, 2));
  auto second = found({0, 1700000000, 0.5, 1700000001}, 2);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->column, 1u);
}

} // namespace
} // namespace dlc::data::test
