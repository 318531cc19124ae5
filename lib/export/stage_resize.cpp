// Resize: linear interpolation that averages where it shrinks, across and then down.
// The numbers are those that training fitted or the source gave.
#include "prepare_text.h"

#include "dlc/support/philox.h"

namespace dlc::deploy {
namespace {

/// For each place of the result the weights of the numbers along one side: what the step itself makes of a row that is
/// 1 at one place and 0 elsewhere.
struct Filter {
  std::vector<double> first, weights; ///< `count` weights for each place
  size_t count = 0;

  Filter(int64_t from, int64_t to) {
    const auto sources = static_cast<size_t>(from), places = static_cast<size_t>(to);
    const std::unique_ptr<data::Step> row = data::findStep("Resize")->parse("size=1x" + std::to_string(to));
    std::vector<std::vector<double>> columns(sources, std::vector<double>(places));
    RandomStream random(0, RandomUse::Augment, 0, 0);
    for (size_t i = 0; i < sources; ++i) {
      std::vector<double> one(sources);
      one[i] = 1;
      row->transform(one.data(), Shape{1, from}, columns[i].data(), random);
    }
    std::vector<size_t> begin(places), end(places);
    for (size_t place = 0; place < places; ++place) {
      while (columns[begin[place]][place] == 0)
        ++begin[place];
      for (size_t i = begin[place]; i < sources; ++i)
        if (columns[i][place] != 0)
          end[place] = i + 1;
      count = std::max(count, end[place] - begin[place]);
    }
    for (size_t place = 0; place < places; ++place) {
      begin[place] = std::min(begin[place], sources - count); // zeros before or behind change nothing
      first.push_back(static_cast<double>(begin[place]));
      for (size_t k = 0; k < count; ++k)
        weights.push_back(columns[begin[place] + k][place]);
    }
  }
  std::string tables(const std::string &name) const {
    std::string starts;
    for (double place : first)
      starts += (starts.empty() ? "" : ", ") + std::to_string(static_cast<int64_t>(place));
    return "  static const int32_t " + name + "_first[" + std::to_string(first.size()) + "] = {" + starts +
           "};\n  static const double " + name + "[" + std::to_string(weights.size()) + "] = " + tableText(weights) +
           ";\n";
  }
};

void write(StageWriter &w, llvm::StringRef) {
  const data::Extent in = *data::Extent::of(w.before), out = *data::Extent::of(w.after);
  auto text = [](int64_t value) { return std::to_string(value); };
  const Filter across(in.width, out.width), down(in.height, out.height);
  const std::string deep = std::to_string(down.count), wide = std::to_string(across.count);
  w.function("  const int32_t column = at % " + text(out.width) + ";\n  const int32_t row = at / " + text(out.width) +
                 " % " + text(out.height) + ";\n  const int32_t channel = at / " + text(out.width * out.height) +
                 ";\n  double sum = 0.0;\n  for (int32_t u = 0; u < " + deep +
                 "; ++u) {\n    double line = 0.0;\n    for (int32_t v = 0; v < " + wide + "; ++v) {\n      line += " +
                 w.previous("(channel * " + text(in.height) + " + down_first[row] + u) * " + text(in.width) +
                            " + across_first[column] + v") +
                 " * across[column * " + wide + " + v];\n    }\n    sum += line * down[row * " + deep +
                 " + u];\n  }\n  return sum;\n",
             across.tables("across") + down.tables("down"));
  w.moves = true;
}
} // namespace

extern const CStage stage_resize;
constexpr CStage stage_resize = {"Resize", write};
} // namespace dlc::deploy
