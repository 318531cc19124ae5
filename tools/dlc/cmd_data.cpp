// `dlc data net.dsl`: what the loader understood: samples, shapes, classes and their balance, values, missing ones, a
// look at a few samples. Nothing is trained and nothing is written.
#include "command.h"
#include "json_line.h"
#include "trained_net.h"

#include "dlc/data/batches.h"
#include "dlc/support/moments.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"
#include "dlc/train/review.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

namespace dlc::tool {
namespace {

constexpr size_t kColumns = 40;       // of a table that are listed one by one
constexpr size_t kLookedAt = 2000000; // values that statistics may read; of more, every n-th sample counts
constexpr size_t kShown = 3;          // samples

/// Of one column, or of all values.
struct Statistics {
  double least = INFINITY, most = -INFINITY;
  Moments moments;
  uint64_t missing = 0;

  void add(double value) {
    if (std::isnan(value)) {
      ++missing;
      return;
    }
    least = std::min(least, value), most = std::max(most, value);
    moments.add(value);
  }
};

struct Part {
  llvm::StringRef name;
  const data::Samples *samples;
  bool firstOfSet;                    ///< no part before it is of the same dataset
  Statistics all{};                   ///< of all values
  std::vector<Statistics> byColumn{}; ///< of a table's columns, where they are few
};

/// So many digits, or all of a whole number that has a few more (a time, an identifier): what a person reads, not what
/// reads back.
std::string shortly(double value, int digits = 6) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (std::fabs(value) < 1e10 && value == std::floor(value))
    os << llvm::format("%.0f", value);
  else
    os << llvm::format("%.*g", digits, value);
  return text;
}

/// The first cell of a table's row: the name of a class or of a column.
std::string cell(llvm::StringRef name) {
  constexpr size_t kWidth = 20;
  return padded(fitted(escaped(name), kWidth - 1), kWidth);
}

std::string shapeOf(const data::Dataset &set) {
  return set.uniform() ? shapeText(set.sampleShape) : "pictures of several sizes";
}
std::string classOf(const data::Dataset &set, int64_t index) {
  size_t i = static_cast<size_t>(index);
  return i < set.classNames.size() ? set.classNames[i] : std::to_string(index);
}
/// "setosa", "0.5 1", "" as the sample's target.
std::string targetOf(const data::Dataset &set, uint32_t row) {
  if (set.targetKind == data::TargetKind::Classes)
    return classOf(set, set.classes[row]);
  std::string text;
  if (set.targetKind == data::TargetKind::Numbers)
    for (size_t i = 0; i < std::min<size_t>(set.targetSize, 8); ++i)
      text += (i ? " " : "") + shortly(set.numbers[row * set.targetSize + i]);
  return text;
}
std::string targetName(const data::Dataset &set) {
  switch (set.targetKind) {
  case data::TargetKind::None:
    return "no targets";
  case data::TargetKind::Classes:
    return "classes";
  case data::TargetKind::Numbers:
    return set.targetNames.empty() ? "numbers" : "numbers (" + fitted(llvm::join(set.targetNames, ", "), 60) + ")";
  case data::TargetKind::Input:
    return "the sample itself";
  case data::TargetKind::Next:
    return "the next token at each place";
  }
  return "";
}

std::vector<uint64_t> balance(const data::Samples &samples) {
  std::vector<uint64_t> counts(samples.data->classCount());
  for (uint32_t row : samples.rows)
    ++counts[static_cast<size_t>(samples.data->classes[row])];
  return counts;
}

/// Fills in the statistics; the trouble of a sample that cannot be read. Cells that were empty count as missing,
/// whatever fills them now; those of rows that are no samples, in the first part.
Checked look(Part &part) {
  const data::Samples &samples = *part.samples;
  const data::Dataset &set = *samples.data;
  if (set.uniform() && set.sampleShape.size() == 1 && set.sampleSize() <= kColumns &&
      set.targetKind != data::TargetKind::Next)
    part.byColumn.resize(set.sampleSize());
  std::vector<double> values;
  size_t step = 1;
  if (set.uniform() && set.sampleSize() > 0)
    step = std::max<size_t>(1, samples.size() * set.sampleSize() / kLookedAt);
  for (size_t i = 0; i < samples.size(); i += step) {
    values.resize(static_cast<size_t>(elementCount(set.shapeOf(samples.rows[i]))));
    if (Checked good = data::gatherInputs(samples, static_cast<uint32_t>(i), {}, values.data()); !good)
      return good;
    for (const auto &[k, value] : llvm::enumerate(values)) {
      part.all.add(value);
      if (!part.byColumn.empty())
        part.byColumn[k].add(value);
    }
  }
  std::vector<bool> mine(set.gaps.empty() ? 0 : set.count);
  if (!set.gaps.empty())
    for (uint32_t row : samples.rows)
      mine[row] = true;
  for (const data::Gap &gap : set.gaps)
    if (gap.row == data::Gap::kLeftOut ? part.firstOfSet
                                       : mine[gap.row] && !std::isnan(set.value(gap.row, gap.feature))) {
      ++part.all.missing;
      if (!part.byColumn.empty())
        ++part.byColumn[gap.feature].missing;
    }
  return allGood();
}

/// Whether samples are pictures that a terminal can hold.
bool isPicture(const Shape &shape) {
  if (shape.size() != 2 && shape.size() != 3)
    return false;
  const int64_t height = shape[shape.size() - 2], width = shape.back();
  return height >= 5 && width >= 5 && height <= 64 && width <= 64;
}
/// One character a pixel, light on dark; pixels beside each other are half as far apart as above each other.
void printPicture(llvm::raw_ostream &os, const data::Dataset &set, uint32_t row, const Shape &shape,
                  const Statistics &all) {
  static constexpr llvm::StringLiteral kShades = " .:-=+*#%@";
  const auto height = static_cast<size_t>(shape[shape.size() - 2]), width = static_cast<size_t>(shape.back());
  const size_t channels = shape.size() == 3 ? static_cast<size_t>(shape[0]) : 1;
  const double range = all.most > all.least ? all.most - all.least : 1;
  for (size_t y = 0; y < height; y += 1 + (height > 32)) {
    os << "    ";
    for (size_t x = 0; x < width; ++x) {
      double value = 0;
      for (size_t c = 0; c < channels; ++c)
        value += set.value(row, (c * height + y) * width + x) / static_cast<double>(channels);
      const double share = (value - all.least) / range;
      os << kShades[std::min(kShades.size() - 1, static_cast<size_t>(std::max(0.0, share) * double(kShades.size())))];
    }
    os << '\n';
  }
}

/// The first samples, of as many classes as there are.
std::vector<uint32_t> chosenRows(const data::Samples &samples) {
  std::vector<uint32_t> rows;
  std::vector<int32_t> seen;
  for (uint32_t row : samples.rows) {
    if (rows.size() == kShown)
      break;
    if (samples.data->targetKind == data::TargetKind::Classes && samples.data->classCount() >= kShown) {
      int32_t c = samples.data->classes[row];
      if (llvm::is_contained(seen, c))
        continue;
      seen.push_back(c);
    }
    rows.push_back(row);
  }
  return rows;
}

/// `input` is the shape that samples of as many values are put into.
void printSamples(llvm::raw_ostream &os, const Part &part, const Shape &input) {
  const data::Dataset &set = *part.samples->data;
  for (uint32_t row : chosenRows(*part.samples)) {
    std::string target = targetOf(set, row);
    os << "\nsample " << row << (target.empty() ? "" : ": ") << escaped(target) << '\n';
    Shape shape = set.shapeOf(row);
    if (elementCount(input) == elementCount(shape) && !isPicture(shape))
      shape = input;
    if (isPicture(shape)) {
      printPicture(os, set, row, shape, part.all);
      continue;
    }
    if (set.targetKind == data::TargetKind::Next && !set.classNames.empty()) {
      os << "    ";
      for (int64_t i = 0; i < elementCount(shape); ++i) {
        std::string token = classOf(set, static_cast<int64_t>(set.value(row, static_cast<size_t>(i))));
        os << escaped(token);
      }
      os << '\n';
      continue;
    }
    os << "   ";
    const auto size = static_cast<size_t>(elementCount(shape));
    for (size_t i = 0; i < std::min<size_t>(size, 16); ++i)
      os << ' ' << shortly(set.value(row, i));
    os << (size > 16 ? " ...\n" : "\n");
  }
}

void printText(const compile::Unit &unit, llvm::ArrayRef<Part> parts, const train::Bundle &bundle, const Shape &input) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << unit.path << '\n';
  for (const Part &part : parts) {
    const data::Dataset &set = *part.samples->data;
    os << llvm::formatv("{0,-6} {1,9} sample{2} of {3}; targets: {4}; from {5}\n", part.name,
                        grouped(static_cast<int64_t>(part.samples->size())), part.samples->size() == 1 ? "" : "s",
                        shapeOf(set), targetName(set), escaped(set.origin));
  }
  const data::Samples &first = *parts.front().samples;
  const data::Dataset &set = *first.data;
  for (const std::string &note : train::notesOf(bundle))
    os << "  " << note << '\n';
  if (!bundle.prepare.empty()) {
    llvm::SmallVector<llvm::StringRef, 4> steps;
    std::string prepare = bundle.prepare.text();
    llvm::StringRef(prepare).rtrim().split(steps, '\n');
    os << "  prepare: ";
    for (const auto &[i, step] : llvm::enumerate(steps))
      os << (i ? " -> " : "") << (prepare.size() < 300 ? step : step.split(' ').first);
    os << '\n';
  }

