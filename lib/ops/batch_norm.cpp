// Batch normalisation (Ioffe and Szegedy 2015): per channel of an image, per feature of anything else.
// The op normalises by the batch, and gives mean, variance and sqrt(variance + eps) beside the result; in inference the
// layer is plain arithmetic with the running statistics.
#include "deviation.h"

#include "dlc/ir/running_mean.h"

namespace dlc::ops {
namespace {

struct BatchNormAttrs {
  double eps = 1e-5;
  static constexpr auto fields() { return std::array{field<&BatchNormAttrs::eps>("eps")}; }
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

/// The root of the mean square of everything but the channel.
Value channelDeviation(Builder &b, Value d) {
  const Shape shape = d.shape();
  const double count = static_cast<double>(d.type().elements() / channelsOf(shape));
  auto norm = [&](Value x, Shape axes) { return b.make("norm", {x}, ReduceAttrs{std::move(axes), false}); };
  Value length;
  if (isImage(shape)) // the norm of norms is the norm
    length = norm(norm(d, {2, 3}), {0});
  else
    length = norm(b.reshape(d, {d.type().elements() / shape.back(), shape.back()}), {0});
  return b.mul(length, b.scalar(1 / std::sqrt(count), d));
}

/// (x - mean) * (weight / deviation) + bias.
Value normalise(Builder &b, Value x, Value mean, Value deviation, Value weight, Value bias) {
  Value scale = b.div(weight, deviation);
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
    return normalise(b, b.input, mean, b.sqrt(b.add(variance, b.scalar(eps, variance))), weight, bias);
  Op *op = b.makeOp("batch_norm", {b.input, weight, bias}, Attrs::of(BatchNormAttrs{eps}));
  if (!op)
    return {};
  // running += momentum (batch - running), with the unbiased variance.
  double count = static_cast<double>(b.input.type().elements() / channels);
  double unbiased = count > 1 ? count / (count - 1) : 1;
  auto update = [&](Value running, Value batch) {
    b.assign(running, b.make("running_mean", {running, batch}, RunningMeanAttrs{momentum}));
  };
  update(mean, op->result(1));
  update(variance, b.mul(op->result(2), b.scalar(unbiased, variance)));
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
  for (int statistic = 0; statistic < 3; ++statistic)
    op.result(op.type(1));
}

Values decompose(const Op &op, Builder &b) {
  Value x = op.operand(0);
  double count = static_cast<double>(x.type().elements() / channelsOf(x.shape()));
  Value n = b.scalar(count, x);
  Value mean = b.div(channelSum(b, x), n);
  Value d = b.sub(x, perChannel(b, mean, x.shape()));
  Value root = channelDeviation(b, d), deviation = withEpsilon(b, root, op.attrs<BatchNormAttrs>().eps);
  return {normalise(b, x, mean, deviation, op.operand(1), op.operand(2)), mean, b.mul(root, root), deviation};
}

// With xhat = (x - mean) / sd:  dx = weight / sd (dy - mean(dy) - xhat mean(dy xhat)), the factors collected per
// channel; what comes in through the statistics is added where anyone reads them.
Values grad(const Op &op, llvm::ArrayRef<Value> dy, Builder &b) {
  Value x = op.operand(0), weight = op.operand(1), sd = op.result(3);
  const Shape &shape = x.shape();
  Value n = b.scalar(static_cast<double>(x.type().elements() / channelsOf(shape)), x);
  Value centred = b.sub(x, perChannel(b, op.result(1), shape));
  Value dx, dWeight, dBias, slope; // slope: by which xhat goes into dx
  auto gather = [&](Value &sum, Value part) { sum = sum ? b.add(sum, part) : part; };
  if (dy[0]) {
    Value scale = b.div(weight, sd);
    dBias = channelSum(b, dy[0]);
    dWeight = b.div(channelSum(b, b.mul(dy[0], centred)), sd);
    Value level = b.div(b.mul(scale, dBias), n);
    slope = b.neg(b.div(b.mul(scale, dWeight), n));
    dx = b.sub(b.mul(dy[0], perChannel(b, scale, shape)), perChannel(b, level, shape));
  }
  if (dy[1]) {
    Value level = perChannel(b, b.div(dy[1], n), shape);
    dx = dx ? b.add(dx, level) : b.broadcast(level, shape);
  }
  if (dy[2])
    gather(slope, b.div(b.mul(b.add(dy[2], dy[2]), sd), n));
  if (dy[3])
    gather(slope, b.div(dy[3], n));
  if (slope) {
    Value xhat = b.mul(centred, perChannel(b, b.div(b.scalar(1, sd), sd), shape));
    gather(dx, b.mul(xhat, perChannel(b, slope, shape)));
  }
  return {dx, dWeight, dBias};
}

constexpr ArgSpec kArgs[] = {
    arg::number("momentum", "0.1", "weight of each batch in the running statistics").from(0).upTo(1).byKeyword(),
    arg::number("eps", "1e-5", "added to the variance").above(0).byKeyword()};

} // namespace

extern constexpr OpDef batch_norm =
    lawful({.name = "batch_norm",
            .role = Role::Layer,
            .layer = "BatchNorm",
            .doc = "Normalises each channel to mean 0 and variance 1 over the batch, then scales and shifts it.",
            .operands = {"x", "weight", "bias"},
            .attrs = attrTable<BatchNormAttrs>(),
            .args = kArgs,
            .infer = infer,
            .build = build,
            .decompose = decompose,
            .grad = grad,
            .examples = {"batch_norm(f32[4,3,2,5], f32[3], f32[3])", "batch_norm(f32[7,5], f32[5], f32[5]) {eps=0.1}",
                         "batch_norm(f32[3,2,4], f32[4], f32[4])"},
            .classicArgs = {"in", "momentum", "eps"},
            .acrossSamples = true});

} // namespace dlc::ops
