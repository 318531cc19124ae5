// CenterCrop(HxW): the middle of a picture.
// A picture that is smaller is refused; nothing is padded.
#include "image_step.h"

namespace dlc::data {
namespace {

class CenterCrop final : public ImageStep<CenterCrop> {
public:
  static constexpr llvm::StringLiteral kName = "CenterCrop";
  explicit CenterCrop(std::array<int64_t, 2> size) : size(size) {}
  Fallible<Extent> after(const Extent &in) const {
    if (in.height < size[0] || in.width < size[1])
      return misfit("CenterCrop(" + llvm::Twine(size[0]) + "x" + llvm::Twine(size[1]) + ") of a picture of " +
                        llvm::Twine(in.height) + "x" + llvm::Twine(in.width),
                    "put Resize before it");
    return Extent{in.channels, size[0], size[1]};
  }
  std::string text() const override { return "CenterCrop " + sizeText(size); }
  void image(const double *x, const Extent &in, double *y) const {
    cut(x, in, (in.height - size[0]) / 2, (in.width - size[1]) / 2, {in.channels, size[0], size[1]}, y);
  }

private:
  std::array<int64_t, 2> size;
};

constexpr ArgSpec kArgs[] = {arg::pair("size", "", "height and width, or one number for both").from(1).upTo(16384)};

} // namespace

extern const StepDef step_center_crop;
constexpr StepDef step_center_crop = {.name = "CenterCrop",
                                      .doc = "Crops a picture to its middle.",
                                      .args = kArgs,
                                      .fit = fitSize<CenterCrop>,
                                      .parse = parseSize<CenterCrop>};
} // namespace dlc::data
