// Batch normalisation (Ioffe and Szegedy 2015): per channel of an image, per feature of anything else.
// The op normalises by the batch; in inference the layer is plain arithmetic with the running statistics.
#include "dlc/ir/op_def.h"

namespace dlc::ops {
namespace {

struct BatchNormAttrs {
  double eps = 1e-5;
  static constexpr auto fields() { return std::tuple{field("eps", &BatchNormAttrs::eps)}; }
};

bool isImage(const Shape &x) { return x.size() == 4; }
int64_t channelsOf(const Shape &x) { return isImage(x) ? x[1] : x.back(); }

/// One value a channel, in a shape that broadcasts to x.
Value perChannel(Builder &b, Value c, const Shape &x) { return isImage(x) ? b.reshape(c, {channelsOf(x), 1, 1}) : c; }

/// Sums over everything but the channel.
Value channelSum(Builder &b, Value x) {
  if (isImage(x.shape()))
    return b.sum(b.sum(x, {2, 3}), {0});
  if (x.shape().size() > 2)
    x = b.reshape(x, {x.type().elements() / x.shape().back(), x.shape().back()});
  return b.sum(x, {0});
}

/// (x - mean) * (weight / sqrt(variance + eps)) + bias.
Value normalise(Builder &b, Value x, Value mean, Value variance, Value weight, Value bias, double eps) {
  Value scale = b.div(weight, b.sqrt(b.add(variance, b.scalar(eps, x))));
  Value centred = b.sub(x, perChannel(b, mean, x.shape()));
  return b.add(b.mul(centred, perChannel(b, scale, x.shape())), perChannel(b, bias, x.shape()));
}

Value statistic(LayerBuilder &b, llvm::StringRef name, int64_t channels, llvm::StringRef init) {
  ParamAttrs attrs;
  attrs.name = b.scope.empty() ? name.str() : b.scope + "." + name.str();
  attrs.dtype = b.dtype;
  attrs.shape = {channels};
  attrs.init = init.str();
  attrs.trainable = false;
  std::string label = attrs.name;
  Value value = b.make("param", {}, std::move(attrs));
  value.op->setLabel(label);
  return value;
}

Value build(LayerBuilder &b) {
  const Shape &x = b.input.shape();
  int64_t channels = channelsOf(x);
  double eps = b.args.number("eps"), momentum = b.args.number("momentum");
  Value weight = b.param("weight", {channels}, Init::ones()), bias = b.param("bias", {channels}, Init::zeros());
  Value mean = statistic(b, "running_mean", channels, "Constant(0)");
  Value variance = statistic(b, "running_var", channels, "Constant(1)");
  if (!b.training)
    return normalise(b, b.input, mean, variance, weight, bias, eps);
  Op *op = b.makeOp("batch_norm", {b.input, weight, bias}, Attrs::of(BatchNormAttrs{eps}));
  if (!op)
    return {};
  // running = (1 - momentum) running + momentum batch, with the unbiased variance.
  double count = static_cast<double>(b.input.type().elements() / channels);
  double unbiased = count > 1 ? count / (count - 1) : 1;
  auto update = [&](Value running, Value batch, double share) {
    b.assign(running, b.add(b.mul(running, b.scalar(1 - momentum, running)), b.mul(batch, b.scalar(share, running))));
  };
  update(mean, op->result(1), momentum);
  update(variance, op->result(2), momentum * unbiased);
  return op->result(0);
}

void infer(OpView &op) {
  const Shape &x = op.shape(0);
  if (x.size() < 2 || op.shape(1) != Shape{channelsOf(x)} || op.shape(2) != op.shape(1)) {
    op.error("E230") << "BatchNorm takes one scale and shift for each channel, found " << op.type(0) << ", "
                     << op.type(1) << " and " << op.type(2);
    return;
  }
  op.result(op.type(0));
  op.result(op.type(1));
  op.result(op.type(1));
}

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  double count = static_cast<double>(x.type().elements() / channelsOf(x.shape()));
  Value n = b.scalar(count, x);
  Value mean = b.div(channelSum(b, x), n);
  Value d = b.sub(x, perChannel(b, mean, x.shape()));
  Value variance = b.div(channelSum(b, b.mul(d, d)), n);
  return {normalise(b, x, mean, variance, op.operand(1), op.operand(2), op.attrs<BatchNormAttrs>().eps), mean,
          variance};
}

// With xhat = (x - mean) / sd:  dx = weight / sd (dy - mean(dy) - xhat mean(dy xhat)), the factors collected per
// channel; what comes in through mean and variance is added where anyone reads them.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), weight = op.operand(1);
  const Shape &shape = x.shape();
  Value n = b.scalar(static_cast<double>(x.type().elements() / channelsOf(shape)), x);
  Value centred = b.sub(x, perChannel(b, op.result(1), shape));
  Value dx, dWeight, dBias, slope;
  if (dy[0]) {
    Value sd = b.sqrt(b.add(op.result(2), b.scalar(op.attrs<BatchNormAttrs>().eps, x)));
    Value scale = b.div(weight, sd);
    dBias = channelSum(b, dy[0]);
    dWeight = b.div(channelSum(b, b.mul(dy[0], centred)), sd);
    Value level = b.div(b.mul(scale, dBias), n);
    slope = b.neg(b.div(b.mul(scale, b.div(dWeight, sd)), n));
    dx = b.sub(b.mul(dy[0], perChannel(b, scale, shape)), perChannel(b, level, shape));
  }
  if (dy[1]) {
    Value level = perChannel(b, b.div(dy[1], n), shape);
    dx = dx ? b.add(dx, level) : b.broadcast(level, shape);
  }
  if (dy[2]) {
    Value own = b.div(b.add(dy[2], dy[2]), n);
    slope = slope ? b.add(slope, own) : own;
  }
  if (slope) {
    Value rest = b.mul(centred, perChannel(b, slope, shape));
    dx = dx ? b.add(dx, rest) : rest;
  }
  return {dx, dWeight, dBias};
}

