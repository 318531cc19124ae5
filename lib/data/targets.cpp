// Turns the labels of a source into the targets that the loss needs.
// Every label is checked here, once, so training needs no checks.
#include "dlc/data/dataset.h"

#include "label_advice.h"
#include "spec_args.h"

#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace dlc::data {

namespace {

/// Number `column` of what `locs` has of sample `row`.
Loc placeOf(const Dataset &data, llvm::ArrayRef<Loc> locs, size_t row, size_t column) {
  if (locs.empty())
    return data.loc;
  const size_t each = locs.size() / data.count;
  return locs[row * each + std::min(column, each - 1)];
}

/// The file that the labels came from.
const std::string &labelFile(const Dataset &data) { return data.labelOrigin.empty() ? data.origin : data.labelOrigin; }

FilePlace placeInFile(const std::string &file, uint64_t line, const CellFinder &cells, size_t number) {
  if (line && cells)
    if (auto place = cells(line, number))
      return *place;
  return {.file = file, .line = line};
}

} // namespace

Trouble targetTrouble(const Dataset &data, ErrorCode code, std::string message, size_t row, size_t column) {
  Trouble trouble{.code = code, .message = std::move(message), .loc = placeOf(data, data.targetLocs, row, column)};
  if (data.targetLocs.empty())
    trouble.place = placeInFile(labelFile(data), row < data.lines.size() ? data.lines[row] : 0, data.targetCells,
                                data.targetKind == TargetKind::Numbers ? column : 0);
  return trouble;
}

Trouble valueTrouble(const Dataset &data, ErrorCode code, std::string message, size_t row, size_t column) {
  Trouble trouble{.code = code, .message = std::move(message), .loc = placeOf(data, data.valueLocs, row, column)};
  if (data.valueLocs.empty())
    trouble.place = placeInFile(data.origin, data.labelOrigin.empty() && row < data.lines.size() ? data.lines[row] : 0,
                                data.valueCells, column);
  return trouble;
}

Trouble notFinite(const std::string &what, double value) {
  if (!std::isfinite(value))
    return {.code = "E303", .message = what + " is not a finite number"};
  return {.code = "E303",
          .message = what + " is beyond the range of f32: " + shortNumber(value),
          .help = "numbers must be finite in the net's dtype"};
}

std::string sampleText(const Dataset &data, size_t row) {
  return row < data.lines.size() ? "" : " of sample " + std::to_string(row + 1);
}

