// Implements the picture: one panel for each quantity, below one another, over one axis of epochs.
// Plain SVG elements, no script and no font of its own; text is escaped.
#include "plot.h"

#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <vector>

namespace dlc::tool {
namespace {

constexpr double kWidth = 720, kPanel = 180, kLeft = 76, kRight = 20, kTop = 44, kGap = 46;

struct Point {
  double epoch, value;
};
/// One quantity: "loss", "accuracy", "lr".
struct Panel {
  std::string name;
  std::vector<Point> train, val;
};
struct Run {
  std::string title;
  std::vector<Panel> panels;
  std::vector<double> best; ///< epochs

  /// A run that is resumed trains the epochs behind its checkpoint once more: the log of both has them twice.
  void forget(double from) {
    auto isLater = [&](const Point &point) { return point.epoch >= from; };
    for (Panel &p : panels)
      for (std::vector<Point> *points : {&p.train, &p.val})
        llvm::erase_if(*points, isLater);
    llvm::erase_if(best, [&](double epoch) { return epoch >= from; });
  }
  Panel &panel(llvm::StringRef name) {
    for (Panel &p : panels)
      if (p.name == name)
        return p;
    panels.push_back({name.str(), {}, {}});
    return panels.back();
  }
};

/// As XML, which has no control characters.
std::string asXml(llvm::StringRef text) {
  std::string out;
  for (char c : printable(text))
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

bool read(llvm::StringRef lines, Run &run, std::string &why) {
  size_t number = 0;
  while (!lines.empty()) {
    auto [line, rest] = lines.split('\n');
    lines = rest;
    ++number;
    if (line.trim().empty())
      continue;
    llvm::Expected<llvm::json::Value> value = llvm::json::parse(line);
    const llvm::json::Object *event = value ? value->getAsObject() : nullptr;
    if (!event) {
      llvm::consumeError(value.takeError());
      why = "line " + std::to_string(number) + " is not a JSON object";
      return false;
    }
    llvm::StringRef kind = event->getString("event").value_or("");
    if (kind == "start")
      run.title = (event->getString("file").value_or("") + ": " + event->getString("net").value_or("")).str();
    if (kind != "epoch")
      continue;
    const double epoch = event->getNumber("epoch").value_or(0);
    run.forget(epoch);
    auto scores = [&](llvm::StringRef part, std::vector<Point> Panel::*points) {
      if (const llvm::json::Object *values = event->getObject(part)) {
        // The loss first, whatever the order of the object.
        if (auto loss = values->getNumber("loss"))
          (run.panel("loss").*points).push_back({epoch, *loss});
        for (const auto &entry : *values)
          if (llvm::StringRef(entry.first) != "loss")
            if (auto score = entry.second.getAsNumber())
              (run.panel(entry.first).*points).push_back({epoch, *score});
      }
    };
    scores("train", &Panel::train);
    scores("val", &Panel::val);
    if (event->getBoolean("best").value_or(false))
      run.best = {epoch};
    if (auto lr = event->getNumber("lr"))
      run.panel("lr").train.push_back({epoch, *lr});
  }
  if (run.panels.empty()) {
    why = "it contains no finished epoch";
    return false;
  }
  // The learning rate last.
  auto lr = llvm::find_if(run.panels, [](const Panel &p) { return p.name == "lr"; });
  if (lr != run.panels.end())
    std::rotate(lr, lr + 1, run.panels.end());
  return true;
}

/// A round step that cuts `range` into three to seven parts.
double roundStep(double range) {
  const double power = std::pow(10, std::floor(std::log10(range / 4)));
  for (double factor : {1.0, 2.0, 5.0})
    if (range / (factor * power) <= 6)
      return factor * power;
  return 10 * power;
}

class Drawing {
public:
  Drawing(llvm::raw_ostream &os, const Run &run) : os(os), run(run) {
    for (const Panel &p : run.panels)
      for (const std::vector<Point> *points : {&p.train, &p.val})
        for (const Point &point : *points)
          first = std::min(first, point.epoch), last = std::max(last, point.epoch);
    if (last <= first)
      first -= 0.5, last += 0.5;
  }

  void draw() {
    const double height = kTop + (kPanel + kGap) * static_cast<double>(run.panels.size());
    os << llvm::formatv(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "font-family=\"sans-serif\" font-size=\"12\">\n",
        kWidth, height);
    os << "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
    text(kLeft, 24, "start", run.title, " font-size=\"15\"");
    double top = kTop;
    for (const Panel &p : run.panels) {
      panel(p, top);
      top += kPanel + kGap;
    }
    os << "</svg>\n";
  }

private:
  static std::string number(double value) { return llvm::formatv("{0:f2}", value).str(); }
  void text(double x, double y, llvm::StringRef anchor, llvm::StringRef value, llvm::StringRef more = "") {
    os << "<text x=\"" << number(x) << "\" y=\"" << number(y) << "\" text-anchor=\"" << anchor << "\"" << more << ">"
       << asXml(value) << "</text>\n";
  }
  void line(double x1, double y1, double x2, double y2, llvm::StringRef style) {
    os << "<line x1=\"" << number(x1) << "\" y1=\"" << number(y1) << "\" x2=\"" << number(x2) << "\" y2=\""
       << number(y2) << "\" " << style << "/>\n";
  }

  void panel(const Panel &p, double top) {
    double low = INFINITY, high = -INFINITY;
    for (const std::vector<Point> *points : {&p.train, &p.val})
      for (const Point &point : *points)
        low = std::min(low, point.value), high = std::max(high, point.value);
    if (high - low < 1e-12 * std::max(1.0, std::abs(high))) {
      const double half = high == 0 ? 1 : std::abs(high) / 2;
      low -= half, high += half;
    }
    auto x = [&](double epoch) { return kLeft + (epoch - first) / (last - first) * (kWidth - kLeft - kRight); };
    auto y = [&](double value) { return top + kPanel - (value - low) / (high - low) * kPanel; };
    const double step = roundStep(high - low);
    for (double tick = std::ceil(low / step) * step; tick <= high + step * 1e-9; tick += step) {
      line(kLeft, y(tick), kWidth - kRight, y(tick), "stroke=\"#e4e4e4\"");
      text(kLeft - 8, y(tick) + 4, "end",
           llvm::formatv("{0}", llvm::format("%.4g", std::abs(tick) < step / 2 ? 0.0 : tick)).str());
    }
    const double epochStep = std::max(1.0, roundStep(last - first));
    for (double tick = std::ceil(first / epochStep) * epochStep; tick <= last + 1e-9; tick += epochStep)
      text(x(tick), top + kPanel + 16, "middle", shortNumber(tick));
    for (double epoch : run.best)
      line(x(epoch), top, x(epoch), top + kPanel, "stroke=\"#9a9a9a\" stroke-dasharray=\"4 4\"");
    os << llvm::formatv("<rect x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" fill=\"none\" stroke=\"#888\"/>\n",
                        kLeft, top, kWidth - kLeft - kRight, kPanel);
    auto curve = [&](const std::vector<Point> &points, llvm::StringRef colour) {
      if (points.empty())
        return;
      os << "<polyline fill=\"none\" stroke-width=\"1.6\" stroke=\"" << colour << "\" points=\"";
      for (const Point &point : points)
        os << number(x(point.epoch)) << ',' << number(y(point.value)) << ' ';
      os << "\"/>\n";
      os << "<circle r=\"2.5\" fill=\"" << colour << "\" cx=\"" << number(x(points.back().epoch)) << "\" cy=\""
         << number(y(points.back().value)) << "\"/>\n";
    };
    curve(p.train, "#1f6fb4");
    curve(p.val, "#d1602a");
    text(kLeft, top - 6, "start", p.name, " font-weight=\"bold\"");
    if (p.name != "lr") {
      text(kWidth - kRight - 40, top - 6, "end", "train", " fill=\"#1f6fb4\"");
      if (!p.val.empty())
        text(kWidth - kRight, top - 6, "end", "val", " fill=\"#d1602a\"");
    }
  }

  llvm::raw_ostream &os;
  const Run &run;
  double first = INFINITY, last = -INFINITY;
};

} // namespace

std::string plotRun(llvm::StringRef jsonLines, std::string &why) {
  Run run;
  if (!read(jsonLines, run, why))
    return "";
  std::string picture;
  llvm::raw_string_ostream os(picture);
  Drawing(os, run).draw();
  return picture;
}

bool isOtherPicture(llvm::StringRef path) {
  const llvm::StringRef extension = llvm::sys::path::extension(path);
  return llvm::any_of(
      std::initializer_list<llvm::StringRef>{".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".pdf", ".eps"},
      [&](llvm::StringRef other) { return extension.equals_insensitive(other); });
}

} // namespace dlc::tool
