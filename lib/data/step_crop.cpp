// Crop(HxW, pad=0): pads a picture with `pad` zeros on every side and keeps a random part of it.
// Each part is as likely as any other.
#include "image_step.h"

namespace dlc::data {
namespace {

class Crop final : public MovingStep<Crop> {
public:
  Crop(std::array<int64_t, 2> size, int64_t pad) : size(size), pad(pad) {}
  Fallible<Shape> shapeAfter(const Shape &in) const override {
    auto extent = Extent::of(in);
    if (!extent)
      return misfit("Crop needs pictures, not samples of shape " + llvm::Twine(shapeText(in)));
    if (extent->height + 2 * pad < size[0] || extent->width + 2 * pad < size[1])
      return misfit("Crop(" + llvm::Twine(size[0]) + "x" + llvm::Twine(size[1]) + ", pad=" + llvm::Twine(pad) +
                    ") of a picture of " + llvm::Twine(extent->height) + "x" + llvm::Twine(extent->width));
    return Extent{extent->channels, size[0], size[1]}.shapeLike(in);
  }
  std::string text() const override { return ""; }
  void run(const double *x, const Shape &shape, double *y, RandomStream &random) const {
    Extent in = *Extent::of(shape);
    auto place = [&](int64_t have, int64_t want) {
      return static_cast<int64_t>(random.below(static_cast<uint32_t>(have + 2 * pad - want + 1))) - pad;
    };
    int64_t top = place(in.height, size[0]), left = place(in.width, size[1]);
    cut(x, in, top, left, {in.channels, size[0], size[1]}, y);
  }

private:
  std::array<int64_t, 2> size;
  int64_t pad;
};

Fallible<std::unique_ptr<Step>> fit(const Spec &spec, const FitContext &) {
  const auto pad = static_cast<int64_t>(spec.number("pad", 0));
  return std::unique_ptr<Step>(std::make_unique<Crop>(sizeArgument(spec, "size"), pad));
}

constexpr ArgSpec kArgs[] = {
    arg::pair("size", "", "height and width, or one number for both").from(1).upTo(16384),
    arg::size("pad", "0", "rows and columns of zeros to add on every side first").from(0).upTo(1024)};

} // namespace

extern const StepDef step_crop;
constexpr StepDef step_crop = {.name = "Crop",
                               .doc = "Crops a random part of a picture, padded with zeros.",
                               .args = kArgs,
                               .augments = true,
                               .fit = fit};
} // namespace dlc::data
