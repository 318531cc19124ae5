// The executor: a two-layer net written as a Program against plain loops, bit for bit, on every table with FMA and on
// one to five threads; and what it says about itself. Lowered graphs are run in ../ops.
#include "dlc/program/plan.h"
#include "dlc/program/program_text.h"
#include "dlc/runtime/executor.h"

#include "gtest/gtest.h"

#include <cmath>
#include <map>

using namespace dlc;

// Sanitizers look these up by name. With them too, memory that cannot be had is a null pointer and not the end.
extern "C" {
[[gnu::visibility("default"), gnu::used]] const char *__asan_default_options();
[[gnu::visibility("default"), gnu::used]] const char *__tsan_default_options();
const char *__asan_default_options() { return "allocator_may_return_null=1"; }
const char *__tsan_default_options() { return "allocator_may_return_null=1"; }
}

namespace {

constexpr int64_t kN = 70, kIn = 33, kHidden = 150;

// One step of gradient descent on sum((relu(x w + b) v)^2) / 2, written out.
std::string netText(llvm::StringRef dtype, llvm::StringRef isa) {
  std::string text = R"(program @net dtype=DT isa=ISA {
  buffer x input "x" DT[70,33]
  buffer w param "w" DT[33,150]
  buffer b param "b" DT[150]
  buffer v param "v" DT[150,1]
  buffer h temp DT[70,150]
  buffer y output "y" DT[70,1]
  buffer loss output "loss" DT[]
  buffer q temp DT[70,1]
  buffer dh temp DT[70,150]
  buffer db temp DT[150]
  step {
    0: gemm h <- x, w, b {m=70, n=150, k=33, a_row=33, b_row=150, keep=false} do (acc, row(150)) { r0 = add(in0, in1); r1 = max(r0, 0); out0 = r1 }
    1: gemm y <- h, v {m=70, n=1, k=150, a_row=150, b_row=1}
    2: map q <- y {count=70} do (full) { r0 = mul(in0, in0); r1 = mul(r0, 0.5); out0 = r1 }
    3: reduce loss <- q {reduce=70}
    4: gemm dh <- y, v, h {m=70, n=150, k=1, a_row=1, b_row=1, keep=false} do (acc, full) { r0 = gt(in1, 0); r1 = select(r0, in0, 0); out0 = r1 }
    5: gemm v <- h, y, v {m=150, n=1, k=70, a_row=1, a_col=150, b_row=1, keep=false} do (acc, full) { r0 = mul(in0, 0.0009765625); r1 = sub(in1, r0); out0 = r1 }
    6: reduce db <- dh {reduce=70, inner=150}
    7: map b <- b, db {count=150} do (full, full) { r0 = mul(in1, 0.0009765625); r1 = sub(in0, r0); out0 = r1 }
    8: gemm w <- x, dh, w {m=33, n=150, k=70, a_row=1, a_col=33, b_row=150, keep=false} do (acc, full) { r0 = mul(in0, 0.0009765625); r1 = sub(in1, r0); out0 = r1 }
  }
}
)";
  for (size_t at; (at = text.find("DT")) != std::string::npos;)
    text.replace(at, 2, dtype.str());
  text.replace(text.find("ISA"), 3, isa.str());
  return text;
}

Program program(llvm::StringRef dtype, llvm::StringRef isa) {
  Sources sources;
  Diags diags(sources);
  auto parsed = parseProgram(sources.add("net.program", netText(dtype, isa)), diags);
  if (!parsed)
    diags.flush(llvm::errs());
  planProgram(*parsed);
  return *parsed;
}

template <class T> struct Net {
  std::vector<T> x, w, b, v, y;
  T loss = 0;
  Net() : x(kN * kIn), w(kIn * kHidden), b(kHidden), v(kHidden), y(kN) {
    uint32_t state = 1;
    for (auto *values : {&x, &w, &b, &v})
      for (T &value : *values) {
        state = state * 1664525 + 1013904223;
        value = static_cast<T>(state >> 8) / (1 << 23) - 1;
      }
  }

  /// Plain loops: every product a chain of fma in the order of k, every sum by the rules of the reduce family.
  void step() {
    constexpr T kRate = T(0.0009765625);
    std::vector<T> h(kN * kHidden), dh(kN * kHidden), q(kN);
    auto at = [](auto &values, int64_t i) -> T & { return values[static_cast<size_t>(i)]; };
    for (int64_t i = 0; i < kN; ++i)
      for (int64_t j = 0; j < kHidden; ++j) {
        T acc = 0;
        for (int64_t p = 0; p < kIn; ++p)
          acc = std::fma(at(x, i * kIn + p), at(w, p * kHidden + j), acc);
        T z = acc + at(b, j);
        at(h, i * kHidden + j) = z > 0 ? z : 0;
      }
    for (int64_t i = 0; i < kN; ++i) {
      T acc = 0;
      for (int64_t p = 0; p < kHidden; ++p)
        acc = std::fma(at(h, i * kHidden + p), at(v, p), acc);
      at(y, i) = acc;
      at(q, i) = acc * acc * T(0.5);
    }
    constexpr size_t kLanes = sizeof(T) == 4 ? 16 : 8;
    T lanes[kLanes] = {};
    for (size_t i = 0; i < q.size(); ++i)
      lanes[i % kLanes] += q[i];
    for (size_t half = kLanes / 2; half; half /= 2)
      for (size_t i = 0; i < half; ++i)
        lanes[i] += lanes[i + half];
    loss = lanes[0];
    for (int64_t i = 0; i < kN; ++i)
      for (int64_t j = 0; j < kHidden; ++j)
        at(dh, i * kHidden + j) = at(h, i * kHidden + j) > 0 ? std::fma(at(y, i), at(v, j), T(0)) : 0;
    for (int64_t j = 0; j < kHidden; ++j) {
      T acc = 0, sum = 0;
      for (int64_t i = 0; i < kN; ++i) {
        acc = std::fma(at(h, i * kHidden + j), at(y, i), acc);
        sum += at(dh, i * kHidden + j);
      }
      at(v, j) -= acc * kRate;
      at(b, j) -= sum * kRate;
    }
    for (int64_t p = 0; p < kIn; ++p)
      for (int64_t j = 0; j < kHidden; ++j) {
        T acc = 0;
        for (int64_t i = 0; i < kN; ++i)
          acc = std::fma(at(x, i * kIn + p), at(dh, i * kHidden + j), acc);
        at(w, p * kHidden + j) -= acc * kRate;
      }
  }
};

