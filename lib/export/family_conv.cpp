// conv: tiles of a few pixels by a few channels of the result, each element one chain over (channel, row, column) of
// its window. Where a window may lie off the image its zeros take part, as in the kernels; the middle of a row has no
// tests.
#include "nest.h"

namespace dlc::deploy {
namespace {

/// Of the result: `channels` side by side in vectors, with weights laid out so; or 1, and then pixels are side by side.
struct Tile {
  int64_t channels, pixels;
};

Tile tileOf(const ConvInstrAttrs &a, bool constantWeights) {
  for (int64_t channels : {16, 8})
    if (constantWeights && a.co % channels == 0)
      return {channels, 4};
  return {1, 16};
}

CLayout channelBlocks(const ConvInstrAttrs &a, int64_t channels) {
  CLayout layout;
  const int64_t taps = a.ci * a.kernel[0] * a.kernel[1], blocks = a.groups * a.co / channels;
  layout.name = "channels_" + std::to_string(channels) + "_" + std::to_string(taps) + "_" + std::to_string(blocks);
  for (int64_t block = 0; block < blocks; ++block)
    for (int64_t tap = 0; tap < taps; ++tap)
      for (int64_t o = 0; o < channels; ++o)
        layout.order.push_back((block * channels + o) * taps + tap);
  return layout;
}

class Forward {
public:
  Forward(Nest &nest, const ConvInstrAttrs &attrs, Tile size) : nest(nest), a(attrs), tile(size) {}

  void run() {
    nest.loop("n", a.n);
    nest.loop("block", a.groups * a.co / tile.channels);
    nest.loop("p", a.y[0]);
    const int64_t first = std::min(a.y[1], (a.padding[1] + a.stride[1] - 1) / a.stride[1]);
    const int64_t reach = a.x[1] + a.padding[1] - 1 - (a.kernel[1] - 1) * a.dilation[1];
    const int64_t last = std::max(first, reach < 0 ? 0 : std::min(a.y[1], reach / a.stride[1] + 1));
    const int64_t whole = (last - first) / tile.pixels * tile.pixels;
    one("0", first, true);
    if (whole > tile.pixels) {
      nest.open("for (int32_t q = " + Nest::text(first) + "; q < " + Nest::text(first + whole) +
                "; q += " + Nest::text(tile.pixels) + ")");
      piece("q", tile.pixels, false);
      nest.close();
    } else {
      one(Nest::text(first), whole, false);
    }
    one(Nest::text(first + whole), last - first - whole, false);
    one(Nest::text(last), a.y[1] - last, true);
    for (int loops = 0; loops < 3; ++loops)
      nest.close();
  }

private:
  void one(const std::string &q, int64_t pixels, bool tests) {
    if (!pixels)
      return;
    nest.open("");
    piece(q, pixels, tests);
    nest.close();
  }

  /// `pixels` of row p from q on. `tests`: columns may lie off the image.
  void piece(const std::string &q, int64_t pixels, bool tests) {
    nest.array("sum", pixels * tile.channels);
    nest.loop("e", pixels * tile.channels);
    nest.line("sum[e] = " + nest.number(0) + ";");
    nest.close();
    nest.loop("c", a.ci);
    nest.loop("u", a.kernel[0]);
    nest.index("row", "p * " + Nest::text(a.stride[0]) + " + u * " + Nest::text(a.dilation[0]) +
                          (a.padding[0] ? " - " + Nest::text(a.padding[0]) : ""));
    const bool rowsLeave = a.padding[0] > 0 || (a.y[0] - 1) * a.stride[0] + (a.kernel[0] - 1) * a.dilation[0] >= a.x[0];
    if (rowsLeave)
      nest.open("if ((row >= 0) && (row < " + Nest::text(a.x[0]) + "))");
    taps(q, pixels, tests, true);
    if (rowsLeave) {
      nest.close();
      nest.open("else");
      taps(q, pixels, tests, false);
      nest.close();
    }
    nest.close();
    nest.close();
    finish(q, pixels);
  }

  /// The taps of one row of the window; off the image (not `inside`) every one is 0.
  void taps(const std::string &q, int64_t pixels, bool tests, bool inside) {
    nest.loop("v", a.kernel[1]);
    const int64_t window = a.kernel[0] * a.kernel[1];
    const std::string tap = "((block * " + Nest::text(a.ci) + " + c) * " + Nest::text(window) + " + u * " +
                            Nest::text(a.kernel[1]) + " + v)";
    const bool vectors = tile.channels > 1;
    if (vectors)
      nest.index("tap", tap + " * " + Nest::text(tile.channels));
    else
      nest.declare("w", nest.read(1) + "[" + tap + "]");
    nest.loop("e", pixels);
    std::string value = nest.number(0);
    if (inside) {
      const std::string plane = "(n * " + Nest::text(a.groups * a.ci) + " + " + group() + " + c)";
      nest.index("column", "(" + q + " + e) * " + Nest::text(a.stride[1]) + " + v * " + Nest::text(a.dilation[1]) +
                               (a.padding[1] ? " - " + Nest::text(a.padding[1]) : ""));
      value =
          nest.read(0) + "[(" + plane + " * " + Nest::text(a.x[0]) + " + row) * " + Nest::text(a.x[1]) + " + column]";
      if (tests)
        value = "((column >= 0) && (column < " + Nest::text(a.x[1]) + ")) ? " + value + " : " + nest.number(0);
    }
    nest.declare("pixel", value);
    if (vectors) {
      nest.loop("o", tile.channels);
      const std::string sum = "sum[e * " + Nest::text(tile.channels) + " + o]";
      nest.line(sum + " = @fma(pixel, " + nest.read(1) + "[tap + o], " + sum + ");");
      nest.close();
    } else {
      nest.line("sum[e] = @fma(pixel, w, sum[e]);");
    }
    nest.close();
    nest.close();
  }

