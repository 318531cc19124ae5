// Implements SourceLoader: what the net knows is handed to the reader, and what was read is held against the net.
// Preparing samples comes later, and may still change their shape.
#include "source_loader.h"

#include "dlc/support/counted.h"
#include "dlc/support/strings.h"
#include "dlc/train/ports.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace dlc::train {
namespace {

/// A table with the targets of all outputs behind the inputs has no label column, nor has one whose samples are their
/// own targets: unless the source says otherwise, all its columns are values.
Spec withoutLabels(Spec source) {
  if (source.name == "Csv" && !source.find("label") && !source.find("labels")) {
    Const none;
    none.kind = Const::Kind::Word;
    none.text = "none";
    none.loc = source.loc;
    source.args.push_back({"label", std::move(none)});
  }
  return source;
}

/// E305 unless each sample has as many classes as the net gives answers: one, or one for each place of a sequence.
Checked checkAnswers(const data::Dataset &dataset, const DataWish &wish) {
  const bool classes = dataset.targetKind == data::TargetKind::Classes || dataset.targetKind == data::TargetKind::Next;
  if (wish.task != Task::Classes || wish.parts.size() != 1 || !classes)
    return allGood();
  const auto answers = static_cast<size_t>(wish.parts.front().rows()), labels = dataset.targetRows();
  if (answers == labels)
    return allGood();
  return Trouble{.code = "E305",
                 .message = "the model's output is " + shapeText(wish.outputShape) + ", which is " +
                            std::to_string(answers) + (answers == 1 ? " answer" : " answers") + " per sample, but " +
                            dataset.origin + " has " + std::to_string(labels) + (labels == 1 ? " label" : " labels") +
                            " for each",
                 .loc = dataset.loc,
                 .help = labels == 1 ? "put -> Flatten before the last layer, or write input = " +
                                           std::to_string(elementCount(wish.inputShape))
                                     : "with target = next the output needs one row per position of the input"};
}

/// Whether the first column holds whole numbers below `outputs`, several of them: it is the label, perhaps.
bool firstColumnFits(const data::Dataset &data, size_t outputs) {
  if (!data.uniform() || data.sampleSize() == 0)
    return false;
  std::set<double> labels;
  for (size_t row = 0; row < data.count; ++row) {
    const double value = data.value(row, 0);
    if (!(value >= 0 && value < static_cast<double>(outputs)) || value != std::floor(value))
      return false;
    labels.insert(value);
  }
  return labels.size() > 1;
}

/// Where the last column has far more labels than the net has outputs, the first may have been meant.
void adviseOnColumn(Trouble &trouble, const data::Dataset &data, const Spec &source, size_t outputs) {
  const bool byDefault = source.name == "Csv" && !source.find("label") && !source.find("labels");
  if (trouble.code != "E304" || !byDefault)
    return;
  std::set<double> labels(data.classes.begin(), data.classes.end());
  if (data.targetKind == data::TargetKind::Numbers && data.targetSize == 1)
    labels.insert(data.numbers.begin(), data.numbers.end());
  if (labels.size() > 2 * outputs && firstColumnFits(data, outputs))
    trouble.help = "if the first column is the label, write Csv(..., label=first)";
}

/// Whether the label column and the `out` - 1 before it are one-hot rows.
bool endsOneHot(const data::Dataset &data, size_t out) {
  if (data.targetKind != data::TargetKind::Numbers || data.targetSize != 1 || data.sampleSize() < out)
    return false;
  for (size_t row = 0; row < data.count; ++row) {
    double ones = data.numbers[row];
    for (size_t i = data.sampleSize() + 1 - out; i < data.sampleSize(); ++i)
      if (const double value = data.value(row, i); value != 0 && value != 1)
        return false;
      else
        ones += value;
    if (ones != 1 || (data.numbers[row] != 0 && data.numbers[row] != 1))
      return false;
  }
  return true;
}

/// E305 about a table with as many columns as the net has inputs and targets, of which nobody said where the targets
/// are.
std::optional<Trouble> severalTargets(const data::Dataset &data, const Spec &source, const DataWish &wish) {
  const bool byDefault = source.name == "Csv" && !source.find("label") && !source.find("labels");
  const size_t in = static_cast<size_t>(elementCount(wish.inputShape)), out = wish.outputs();
  if (!byDefault || wish.parts.size() != 1 || out < 2 || data.targetKind == data::TargetKind::None ||
      data.sampleSize() + 1 != in + out || (wish.task == Task::Classes && !endsOneHot(data, out)))
    return std::nullopt;
  std::string last;
  for (size_t column = in; column < in + out; ++column)
    last += (column > in ? ", " : "") + (column < data.columnNames.size() ? data.columnNames[column]
                                         : column + 1 == in + out && !data.targetNames.empty()
                                             ? data.targetNames.front()
                                             : std::to_string(column + 1));
  return Trouble{.code = "E305",
                 .message = data.origin + " has " + counted(in + out, "column") + ": " +
                            counted(in + out - 1, "value") + " and a label per sample, but the model takes " +
                            counted(in, "value") + " and " + counted(out, "target"),
                 .loc = data.loc,
                 .help = "if the last " + std::to_string(out) + " columns are the targets, write Csv(..., label=[" +
                         last + "])"};
}

/// E302 where the targets have names, and these are not those of training in that order.
Checked sameTargets(const data::Dataset &data, const DataNames &names) {
  const std::vector<std::string> &have = data.targetNames, &wanted = names.targets;
  if (have.empty() || have.size() != wanted.size() || have == wanted)
    return allGood();
  const auto at = std::mismatch(have.begin(), have.end(), wanted.begin());
  const bool order = std::is_permutation(have.begin(), have.end(), wanted.begin());
  return Trouble{.code = "E302",
                 .message = std::string(order ? "the targets are not in the order of training: '"
                                              : "the targets differ from training: '") +
                            *at.first + "' is where '" + *at.second + "' was",
                 .place = {.file = data.labelOrigin.empty() ? data.origin : data.labelOrigin, .line = 1},
                 .help = "training had " + llvm::join(wanted, ", ") + ", in this order"};
}

/// Of one-hot rows under the names of classes, the class is that of the column's name, wherever it stands among the
/// names that the net has; columns with other names count as they stand.
void useColumnNames(data::Dataset &data, const DataNames &names) {
  const std::vector<std::string> &columns = data.targetNames;
  if (data.targetKind != data::TargetKind::Classes || columns.size() < 2 || names.classes.empty() ||
      columns.size() != names.classes.size())
    return;
  if (std::is_permutation(columns.begin(), columns.end(), names.classes.begin()))
    for (int32_t &label : data.classes)
      label =
          static_cast<int32_t>(llvm::find(names.classes, columns[static_cast<size_t>(label)]) - names.classes.begin());
  data.classNames = names.classes;
}

/// E304 where labels are names, and those of training were numbers: nobody knows which is which. Names that are such
/// numbers (as of folders 0, 1, ... 10) stand for them, whatever their order is.
Checked sameKind(data::Dataset &data, const DataNames &names, const DataWish &wish) {
  if (!names.counted || !data.ownNames || wish.task != Task::Classes || data.targetKind != data::TargetKind::Classes)
    return allGood();
  std::vector<int32_t> numbers;
  for (const std::string &name : data.classNames) {
    const std::optional<double> number = parseNumber(name);
    if (!number || !(*number >= 0 && *number <= data::kMostClass) || *number != std::floor(*number))
      break;
    numbers.push_back(static_cast<int32_t>(*number));
  }
  if (numbers.size() == data.classNames.size()) {
    for (int32_t &label : data.classes)
      label = numbers[static_cast<size_t>(label)];
    data.classNames.clear();
    return allGood();
  }
  Trouble trouble = data::targetTrouble(data, "E304",
                                        "label '" + data.classNames[static_cast<size_t>(data.classes.front())] +
                                            "' is a name, but the labels of training are numbers from 0 to " +
                                            std::to_string(wish.outputs() ? wish.outputs() - 1 : 0),
                                        0);
  trouble.help = "write these labels as numbers too; or give the classes names in both, with classes = under [data]";
  return trouble;
}

/// E270 where each output asks whether its label applies, and the labels are one class of several.
Checked answersEach(const data::Dataset &data, const DataWish &wish) {
  const bool oneEach = data.targetKind == data::TargetKind::Classes ||
                       (data.targetKind == data::TargetKind::Numbers && data.targetSize == 1);
  if (wish.task != Task::Labels || !oneEach)
    return allGood();
  const std::string count = std::to_string(wish.outputs());
  return Trouble{.code = "E270",
                 .message =
                     "BCE asks " + count + " yes-or-no questions, but " + data.origin + " has one label per sample",
                 .loc = data.loc,
                 .help = "write loss = CrossEntropy for one class of several, or give " + count +
                         " targets of 0 and 1 per sample, as in Csv(..., label=[a, b])"};
}

} // namespace

