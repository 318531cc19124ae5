// Layers that divide by a deviation, and clipping by norm, with numbers whose squares overflow or underflow in f32:
// values and gradients against the same graph in f64. There the squares do neither.
#include "registry.h"

#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/passes/pipeline.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace dlc;

namespace {

struct Layer {
  const char *op, *attrs;
  Shape shape;
  int64_t features; ///< of scale and shift
  int affine;       ///< how many of the two it has
};
const Layer kLayers[] = {{"layer_norm", "eps", {3, 8}, 8, 2},
                         {"rms_norm", "eps", {3, 8}, 8, 1},
                         {"group_norm", "groups=2, eps", {2, 4, 3, 2}, 4, 2},
                         {"instance_norm", "eps", {2, 3, 3, 3}, 3, 0},
                         {"batch_norm", "eps", {7, 5}, 5, 2},
                         {"batch_norm", "eps", {3, 4, 2, 3}, 4, 2}};

std::string list(const Shape &shape) {
  std::string text = "[";
  for (int64_t size : shape)
    text += (text.size() > 1 ? "," : "") + std::to_string(size);
  return text + "]";
}

/// The result of the layer, and the gradient of sum(result * t) by its input, at this scale of the input.
struct Outcome {
  std::vector<double> y, dx;
};
Outcome run(const Layer &layer, DType dtype, double scale, const char *eps, const char *clip = "") {
  const std::string type = std::string(", dtype=") + (dtype == DType::F32 ? "f32" : "f64"), shape = list(layer.shape);
  std::string text = "graph @norms stage=graph {\n"
                     "  %t = input() {name=\"t\"" +
                     type + ", shape=" + shape +
                     "}\n"
                     "  %lr = input() {name=\"lr\"" +
                     type +
                     "}\n"
                     "  %x = param() {name=\"x\"" +
                     type + ", shape=" + shape + "}\n";
  std::string operands = "%x";
  for (int i = 0; i < layer.affine; ++i) {
    text += "  %p" + std::to_string(i) + " = input() {name=\"p" + std::to_string(i) + "\"" + type + ", shape=[" +
            std::to_string(layer.features) + "]}\n";
    operands += ", %p" + std::to_string(i);
  }
  const bool statistics = std::string(layer.op) == "batch_norm";
  text += std::string("  ") + (statistics ? "%n, %n#1, %n#2, %n#3" : "%n") + " = " + layer.op + "(" + operands + ") {" +
          layer.attrs + "=" + eps + "}\n";
  std::string axes;
  for (size_t d = 0; d < layer.shape.size(); ++d)
    axes += (d ? "," : "") + std::to_string(d);
  text += "  %m = mul(%n, %t)\n  %l = sum(%m) {axes=[" + axes +
          "]}\n  output(%n) {name=\"y\"}\n  minimize(%l, %lr) {optimizer=\"sgd\", settings=\"momentum=0.5\"" + clip +
          "}\n}\n";
  Sources sources;
  Diags diags(sources);
  std::unique_ptr<Graph> graph = parseGraph(sources.add("norms.ir", text), registry(), diags);
  EXPECT_TRUE(graph) << text;
  if (!graph)
    return {};
  EXPECT_TRUE(runPasses(*graph, "infer,autodiff", {registry()}).ok());
  Interpreter interpreter(*graph, registry());
  Outcome outcome;
  dispatchFloat(dtype, [&](auto zero) {
    using T = decltype(zero);
    auto fill = [&](Tensor &tensor, double by, double phase) {
      double e = phase;
      for (T &x : tensor.template span<T>()) // the numbers of f32 in f64 as well
        x = static_cast<T>(static_cast<float>(by * std::sin(e += 1.7)));
    };
    fill(interpreter.input("t"), 1, 0.3), fill(interpreter.param("x"), scale, 0);
    for (int i = 0; i < layer.affine; ++i)
      fill(interpreter.input("p" + std::to_string(i)), 1, i + 5);
    interpreter.run();
    for (T v : interpreter.output("y").template span<T>())
      outcome.y.push_back(v);
    for (T v : interpreter.param("sgd.velocity.x").template span<T>())
      outcome.dx.push_back(v);
  });
  return outcome;
}

void expectSimilar(const std::vector<double> &got, const std::vector<double> &want, const std::string &what) {
  double largest = 0;
  for (double w : want)
    largest = std::max(largest, std::fabs(w));
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < got.size(); ++i)
    EXPECT_LE(std::fabs(got[i] - want[i]), 2e-5 * largest + 1e-43)
        << what << ", element " << i << ": " << got[i] << ", not " << want[i];
}

TEST(Norms, NumbersOfAnySize) {
  for (const Layer &layer : kLayers)
    for (const char *eps : {"1e-5", "1e-30", "1e-60"})
      for (double scale : {1e-30, 1e-25, 1e-12, 1e-3, 1.0, 1e4, 1e12, 1e18, 1e19, 1e20, 1e30, 1e36}) {
        const std::string what =
            std::string(layer.op) + list(layer.shape) + " at " + std::to_string(std::log10(scale)) + " with eps " + eps;
        Outcome got = run(layer, DType::F32, scale, eps), want = run(layer, DType::F64, scale, eps);
        expectSimilar(got.y, want.y, what);
        // Where the slopes themselves leave the range of f32 there is nothing to compare.
        double steepest = 0;
        for (double d : want.dx)
          steepest = std::max(steepest, std::fabs(d));
        if (steepest < 1e36 && steepest > 1e-34)
          expectSimilar(got.dx, want.dx, what + ", gradient");
      }
}

TEST(Norms, ClippingByNormOfAnySize) {
  const Layer &layer = kLayers[1];
  for (double scale : {1e-24, 1e-20, 1e-3, 1.0, 1e15, 1e19, 1e24}) { // the slope is 1 / scale
    Outcome got = run(layer, DType::F32, scale, "1e-60", ", clip_norm=1e-3");
    double sum = 0;
    for (double d : got.dx)
      sum += d * d;
    Outcome plain = run(layer, DType::F64, scale, "1e-60"),
            want = run(layer, DType::F64, scale, "1e-60", ", clip_norm=1e-3");
    expectSimilar(got.dx, want.dx, "clipped at " + std::to_string(std::log10(scale)));
    double before = 0;
    for (double d : plain.dx)
      before += d * d;
    if (before > 1e-6) {
      EXPECT_NEAR(std::sqrt(sum), 1e-3, 1e-7) << "scale " << scale;
    }
  }
}

} // namespace
