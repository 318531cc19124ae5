// Center: a picture moved by whole pixels, its centre of mass to the middle.
// The numbers are those that training fitted or the source gave.
#include "prepare_text.h"

namespace dlc::deploy {
namespace {

/// By how many pixels along one side: down (`height`) or to the right.
std::string body(StageWriter &w, const data::Extent &in, bool down) {
  auto text = [](int64_t value) { return std::to_string(value); };
  const int64_t side = down ? in.height : in.width;
  const std::string place = down ? "at / " + text(in.width) + " % " + text(in.height) : "at % " + text(in.width);
  return "  double mass = 0.0;\n  double sum = 0.0;\n  double by;\n  int32_t whole;\n"
         "  for (int32_t at = 0; at < " +
         text(static_cast<int64_t>(in.size())) +
         "; ++at) {\n"
         "    const double x = " +
         w.previous("at") +
         ";\n    const double value = (0.0 < x) ? x : 0.0;\n"
         "    mass += value;\n    sum += value * (double)(" +
         place +
         ");\n  }\n"
         "  if (!(mass > 0.0)) {\n    return 0;\n  }\n"
         "  by = " +
         doubleText(static_cast<double>(side - 1) / 2) +
         " - sum / mass + 0.5;\n"
         "  whole = (int32_t)by;\n  return ((double)whole > by) ? (whole - 1) : whole;\n";
}

void write(StageWriter &w, llvm::StringRef) {
  const data::Extent in = *data::Extent::of(w.before);
  auto text = [](int64_t value) { return std::to_string(value); };
  w.whole(0, "down", body(w, in, true));
  w.whole(1, "right", body(w, in, false));
  w.function("  const int32_t column = at % " + text(in.width) + " - " + w.moved(1) + ";\n  const int32_t row = at / " +
             text(in.width) + " % " + text(in.height) + " - " + w.moved(0) + ";\n  const int32_t channel = at / " +
             text(in.width * in.height) + ";\n  if ((row < 0) || (row >= " + text(in.height) +
             ") || (column < 0) || (column >= " + text(in.width) + ")) {\n    return 0.0;\n  }\n  return " +
             w.previous("(channel * " + text(in.height) + " + row) * " + text(in.width) + " + column") + ";\n");
  w.moves = true;
}
} // namespace

extern const CStage stage_center;
constexpr CStage stage_center = {.name = "Center", .write = write, .usesWhole = true};
} // namespace dlc::deploy
