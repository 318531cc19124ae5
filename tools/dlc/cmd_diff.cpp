// `dlc diff a.model b.model`: which tensors differ and by how much, and what differs in source, settings and
// preparation. It compares two files, models or checkpoints, and runs neither.
#include "command.h"
#include "json_line.h"
#include "tool.h"

#include "dlc/model/model_file.h"
#include "dlc/support/counted.h"
#include "dlc/support/files.h"
#include "dlc/support/strings.h"
#include "dlc/train/provenance.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace dlc::tool {
namespace {

struct Side {
  std::string path;
  model::ModelFile file;
};

OrExit<Side> readSide(const Options &options, const std::string &path) {
  auto bytes = readFile(path);
  if (!bytes.ok())
    return fail(options, bytes.status());
  auto file = model::parseModel((*bytes)->getBuffer(), path);
  if (!file) {
    Sources sources;
    Diags diags(sources);
    return fail(options, diags, file.failure());
  }
  return Side{path, *std::move(file)};
}

/// How two tensors of one type differ. Numbers are the same where their bits are.
struct Distance {
  int64_t elements = 0, differing = 0;
  double largest = 0, mean = 0; ///< of the absolute differences; NaN where a number is none
};
Distance distanceOf(const Tensor &a, const Tensor &b) {
  Distance d;
  d.elements = a.type().elements();
  dispatchFloat(a.dtype(), [&](auto zero) {
    const auto x = a.span<decltype(zero)>(), y = b.span<decltype(zero)>();
    for (size_t i = 0; i < x.size(); ++i) {
      if (!std::memcmp(&x[i], &y[i], sizeof(zero)))
        continue;
      const double off = std::fabs(static_cast<double>(x[i]) - static_cast<double>(y[i]));
      ++d.differing;
      d.largest = std::isnan(off) ? off : std::max(d.largest, off);
      d.mean += off;
    }
  });
  if (d.elements)
    d.mean /= static_cast<double>(d.elements);
  return d;
}

/// Prints what differs, and counts it.
class Comparison {
public:
  Comparison(const Options &options, const Side &a, const Side &b) : options(options), a(a), b(b) {}

  int run() {
    tensors();
    if (a.file.trailer && b.file.trailer)
      trailers(*a.file.trailer, *b.file.trailer);
    else if (a.file.trailer || b.file.trailer)
      difference("source", a.file.trailer ? "kept" : "none", b.file.trailer ? "kept" : "none");
    if (options.json)
      printJsonLine("diff", [&](llvm::json::OStream &json) {
        json.attribute("equal", found == 0);
        json.attribute("tensors", static_cast<int64_t>(shared));
        json.attribute("differing", static_cast<int64_t>(differing));
      });
    else if (plain() && found == 0)
      llvm::outs() << counted(shared, "tensor") << ", source and settings: no difference\n";
    return found ? kCheckFailed : kDone;
  }

private:
  bool plain() const { return !options.json && !options.quiet; }

  void tensors() {
    for (const model::NamedTensor &tensor : a.file.tensors) {
      const model::NamedTensor *other = b.file.find(tensor.name);
      if (!other)
        only(tensor, a);
      else
        compare(tensor, *other);
    }
    for (const model::NamedTensor &tensor : b.file.tensors)
      if (!a.file.find(tensor.name))
        only(tensor, b);
    if (plain() && found)
      llvm::outs() << counted(shared, "tensor") << " in both, " << differing
                   << (differing == 1 ? " differs\n" : " differ\n");
  }

  void only(const model::NamedTensor &tensor, const Side &side) {
    ++found;
    if (options.json)
      printJsonLine("only", [&](llvm::json::OStream &json) {
        json.attribute("name", llvm::json::fixUTF8(tensor.name));
        json.attribute("in", llvm::json::fixUTF8(side.path));
      });
    else if (plain())
      llvm::outs() << escaped(tensor.name) << " " << tensor.tensor.type() << ": only in " << escaped(side.path) << '\n';
  }

