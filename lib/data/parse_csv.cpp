// From one or two tables to a dataset: which columns are features, and what the labels are.
// Cells are read in csv_table.cpp.
#include "cell_finder.h"
#include "csv_table.h"
#include "label_advice.h"

#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace dlc::data {
namespace {

/// Trouble with the label of `row`, with an excerpt.
Trouble labelTrouble(ErrorCode code, TextFile file, const CsvTable &table, size_t row, const llvm::Twine &message) {
  CsvScanner scanner(file.bytes, table.layout.dialect);
  return {.code = code, .message = message.str(), .place = scanner.place(file.name, table.labelCells[row])};
}

/// The labels of `table` as classes by name, or as numbers. `names` is what the classes must be called, empty if that
/// is open.
Checked readLabels(TextFile file, CsvTable &table, llvm::ArrayRef<std::string> names, Dataset &data) {
  size_t count = table.rows;
  size_t numeric = static_cast<size_t>(llvm::count_if(table.labelNumbers, [](const auto &n) { return n.has_value(); }));
  data.lines = table.lines;
  data.targetCells = findCells(file.name.str(), table.layout.dialect, {*table.label});
  if (!table.layout.names.empty())
    data.targetNames = {table.layout.names[*table.label]};

  if (names.empty() && numeric == count) {
    data.targetKind = TargetKind::Numbers;
    data.targetSize = 1;
    for (const std::optional<double> &number : table.labelNumbers)
      data.numbers.push_back(*number);
    return allGood();
  }
  if (names.empty() && 2 * numeric > count) { // a column of numbers with a mistake in it
    size_t row = static_cast<size_t>(llvm::find(table.labelNumbers, std::nullopt) - table.labelNumbers.begin());
    return labelTrouble("E303", file, table, row,
                        "label '" + table.labelTexts[row] + "' is not a number, as most labels here are");
  }

  std::vector<std::string> sorted;
  if (data.ownNames = names.empty(); data.ownNames) {
    std::set<llvm::StringRef> unique(table.labelTexts.begin(), table.labelTexts.end());
    for (llvm::StringRef name : unique)
      sorted.push_back(name.str());
    names = sorted;
  }
  llvm::StringMap<int32_t> index;
  for (size_t i = 0; i < names.size(); ++i)
    index.try_emplace(names[i], static_cast<int32_t>(i));
  data.classes.resize(count);
  const bool numbers = areNumbers(names);
  size_t unknown = SIZE_MAX;
  for (size_t row = 0; row < count && unknown == SIZE_MAX; ++row) {
    auto it = index.find(table.labelTexts[row]);
    const std::optional<int32_t> byValue = numbers && it == index.end() && table.labelNumbers[row]
                                               ? classOf(*table.labelNumbers[row], names)
                                               : std::nullopt;
    if (it != index.end())
      data.classes[row] = it->second;
    else if (byValue) // found once for all labels that are written so
      data.classes[row] = index.try_emplace(table.labelTexts[row], *byValue).first->second;
    else
      unknown = row;
  }
  if (unknown != SIZE_MAX && numeric == count && !numbers) { // not the names: then the indices
    for (size_t row = 0; row < count; ++row) {
      double label = *table.labelNumbers[row];
      if (!(label >= 0 && label < static_cast<double>(names.size()) && label == static_cast<int32_t>(label)))
        return labelTrouble("E304", file, table, row,
                            "label " + table.labelTexts[row] + " is out of range: " +
                                (names.size() == 1
                                     ? "there is 1 class, so the only label is 0"
                                     : "there are " + std::to_string(names.size()) + " classes, so labels are 0 to " +
                                           std::to_string(names.size() - 1)));
      data.classes[row] = static_cast<int32_t>(label);
    }
  } else if (unknown != SIZE_MAX) {
    std::vector<llvm::StringRef> refs(names.begin(), names.end());
    llvm::StringRef near = closest(table.labelTexts[unknown], refs);
    Trouble trouble = labelTrouble("E304", file, table, unknown,
                                   "label '" + table.labelTexts[unknown] + "' " + notAmong(names.size()));
    trouble.help = near.empty() ? classesAre(names) : "did you mean " + near.str() + "?";
    return trouble;
  }
  data.targetKind = TargetKind::Classes;
  data.classNames.assign(names.begin(), names.end());
  return allGood();
}

/// The names that labels must have: the caller's, else those of a counted header (if it names classes at all).
llvm::ArrayRef<std::string> namesFor(const CsvTable &table, const CsvOptions &options) {
  return options.classNames.empty() ? llvm::ArrayRef(table.layout.classNames) : llvm::ArrayRef(options.classNames);
}

/// E305 about a table for predictions, whose columns are not as many as the net's features.
Trouble otherColumns(TextFile file, const CsvLayout &layout, const CsvOptions &options) {
  std::string names;
  for (size_t i = 0; i < std::min<size_t>(layout.names.size(), 12); ++i)
    names += (i ? ", " : "") + layout.names[i];
  return {.code = "E305",
          .message = "the table has " + counted(layout.columns, "column") +
                     (names.empty() ? "" : " (" + names + (layout.names.size() > 12 ? ", ..." : "") + ")") +
                     ", but the model takes " + counted(*options.sampleSize, "feature"),
          .place = {.file = file.name.str()},
          .help = layout.columns > *options.sampleSize
                      ? "remove the others, or select columns with Csv(..., columns=[...]) in the source"
                      : "give all features, in the order of training"};
}

/// Whether a column of a table without the names of training may be what was the label there, so that the others are
/// the features: names and indices of classes tell, numbers do not. Where classes have names that are words, a number
/// is none of them, unless the table `counts` them itself.
bool mayBeLabel(llvm::StringRef text, const CsvOptions &options, bool counts) {
  std::optional<double> number = cellNumber(text, options.decimal);
  if (isMissing(text) || !number || llvm::is_contained(options.labels.names, text))
    return true;
  if (options.labels.classes == 0 || (options.labels.shares && *number >= 0 && *number <= 1))
    return true;
  const auto isWord = [](llvm::StringRef name) { return !cellNumber(name); };
  if (!counts && llvm::any_of(options.labels.names, isWord))
    return false;
  return *number >= 0 && *number < static_cast<double>(options.labels.classes) && *number == std::floor(*number);
}

/// E305 unless the columns of a table for predictions are the features alone, or with what may be their label: nobody
/// can tell which of the columns is one too many. Tables with names are matched by them.
Checked checkColumns(TextFile file, const CsvTable &table, const CsvOptions &options) {
  for (size_t row = 0; row < table.labelCells.size(); ++row)
    if (!mayBeLabel(table.labelTexts[row], options, table.layout.samples.has_value())) {
      Trouble trouble = otherColumns(file, table.layout, options);
      Trouble place = labelTrouble("E305", file, table, row, "");
      trouble.message += ", and '" + table.labelTexts[row] + "' in column " + table.layout.columnText(*table.label) +
                         " is not a class";
      trouble.place = place.place;
      return trouble;
    }
  return allGood();
}

/// Whether a table for predictions has no header, and columns of training were chosen by names: then they are counted,
/// as in any table without names.
bool namesNothing(TextFile file, const CsvLayout &layout, const CsvOptions &options) {
  return options.labelMayLack && layout.names.empty() && llvm::any_of(options.columns, [&](const std::string &name) {
           return !findColumn(name, layout, file.name, options.columnsLoc);
         });
}

/// The label column, or none.
Fallible<std::optional<size_t>> labelColumn(TextFile file, const CsvLayout &layout, const CsvOptions &options) {
  if (llvm::StringRef(options.label).equals_insensitive("none"))
    return std::optional<size_t>();
  if (options.label.empty()) {
    bool allFeatures = options.sampleSize && *options.sampleSize == layout.columns && !layout.samples;
    // Predictions need no label, so the last column is none where it is asked for as a feature.
    bool asked = options.labelMayLack && llvm::any_of(options.columns, [&](const std::string &name) {
                   auto column = findColumn(name, layout, file.name, options.columnsLoc);
                   return column && *column + 1 == layout.columns;
                 });
    if (layout.columns == 1 || allFeatures || asked)
      return std::optional<size_t>();
    return std::optional(layout.columns - 1);
  }
  auto column = findColumn(options.label, layout, file.name, options.labelLoc);
  const bool featuresAlone =
      options.columns.empty() ? options.sampleSize && *options.sampleSize == layout.columns : !column;
  if (options.labelMayLack && featuresAlone)
    return std::optional<size_t>();
  if (!column)
    return column.failure();
  return std::optional(*column);
}

/// The columns of label = [a, b]. Predictions need none, so a table without them has only features.
Fallible<std::vector<size_t>> targetColumns(TextFile file, const CsvLayout &layout, const CsvOptions &options) {
  std::vector<size_t> targets;
  if (options.labelMayLack && options.columns.empty() && options.sampleSize == layout.columns)
    return targets;
  for (const std::string &name : options.targets) {
    auto column = findColumn(name, layout, file.name, options.labelLoc);
    if (!column && options.labelMayLack)
      continue;
    if (!column)
      return column.failure();
    if (llvm::is_contained(targets, *column))
      return Trouble{.code = "E302",
                     .message = "column " + layout.columnText(*column) + " is named twice",
                     .loc = options.labelLoc};
    targets.push_back(*column);
  }
  return targets;
}

/// All columns that hold neither the label nor `targets`, or those that the options name.
Fallible<std::vector<size_t>> featureColumns(TextFile file, const CsvLayout &layout, std::optional<size_t> label,
                                             llvm::ArrayRef<size_t> targets, const CsvOptions &options) {
  std::vector<size_t> features;
  for (const std::string &name : options.columns) {
    DLC_TRY(auto column, findColumn(name, layout, file.name, options.columnsLoc));
    const bool target = label == column || llvm::is_contained(targets, column);
    if (target || llvm::is_contained(features, column))
      return Trouble{.code = "E302",
                     .message = "column " + layout.columnText(column) +
                                (target ? " is the label, so it cannot be a feature" : " is named twice"),
                     .loc = options.columnsLoc};
    features.push_back(column);
  }
  if (options.columns.empty())
    for (size_t c = 0; c < layout.columns; ++c)
      if (label != c && !llvm::is_contained(targets, c))
        features.push_back(c);
  if (features.empty())
    return Trouble{.code = "E302",
                   .message = targets.empty() ? "the only column is the label, so there are no features"
                                              : "all columns are targets, so there are no features",
                   .loc = options.labelLoc,
                   .place = {.file = file.name.str()}};
  return features;
}

/// Which columns of a table are read, and as what.
struct Columns {
  std::vector<size_t> features, targets;
  bool behind = false; ///< nobody named the targets: they are the columns behind the features
  std::optional<size_t> label;
};

Fallible<Columns> chooseColumns(TextFile file, const CsvLayout &layout, bool labelsElsewhere,
                                const CsvOptions &options) {
  Columns columns;
  auto &[features, targets, behind, label] = columns;
  if (!labelsElsewhere) {
    DLC_TRY(label, labelColumn(file, layout, options));
  }
  DLC_TRY(targets, targetColumns(file, layout, options));
  DLC_TRY(features, featureColumns(file, layout, label, targets, options));
  behind = !labelsElsewhere && !label && targets.empty() && options.targetColumns &&
           features.size() == options.sampleSize.value_or(0) + options.targetColumns;
  if (behind) {
    targets.assign(features.begin() + static_cast<ptrdiff_t>(*options.sampleSize), features.end());
    features.resize(*options.sampleSize);
  }
  if (options.labelMayLack || options.ownTargets)
    targets.clear();
  return columns;
}

/// A table of labels only.
Checked readLabelFile(TextFile file, size_t samples, const CsvOptions &given, Dataset &data) {
  CsvOptions options = given;
  options.dtype = DType::F64;
  DLC_TRY(auto layout, readLayout(file, options));
  options.sampleSize.reset(); // nothing but targets
  bool one = layout.columns == 1;
  std::vector<size_t> features;
  for (size_t c = 0; !one && c < layout.columns; ++c)
    features.push_back(c);
  const size_t targets = features.size();
  auto table = readTable(file, layout, features, targets, one ? std::optional<size_t>(0) : std::nullopt, options);
  if (!table)
    return table.failure();
  // A heading over names looks like a name; the number of rows tells.
  if (one && !layout.hasHeader && options.header == CsvOptions::Header::Auto && table->rows == samples + 1 &&
      !table->labelNumbers.front()) {
    table->labelTexts.erase(table->labelTexts.begin());
    table->labelNumbers.erase(table->labelNumbers.begin());
    table->labelCells.erase(table->labelCells.begin());
    table->lines.erase(table->lines.begin());
    --table->rows;
  }
  if (table->rows != samples)
    return Trouble{.code = "E307",
                   .message = data.origin + " has " + counted(samples, "sample") + ", but " + file.name.str() +
                              " has " + counted(table->rows, "label"),
                   .place = {.file = file.name.str()}};
  data.labelOrigin = file.name.str();
  if (one)
    return readLabels(file, *table, namesFor(*table, options), data);
  data.targetKind = TargetKind::Numbers;
  data.targetSize = layout.columns;
  Values numbers = table->values.take();
  widen(numbers);
  data.numbers = std::move(numbers.f64);
  data.targetNames = layout.names;
  data.lines = std::move(table->lines);
  data.targetCells = findCells(file.name.str(), table->layout.dialect, table->features);
  return allGood();
}

} // namespace

