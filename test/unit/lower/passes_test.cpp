// The passes over Programs: nothing they do may change a bit, and what they promise to do they do.
// What they do is shown, pass by pass, by the lit files in test/lower.
#include "dlc/lower/fuse.h"
#include "dlc/program/dispatch.h"
#include "dlc/program/plan.h"
#include "dlc/program/program_text.h"
#include "dlc/program/verify.h"
#include "random_programs.h"

#include "gtest/gtest.h"

#include <chrono>

using namespace dlc;
using namespace dlc::test;

namespace {

Program parse(llvm::StringRef text) {
  Sources sources;
  Diags diags(sources);
  auto program = parseProgram(sources.add("in.program", text), diags);
  if (!program) {
    diags.flush(llvm::errs());
    ADD_FAILURE() << "the test's own program is wrong";
    return {};
  }
  program->remarks.emplace();
  return *program;
}

size_t countOf(const Program &program, const InstrDef &family) {
  return static_cast<size_t>(llvm::count_if(program.step, [&](const Instr &i) { return i.family == &family; }));
}

TEST(RandomPrograms, FusingAndThreadsChangeNoBit) {
  size_t joined = 0;
  for (uint32_t seed = 0; seed < 300; ++seed) {
    DType dtype = seed % 2 ? DType::F64 : DType::F32;
    Program plain = RandomProgram(seed, dtype).program;
    ASSERT_EQ(verifyProgram(plain), "") << seed;
    Program fused = plain;
    fuseProgram(fused);
    ASSERT_EQ(verifyProgram(fused), "") << seed << "\n" << toString(fused);
    joined += plain.step.size() - fused.step.size();
    Program hoisted = fused;
    hoistProgram(hoisted);
    ASSERT_EQ(verifyProgram(hoisted), "") << seed << "\n" << toString(hoisted);
    planProgram(plain);
    auto expected = runProgram(plain, 1);
    unsigned threads = 1 + seed % 3;
    for (kernels::Isa isa : {kernels::kScalar, kernels::best()}) {
      if (!isa->fuses)
        continue; // rounds its products
      hoisted = fused;
      hoisted.isa = isa;
      hoistProgram(hoisted);
      planProgram(hoisted);
      ASSERT_EQ(verifyProgram(hoisted), "") << seed;
      ASSERT_EQ(runProgram(hoisted, threads), expected) << "seed " << seed << " on " << threads << " threads\n"
                                                        << toString(plain) << toString(hoisted);
    }
    // Every name the caller knows must have survived.
    for (const Buffer &b : plain.buffers)
      EXPECT_TRUE(b.external.empty() || hoisted.findExternal(b.role, b.external)) << b.name;
  }
  EXPECT_GT(joined, 500u) << "too little was fused to tell anything";
}

TEST(RandomPrograms, PrintAndReadBackAfterEveryPass) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    Program program = RandomProgram(seed, DType::F32).program;
    for (auto [name, pass] : {std::pair(
                                  "fuse", +[](Program &p) { fuseProgram(p); }),
                              std::pair(
                                  "hoist", +[](Program &p) { hoistProgram(p); }),
                              std::pair("plan", +[](Program &p) { planProgram(p); })}) {
      pass(program);
      std::string text = toString(program);
      EXPECT_EQ(toString(parse(text)), text) << name;
    }
  }
}

TEST(RandomPrograms, FusingTwiceChangesNothingMore) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    Program program = RandomProgram(seed, DType::F32).program;
    fuseProgram(program);
    std::string once = toString(program);
    EXPECT_FALSE(fuseProgram(program)) << once;
    EXPECT_EQ(toString(program), once);
  }
}

TEST(Fuse, ABiasAndAReluBecomeTheEpilogueFusedByHand) {
  Program program = parse(R"(program @p dtype=f32 isa=scalar {
  buffer x input "x" f32[4,6]
  buffer w param "w" f32[5,6]
  buffer b param "b" f32[5]
  buffer h temp f32[4,5]
  buffer z temp f32[4,5]
  buffer y output "y" f32[4,5]
  step {
    0: gemm h <- x, w {m=4, n=5, k=6, a_row=6, b_row=1, b_col=6}
    1: map z <- h, b {count=20} do (full, row(5)) { r0 = add(in0, in1); out0 = r0 }
    2: map y <- z {count=20} do (full) { r0 = max(in0, 0); out0 = r0 }
  }
}
)");
  EXPECT_TRUE(fuseProgram(program));
  ASSERT_EQ(program.step.size(), 1u);
  EXPECT_NE(explainDispatch(program)[0].find("hand-fused bias and relu"), std::string::npos);
  EXPECT_FALSE(program.find("h")) << "nobody needs it any more";
  EXPECT_EQ(program.remarks->size(), 2u);
}

