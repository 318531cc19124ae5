// Sources with real files: found, unpacked, recognised, and refused; the data that ships with the examples.
// MNIST is read where DLC_TEST_DATA names the folder of the large data sets.
#include "data_test.h"

#include <chrono>
#include <cstdlib>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

namespace dlc::data::test {
namespace {

std::string gzipped(llvm::StringRef bytes) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, bytes.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef *>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}
Spec csv(llvm::StringRef file) { return spec("Csv", {{"file", word(file)}}); }

TEST(Sources, FilesAreFound) {
  TemporaryFolder folder;
  folder.write("a.csv", "1,2\n3,4\n");
  folder.write("b.csv.gz", gzipped("1,2\n3,4\n5,6\n"));
  folder.write("c.csv", gzipped("7,8\n")); // gzip under another name
  LoadContext context{.folder = folder.path};
  EXPECT_EQ((*load(csv("a.csv"), context))->count, 2u);
  EXPECT_EQ((*load(csv("b.csv"), context))->count, 3u); // name.gz in its place
  EXPECT_EQ((*load(csv("b.csv.gz"), context))->count, 3u);
  EXPECT_EQ((*load(csv("c.csv"), context))->count, 1u);
  EXPECT_EQ((*load(csv(folder.path + "/a.csv"), LoadContext{}))->count, 2u);
  Trouble missing = load(csv("none.csv"), context).failure();
  EXPECT_EQ(missing.code.str(), "E301");
  EXPECT_EQ(missing.message, "cannot find 'none.csv'");
  EXPECT_EQ(load(csv("."), context).failure().code.str(), "E301"); // a folder
  EXPECT_EQ(load(spec("Csw"), context).failure().help, "did you mean Csv?");
  EXPECT_EQ(load(spec("Csv"), context).failure().code.str(), "E309");
}

TEST(Sources, DamagedGzip) {
  TemporaryFolder folder;
  std::string good = gzipped("1,2\n3,4\n5,6\n");
  LoadContext context{.folder = folder.path};
  folder.write("cut.csv", llvm::StringRef(good).drop_back(3));
  EXPECT_EQ(load(csv("cut.csv"), context).failure().code.str(), "E306");
  std::string bad = good;
  bad[good.size() / 2] = static_cast<char>(bad[good.size() / 2] ^ 0x55);
  folder.write("bad.csv", bad);
  EXPECT_EQ(load(csv("bad.csv"), context).failure().code.str(), "E306");
  folder.write("bomb.csv", gzipped(std::string(size_t{100} << 20, '0')));
  Trouble bomb = load(csv("bomb.csv"), context).failure();
  EXPECT_EQ(bomb.code.str(), "E306");
  EXPECT_NE(bomb.message.find("decompresses to more than"), std::string::npos);
}

TEST(Sources, CsvArguments) {
  TemporaryFolder folder;
  folder.write("t.csv", "a|b|c\n1|2|x\n3||y\n");
  folder.write("l.csv", "0\n1\n");
  LoadContext context{.folder = folder.path, .dtype = DType::F64};
  auto full = load(spec("Csv", {{"file", word("t.csv")},
                                {"sep", word("|")},
                                {"missing", word("mean")},
                                {"label", word("c")},
                                {"columns", list({word("b"), number(1)})},
                                {"header", word("yes")}}),
                   context);
  ASSERT_TRUE(full) << toString(full.failure());
  fillGaps(**full, *featureMeans(allSamples(*full)));
  EXPECT_EQ(valuesOf(**full), (std::vector<double>{2, 1, 2, 3}));
  EXPECT_EQ((*full)->columnNames, (std::vector<std::string>{"b", "a"}));
  for (auto [key, value] :
       {std::pair("sep", word("xx")), {"header", word("perhaps")}, {"label", number(1.5)}, {"columns", list({})}}) {
    auto bad = load(spec("Csv", {{"file", word("t.csv")}, {key, value}}), context);
    ASSERT_FALSE(bad) << key;
    EXPECT_EQ(bad.failure().code.str(), "E309") << key;
  }
  auto two = load(spec("Csv", {{"file", word("t.csv")},
                               {"labels", word("l.csv")},
                               {"sep", word("|")},
                               {"missing", word("zero")},
                               {"columns", list({word("a")})}}),
                  context);
  ASSERT_TRUE(two) << toString(two.failure()); // one separator for both; the labels, having one column, do without
  EXPECT_EQ((*two)->numbers, (std::vector<double>{0, 1}));
  EXPECT_EQ(valuesOf(**two), (std::vector<double>{1, 3}));
}

TEST(Sources, Inline) {
  LoadContext context;
  auto xs = [] { return list({list({number(0), number(1)}), list({number(1), number(1)})}); };
  auto xorNet = load(spec("Inline", {{"inputs", xs()}, {"targets", list({number(1), number(0)})}}), context);
  ASSERT_TRUE(xorNet);
  EXPECT_EQ(valuesOf(**xorNet), (std::vector<double>{0, 1, 1, 1}));
  EXPECT_EQ((*xorNet)->numbers, (std::vector<double>{1, 0}));
  auto named = load(spec("Inline", {{"inputs", xs()}, {"targets", list({word("yes"), word("no")})}}), context);
  EXPECT_EQ((*named)->classNames, (std::vector<std::string>{"no", "yes"}));
  EXPECT_EQ((*named)->classes, (std::vector<int32_t>{1, 0}));
  EXPECT_EQ((*load(spec("Inline", {{"inputs", list({number(1), number(2)})}}), context))->sampleShape, (Shape{1}));
  auto code = [&](Const inputs, Const targets) {
    return load(spec("Inline", {{"inputs", inputs}, {"targets", targets}}), context).failure().code.str();
  };
  EXPECT_EQ(code(list({}), list({})), "E309");
  EXPECT_EQ(code(xs(), list({number(1)})), "E307");
  EXPECT_EQ(code(list({list({number(1)}), list({number(1), number(2)})}), list({number(0), number(1)})), "E302");
  EXPECT_EQ(code(list({list({number(1)}), number(2)}), list({number(0), number(1)})), "E302");
  EXPECT_EQ(code(list({number(1), list({number(2)})}), list({number(0), number(1)})), "E302");
  EXPECT_EQ(code(list({list({}), list({})}), list({number(0), number(1)})), "E302");
  EXPECT_EQ(code(list({word("x"), number(1)}), list({number(0), number(1)})), "E303");
  auto said = [&](Const inputs, Const targets) {
    return load(spec("Inline", {{"inputs", inputs}, {"targets", targets}}), context).failure().message;
  };
  EXPECT_EQ(said(list({list({}), list({})}), list({number(0), number(1)})), "this list is empty");
  EXPECT_EQ(said(xs(), list({word("cat"), number(1)})), "this target is not a name, but the first one is");
  EXPECT_EQ(said(xs(), list({number(1), word("cat")})), "this target is a name, but the first one is not");
}

TEST(Sources, InlineNumbersFitTheDtype) {
  static constexpr llvm::StringLiteral kText = "1e300";
  Const large = number(1e300);
  large.loc = locOf(kText);
  auto with = [&](DType dtype) {
    LoadContext context;
    context.dtype = dtype;
    return load(spec("Inline", {{"inputs", list({list({number(0), large}), list({number(0), number(1)})})}}), context);
  };
  Trouble trouble = with(DType::F32).failure();
  EXPECT_EQ(trouble.code.str(), "E303");
  EXPECT_EQ(trouble.message, "this number is beyond the range of f32: 1e+300");
  EXPECT_EQ(dlc::textOf(trouble.loc), "1e300");
  auto wide = with(DType::F64);
  ASSERT_TRUE(wide);
  EXPECT_EQ(valuesOf(**wide), (std::vector<double>{0, 1e300, 0, 1}));
}

TEST(Sources, MissingLabelsAreAskedForAsTheSourceTakesThem) {
  TemporaryFolder folder;
  auto help = [&](const Spec &source) {
    auto data = load(source, {});
    EXPECT_TRUE(data) << toString(data.failure());
    return useTargets(**data, {TargetWish::Kind::Classes, 2}).failure().help;
  };
  EXPECT_EQ(help(spec("Inline", {{"inputs", list({number(1), number(2)})}})),
            "give a second list, as in Inline([[0, 1], [1, 0]], [0, 1]), or set target = input");
  EXPECT_EQ(help(spec("Raw", {{"file", word(folder.write("r", "abcd"))}, {"shape", number(2)}})),
            "give a file of labels, as in Raw(file, shape, u8, labels=\"labels.txt\"), or set target = input");
  EXPECT_EQ(help(spec("Csv", {{"file", word(folder.write("t.csv", "1,2\n3,4\n"))}, {"label", word("none")}})),
            "all 2 columns are features; write label= or a file of labels in the source, or set target = input");
  EXPECT_EQ(help(spec("Csv", {{"file", word(folder.write("one.csv", "1\n3\n"))}, {"label", word("none")}})),
            "the only column is a feature; write label= or a file of labels in the source, or set target = input");
}

TEST(Sources, BareFilesAreRecognisedByContent) {
  TemporaryFolder folder;
  std::string images("\0\0\x08\x03\0\0\0\x01\0\0\0\x01\0\0\0\x02"
                     "ab",
                     18),
      labels("\0\0\x08\x01\0\0\0\x01\x05", 9);
  std::string i = folder.write("strange.bin", gzipped(images)), l = folder.write("l", labels),
              t = folder.write("t", "1 2\n");
  auto idx = sourceForFiles(i, l, {});
  ASSERT_TRUE(idx);
  EXPECT_EQ(idx->name, "Idx");
  auto data = load(*idx, {});
  ASSERT_TRUE(data) << toString(data.failure());
  EXPECT_EQ((*data)->classes, (std::vector<int32_t>{5}));
  EXPECT_EQ((*data)->values.bytes[1], 'b');
  EXPECT_EQ(sourceForFiles(t, "", {})->name, "Csv");
  EXPECT_EQ(sourceForFiles("nothing", "", {}).failure().code.str(), "E301");
  EXPECT_EQ(load(csv(i), {}).failure().code.str(), "E306"); // Csv of an IDX file
  // A pipe can be read only once: choosing the source must not use it up.
  std::string pipe = folder.path + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  pid_t child = ::fork();
  if (child == 0) {
    std::ofstream(pipe) << "1,2\n3,4\n";
    ::_exit(0);
  }
  auto piped = sourceForFiles(pipe, "", {});
  ASSERT_TRUE(piped);
  EXPECT_EQ((*load(*piped, {}))->count, 2u);
  ::waitpid(child, nullptr, 0);
}

TEST(Sources, ExamplesData) {
  LoadContext context{.folder = std::string(DLC_SOURCE_DIR) + "/dsl-examples/data"};
  for (auto [file, rows, features, classes] : {std::tuple("digits_train.csv", 1437, 64, 10),
                                               {"digits_test.csv", 360, 64, 10},
                                               {"iris_train.csv", 100, 4, 3},
                                               {"iris_test.csv", 50, 4, 3}}) {
    auto data = load(csv(file), context);
    ASSERT_TRUE(data) << toString(data.failure());
    EXPECT_EQ((*data)->count, static_cast<size_t>(rows));
    EXPECT_EQ((*data)->sampleSize(), static_cast<size_t>(features));
    ASSERT_TRUE(useTargets(**data, {TargetWish::Kind::Classes, static_cast<size_t>(classes)}));
    EXPECT_EQ((*data)->classCount(), static_cast<size_t>(classes));
    EXPECT_EQ((*data)->columnNames.size(), static_cast<size_t>(features));
  }
  auto iris = load(spec("Csv", {{"file", word("iris_train.csv")}, {"label", word("species")}}), context);
  EXPECT_EQ((*iris)->classNames, (std::vector<std::string>{"setosa", "versicolor", "virginica"}));
}

std::string testData() {
  const char *folder = std::getenv("DLC_TEST_DATA");
  return folder ? folder : "";
}

TEST(Sources, Mnist) {
  if (testData().empty())
    GTEST_SKIP() << "DLC_TEST_DATA is not set";
  LoadContext context{.folder = testData() + "/mnist"};
  auto start = std::chrono::steady_clock::now();
  auto data = load(
      spec("Idx", {{"images", word("train-images-idx3-ubyte")}, {"labels", word("train-labels-idx1-ubyte")}}), context);
  ASSERT_TRUE(data) << toString(data.failure());
  std::printf("  mnist, 60000 images from gzip: %.2f s\n",
              std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  EXPECT_EQ((*data)->count, 60000u);
  EXPECT_EQ((*data)->sampleShape, (Shape{28, 28}));
  std::vector<size_t> count(10);
  for (int32_t label : (*data)->classes)
    ++count[static_cast<size_t>(label)];
  EXPECT_EQ(count,
            (std::vector<size_t>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949})); // the published counts
  Samples all = allSamples(*data);
  auto prepare = fitPrepare(defaultPrepare(**data), all);
  BatchPlan plan(all.size(), 64, true, false);
  plan.startEpoch(0, 0);
  std::vector<float> x(64 * 784);
  start = std::chrono::steady_clock::now();
  double sum = 0;
  for (size_t i = 0; i < plan.batches(); ++i) {
    EXPECT_TRUE(gatherInputs(all, plan.batch(i), *prepare, x.data()));
    for (size_t k = 0; k < plan.batch(i).size() * 784; k += 784)
      sum += static_cast<double>(x[k + 400]);
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("  mnist, gathering an epoch of batches of 64: %.1f us a batch\n",
              seconds * 1e6 / static_cast<double>(plan.batches()));
  EXPECT_GT(sum, 0);
}

TEST(Sources, TablesAsScikitLearnShipsThem) {
  if (testData().empty())
    GTEST_SKIP() << "DLC_TEST_DATA is not set";
  LoadContext context{.folder = testData() + "/uci"};
  for (auto [file, rows, features, classes] : {std::tuple("iris.csv", 150, 4, 3),
                                               {"wine_data.csv", 178, 13, 3},
                                               {"breast_cancer.csv", 569, 30, 2},
                                               {"digits.csv", 1797, 64, 0}}) {
    auto data = load(csv(file), context);
    ASSERT_TRUE(data) << toString(data.failure());
    EXPECT_EQ((*data)->count, static_cast<size_t>(rows));
    EXPECT_EQ((*data)->sampleSize(), static_cast<size_t>(features));
    EXPECT_EQ((*data)->classNames.size(), static_cast<size_t>(classes));
  }
  auto diabetes =
      load(spec("Csv", {{"file", word("diabetes_data_raw.csv")}, {"labels", word("diabetes_target.csv")}}), context);
  ASSERT_TRUE(diabetes) << toString(diabetes.failure());
  EXPECT_EQ((*diabetes)->count, 442u);
  EXPECT_EQ((*diabetes)->sampleSize(), 10u);
  EXPECT_EQ((*diabetes)->numbers[0], 151);
}

} // namespace
} // namespace dlc::data::test