Fallible<Dataset> parseCsv(TextFile file, std::optional<TextFile> labels, const CsvOptions &given) {
  DLC_TRY(auto layout, readLayout(file, given));
  CsvOptions options = given;
  if (namesNothing(file, layout, given))
    options.columns.clear();
  const bool labelNamed = !options.targets.empty() ||
                          (!options.label.empty() && !llvm::StringRef(options.label).equals_insensitive("none"));
  if (labels && labelNamed)
    return Trouble{.code = "E309",
                   .message =
                       "the labels come from " + labels->name.str() + ", so label = " +
                       (options.targets.empty() ? options.label : "[" + llvm::join(options.targets, ", ") + "]") +
                       " has no effect",
                   .loc = options.labelLoc,
                   .help = "write one of the two: a second file, or label="};
  DLC_TRY(auto columns, chooseColumns(file, layout, labels.has_value(), options));
  auto &[features, targets, behind, label] = columns;
  DLC_PASS_ON(checkNames(file, layout, features, label, options));
  if (labels && options.missing == CsvOptions::Missing::Drop)
    return Trouble{.code = "E303",
                   .message =
                       "missing=drop needs the labels in the same file: rows dropped from one file would no longer "
                       "match the other",
                   .place = {.file = file.name.str()}};
  bool targetAssumed = false;
  const bool byNames = !layout.names.empty() && !options.columnNames.empty();
  if (options.labelMayLack) {
    const bool byCount = options.sampleSize && !byNames && options.columns.empty();
    if (byCount && features.size() != *options.sampleSize)
      return otherColumns(file, layout, options);
    if (!byCount)
      label.reset();
  }
  const size_t in = features.size();
  std::vector<std::string> targetTexts;
  for (size_t column : targets)
    targetTexts.push_back(layout.columnText(column));
  features.insert(features.end(), targets.begin(), targets.end());
  DLC_TRY(auto table, readTable(file, std::move(layout), std::move(features), targets.size(), label, options));
  if (options.labelMayLack && label) {
    DLC_PASS_ON(checkColumns(file, table, options));
    label.reset(); // nobody asked for it
    targetAssumed = options.labels.classes == 0 && options.label.empty();
  }

  Dataset data;
  data.origin = file.name.str();
  data.count = table.rows;
  data.sampleShape = {static_cast<int64_t>(table.features.size())};
  data.values = table.values.take();
  data.rounded = std::move(table.rounded);
  data.targetAssumed = targetAssumed;
  for (size_t c : table.features) {
    data.columns.push_back(static_cast<uint32_t>(c + 1));
    if (!table.layout.names.empty())
      data.columnNames.push_back(table.layout.names[c]);
  }
  if (table.dropped)
    data.notes.push_back(counted(table.dropped, "row") + " with empty cells dropped");
  if (!table.gaps.empty() && options.missing != CsvOptions::Missing::Drop)
    data.notes.push_back(counted(table.gaps.size(), "empty cell") + " filled in");
  data.gaps = std::move(table.gaps);
  if (!labels)
    data.lines = table.lines;
  data.valueCells = findCells(data.origin, table.layout.dialect, table.features);
  if (!targets.empty()) {
    splitTargets(data, in);
    data.notes.push_back("targets: " + (behind ? "the last " + counted(targets.size(), "column")
                                               : "columns " + llvm::join(targetTexts, ", ")));
  }
  Checked labelled = labels  ? readLabelFile(*labels, table.rows, options, data)
                     : label ? readLabels(file, table, namesFor(table, options), data)
                             : allGood();
  if (!labelled)
    return labelled.failure();
  return data;
}

} // namespace dlc::data