namespace {

/// All targets, where they are written; the source otherwise.
Loc targetsPlace(const Dataset &data) {
  return data.targetLocs.empty() ? data.loc : join(data.targetLocs.front(), data.targetLocs.back());
}

Checked classesFromNumbers(Dataset &data, size_t outputs) {
  std::vector<int32_t> classes(data.count);
  if (data.targetSize == 1) {
    for (size_t row = 0; row < data.count; ++row) {
      double label = data.numbers[row];
      const std::string said = "label " + writtenNumber(label) + sampleText(data, row);
      if (label == std::floor(label) && label > kMostClass)
        return targetTrouble(data, "E304", said + " is too large; classes count from 0", row);
      if (label != std::floor(label)) {
        Trouble trouble = targetTrouble(data, "E304", said + " is not a class", row);
        trouble.help = "classes are whole numbers from 0 or names; for other numbers use loss = MSE";
        return trouble;
      }
      if (label < 0) {
        Trouble trouble = targetTrouble(data, "E304", said + " is negative; classes count from 0", row);
        trouble.help = namesHelp({data.numbers.begin(), data.numbers.end()});
        return trouble;
      }
      classes[row] = static_cast<int32_t>(label);
    }
  } else {
    if (outputs != 0 && data.targetSize != outputs)
      return Trouble{.code = "E305",
                     .message = "the model has " + counted(outputs, "output") + ", but the labels of " +
                                labelFile(data) + " have " + counted(data.targetSize, "column"),
                     .loc = targetsPlace(data)};
    for (size_t row = 0; row < data.count; ++row) {
      const double *x = data.numbers.data() + row * data.targetSize;
      size_t ones = 0, zeros = 0;
      for (size_t i = 0; i < data.targetSize; ++i) {
        if (x[i] == 1) {
          ++ones;
          classes[row] = static_cast<int32_t>(i);
        }
        zeros += x[i] == 0;
      }
      if (ones != 1 || ones + zeros != data.targetSize)
        return targetTrouble(
            data, "E304", "the label row" + sampleText(data, row) + " is not one-hot: it needs one 1 and otherwise 0",
            row);
    }
  }
  if (data.targetSize > 1)
    data.classNames = data.targetNames; // of the columns of one-hot rows
  data.classes = std::move(classes);
  data.numbers.clear();
  data.targetSize = 0;
  data.targetShape.clear();
  data.targetKind = TargetKind::Classes;
  return allGood();
}

Checked toClasses(Dataset &data, size_t outputs) {
  if (data.targetKind == TargetKind::Numbers)
    if (Checked done = classesFromNumbers(data, outputs); !done)
      return done;
  if (outputs == 0)
    return allGood();
  if (data.classNames.size() > outputs) {
    std::string names;
    for (size_t i = 0; i < std::min<size_t>(data.classNames.size(), 8); ++i)
      names += (i ? ", " : "") + data.classNames[i];
    Trouble trouble{.code = "E304",
                    .message = "the model has " + counted(outputs, "output") + ", but " + labelFile(data) + " has " +
                               std::to_string(data.classNames.size()) + " classes (" + names +
                               (data.classNames.size() > 8 ? ", ..." : "") + ")",
                    .loc = data.loc,
                    .help = classesHelp(data)};
    if (auto slip = misspelt(data, data.classNames.size() - outputs)) {
      auto [row, near] = *slip;
      const std::string &name = data.classNames[static_cast<size_t>(data.classes[row])];
      trouble.message += "; '" + name + "' is the label of only one sample";
      Trouble there = targetTrouble(data, "E304", "", row);
      trouble.loc = there.loc;
      trouble.place = there.place;
      trouble.help = "did you mean " + near.str() + "?";
    }
    return trouble;
  }
  for (size_t row = 0; row < data.count; ++row)
    if (data.classes[row] < 0 || static_cast<size_t>(data.classes[row]) >= outputs) {
      Trouble trouble = targetTrouble(data, "E304",
                                      "label " + std::to_string(data.classes[row]) + sampleText(data, row) +
                                          " is out of range: the model has " + counted(outputs, "output") +
                                          ", so labels are 0 to " + std::to_string(outputs - 1),
                                      row);
      trouble.help = countingHelp(data, outputs);
      return trouble;
    }
  return allGood();
}

/// E303 about the first label that is no number, where the only output is one. More than two names without a decimal
/// comma are classes, of which toNumbers() speaks.
Checked noNames(const Dataset &data) {
  for (size_t row = 0; row < data.count; ++row) {
    const std::string &name = data.classNames[static_cast<size_t>(data.classes[row])];
    if (parseNumber(name))
      continue;
    std::string point = name;
    std::replace(point.begin(), point.end(), ',', '.');
    const bool comma = point != name && parseNumber(point);
    if (!comma && data.classNames.size() > 2)
      return allGood();
    Trouble trouble =
        targetTrouble(data, "E303", "label '" + name + "' is not a number, but the model's output is", row);
    trouble.help = comma ? "write Csv(..., decimal=\",\") if the comma stands for a decimal point"
                         : "for classes use loss = CrossEntropy and -> Linear(" +
                               std::to_string(data.classNames.size()) + ") at the end";
    return trouble;
  }
  return allGood();
}

Checked toNumbers(Dataset &data, const TargetWish &wish) {
  const size_t outputs = wish.outputs;
  if (data.targetKind == TargetKind::Classes) {
    size_t width = outputs == 0 ? 1 : outputs;
    if (width > 1) {
      DLC_PASS_ON(toClasses(data, outputs));
      if (data.ownNames)
        data.notes.push_back("labels: classes, as one-hot rows of " + std::to_string(outputs) + " numbers");
    } else if (data.ownNames && !wish.yesNo) {
      DLC_PASS_ON(noNames(data));
    }
    // A single output tells two classes apart; of more, the numbers of the classes would be taken for measurements.
    if (width == 1 && data.classNames.size() > 2)
      return Trouble{.code = "E304",
                     .message = "the model has 1 output, but " + labelFile(data) + " has " +
                                std::to_string(data.classNames.size()) + " classes",
                     .loc = data.loc,
                     .help = "for classes use loss = CrossEntropy and -> Linear(" +
                             std::to_string(data.classNames.size()) + ") at the end"};
    data.numbers.assign(data.count * width, 0);
    for (size_t row = 0; row < data.count; ++row)
      if (width == 1)
        data.numbers[row] = data.classes[row];
      else
        data.numbers[row * width + static_cast<size_t>(data.classes[row])] = 1;
    data.classes.clear();
    data.targetSize = width;
    data.targetKind = TargetKind::Numbers;
    return allGood();
  }
  if (outputs == 0 || data.targetSize == outputs)
    return allGood();
  // A column of whole numbers for several outputs: classes, to be written as one-hot rows.
  if (data.targetSize == 1 && llvm::all_of(data.numbers, [&](double label) {
        return label >= 0 && label < static_cast<double>(outputs) && label == std::floor(label);
      })) {
    if (Checked classes = classesFromNumbers(data, outputs); !classes)
      return classes;
    data.notes.push_back("labels: classes, as one-hot rows of " + std::to_string(outputs) + " numbers");
    return toNumbers(data, wish);
  }
  Trouble trouble{.code = "E305",
                  .message = "the model has " + counted(outputs, "output") + ", but the labels of " + labelFile(data) +
                             " have " + counted(data.targetSize, "column"),
                  .loc = targetsPlace(data)};
  if (data.targetSize == 1)
    trouble.help =
        "a sample needs " + std::to_string(outputs) + " numbers, or one class from 0 to " + std::to_string(outputs - 1);
  return trouble;
}

/// E305 unless each sample has a row with the targets of all outputs.
Checked targetsOfAll(const Dataset &data, const TargetWish &wish) {
  size_t have = data.targetKind == TargetKind::None ? 0 : data.targetKind == TargetKind::Numbers ? data.targetSize : 1;
  if (have == wish.outputs)
    return allGood();
  std::string help = "a row of targets holds those of " + llvm::join(wish.parts, ", ") +
                     ", in that order; a class is one whole number";
  if (have == 0 && data.sampleShape.size() == 1)
    help = "the last " + std::to_string(wish.outputs) + " columns of a table are the targets, after the values; here " +
           std::to_string(data.sampleSize()) + " columns are too many or too few";
  return Trouble{.code = "E305",
                 .message = "the " + std::to_string(wish.parts.size()) + " outputs of the model take " +
                            counted(wish.outputs, "target") + " for each sample, " + labelFile(data) + " has " +
                            (have ? std::to_string(have) : "none"),
                 .loc = targetsPlace(data),
                 .help = std::move(help)};
}

/// E303 unless all targets can be numbers of the net.
Checked allFinite(const Dataset &data, DType dtype) {
  if (dtype != DType::F32) // numbers that are not finite are refused where they are read
    return allGood();
  for (size_t i = 0; i < data.numbers.size(); ++i)
    if (!std::isfinite(static_cast<float>(data.numbers[i]))) {
      const size_t row = i / data.targetSize;
      const Trouble why = notFinite("the label" + sampleText(data, row), data.numbers[i]);
      Trouble trouble = targetTrouble(data, why.code, why.message, row, i % data.targetSize);
      trouble.help = why.help;
      return trouble;
    }
  return allGood();
}

/// What to write where labels lack.
std::string labelHelp(const Dataset &data) {
  if (!data.labelHelp.empty())
    return data.labelHelp.str();
  const std::string all = data.sampleSize() == 1 ? "the only column is a feature"
                                                 : "all " + std::to_string(data.sampleSize()) + " columns are features";
  return all + "; write label= or a file of labels in the source";
}

/// E305 where targets of an array have as many numbers as the output, in another order.
Checked sameOrder(const Dataset &data, const TargetWish &wish) {
  if (data.targetShape.empty() || wish.shape.empty() || readsAs(data.targetShape, wish.shape))
    return allGood();
  return Trouble{.code = "E305",
                 .message = "the model's output is " + shapeText(wish.shape) + ", but the targets of " +
                            labelFile(data) + " are " + shapeText(data.targetShape) +
                            ": as many numbers, but in another order",
                 .loc = targetsPlace(data),
                 .help = "save them with their axes in the order of the output; dlc takes channels first"};
}

/// The labels of the source, as the loss wants them.
Checked fromLabels(Dataset &data, const TargetWish &wish) {
  if (data.targetKind == TargetKind::Next)
    return Trouble{.code = "E309",
                   .message = data.origin + " is a text, which has no labels",
                   .loc = data.loc,
                   .help = "write target = next, or Csv(\"" + data.origin + "\") for a table"};
  if (!wish.parts.empty())
    return targetsOfAll(data, wish);
  if (data.targetKind == TargetKind::None)
    return Trouble{.code = "E309",
                   .message = data.origin + " has no labels, but the loss needs them",
                   .loc = data.loc,
                   .help = labelHelp(data) + ", or set target = input"};
  if (data.targetKind == TargetKind::Input)
    return Trouble{.code = "E309", .message = data.origin + " is its own target already", .loc = data.loc};
  return wish.kind == TargetWish::Kind::Classes ? toClasses(data, wish.outputs) : toNumbers(data, wish);
}

} // namespace