  if (set.targetKind == data::TargetKind::Classes) {
    os << llvm::formatv("\n{0,-20}", "class");
    std::vector<std::vector<uint64_t>> counts;
    for (const Part &part : parts) {
      os << llvm::formatv("{0,10}", part.name);
      counts.push_back(balance(*part.samples));
    }
    os << "     share\n";
    for (size_t c = 0; c < set.classCount(); ++c) {
      os << cell(classOf(set, static_cast<int64_t>(c)));
      for (const std::vector<uint64_t> &count : counts)
        os << llvm::formatv("{0,10}", c < count.size() ? count[c] : 0);
      os << llvm::format("  %6.2f %%\n", 100.0 * static_cast<double>(counts[0][c]) / static_cast<double>(first.size()));
    }
  }

  const llvm::ArrayRef<Statistics> columns = parts.front().byColumn;
  const bool byColumn = !columns.empty();
  os << llvm::formatv("\n{0,-20}{1,12}{2,12}{3,12}{4,12}{5,9}\n", byColumn ? "column" : "values", "least", "most",
                      "mean", "deviation", "missing");
  for (const auto &[i, s] : llvm::enumerate(byColumn ? columns : parts.front().all)) {
    std::string name = !byColumn                    ? "all"
                       : i < set.columnNames.size() ? set.columnNames[i]
                       : i < set.columns.size()     ? std::to_string(set.columns[i])
                                                    : std::to_string(i + 1);
    os << cell(name)
       << llvm::formatv("{0,12}{1,12}{2,12}{3,12}{4,9}\n", shortly(s.least, 5), shortly(s.most, 5),
                        shortly(s.moments.mean(), 5), shortly(s.moments.deviation(), 5), s.missing);
  }
  printSamples(os, parts.front(), input);
  llvm::outs() << printable(text, Lines::All);
}

