// What the steps on pictures share: checking shapes, chances, reading sizes, looking between pixels. Private to data.
// Which pixel goes where is decided in each step's own file.
#pragma once

#include "affine_step.h"
#include "spec_args.h"

#include "dlc/signature/args.h"
#include "dlc/support/check.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dlc::data {

/// `p` of the steps that change pictures at random.
inline constexpr ArgSpec kProbability = arg::number("p", "1", "probability of applying the step").from(0).upTo(1);

/// E309 without a place.
inline Trouble misfit(const llvm::Twine &message, llvm::StringRef help = "") {
  return {.code = "E309", .message = message.str(), .help = help.str()};
}

/// A step that makes one sample of another. `Self` has `void run(const double *x, const Shape &in, double *y,
/// RandomStream &random) const`.
template <class Self> class MovingStep : public Step {
public:
  void apply(double *, size_t, size_t) const final { DLC_CHECK(false) << "not in place"; }
  bool transforms() const final { return true; }
  void transform(const double *x, const Shape &in, double *y, RandomStream &random) const final {
    static_cast<const Self *>(this)->run(x, in, y, random);
  }
};

/// A step of `prepare` on pictures. `Self` has `kName`, `void image(const double *x, const Extent &in, double *y)
/// const`, and after(Extent) where it changes sizes.
template <class Self> class ImageStep : public MovingStep<Self> {
public:
  Fallible<Shape> shapeAfter(const Shape &in) const override {
    auto extent = Extent::of(in);
    if (!extent)
      return misfit(llvm::Twine(Self::kName) + " needs pictures, not samples of shape " + shapeText(in));
    DLC_TRY(auto after, static_cast<const Self *>(this)->after(*extent));
    return after.shapeLike(in);
  }
  Fallible<Extent> after(const Extent &in) const { return in; }
  void run(const double *x, const Shape &in, double *y, RandomStream &) const {
    static_cast<const Self *>(this)->image(x, *Extent::of(in), y);
  }
};

/// A random step of `augment` on pictures, done with probability p. `Self` has `kName` and `void
/// image(const double *x, const Extent &in, double *y, RandomStream &random) const`.
template <class Self> class AugmentImage : public MovingStep<Self> {
public:
  explicit AugmentImage(double p) : p(p) {}
  Fallible<Shape> shapeAfter(const Shape &in) const override {
    if (!Extent::of(in))
      return misfit(llvm::Twine(Self::kName) + " needs pictures, not samples of shape " + shapeText(in));
    return in;
  }
  std::string text() const final { return ""; }
  void run(const double *x, const Shape &in, double *y, RandomStream &random) const {
    Extent extent = *Extent::of(in);
    // The chance is drawn even where it is certain: giving p = 1 must not change what is drawn next.
    if (random.uniform() < p)
      static_cast<const Self *>(this)->image(x, extent, y, random);
    else
      std::copy_n(x, extent.size(), y);
  }

private:
  double p;
};

/// A random step of `augment` on values of any shape, done with probability p. `Self` has `void
/// values(const double *x, size_t size, double *y, RandomStream &random) const`.
template <class Self> class AugmentValues : public MovingStep<Self> {
public:
  explicit AugmentValues(double p) : p(p) {}
  std::string text() const final { return ""; }
  void run(const double *x, const Shape &in, double *y, RandomStream &random) const {
    auto size = static_cast<size_t>(elementCount(in));
    if (random.uniform() < p)
      static_cast<const Self *>(this)->values(x, size, y, random);
    else
      std::copy_n(x, size, y);
  }

private:
  double p;
};

/// Height and width of an argument: 32, 32x48 or [32, 48].
std::array<int64_t, 2> sizeArgument(const Spec &spec, llvm::StringRef name);
/// "size=28x28" and back; nothing where it is damaged.
std::string sizeText(std::array<int64_t, 2> size);
std::optional<std::array<int64_t, 2>> takeSize(llvm::StringRef text);

/// fit() of a random step that is made of one number and p.
template <class Self> Fallible<std::unique_ptr<Step>> fitAmount(const Spec &spec, llvm::StringRef name) {
  return std::unique_ptr<Step>(std::make_unique<Self>(spec.number(name, 0), spec.number("p", 1)));
}

/// fit() and parse() of a step that is made of a height and a width.
template <class Self> Fallible<std::unique_ptr<Step>> fitSize(const Spec &spec, const FitContext &) {
  return std::unique_ptr<Step>(std::make_unique<Self>(sizeArgument(spec, "size")));
}
template <class Self> std::unique_ptr<Step> parseSize(llvm::StringRef text) {
  auto size = takeSize(text);
  return size ? std::make_unique<Self>(*size) : nullptr;
}

/// Uniform in [-bound, bound].
inline double around(RandomStream &random, double bound) { return bound * (2 * random.uniform() - 1); }

/// The value of one plane between its pixels, by the four around (y, x); 0 outside.
inline double between(const double *plane, const Extent &in, double y, double x) {
  double y0 = std::floor(y), x0 = std::floor(x), fy = y - y0, fx = x - x0;
  auto at = [&](double yy, double xx) {
    return yy < 0 || xx < 0 || yy >= static_cast<double>(in.height) || xx >= static_cast<double>(in.width)
               ? 0.0
               : plane[static_cast<int64_t>(yy) * in.width + static_cast<int64_t>(xx)];
  };
  double top = at(y0, x0) * (1 - fx) + at(y0, x0 + 1) * fx,
         bottom = at(y0 + 1, x0) * (1 - fx) + at(y0 + 1, x0 + 1) * fx;
  return top * (1 - fy) + bottom * fy;
}

/// Moves a picture by whole pixels, down and to the right; 0 where nothing comes from.
inline void moveBy(const double *x, const Extent &in, int64_t down, int64_t right, double *y) {
  for (int64_t c = 0; c < in.channels; ++c)
    for (int64_t row = 0; row < in.height; ++row)
      for (int64_t column = 0; column < in.width; ++column) {
        int64_t fromRow = row - down, fromColumn = column - right;
        bool inside = fromRow >= 0 && fromRow < in.height && fromColumn >= 0 && fromColumn < in.width;
        *y++ = inside ? x[(c * in.height + fromRow) * in.width + fromColumn] : 0.0;
      }
}

/// Copies the part of a picture that begins at (top, left), which may lie outside (0 there), with the sizes of `out`.
inline void cut(const double *x, const Extent &in, int64_t top, int64_t left, const Extent &out, double *y) {
  for (int64_t c = 0; c < out.channels; ++c)
    for (int64_t row = top; row < top + out.height; ++row)
      for (int64_t column = left; column < left + out.width; ++column) {
        bool inside = row >= 0 && row < in.height && column >= 0 && column < in.width;
        *y++ = inside ? x[(c * in.height + row) * in.width + column] : 0.0;
      }
}

} // namespace dlc::data
