// The table of shapes: a function for each op, or for a family of ops that take the same operands.
// An op that is missing here fails EveryOp.HasShapes of gradients_test.cpp.
#include "shapes.h"

#include <map>
#include <random>

namespace dlc {
namespace {

/// Whole numbers drawn for one example.
class Draw {
public:
  explicit Draw(unsigned seed) : random_(seed) {}
  int64_t in(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  bool coin() { return in(0, 1) == 1; }
  /// A shape of the rank with at most `most` elements.
  Shape shape(int64_t rank, int64_t most = 40) {
    Shape s;
    for (int64_t d = 0; d < rank; ++d)
      s.push_back(in(1, 6));
    while (elementCount(s) > most)
      *std::max_element(s.begin(), s.end()) -= 1;
    return s;
  }

private:
  std::mt19937 random_;
};

std::string list(const Shape &s) {
  std::string text = "[";
  for (size_t d = 0; d < s.size(); ++d)
    text += (d ? "," : "") + std::to_string(s[d]);
  return text + "]";
}
std::string f32(const Shape &s) { return "f32" + list(s); }
std::string i32(const Shape &s) { return "i32" + list(s); }
std::string at(const char *name, int64_t value) { return std::string(name) + "=" + std::to_string(value); }
std::string at(const char *name, const Shape &value) { return std::string(name) + "=" + list(value); }
std::string at(const char *name, const char *value) { return std::string(name) + "=" + value; }

/// Operands in parentheses, attributes in braces.
std::string text(std::initializer_list<std::string> operands, std::initializer_list<std::string> attrs = {}) {
  std::string result;
  for (const std::string &o : operands)
    result += (result.empty() ? "(" : ", ") + o;
  result += ")";
  std::string braces;
  for (const std::string &a : attrs)
    braces += (braces.empty() ? " {" : ", ") + a;
  return result + (braces.empty() ? "" : braces + "}");
}

/// A shape that broadcasts to `to`: leading dimensions missing, others 1.
Shape narrower(Draw &d, const Shape &to) {
  Shape s(to.begin() + d.in(0, static_cast<int64_t>(to.size())), to.end());
  for (int64_t &size : s)
    if (d.in(0, 2) == 0)
      size = 1;
  return s;
}

std::string unary(Draw &d) { return text({f32(d.shape(d.in(0, 4)))}); }
std::string binary(Draw &d) {
  Shape s = d.shape(d.in(0, 4), 24);
  return d.coin() ? text({f32(s), f32(narrower(d, s))}) : text({f32(narrower(d, s)), f32(s)});
}
std::string twins(Draw &d) {
  std::string s = f32(d.shape(d.in(1, 4), 24));
  return text({s, s});
}
std::string rowPairs(Draw &d) {
  std::string s = f32(d.shape(2, 24));
  return text({s, s});
}
std::string rows(Draw &d) { return text({f32(d.shape(d.in(1, 4)))}); }
std::string images(Draw &d) { return text({f32(d.shape(4))}); }

std::string reduction(Draw &d) {
  Shape s = d.shape(d.in(1, 4)), axes;
  int64_t first = d.in(0, static_cast<int64_t>(s.size()) - 1), last = d.in(first, static_cast<int64_t>(s.size()) - 1);
  for (int64_t a = first; a <= last; ++a)
    axes.push_back(a);
  return text({f32(s)}, {at("axes", axes), at("keep", d.coin() ? "true" : "false")});
}

/// The sizes of a window that fits: its input, and what comes of it.
struct Window {
  int64_t in[2], kernel[2], stride[2], padding[2], dilation[2], out[2];
  Window(Draw &d, bool pool, bool dilated) {
    for (int i : {0, 1}) {
      kernel[i] = d.in(1, 3), stride[i] = d.in(1, 3), dilation[i] = dilated ? d.in(1, 2) : 1;
      padding[i] = pool ? d.in(0, kernel[i] / 2) : d.in(0, 2);
      int64_t reach = dilation[i] * (kernel[i] - 1) + 1;
      in[i] = d.in(std::max<int64_t>(1, reach - 2 * padding[i]), reach + 2);
      out[i] = (in[i] + 2 * padding[i] - reach) / stride[i] + 1;
    }
  }
  static Shape pair(const int64_t (&p)[2]) { return {p[0], p[1]}; }
};

std::string pool(Draw &d, bool gradient) {
  Window w(d, true, false);
  Shape planes = {d.in(1, 2), d.in(1, 2)};
  auto image = [&](const int64_t(&size)[2]) { return f32({planes[0], planes[1], size[0], size[1]}); };
  std::string k = at("kernel", w.pair(w.kernel)), s = at("stride", w.pair(w.stride)),
              p = at("padding", w.pair(w.padding));
  return gradient ? text({image(w.out)}, {k, s, p, at("size", w.pair(w.in))}) : text({image(w.in)}, {k, s, p});
}

std::string pool1d(Draw &d) {
  Window w(d, true, false);
  return text({f32({d.in(1, 2), d.in(1, 2), w.in[0]})},
              {at("kernel", w.kernel[0]), at("stride", w.stride[0]), at("padding", w.padding[0])});
}

enum class Conv { Forward, GradInput, GradWeight, Depthwise, Transposed };
std::string conv(Draw &d, Conv what) {
  bool plain = what == Conv::Transposed || what == Conv::Depthwise;
  Window w(d, false, !plain);
  int64_t n = d.in(1, 2), groups = what == Conv::Transposed ? 1 : d.in(1, 2), ci = plain ? 1 : d.in(1, 2),
          co = d.in(1, 2);
  std::string x = f32({n, groups * ci, w.in[0], w.in[1]}), y = f32({n, groups * co, w.out[0], w.out[1]});
  std::string weight = f32({groups * co, ci, w.kernel[0], w.kernel[1]});
  std::string s = at("stride", w.pair(w.stride)), p = at("padding", w.pair(w.padding));
  std::string r = at("dilation", w.pair(w.dilation)), g = at("groups", groups);
  switch (what) {
  case Conv::Forward:
  case Conv::Depthwise:
    return text({x, weight}, {s, p, r, g});
  case Conv::GradWeight:
    return text({x, y}, {s, p, r, g, at("size", w.pair(w.kernel))});
  case Conv::GradInput:
  case Conv::Transposed:
    return text({y, weight}, {s, p, r, g, at("size", w.pair(w.in))});
  }
  return "";
}
std::string conv1d(Draw &d) {
  Window w(d, false, true);
  int64_t groups = d.in(1, 2), ci = d.in(1, 2), co = d.in(1, 2);
  return text(
      {f32({d.in(1, 2), groups * ci, w.in[0]}), f32({groups * co, ci, w.kernel[0]})},
      {at("stride", w.stride[0]), at("padding", w.padding[0]), at("dilation", w.dilation[0]), at("groups", groups)});
}

/// x, then one number for each of its last axis as often as asked.
std::string norm(Draw &d, int64_t least, int64_t perFeature) {
  Shape s = d.shape(d.in(least, 3), 24);
  s.back() = d.in(2, 5); // one feature is always its own mean
  std::string each = f32({s.back()});
  return perFeature == 1 ? text({f32(s), each}) : text({f32(s), each, each});
}
std::string batchNorm(Draw &d) {
  Shape s = d.shape(d.in(2, 4), 24);
  s[0] = d.in(2, 4); // one row is always its own mean
  std::string each = f32({s.size() == 4 ? s[1] : s.back()});
  return text({f32(s), each, each}, {at("eps", d.coin() ? "1e-05" : "0.1")});
}
std::string groupNorm(Draw &d) {
  int64_t groups = d.in(1, 3), channels = groups * d.in(1, 2);
  Shape s = {d.in(1, 2), channels, d.in(1, 2), d.in(2, 3)};
  return text({f32(s), f32({channels}), f32({channels})}, {at("groups", groups)});
}

std::string product(Draw &d, Shape batch) {
  int64_t m = d.in(1, 5), n = d.in(1, 5), k = d.in(1, 5);
  bool ta = d.coin(), tb = d.coin();
  Shape a = batch, b = batch;
  a.append(ta ? Shape{k, m} : Shape{m, k}), b.append(tb ? Shape{n, k} : Shape{k, n});
  return text({f32(a), f32(b)}, {at("trans_a", ta ? "true" : "false"), at("trans_b", tb ? "true" : "false")});
}
std::string linear(Draw &d) {
  int64_t in = d.in(1, 5), out = d.in(1, 5);
  return text({f32({d.in(1, 5), in}), f32({out, in}), f32({out})});
}

std::string concat(Draw &d) {
  Shape s = d.shape(d.in(1, 4), 12);
  int64_t axis = d.in(0, static_cast<int64_t>(s.size()) - 1);
  auto next = [&] {
    s[static_cast<size_t>(axis)] = d.in(1, 3);
    return f32(s);
  };
  std::string a = next(), b = next();
  return d.coin() ? text({a, b}, {at("axis", axis)}) : text({a, b, next()}, {at("axis", axis)});
}
std::string slice(Draw &d) {
  Shape s = d.shape(d.in(1, 4));
  int64_t axis = d.in(0, static_cast<int64_t>(s.size()) - 1), all = s[static_cast<size_t>(axis)];
  int64_t begin = d.in(0, all - 1);
  return text({f32(s)}, {at("axis", axis), at("begin", begin), at("size", d.in(1, all - begin))});
}
std::string split(Draw &d) {
  Shape s = d.shape(d.in(1, 4), 12);
  int64_t axis = d.in(0, static_cast<int64_t>(s.size()) - 1), parts = d.in(1, 4);
  s[static_cast<size_t>(axis)] = parts * d.in(1, 2);
  return text({f32(s)}, {at("axis", axis), at("parts", parts)});
}
std::string transpose(Draw &d) {
  Shape s = d.shape(d.in(1, 4)), order;
  for (size_t i = 0; i < s.size(); ++i)
    order.insert(order.begin() + d.in(0, static_cast<int64_t>(i)), static_cast<int64_t>(i));
  return text({f32(s)}, {at("order", order)});
}
std::string reshape(Draw &d) {
  Shape s = d.shape(d.in(1, 4)), to;
  for (int64_t left = elementCount(s); left > 1 || to.empty();) {
    int64_t size = left;
    for (int64_t by : {2, 3, 5})
      if (left % by == 0 && d.coin())
        size = by;
    to.push_back(size), left /= size;
  }
  return text({f32(s)}, {at("shape", to)});
}
std::string broadcast(Draw &d) {
  Shape to = d.shape(d.in(1, 4));
  return text({f32(narrower(d, to))}, {at("shape", to)});
}
std::string select(Draw &d) {
  Shape s = d.shape(d.in(0, 3), 16);
  return text({f32(narrower(d, s)), f32(s), f32(narrower(d, s))});
}

std::string classes(Draw &d, bool smoothed) {
  int64_t n = d.in(1, 6);
  std::string x = f32({n, d.in(3, 6)}), t = i32({n});
  return smoothed && d.coin() ? text({x, t}, {at("smoothing", "0.1")}) : text({x, t});
}
std::string upsample(Draw &d) {
  return text({f32({d.in(1, 2), d.in(1, 2), d.in(1, 4), d.in(1, 4)})},
              {at("factor", d.in(1, 3)), at("mode", d.coin() ? "\"nearest\"" : "\"bilinear\"")});
}
std::string recurrent(Draw &d, int64_t gates) {
  int64_t n = d.in(1, 2), length = d.in(1, 3), dim = d.in(1, 2), size = d.in(1, 2), all = gates * size;
  return text({f32({n, length, dim}), f32({all, dim}), f32({all, size}), f32({all}), f32({all})},
              {at("sequence", d.coin() ? "true" : "false")});
}
std::string attention(Draw &d) {
  int64_t heads = d.in(1, 3);
  std::string x = f32({d.in(1, 2), d.in(2, 4), heads * d.in(1, 2)});
  return text({x, x, x}, {at("heads", heads), at("causal", d.coin() ? "true" : "false")});
}
std::string squares(Draw &d) {
  int64_t n = d.in(2, 5);
  return d.coin() ? text({f32({n, n})}) : text({f32({d.in(1, 2), n, n})});
}
std::string embedding(Draw &d, bool gradient) {
  Shape index = d.shape(d.in(1, 2), 8), dy = index;
  int64_t vocab = d.in(3, 5), dim = d.in(1, 4);
  dy.push_back(dim);
  return gradient ? text({f32(dy), i32(index)}, {at("vocab", vocab)}) : text({f32({vocab, dim}), i32(index)});
}

using Make = std::string (*)(Draw &);
const std::map<llvm::StringRef, Make> &table() {
  static const std::map<llvm::StringRef, Make> makers = [] {
    std::map<llvm::StringRef, Make> m;
    m["hypot"] = binary;
    for (const char *name : {"bce", "bce_each", "huber", "l1", "mse"})
      m[name] = twins;
    for (const char *name : {"softmax_grad", "log_softmax_grad"})
      m[name] = twins;
    for (const char *name : {"softmax", "log_softmax"})
      m[name] = rows;
    for (const char *name : {"sum", "mean", "reduce_max", "norm"})
      m[name] = reduction;
    m["flatten"] = images;
    m["global_avg_pool"] = m["global_max_pool"] = [](Draw &d) { return text({f32(d.shape(d.coin() ? 3 : 4))}); };
    m["instance_norm"] = [](Draw &d) { return text({f32({d.in(1, 2), d.in(1, 3), d.in(1, 3), d.in(2, 3)})}); };
    m["channel_moments"] = images;
    m["channel_products"] = [](Draw &d) {
      Shape s = d.shape(4, 16);
      return text({f32(s), f32(s), f32({s[1]})});
    };
    m["max_pool2d"] = m["avg_pool2d"] = [](Draw &d) { return pool(d, false); };
    m["max_pool1d"] = m["avg_pool1d"] = pool1d;
    m["avg_pool2d_grad"] = [](Draw &d) { return pool(d, true); };
    m["conv1d"] = conv1d;
    m["conv2d"] = [](Draw &d) { return conv(d, Conv::Forward); };
    m["conv2d_grad_input"] = [](Draw &d) { return conv(d, Conv::GradInput); };
    m["conv2d_grad_weight"] = [](Draw &d) { return conv(d, Conv::GradWeight); };
    m["depthwise_conv2d"] = [](Draw &d) { return conv(d, Conv::Depthwise); };
    m["conv_transpose2d"] = [](Draw &d) { return conv(d, Conv::Transposed); };
    m["layer_norm"] = [](Draw &d) { return norm(d, 2, 2); };
    m["rms_norm"] = [](Draw &d) { return norm(d, 2, 1); };
    m["batch_norm"] = batchNorm, m["group_norm"] = groupNorm;
    m["matmul"] = [](Draw &d) { return product(d, {}); };
    m["batch_matmul"] = [](Draw &d) { return product(d, {d.in(1, 3)}); };
    m["linear"] = linear;
    m["concat"] = concat, m["slice"] = slice, m["split"] = split, m["transpose"] = transpose, m["reshape"] = reshape;
    m["broadcast"] = broadcast, m["select"] = select, m["upsample"] = upsample;
    m["cast"] = [](Draw &d) { return text({f32(d.shape(d.in(0, 4)))}, {at("dtype", "f32")}); };
    m["prelu"] = [](Draw &d) { return text({f32(d.shape(d.in(1, 4))), f32({1})}); };
    m["pick"] = [](Draw &d) { return classes(d, false); };
    m["softmax_cross_entropy"] = [](Draw &d) { return classes(d, false); };
    m["cross_entropy"] = [](Draw &d) { return classes(d, true); };
    m["dropout"] = [](Draw &d) {
      return text({f32(d.shape(d.in(1, 4))), "i32[]"}, {at("p", "0.25"), at("stream", d.in(0, 99))});
    };
    m["gru"] = [](Draw &d) { return recurrent(d, 3); };
    m["lstm"] = [](Draw &d) { return recurrent(d, 4); };
    m["attention"] = attention, m["causal_softmax"] = squares;
    m["position"] = [](Draw &d) {
      Shape s = d.shape(3);
      return text({f32(s), f32({s[1], s[2]})});
    };
    m["embedding"] = [](Draw &d) { return embedding(d, false); };
    m["embedding_grad"] = [](Draw &d) { return embedding(d, true); };
    return m;
  }();
  return makers;
}

} // namespace

std::string shapesOf(const OpDef &def, unsigned n) {
  Draw draw(n * 7919 + 17);
  if (auto it = table().find(def.name); it != table().end())
    return def.name.str() + it->second(draw);
  // What its definition says is enough for most.
  if (def.role == Role::Loss)
    return def.name.str() + (def.target == LossTarget::Class ? classes(draw, false) : rowPairs(draw));
  if ((def.role == Role::Layer || def.elementwise) && def.operands.size() == 1)
    return def.name.str() + unary(draw);
  if (def.elementwise && def.operands.size() == 2)
    return def.name.str() + binary(draw);
  return "";
}

} // namespace dlc