struct Running {
  std::map<std::string, Tensor> params;
  ThreadTeam team;
  std::unique_ptr<Executor> executor;
  template <class T> Running(const Program &program, unsigned threads, Net<T> &net) : team(threads) {
    auto made = Executor::create(
        program,
        [&](const Buffer &b) -> Tensor & {
          Tensor &tensor = params.try_emplace(b.external, b.type).first->second;
          auto &from = b.external == "w" ? net.w : b.external == "b" ? net.b : net.v;
          std::copy(from.begin(), from.end(), tensor.span<T>().begin());
          return tensor;
        },
        team);
    DLC_CHECK(made.ok()) << "no memory";
    executor = std::move(*made);
    std::copy(net.x.begin(), net.x.end(), executor->inputSpan<T>("x").begin());
    executor->runInit();
  }
};

template <class T> void expectSameBits(llvm::StringRef dtype) {
  for (kernels::Isa isa : kernels::isas()) {
    if (!isa->fuses || !kernels::supported(isa))
      continue;
    for (unsigned threads = 1; threads <= 5; ++threads) {
      Net<T> net;
      Running run(program(dtype, isa->name), threads, net);
      for (int step = 0; step < 10; ++step) {
        net.step();
        run.executor->runStep();
        ASSERT_EQ(run.executor->outputSpan<T>("loss")[0], net.loss) << isa->name << ' ' << threads;
        auto y = run.executor->outputSpan<T>("y");
        ASSERT_TRUE(std::equal(y.begin(), y.end(), net.y.begin()));
      }
      for (auto &[name, expected] : {std::pair("w", &net.w), std::pair("b", &net.b), std::pair("v", &net.v)}) {
        auto actual = run.params.at(name).template span<T>();
        EXPECT_TRUE(std::equal(actual.begin(), actual.end(), expected->begin())) << name << ' ' << threads;
      }
      EXPECT_NE(net.loss, 0) << "a test on nothing";
    }
  }
}

TEST(Executor, SameBitsAsPlainLoopsF32) { expectSameBits<float>("f32"); }
TEST(Executor, SameBitsAsPlainLoopsF64) { expectSameBits<double>("f64"); }

TEST(Executor, TimingChangesNoBitAndTimesEveryInstruction) {
  for (unsigned threads : {1u, 2u}) {
    Net<float> net, other;
    Running timed(program("f32", "scalar"), threads, net), plain(program("f32", "scalar"), threads, other);
    size_t barriers = plain.executor->barriers();
    EXPECT_EQ(barriers == 0, threads == 1);
    timed.executor->setTiming(true);
    for (int step = 0; step < 3; ++step) {
      timed.executor->runStep();
      plain.executor->runStep();
    }
    EXPECT_EQ(timed.executor->outputSpan<float>("loss")[0], plain.executor->outputSpan<float>("loss")[0]);
    ASSERT_EQ(timed.executor->nanoseconds().size(), 9u);
    for (uint64_t ns : timed.executor->nanoseconds())
      EXPECT_GT(ns, 0u);
    timed.executor->setTiming(false);
    EXPECT_EQ(timed.executor->barriers(), barriers);
    EXPECT_LT(barriers, 9u) << "the two updates and the sum of the bias need none of their own";
  }
}

TEST(Executor, NamesAndSizes) {
  Net<float> net;
  Running run(program("f32", "scalar"), 2, net);
  EXPECT_EQ(run.executor->inputSpan<float>("x").size(), static_cast<size_t>(kN * kIn));
  EXPECT_NE(run.executor->input("x"), nullptr);
  EXPECT_EQ(run.executor->input("y"), nullptr);
  EXPECT_EQ(run.executor->output("x"), nullptr);
  EXPECT_TRUE(run.executor->outputSpan<float>("nothing").empty());
  EXPECT_GE(run.executor->bytes(), static_cast<uint64_t>(run.executor->program().arena) + kN * kIn * 4);
}

TEST(Executor, SaysWhenThereIsNoMemory) {
  Program huge;
  huge.isa = kernels::kScalar;
  // Each buffer has a size that is possible; all together are beyond any address space.
  BufferNames names(huge);
  for (int i = 0; i < 4096; ++i) {
    Buffer buffer;
    buffer.name = buffer.external = "x" + std::to_string(i);
    buffer.role = BufferRole::Input;
    buffer.type = {DType::F32, {int64_t(1) << 39}};
    huge.addBuffer(buffer, names);
  }
  huge.planned = true;
  ThreadTeam team(1);
  auto made = Executor::create(huge, [](const Buffer &) -> Tensor & { abort(); }, team);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.status().code(), absl::StatusCode::kResourceExhausted);
}

} // namespace