bool areNumbers(llvm::ArrayRef<std::string> names) {
  return !names.empty() && llvm::all_of(names, [](const std::string &name) { return parseNumber(name).has_value(); });
}

std::optional<int32_t> classOf(double label, llvm::ArrayRef<std::string> names) {
  for (auto [i, name] : llvm::enumerate(names))
    if (parseNumber(name) == label)
      return static_cast<int32_t>(i);
  return std::nullopt;
}

Checked useClassNames(Dataset &data, Loc loc, const LoadContext &context) {
  const llvm::ArrayRef<std::string> names = context.classNames;
  const bool counted = data.targetKind == TargetKind::Classes;
  if (names.empty() || !(counted || (data.targetKind == TargetKind::Numbers && data.targetSize == 1)))
    return allGood();
  if (areNumbers(names)) {
    std::map<double, std::optional<int32_t>> known; // names are read once for each label, not for each sample
    std::vector<int32_t> classes(data.count);
    for (size_t row = 0; row < data.count; ++row) {
      const double label = counted ? data.classes[row] : data.numbers[row];
      auto [it, isNew] = known.try_emplace(label);
      if (isNew)
        it->second = classOf(label, names);
      if (!it->second) {
        Trouble trouble = targetTrouble(
            data, "E304", "label " + writtenNumber(label) + sampleText(data, row) + " " + notAmong(names.size()), row);
        trouble.help = classesAre(names);
        return trouble;
      }
      classes[row] = *it->second;
    }
    data.classes = std::move(classes);
    data.numbers.clear();
    data.targetSize = 0;
    data.targetKind = TargetKind::Classes;
  } else if (!counted) {
    return allGood(); // whole numbers count them: classesFromNumbers()
  } else if (data.classCount() > names.size()) {
    return Trouble{.code = "E304",
                   .message = "there are " + std::to_string(names.size()) + " class names, but labels up to " +
                              std::to_string(data.classCount() - 1),
                   .loc = loc};
  }
  data.classNames.assign(names.begin(), names.end());
  return allGood();
}