// The gradient's product comes first, then another product reads the old weights: the first must wait for the second.
TEST(Fuse, AnUpdateWaitsForReadersOfTheOldValue) {
  Program program = parse(R"(program @p dtype=f32 isa=scalar {
  buffer x input "x" f32[4,6]
  buffer dy input "dy" f32[4,5]
  buffer w param "w" f32[5,6]
  buffer g temp f32[5,6]
  buffer dx output "dx" f32[4,6]
  buffer new temp f32[5,6]
  step {
    0: gemm g <- dy, x {m=5, n=6, k=4, a_row=1, a_col=5, b_row=6}
    1: gemm dx <- dy, w {m=4, n=6, k=5, a_row=5, b_row=6}
    2: map new <- w, g {count=30} do (full, full) { r0 = mul(in1, 0.5); r1 = sub(in0, r0); out0 = r1 }
    3: map w <- new {count=30} do (full) { out0 = in0 }
  }
}
)");
  Program fused = program;
  EXPECT_TRUE(fuseProgram(fused));
  ASSERT_EQ(fused.step.size(), 2u) << toString(fused);
  EXPECT_EQ(fused.buffer(fused.step[0].writes[0]).name, "dx");
  EXPECT_EQ(fused.buffer(fused.step[1].writes[0]).name, "w");
  planProgram(program);
  planProgram(fused);
  EXPECT_EQ(runProgram(program, 1), runProgram(fused, 2));
}

// A product that reads w itself cannot write it.
TEST(Fuse, AGemmNeverOverwritesItsOwnOperand) {
  Program program = parse(R"(program @p dtype=f32 isa=scalar {
  buffer x input "x" f32[5,5]
  buffer w param "w" f32[5,5]
  buffer g temp f32[5,5]
  step {
    0: gemm g <- x, w {m=5, n=5, k=5, a_row=5, b_row=5}
    1: map w <- g {count=25} do (full) { out0 = in0 }
  }
}
)");
  EXPECT_FALSE(fuseProgram(program));
  EXPECT_EQ(program.step.size(), 2u);
  ASSERT_EQ(program.remarks->size(), 1u);
  EXPECT_NE((*program.remarks)[0].find("w would be overwritten while still in use"), std::string::npos);
}

TEST(Fuse, WhatOthersReadStaysAsAnotherResult) {
  Program program = parse(R"(program @p dtype=f32 isa=scalar {
  buffer x input "x" f32[4,5]
  buffer a temp f32[4,5]
  buffer b temp f32[4,5]
  buffer s output "s" f32[4]
  buffer y output "y" f32[4,5]
  step {
    0: map a <- x {count=20} do (full) { r0 = exp(in0); out0 = r0 }
    1: map b <- a {count=20} do (full) { r0 = add(in0, 1); out0 = r0 }
    2: reduce s <- a {outer=4, reduce=5}
    3: map y <- b {count=20} do (full) { r0 = tanh(in0); out0 = r0 }
  }
}
)");
  EXPECT_TRUE(fuseProgram(program));
  ASSERT_EQ(countOf(program, mapInstr), 1u);
  EXPECT_EQ(program.step[0].writes.size(), 2u) << "a for the reduce, and y";
}

TEST(Fuse, SaysWhyNot) {
  Program program = parse(R"(program @p dtype=f32 isa=scalar {
  buffer x input "x" f32[4,5]
  buffer s temp f32[5]
  buffer t temp f32[5]
  buffer y output "y" f32[4,5]
  step {
    0: reduce s <- x {reduce=4, inner=5}
    1: map t <- s {count=5} do (full) { r0 = exp(in0); out0 = r0 }  // net.dsl:2:1
    2: map y <- x, t {count=20} do (full, row(5)) { r0 = add(in0, in1); out0 = r0 }  // net.dsl:3:1
  }
}
)");
  EXPECT_FALSE(fuseProgram(program));
  ASSERT_EQ(program.remarks->size(), 2u);
  EXPECT_EQ((*program.remarks)[0], "fuse: map t (net.dsl:2:1) does not join reduce s: reduce takes no tile program");
  EXPECT_EQ((*program.remarks)[1],
            "fuse: map y (net.dsl:3:1) does not join map t (net.dsl:2:1): it has 20 elements, not 5");
}