  /// The first channel of the group that the block belongs to.
  std::string group() const {
    if (a.groups == 1)
      return "0";
    const int64_t blocks = a.co / tile.channels;
    return (blocks == 1 ? std::string("block") : "block / " + Nest::text(blocks)) + " * " + Nest::text(a.ci);
  }

  void finish(const std::string &q, int64_t pixels) {
    const int64_t channels = a.groups * a.co;
    const bool vectors = tile.channels > 1;
    if (vectors)
      nest.loop("o", tile.channels);
    nest.index("channel", vectors ? "block * " + Nest::text(tile.channels) + " + o" : "block");
    nest.loop("e", pixels);
    nest.index("at", "((n * " + Nest::text(channels) + " + channel) * " + Nest::text(a.y[0]) + " + p) * " +
                         Nest::text(a.y[1]) + " + " + q + " + e");
    nest.declare("acc", vectors ? "sum[e * " + Nest::text(tile.channels) + " + o]" : "sum[e]");
    writeEpilogue(nest, a.keep, {MapInputKind::Periodic, false, a.y[0] * a.y[1], channels}, "acc", "at", "channel");
    nest.close();
    if (vectors)
      nest.close();
  }

  Nest &nest;
  const ConvInstrAttrs &a;
  Tile tile;
};

/// The way to the input, which a transposed convolution is: of each place the taps that come from a whole place of dy.
void writeGradInput(Nest &nest, const ConvInstrAttrs &a) {
  const int64_t channels = a.groups * a.ci;
  nest.loop("n", a.n);
  nest.loop("channel", channels);
  nest.loop("s", a.x[0]);
  nest.loop("t", a.x[1]);
  nest.line(nest.real() + " acc = " + nest.number(0) + ";");
  nest.loop("o", a.co);
  nest.loop("u", a.kernel[0]);
  nest.loop("v", a.kernel[1]);
  nest.index("row", "s + " + Nest::text(a.padding[0]) + " - u * " + Nest::text(a.dilation[0]));
  nest.index("column", "t + " + Nest::text(a.padding[1]) + " - v * " + Nest::text(a.dilation[1]));
  nest.open("if ((row % " + Nest::text(a.stride[0]) + " == 0) && (column % " + Nest::text(a.stride[1]) + " == 0))");
  nest.index("from", "channel / " + Nest::text(a.ci) + " * " + Nest::text(a.co) + " + o");
  nest.index("p", "row / " + Nest::text(a.stride[0]));
  nest.index("q", "column / " + Nest::text(a.stride[1]));
  nest.declare("pixel", "((row >= 0) && (p < " + Nest::text(a.y[0]) + ") && (column >= 0) && (q < " +
                            Nest::text(a.y[1]) + ")) ? " + nest.read(0) + "[((n * " + Nest::text(a.groups * a.co) +
                            " + from) * " + Nest::text(a.y[0]) + " + p) * " + Nest::text(a.y[1]) +
                            " + q] : " + nest.number(0));
  nest.line("acc = @fma(pixel, " + nest.read(1) + "[((from * " + Nest::text(a.ci) + " + channel % " + Nest::text(a.ci) +
            ") * " + Nest::text(a.kernel[0]) + " + u) * " + Nest::text(a.kernel[1]) + " + v], acc);");
  for (int loops = 0; loops < 4; ++loops)
    nest.close();
  nest.index("at", "((n * " + Nest::text(channels) + " + channel) * " + Nest::text(a.x[0]) + " + s) * " +
                       Nest::text(a.x[1]) + " + t");
  writeEpilogue(nest, a.keep, {MapInputKind::Periodic, false, a.x[0] * a.x[1], channels}, "acc", "at", "channel");
  for (int loops = 0; loops < 4; ++loops)
    nest.close();
}

std::string write(Nest &nest) {
  const auto &a = nest.attrs<ConvInstrAttrs>();
  switch (a.op) {
  case kernels::ConvOp::Forward: {
    const Tile tile = tileOf(a, nest.isConstant(1));
    if (tile.channels > 1)
      nest.layOut(1, channelBlocks(a, tile.channels));
    Forward(nest, a, tile).run();
    return "";
  }
  case kernels::ConvOp::GradInput:
    writeGradInput(nest, a);
    return "";
  case kernels::ConvOp::GradWeight:
    break;
  }
  return "the gradient of a convolution's weights is for training only";
}

} // namespace

extern const CFamily family_conv;
constexpr CFamily family_conv = {&convInstr, write};
} // namespace dlc::deploy