  void compare(const model::NamedTensor &x, const model::NamedTensor &y) {
    ++shared;
    if (x.tensor == y.tensor)
      return;
    ++differing, ++found;
    const bool sameType = x.tensor.type() == y.tensor.type();
    const Distance d = sameType ? distanceOf(x.tensor, y.tensor) : Distance();
    if (options.json)
      printJsonLine("tensor", [&](llvm::json::OStream &json) {
        json.attribute("name", llvm::json::fixUTF8(x.name));
        json.attribute("a", toString(x.tensor.type()));
        json.attribute("b", toString(y.tensor.type()));
        if (!sameType)
          return;
        json.attribute("elements", d.elements);
        json.attribute("differing", d.differing);
        printJsonNumber(json, "max_abs", d.largest);
        printJsonNumber(json, "mean_abs", d.mean);
      });
    else if (plain() && sameType)
      llvm::outs() << escaped(x.name) << " " << x.tensor.type() << ": " << grouped(d.differing) << " of "
                   << grouped(d.elements) << " differ, by at most " << shortNumber(rounded(d.largest))
                   << ", on average by " << shortNumber(rounded(d.mean)) << '\n';
    else if (plain())
      llvm::outs() << escaped(x.name) << ": " << x.tensor.type() << ", and " << y.tensor.type() << '\n';
  }

  /// To three digits, which is enough of a difference.
  static double rounded(double number) {
    if (number == 0 || !std::isfinite(number))
      return number;
    const double scale = std::pow(10, 2 - std::floor(std::log10(number)));
    return std::isfinite(scale) && scale > 0 ? std::round(number * scale) / scale : number;
  }

  void difference(llvm::StringRef what, const std::string &left, const std::string &right) {
    ++found;
    if (options.json)
      printJsonLine("setting", [&](llvm::json::OStream &json) {
        json.attribute("key", what);
        json.attribute("a", llvm::json::fixUTF8(left));
        json.attribute("b", llvm::json::fixUTF8(right));
      });
    else if (plain())
      llvm::outs() << what << ": " << fitted(escaped(left), 60) << '\n'
                   << std::string(what.size() + 2, ' ') << fitted(escaped(right), 60) << '\n';
  }

  static std::unique_ptr<compile::Unit> unitOf(const model::Trailer &trailer) {
    return compile::makeUnit(trailer.value("file").value_or("net.dsl"), trailer.source, train::overridesIn(trailer),
                             train::includesIn(trailer));
  }

  void trailers(const model::Trailer &x, const model::Trailer &y) {
    auto left = unitOf(x), right = unitOf(y);
    for (const dsl::Difference &d : dsl::differences(left->settings, right->settings))
      difference(d.key, d.before, d.now);
    source(x.source, y.source);
    auto list = [](const std::vector<std::string> &words) { return llvm::join(words, ", "); };
    if (x.prepare != y.prepare)
      difference("prepare as fitted", llvm::StringRef(x.prepare).trim().str(), llvm::StringRef(y.prepare).trim().str());
    if (x.classNames != y.classNames)
      difference("class names", list(x.classNames), list(y.classNames));
    if (x.columnNames != y.columnNames)
      difference("column names", list(x.columnNames), list(y.columnNames));
    if (x.targetNames != y.targetNames)
      difference("target names", list(x.targetNames), list(y.targetNames));
    // What a checkpoint counts. Overrides are among the settings, and files that were read have their times.
    for (const auto &[key, value] : x.values) {
      auto other = y.value(key);
      if (llvm::StringRef(key).starts_with("data ") || llvm::is_contained({"set", "flags", "file"}, key))
        continue;
      if (!other || *other != value)
        difference(key, value, other ? other->str() : "none");
    }
  }

  /// The first line that differs stands for all.
  void source(llvm::StringRef left, llvm::StringRef right) {
    for (unsigned number = 1; !left.empty() || !right.empty(); ++number) {
      auto [x, restLeft] = left.split('\n');
      auto [y, restRight] = right.split('\n');
      if (x != y)
        return difference("source, line " + std::to_string(number), x.str(), y.str());
      if (left.size() - restLeft.size() != right.size() - restRight.size())
        return difference("source, end of line " + std::to_string(number), "break", "no break");
      left = restLeft, right = restRight;
    }
  }

  const Options &options;
  const Side &a, &b;
  size_t shared = 0, differing = 0, found = 0;
};

int runDiff(const Options &options) {
  if (options.files.size() != 2)
    return usage(options, "diff takes two files, got " + llvm::Twine(options.files.size()));
  DLC_TRY(const Side a, readSide(options, options.files[0]));
  DLC_TRY(const Side b, readSide(options, options.files[1]));
  return Comparison(options, a, b).run();
}

} // namespace

extern const Command cmd_diff;
constexpr Command cmd_diff = {.name = "diff",
                              .arguments = "a.model b.model",
                              .doc = "show which tensors and settings of two models differ, and by how much",
                              .place = 65,
                              .run = runDiff};

} // namespace dlc::tool