void printJson(const compile::Unit &unit, llvm::ArrayRef<Part> parts, const train::Bundle &bundle) {
  printJsonLine("data", [&](llvm::json::OStream &json) {
    auto number = [&](llvm::StringRef key, double value) {
      json.attributeBegin(key);
      json.rawValue(std::isfinite(value) ? shortNumber(value) : "null");
      json.attributeEnd();
    };
    json.attribute("file", llvm::json::fixUTF8(unit.path));
    json.attributeArray("parts", [&] {
      for (const Part &part : parts)
        json.object([&] {
          const data::Dataset &set = *part.samples->data;
          json.attribute("name", part.name);
          json.attribute("samples", static_cast<int64_t>(part.samples->size()));
          json.attribute("shape", set.uniform() ? shapeText(set.sampleShape) : "");
          json.attribute("targets", targetName(set));
          json.attribute("origin", llvm::json::fixUTF8(set.origin));
          if (set.targetKind == data::TargetKind::Classes)
            json.attributeArray("classes", [&] {
              for (const auto &[c, count] : llvm::enumerate(balance(*part.samples)))
                json.object([&] {
                  json.attribute("name", llvm::json::fixUTF8(classOf(set, static_cast<int64_t>(c))));
                  json.attribute("samples", static_cast<int64_t>(count));
                });
            });
          const Statistics &all = part.all;
          number("least", all.least);
          number("most", all.most);
          number("mean", all.moments.mean());
          number("deviation", all.moments.deviation());
          json.attribute("missing", static_cast<int64_t>(all.missing));
        });
    });
    printJsonWords(json, "notes", train::notesOf(bundle));
  });
}

} // namespace

static int runData(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "data takes one file, got " + llvm::Twine(options.files.size()));
  DLC_TRY(auto net, openSource(options, options.files.front()));
  auto built = net->build(dsl::Mode::Train, 1);
  if (!built)
    return fail(options, *net, built.failure());
  if (int bad = replaceSources(options, *net, options.data.value_or(""), options.labels.value_or("")))
    return bad;
  auto bundle = net->loadData();
  if (!bundle)
    return fail(options, *net, bundle.failure());
  compile::Unit *unit = &net->unit();
  train::reviewSamples(*unit, *built, *bundle);
  if (int bad = flush(options, unit->diags))
    return bad;
  llvm::SmallVector<Part, 3> parts;
  for (auto [name, samples] : {std::pair<llvm::StringRef, const data::Samples *>{"train", &bundle->train},
                               {"val", &bundle->val},
                               {"test", &bundle->test}})
    if (!samples->empty()) {
      parts.push_back(
          {name, samples, llvm::none_of(parts, [&](const Part &part) { return part.samples->data == samples->data; })});
      if (Checked good = look(parts.back()); !good) {
        report(unit->diags, good.failure());
        return flush(options, unit->diags);
      }
    }
  if (options.json)
    printJson(*unit, parts, *bundle);
  else if (parts.empty())
    llvm::outs() << unit->path << ": no data named\n";
  else
    printText(*unit, parts, *bundle, net->wish().inputShape);
  return kDone;
}

extern const Command cmd_data;
constexpr Command cmd_data = {.name = "data",
                              .arguments = "net.dsl",
                              .doc = "show what the loader read: shapes, classes, missing values, samples",
                              .takes = kSource | kMemory | kData,
                              .place = 70,
                              .run = runData};

} // namespace dlc::tool