constexpr ArgSpec kArgs[] = {{.name = "momentum",
                              .kind = ArgKind::Number,
                              .defaultText = "0.1",
                              .doc = "share of the batch in the running statistics",
                              .min = 0,
                              .max = 1,
                              .keywordOnly = true},
                             {.name = "eps",
                              .kind = ArgKind::Number,
                              .defaultText = "1e-5",
                              .doc = "added to the variance",
                              .min = 0,
                              .minExcluded = true,
                              .keywordOnly = true}};
constexpr llvm::StringLiteral kClassicArgs[] = {"in", "momentum", "eps"};

constexpr llvm::StringLiteral kOperands[] = {"x", "weight", "bias"};
constexpr llvm::StringLiteral kExamples[] = {"batch_norm(f32[4,3,2,5], f32[3], f32[3])",
                                             "batch_norm(f32[7,5], f32[5], f32[5]) {eps=0.1}",
                                             "batch_norm(f32[3,2,4], f32[4], f32[4])"};
} // namespace

extern const OpDef batch_norm;
constexpr OpDef batch_norm = {.name = "batch_norm",
                              .role = Role::Layer,
                              .layer = "BatchNorm",
                              .doc = "Each channel to mean 0 and variance 1 over the batch, then scale and shift.",
                              .operands = kOperands,
                              .attrs = attrTable<BatchNormAttrs>(),
                              .args = kArgs,
                              .infer = infer,
                              .build = build,
                              .decompose = decompose,
                              .reference = nullptr,
                              .grad = grad,
                              .lower = nullptr,
                              .examples = kExamples,
                              .classicArgs = kClassicArgs};
static_assert(lawful(batch_norm));

} // namespace dlc::ops