Checked useTokens(Dataset &data, int64_t vocab) {
  if (data.values.form != Values::Form::Tokens) {
    std::vector<int32_t> tokens(data.count * data.sampleSize());
    for (size_t row = 0; row < data.count; ++row)
      for (size_t i = 0; i < data.sampleSize(); ++i) {
        double value = data.value(row, i);
        if (!(value >= 0 && value < static_cast<double>(vocab)) || value != std::floor(value))
          return valueTrouble(data, "E304",
                              "value " + shortNumber(value) + sampleText(data, row) +
                                  " is not a token: tokens are whole numbers from 0 to " + std::to_string(vocab - 1),
                              row, i);
        tokens[row * data.sampleSize() + i] = static_cast<int32_t>(value);
      }
    data.values = {};
    data.values.form = Values::Form::Tokens;
    data.values.tokens = std::move(tokens);
    return allGood();
  }
  if (static_cast<int64_t>(data.classNames.size()) > vocab)
    return Trouble{.code = "E304",
                   .message = data.origin + " has " + std::to_string(data.classNames.size()) +
                              " different characters, but the model's input has vocab=" + std::to_string(vocab),
                   .loc = data.loc};
  return allGood();
}

void splitTargets(Dataset &data, size_t in) {
  const size_t all = data.sampleSize(), out = all - in;
  NumberStore values;
  values.reserve(data.count * in);
  data.numbers.reserve(data.count * out);
  for (size_t row = 0; row < data.count; ++row)
    for (size_t i = 0; i < all; ++i)
      if (i < in)
        values.append(data.value(row, i));
      else
        data.numbers.push_back(data.value(row, i));
  data.values = values.take();
  data.sampleShape = {static_cast<int64_t>(in)};
  data.targetSize = out;
  data.targetKind = TargetKind::Numbers;
  if (data.valueCells)
    data.targetCells = [cells = data.valueCells, in](uint64_t line, size_t i) { return cells(line, in + i); };
  if (data.columnNames.size() == all) {
    data.targetNames.assign(data.columnNames.begin() + static_cast<ptrdiff_t>(in), data.columnNames.end());
    data.columnNames.resize(in);
  }
  if (data.columns.size() == all)
    data.columns.resize(in);
}

