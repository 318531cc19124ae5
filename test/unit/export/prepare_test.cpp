// Every step of `prepare` as C, alone and in chains, for bytes and for numbers: the bits that training and `dlc infer`
// feed. Steps that draw at random belong to training and have no C.
#include "compiled.h"

#include "c_source.h"
#include "package.h"
#include "prepare_text.h"

#include "gtest/gtest.h"

#include <cstring>
#include <random>

using namespace dlc;

namespace {

TEST(PrepareAsC, EveryStepHasOne) {
  size_t steps = 0;
  for (const data::StepDef *def : data::allSteps())
    if (def->parse) {
      ++steps;
      EXPECT_TRUE(llvm::any_of(deploy::allStages(), [&](const deploy::CStage *s) { return s->name == def->name; }))
          << def->name.str();
    }
  EXPECT_EQ(steps, deploy::allStages().size());
}

struct Chain {
  const char *text;
  Shape raw;
};
const Chain kChains[] = {
    {"", {5}},
    {"Scale k=0.00392156862745098\n", {7}},
    {"Scale k=0.1\nNormalize mean=0.5,-0.25,3 std=0.1,7,2.5\n", {3, 4, 5}},
    {"MinMax min=-1,2,3,4 range=0.3,1,2,3\nInvert top=1\n", {4}},
    {"Normalize mean=-0.7 std=0.3\n", {2, 2}},
    {"Gray\nScale k=0.5\n", {3, 6, 5}},
    {"Gray\n", {1, 6, 5}},
    {"CenterCrop size=4x3\n", {2, 7, 8}},
    {"Resize size=5x9\n", {2, 13, 4}},
    {"Resize size=1x1\nScale k=2\n", {1, 6, 7}},
    {"Center\n", {1, 9, 8}},
    {"Scale k=0.25\nCenter\nInvert top=255\n", {3, 5, 9}},
    {"Invert top=255\nGray\nResize size=12x12\nCenter\nCenterCrop size=8x8\nNormalize mean=0.1 std=0.2\n", {3, 10, 21}},
};

template <class T, class Raw>
void compare(const Chain &chain, const data::Prepare &prepare, const CompiledC &compiled, const std::string &function) {
  auto *run = compiled.find<void(const Raw *, T *)>(function);
  ASSERT_TRUE(run) << function;
  std::mt19937 random(1);
  for (int sample = 0; sample < 20; ++sample) {
    std::vector<Raw> raw(static_cast<size_t>(elementCount(chain.raw)));
    for (Raw &x : raw) // a picture with dark places, one that is dark altogether at last
      x = sample == 19 ? Raw(0) : static_cast<Raw>(random() % 3 ? random() % 256 : 0);
    std::vector<double> x(raw.begin(), raw.end()), spare;
    Shape shape = chain.raw;
    prepare.run(x, spare, shape, {});
    std::vector<T> in(static_cast<size_t>(elementCount(shape)));
    run(raw.data(), in.data());
    for (size_t i = 0; i < in.size(); ++i) {
      const T expected = static_cast<T>(x[i]);
      EXPECT_EQ(std::memcmp(&expected, &in[i], sizeof expected), 0)
          << chain.text << i << ": " << in[i] << ", not " << expected;
    }
  }
}

TEST(PrepareAsC, AgreesWithTheSteps) {
  std::string code;
  size_t count = 0;
  for (const Chain &chain : kChains) {
    auto prepare = data::parsePrepare(chain.text, "");
    ASSERT_TRUE(prepare) << chain.text;
    for (const char *real : {"float", "double"}) {
      auto text = deploy::prepareText(*prepare, chain.raw, real);
      ASSERT_TRUE(text) << chain.text;
      EXPECT_EQ(text->raw, elementCount(chain.raw));
      EXPECT_EQ(text->inPlace, prepare->inPlace()) << chain.text;
      const std::string numbers = std::string(real);
      code += deploy::named("void @prepare(const uint8_t *raw, " + numbers + " *in);\nvoid @prepare_f(const " +
                                numbers + " *raw, " + numbers + " *in);\n" + text->code,
                            "p" + std::to_string(count++));
    }
  }
  for (const char *flags : {"-std=c99 -O0", "-std=c99 -O3 -ffp-contract=off"}) {
    CompiledC compiled("#include <stdint.h>\n" + code, std::string(kStrict) + " " + flags);
    ASSERT_EQ(compiled.problem(), "");
    for (size_t i = 0; i < std::size(kChains); ++i) {
      auto prepare = data::parsePrepare(kChains[i].text, "");
      const std::string first = "p" + std::to_string(2 * i) + "_prepare",
                        other = "p" + std::to_string(2 * i + 1) + "_prepare";
      compare<float, uint8_t>(kChains[i], *prepare, compiled, first);
      compare<float, float>(kChains[i], *prepare, compiled, first + "_f");
      compare<double, uint8_t>(kChains[i], *prepare, compiled, other);
      compare<double, double>(kChains[i], *prepare, compiled, other + "_f");
    }
  }
}

TEST(PrepareAsC, RefusesSamplesThatDoNotFit) {
  auto prepare = data::parsePrepare("CenterCrop size=9x9\n", "");
  ASSERT_TRUE(prepare);
  EXPECT_FALSE(deploy::prepareText(*prepare, {1, 4, 4}, "float"));
}

} // namespace