std::string reshapedText(const Shape &from, const Shape &to) {
  return "samples of " + shapeText(from) + " are reshaped to " + shapeText(to);
}

data::LoadContext SourceLoader::context(bool open) const {
  data::LoadContext context;
  context.folder = unit.folder;
  context.dtype = unit.settings.train.dtype;
  context.classNames = names.classes;
  context.columnNames = names.columns;
  if (!open)
    context.featureMeans = names.means;
  context.targetNames = names.targets;
  context.ownTargets = target.kind == data::TargetWish::Kind::Input;
  context.targetColumns = wish.parts.size() > 1 ? wish.outputs() : 0;
  context.maxBytes = maxMemory;
  context.keptBytes = kept;
  context.sampleSize = static_cast<size_t>(elementCount(wish.inputShape));
  context.labelMayLack = target.kind == data::TargetWish::Kind::None;
  if (context.labelMayLack) {
    context.labels = {wish.task == Task::Binary ? 2
                      : wish.outputs() > 1      ? wish.outputs()
                                                : 0,
                      labels, wish.task == Task::Binary};
    // Words under `classes` name what the data may count.
    const bool words = llvm::any_of(labels, [](llvm::StringRef name) { return !parseNumber(name); });
    const Const::Kind kind = unit.settings.data.classes.value.kind;
    if (words && (kind == Const::Kind::List || kind == Const::Kind::String))
      context.labels.names.clear();
  }
  context.channels = wish.inputShape.size() == 3 ? wish.inputShape.front() : 0;
  if (unit.settings.data.broken.value == "skip")
    context.broken = data::LoadContext::Broken::Skip;
  context.everySample = everySample;
  const std::string &cache = unit.settings.data.cache.value;
  using Cache = data::LoadContext::Cache;
  context.cache = cache == "disk" ? Cache::Disk : cache == "none" ? Cache::None : Cache::Memory;
  return context;
}