Checked useTargets(Dataset &dataset, const TargetWish &wish) {
  switch (wish.kind) {
  case TargetWish::Kind::None:
    return allGood();
  case TargetWish::Kind::Input:
    dataset.classes.clear();
    dataset.numbers.clear();
    dataset.classNames.clear();
    dataset.targetKind = TargetKind::Input;
    dataset.targetSize = dataset.sampleSize();
    dataset.targetShape.clear();
    return allGood(); // whether the outputs fit is known once the samples are prepared
  case TargetWish::Kind::Next:
    if (dataset.targetKind != TargetKind::Next)
      return Trouble{.code = "E309",
                     .message = "target = next needs a text, but " + dataset.origin + " is not one",
                     .loc = dataset.loc,
                     .help = "write train = Text(\"file.txt\")"};
    if (wish.outputs < dataset.classNames.size() && wish.outputs != 0)
      return Trouble{.code = "E304",
                     .message = "the model has " + counted(wish.outputs, "output") + ", but " + dataset.origin +
                                " has " + std::to_string(dataset.classNames.size()) + " different characters",
                     .loc = dataset.loc};
    return allGood();
  case TargetWish::Kind::Classes:
  case TargetWish::Kind::Numbers:
    break;
  }
  if (Checked made = fromLabels(dataset, wish); !made)
    return made;
  if (dataset.targetKind != TargetKind::Numbers)
    return allGood();
  if (Checked same = sameOrder(dataset, wish); !same)
    return same;
  return allFinite(dataset, wish.dtype);
}

} // namespace dlc::data
