// Random graphs for tests: element-wise chains with all kinds of broadcasting, products, sums, convolutions,
// normalisations and composites, some to be trained. All values stay small, so that no comparison drowns in an
// infinity.
#pragma once

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"

#include <random>

namespace dlc::test {

class RandomGraph {
public:
  RandomGraph(uint32_t seed, DType dtype, const Registry &registry)
      : random_(seed), dtype_(dtype), builder_(graph, registry) {
    graph.name = "random";
    rows_ = pick({1, 5, 17, 64}), cols_ = pick({1, 3, 8, 33});
    for (int i = 0; i < 2; ++i)
      values_.push_back(input("x" + std::to_string(i), {rows_, cols_}));
    size_t count = 2 + below(14);
    for (size_t i = 0; i < count; ++i)
      step();
    if (below(3) == 0)
      image();
    for (size_t i = 0; i < values_.size(); ++i)
      if (values_[i].op->users().empty() || below(6) == 0)
        output(values_[i], "y" + std::to_string(i));
    trains = params_ > 0 && below(2) == 0;
    if (trains)
      minimize();
  }

  Graph graph;
  bool trains = false;

private:
  size_t below(size_t n) { return random_() % n; }
  int64_t pick(std::initializer_list<int64_t> list) { return list.begin()[below(list.size())]; }
  Value any() { return values_[below(values_.size())]; }
  void keep(Value v) { values_.push_back(v); }

  Value input(const std::string &name, Shape shape) {
    Value v = builder_.make("input", {}, InputAttrs{name, dtype_, std::move(shape)});
    v.op->setLabel(name);
    return v;
  }
  Value param(Shape shape, bool trainable = true) {
    ParamAttrs attrs;
    attrs.name = "w" + std::to_string(params_++);
    attrs.dtype = dtype_;
    attrs.shape = std::move(shape);
    attrs.trainable = trainable;
    std::string label = attrs.name;
    Value v = builder_.make("param", {}, std::move(attrs));
    v.op->setLabel(label);
    return v;
  }
  void output(Value v, const std::string &name) { builder_.makeOp("output", {v}, Attrs::of(OutputAttrs{name})); }

  /// Of a shape that broadcasts to [rows, cols].
  Value narrow() {
    Builder &b = builder_;
    switch (below(5)) {
    case 0:
      return param({cols_});
    case 1:
      return param({rows_, 1});
    case 2:
      return b.scalar(pick({-2, -1, 0, 1, 2}) * 0.5, values_[0]);
    case 3:
      return b.sum(b.tanh(any()), {pick({0, 1})}, true);
    default:
      return b.reduceMax(any(), {1}, true);
    }
  }

  void step() {
    Builder &b = builder_;
    Value x = any(), y = below(2) ? any() : narrow();
    switch (below(17)) {
    case 0:
      return keep(b.add(x, y));
    case 1:
      return keep(b.sub(x, y));
    case 2:
      return keep(b.mul(b.tanh(x), y));
    case 3:
      return keep(b.maximum(x, y));
    case 4:
      return keep(b.neg(x));
    case 5:
      return keep(b.exp(b.neg(b.abs(x))));
    case 6:
      return keep(b.sqrt(b.add(b.abs(x), b.scalar(0.5, x))));
    case 7:
      return keep(b.select(b.greater(x, y), x, b.broadcast(b.scalar(0.25, x), {rows_, cols_})));
    case 8:
      return keep(b.make("relu", {x}));
    case 9:
      return keep(b.make("sigmoid", {x}));
    case 10:
      return keep(b.make("softmax", {x}));
    case 11:
      return keep(b.tanh(b.matmul(x, param({cols_, cols_}), false, below(2) != 0)));
    case 12:
      return keep(b.tanh(b.matmul(b.transpose(x, {1, 0}), param({cols_, cols_}), true, false)));
    case 13:
      return keep(b.tanh(b.make("linear", {x, param({cols_, cols_}), param({cols_})})));
    case 14:
      return keep(b.make("layer_norm", {x, param({cols_}), param({cols_})}));
    case 15:
      return keep(b.reshape(b.transpose(b.reshape(x, {cols_, rows_}), {1, 0}), {rows_, cols_}));
    default:
      return keep(b.div(x, b.add(b.abs(y), b.scalar(1, x))));
    }
  }

  /// A convolution with a batch normalisation, as training or as inference sees it, and an activation.
  void image() {
    Builder &b = builder_;
    int64_t in = pick({1, 3}), out = pick({1, 2, 5}), side = pick({4, 7});
    Value x = input("image", {pick({1, 3}), in, side, side});
    const OpDef *conv = b.registry().find("conv2d");
    std::shared_ptr<void> attrs = conv->attrs.make();
    conv->attrs.set(attrs.get(), "padding", "[1,1]");
    Value y = b.makeOp(*conv, {x, param({out, in, 3, 3})}, Attrs(conv->attrs, std::move(attrs)))->result();
    if (below(2))
      y = b.add(y, b.reshape(param({out}), {out, 1, 1}));
    if (below(2))
      y = b.make("batch_norm", {y, param({out}), param({out})});
    else {
      Value scale = b.div(param({out}), b.sqrt(b.add(b.abs(param({out}, false)), b.scalar(1, y))));
      y = b.mul(b.sub(y, b.reshape(param({out}, false), {out, 1, 1})), b.reshape(scale, {out, 1, 1}));
      y = b.add(y, b.reshape(param({out}), {out, 1, 1}));
    }
    y = b.make("relu", {y});
    output(y, "image_out");
    keep(b.add(any(), b.mean(y, {0, 1, 2, 3})));
  }

  void minimize() {
    Builder &b = builder_;
    Value y = b.tanh(values_.back());
    Value loss = b.mean(b.mul(y, y), {0, 1});
    output(loss, "loss");
    static constexpr std::pair<llvm::StringLiteral, llvm::StringLiteral> kOptimizers[] = {
        {"sgd", ""}, {"sgd", "momentum=0.9"}, {"adam", ""}, {"rmsprop", ""}, {"adafactor", ""}, {"lion", ""}};
    auto [optimizer, settings] = kOptimizers[below(std::size(kOptimizers))];
    Value lr = input("lr", {});
    MinimizeAttrs attrs;
    attrs.optimizer = optimizer.str();
    attrs.settings = settings.str();
    b.makeOp("minimize", {loss, lr}, Attrs::of(attrs));
  }

  std::mt19937 random_;
  DType dtype_;
  Builder builder_;
  int64_t rows_ = 1, cols_ = 1;
  std::vector<Value> values_; ///< all [rows, cols]
  int params_ = 0;
};

} // namespace dlc::test