Spec SourceLoader::asRead(const Spec &source) const {
  const bool unlabelled = wish.parts.size() > 1 || unit.settings.data.target.value == "input";
  return unlabelled ? withoutLabels(source) : source;
}

Fallible<SourceLoader::Loaded> SourceLoader::load(const Spec &source, bool open) {
  auto read = data::load(asRead(source), context(open));
  if (!read)
    return read.failure();
  data::Dataset &dataset = **read;
  kept += dataset.values.ownBytes.size();
  if (target.kind == data::TargetWish::Kind::Numbers || target.kind == data::TargetWish::Kind::Classes)
    if (auto unclear = severalTargets(dataset, source, wish))
      return *unclear;
  cutTargets(dataset, wish);
  // A flat table of pixels is a picture where the model takes one.
  if (dataset.sampleShape.size() < 2 && wish.inputShape.size() == 3 &&
      dataset.sampleSize() == static_cast<size_t>(elementCount(wish.inputShape))) {
    dataset.notes.push_back(reshapedText(dataset.sampleShape, wish.inputShape));
    dataset.sampleShape = wish.inputShape;
  }
  if (wish.vocab > 0)
    if (auto tokens = data::useTokens(dataset, wish.vocab); !tokens)
      return tokens.failure();
  Loaded loaded{*read, std::nullopt};
  if (Checked good = useTargets(dataset); !good) {
    loaded.ofTargets = good.failure();
    adviseOnColumn(*loaded.ofTargets, dataset, source, wish.outputs());
  }
  return loaded;
}

Checked SourceLoader::useTargets(data::Dataset &dataset) const {
  if (Checked each = answersEach(dataset, wish); target.kind == data::TargetWish::Kind::Numbers && !each)
    return each;
  DLC_PASS_ON(sameKind(dataset, names, wish));
  DLC_PASS_ON(data::useTargets(dataset, target));
  DLC_PASS_ON(sameTargets(dataset, names));
  useColumnNames(dataset, names);
  if (auto enough = checkAnswers(dataset, wish); !enough)
    return enough;
  readSigns(dataset, wish);
  return checkParts(dataset, wish);
}

} // namespace dlc::train