TEST(Fuse, StopsAtTheLimitsOfTheKernel) {
  std::string text = "program @p dtype=f32 isa=scalar {\n  buffer x input \"x\" f32[8]\n";
  constexpr int kMaps = 100;
  for (int i = 0; i < kMaps; ++i)
    text += "  buffer t" + std::to_string(i) + (i + 1 == kMaps ? " output \"y\" f32[8]\n" : " temp f32[8]\n");
  text += "  step {\n";
  for (int i = 0; i < kMaps; ++i)
    text += "    " + std::to_string(i) + ": map t" + std::to_string(i) + " <- " +
            (i ? "t" + std::to_string(i - 1) : std::string("x")) +
            " {count=8} do (full) { r0 = tanh(in0); out0 = r0 }\n";
  Program program = parse(text + "  }\n}\n"), fused = program;
  EXPECT_TRUE(fuseProgram(fused));
  EXPECT_EQ(fused.step.size(), 2u) << "64 steps and the rest";
  planProgram(program);
  planProgram(fused);
  EXPECT_EQ(runProgram(program, 1), runProgram(fused, 1));
}

// Quadratic time would be minutes here; linear time is well below a second.
TEST(Fuse, TwentyThousandLayersTakeLinearTime) {
  constexpr int kLayers = 20000;
  std::string buffers = "  buffer w param \"w\" f32[4,4]\n  buffer h0 input \"x\" f32[4,4]\n", step;
  for (int i = 0; i < kLayers; ++i) {
    std::string n = std::to_string(i), next = std::to_string(i + 1);
    buffers += "  buffer g" + n + " temp f32[4,4]\n  buffer b" + n + " temp f32[4,4]\n  buffer h" + next +
               (i + 1 == kLayers ? " output \"y\"" : " temp") + " f32[4,4]\n";
    step += "    " + std::to_string(3 * i) + ": gemm g" + n + " <- h" + n +
            ", w {m=4, n=4, k=4, a_row=4, b_row=4}\n    " + std::to_string(3 * i + 1) + ": map b" + n + " <- g" + n +
            " {count=16} do (full) { r0 = add(in0, 1); out0 = r0 }\n    " + std::to_string(3 * i + 2) + ": map h" +
            next + " <- b" + n + " {count=16} do (full) { r0 = max(in0, 0); out0 = r0 }\n";
  }
  Program program = parse("program @p dtype=f32 isa=scalar {\n" + buffers + "  step {\n" + step + "  }\n}\n");
  auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(fuseProgram(program));
  EXPECT_TRUE(hoistProgram(program));
  planProgram(program);
  EXPECT_EQ(program.step.size(), size_t(kLayers));
  EXPECT_EQ(verifyProgram(program), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

// What a map reads far behind is kept for others anyway: the map does not go there, so that its result need not wait.
TEST(Fuse, WhatIsLateOnPurposeStaysLate) {
  std::string buffers, step = "    0: map a <- x {count=16} do (full) { r0 = tanh(in0); out0 = r0 }\n";
  for (int i = 0; i < 12; ++i) {
    buffers += "  buffer g" + std::to_string(i) + " temp f32[4,4]\n";
    step += "    " + std::to_string(i + 1) + ": gemm g" + std::to_string(i) + " <- " +
            (i ? "g" + std::to_string(i - 1) : std::string("a")) + ", w {m=4, n=4, k=4, a_row=4, b_row=4}\n";
  }
  step += "    13: map late <- a {count=16} do (full) { r0 = exp(in0); out0 = r0 }\n"
          "    14: gemm y <- late, g11 {m=4, n=4, k=4, a_row=4, b_row=4}\n"
          "    15: gemm z <- a, y {m=4, n=4, k=4, a_row=4, b_row=4}\n";
  Program program = parse("program @p dtype=f32 isa=scalar {\n  buffer x input \"x\" f32[4,4]\n"
                          "  buffer w param \"w\" f32[4,4]\n  buffer a temp f32[4,4]\n  buffer late temp f32[4,4]\n"
                          "  buffer y temp f32[4,4]\n  buffer z output \"z\" f32[4,4]\n" +
                          buffers + "  step {\n" + step + "  }\n}\n");
  EXPECT_FALSE(fuseProgram(program));
  ASSERT_EQ(program.remarks->size(), 1u);
  EXPECT_EQ((*program.remarks)[0],
            "fuse: map late does not join map a: its result would be live long before anything reads it");
}

TEST(Hoist, WeightsThatNeverChangeArePackedOnce) {
  Program program = parse(R"(program @p dtype=f32 isa=scalar {
  buffer x input "x" f32[4,6]
  buffer w param "w" f32[6,5]
  buffer w2 temp f32[6,5]
  buffer y output "y" f32[4,5]
  buffer z output "z" f32[4,5]
  buffer v output "v" f32[4,5]
  step {
    0: map w2 <- w {count=30} do (full) { r0 = mul(in0, 2); out0 = r0 }
    1: gemm y <- x, w2 {m=4, n=5, k=6, a_row=6, b_row=5}
    2: gemm z <- x, w {m=4, n=5, k=6, a_row=6, b_row=5}
    3: gemm v <- x, w {m=4, n=5, k=6, a_row=6, b_row=5}
  }
}
)");
  Program hoisted = program;
  EXPECT_TRUE(hoistProgram(hoisted));
  EXPECT_EQ(hoisted.init.size(), 3u) << "the map and two packs\n" << toString(hoisted);
  EXPECT_EQ(hoisted.step.size(), 3u);
  planProgram(program);
  planProgram(hoisted);
  EXPECT_EQ(runProgram(program, 1), runProgram(hoisted, 2));
}

// Both directions, with strides and groups, shared where the weights are read in one order; one channel at a time they
// are read as they lie. What a run after a first one finds packed is packed no second time.
TEST(Hoist, WeightsOfConvolutionsArePackedOnce) {
  for (llvm::StringRef dtype : {"f32", "f64"})
    for (kernels::Isa isa : kernels::isas()) {
      if (!kernels::supported(isa))
        continue;
      std::string text = R"(program @p dtype=f32 isa=scalar {
  buffer x input "x" f32[2,4,7,9]
  buffer d input "d" f32[2,10,4,5]
  buffer w param "w" f32[10,4,3,3]
  buffer g param "g" f32[10,2,3,3]
  buffer o param "o" f32[4,1,3,3]
  buffer b param "b" f32[10]
  buffer y output "y" f32[2,10,4,5]
  buffer z output "z" f32[2,10,7,9]
  buffer v output "v" f32[2,4,7,9]
  buffer u output "u" f32[2,4,7,9]
  buffer s output "s" f32[2,10,7,9]
  buffer r output "r" f32[2,4,7,9]
  step {
    0: conv y <- x, w, b {n=2, ci=4, co=10, x=[7,9], y=[4,5], kernel=[3,3], stride=[2,2], padding=[1,1], keep=false} do (acc, periodic(20,10)) { r0 = add(in0, in1); r1 = max(r0, 0); out0 = r1 }
    1: conv z <- x, w {n=2, ci=4, co=10, x=[7,9], y=[7,9], kernel=[3,3], padding=[1,1]}
    2: conv v <- d, w {op="grad_input", n=2, ci=4, co=10, x=[7,9], y=[4,5], kernel=[3,3], stride=[2,2], padding=[1,1]}
    3: conv u <- z, w {op="grad_input", n=2, ci=4, co=10, x=[7,9], y=[7,9], kernel=[3,3], padding=[1,1]}
    4: conv s <- x, g {n=2, groups=2, ci=2, co=5, x=[7,9], y=[7,9], kernel=[3,3], padding=[1,1]}
    5: conv r <- x, o {n=2, groups=4, x=[7,9], y=[7,9], kernel=[3,3], padding=[1,1]}
  }
}
)";
      for (size_t at = 0; (at = text.find("f32", at)) != std::string::npos; at += 3)
        text.replace(at, 3, dtype.str());
      text.replace(text.find("scalar"), 6, isa->name);
      Program program = parse(text);
      Program hoisted = program;
      EXPECT_TRUE(hoistProgram(hoisted));
      EXPECT_FALSE(hoistProgram(hoisted)) << "there is nothing left to pack\n" << toString(hoisted);
      EXPECT_EQ(hoisted.init.size(), 4u) << "forward, with the stride, without it, in groups\n" << toString(hoisted);
      EXPECT_EQ(verifyProgram(hoisted), "");
      size_t packed = llvm::count_if(hoisted.step, [](const Instr &i) { return i.attrs.as<ConvInstrAttrs>().packed; });
      EXPECT_EQ(packed, 5u) << toString(hoisted);
      EXPECT_EQ(toString(parse(toString(hoisted))), toString(hoisted));
      planProgram(program);
      planProgram(hoisted);
      EXPECT_EQ(runProgram(program, 1), runProgram(hoisted, 2));
      EXPECT_EQ(runProgram(program, 2), runProgram(hoisted, 1));
    }
}

TEST(Hoist, WhatTheStepChangesStays) {
  Program program = parse(R"(program @p dtype=f32 isa=scalar {
  buffer x input "x" f32[4,5]
  buffer w param "w" f32[5,5]
  buffer w2 temp f32[5,5]
  buffer y output "y" f32[4,5]
  step {
    0: map w2 <- w {count=25} do (full) { r0 = mul(in0, 0.5); out0 = r0 }
    1: gemm y <- x, w {m=4, n=5, k=5, a_row=5, b_row=5}
    2: map w <- w2 {count=25} do (full) { out0 = in0 }
  }
}
)");
  EXPECT_FALSE(hoistProgram(program));
  EXPECT_TRUE(program.init.empty());
}

} // namespace
