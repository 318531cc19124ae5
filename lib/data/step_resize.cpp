// Resize(HxW): a picture in another size, by linear interpolation that averages where it shrinks.
// Sides are scaled on their own; to keep them in proportion, crop first.
#include "image_step.h"

namespace dlc::data {
namespace {

/// For each place of the result: the first pixel that counts, and the weights from there on (they sum to 1).
struct Filter {
  std::vector<size_t> first, count;
  std::vector<double> weights;

  /// A triangle as wide as the step from pixel to pixel, in the larger of the two pictures.
  Filter(int64_t from, int64_t to) {
    double scale = static_cast<double>(from) / static_cast<double>(to), width = std::max(scale, 1.0);
    for (int64_t i = 0; i < to; ++i) {
      double centre = (static_cast<double>(i) + 0.5) * scale;
      auto low = std::max<int64_t>(0, static_cast<int64_t>(std::floor(centre - width + 0.5)));
      auto high = std::min<int64_t>(from, static_cast<int64_t>(std::floor(centre + width + 0.5)));
      double sum = 0;
      auto weight = [&](int64_t j) {
        return std::max(0.0, 1 - std::fabs((static_cast<double>(j) + 0.5 - centre) / width));
      };
      for (int64_t j = low; j < high; ++j)
        sum += weight(j);
      first.push_back(static_cast<size_t>(low));
      count.push_back(static_cast<size_t>(high - low));
      for (int64_t j = low; j < high; ++j)
        weights.push_back(weight(j) / sum);
    }
  }
};

class Resize final : public ImageStep<Resize> {
public:
  static constexpr llvm::StringLiteral kName = "Resize";
  explicit Resize(std::array<int64_t, 2> size) : size(size) {}
  Fallible<Extent> after(const Extent &in) const { return Extent{in.channels, size[0], size[1]}; }
  std::string text() const override { return "Resize " + sizeText(size); }

  void image(const double *x, const Extent &in, double *y) const {
    Filter across(in.width, size[1]), down(in.height, size[0]);
    auto width = static_cast<size_t>(size[1]), height = static_cast<size_t>(size[0]);
    std::vector<double> rows(static_cast<size_t>(in.height) * width);
    for (int64_t c = 0; c < in.channels; ++c, x += in.plane()) {
      for (size_t row = 0; row < static_cast<size_t>(in.height); ++row) {
        const double *from = x + row * static_cast<size_t>(in.width), *weight = across.weights.data();
        for (size_t i = 0; i < width; ++i) {
          double sum = 0;
          for (size_t k = 0; k < across.count[i]; ++k)
            sum += from[across.first[i] + k] * *weight++;
          rows[row * width + i] = sum;
        }
      }
      const double *weight = down.weights.data();
      for (size_t i = 0; i < height; ++i, y += width) {
        std::fill_n(y, width, 0.0);
        for (size_t k = 0; k < down.count[i]; ++k, ++weight) {
          const double *from = rows.data() + (down.first[i] + k) * width;
          for (size_t j = 0; j < width; ++j)
            y[j] += from[j] * *weight;
        }
      }
    }
  }

private:
  std::array<int64_t, 2> size;
};

constexpr ArgSpec kArgs[] = {arg::pair("size", "", "height and width, or one number for both").from(1).upTo(16384)};

} // namespace

extern const StepDef step_resize;
constexpr StepDef step_resize = {.name = "Resize",
                                 .doc = "Resizes every picture to height x width.",
                                 .args = kArgs,
                                 .fit = fitSize<Resize>,
                                 .parse = parseSize<Resize>};
} // namespace dlc::data
