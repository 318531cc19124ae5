// Inline(inputs, targets): samples written into the file itself, for examples and tests.
// Lists may be nested to any depth that is the same for all samples: [[0, 1], [1, 0]] is two samples of two values.
#include "spec_args.h"

#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

#include <cmath>

namespace dlc::data {
namespace {

using Kind = Const::Kind;

/// Appends the numbers of `value` and checks that its lists have the shape `shape` from dimension `depth` on; the first
/// sample fills it in.
Checked collect(const Const &value, Shape &shape, size_t depth, bool first, std::vector<double> &out,
                std::vector<Loc> &places) {
  if (value.isNumber()) {
    if (depth != shape.size())
      return Trouble{.code = "E302", .message = "expected a list, as in the first sample", .loc = value.loc};
    out.push_back(value.fraction());
    places.push_back(value.loc);
    return allGood();
  }
  if (value.kind != Kind::List)
    return Trouble{.code = "E303", .message = "expected a number or a list of numbers", .loc = value.loc};
  int64_t size = static_cast<int64_t>(value.items.size());
  if (first && depth == shape.size())
    shape.push_back(size);
  else if (depth >= shape.size())
    return Trouble{.code = "E302", .message = "expected a number, as in the first sample", .loc = value.loc};
  if (size == 0)
    return Trouble{.code = "E302", .message = "this list is empty", .loc = value.loc};
  if (size != shape[depth])
    return Trouble{.code = "E302",
                   .message = "this list has " + counted(static_cast<size_t>(size), "value") + ", the first one has " +
                              std::to_string(shape[depth]),
                   .loc = value.loc};
  for (size_t i = 0; i < value.items.size(); ++i)
    if (Checked good = collect(value.items[i].value, shape, depth + 1, first && i == 0, out, places); !good)
      return good;
  return allGood();
}

/// Takes targets that are names for classes, of the names `given` or, where there are none, of their own; numbers that
/// `given` names, or counts, likewise. False where the targets are numbers.
Fallible<bool> readClasses(const Const &targets, llvm::ArrayRef<std::string> given, Dataset &data) {
  const auto isName = [](const ConstArg &item) {
    return item.value.kind == Kind::Word || item.value.kind == Kind::String;
  };
  const auto isLabel = [&](const ConstArg &item) { return item.value.isNumber() || isName(item); };
  if (given.empty() ? !llvm::all_of(targets.items, isName) : !llvm::all_of(targets.items, isLabel)) {
    const bool first = isName(targets.items.front());
    const auto other = llvm::find_if(targets.items, [&](const auto &item) { return isName(item) != first; });
    if (other != targets.items.end())
      return Trouble{.code = "E303",
                     .message = first ? "this target is not a name, but the first one is"
                                      : "this target is a name, but the first one is not",
                     .loc = other->value.loc,
                     .help = "put names that look like numbers in quotes"};
    return false;
  }
  std::vector<std::string> labels, names = given;
  for (const ConstArg &item : targets.items)
    labels.push_back(isName(item) ? item.value.text : shortNumber(item.value.number));
  if (data.ownNames = names.empty(); data.ownNames) {
    names = labels;
    llvm::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
  }
  // As in a table: numbers that are not all among names that are words count the classes.
  const bool counts = !areNumbers(names) && llvm::none_of(targets.items, isName) &&
                      !llvm::all_of(labels, [&](const std::string &label) { return llvm::is_contained(names, label); });
  for (const auto &[item, label] : llvm::zip(targets.items, labels)) {
    const double number = item.value.number;
    const auto place = counts ? names.begin() : llvm::find(names, label);
    if (counts ? !(number >= 0 && number < static_cast<double>(names.size()) && number == std::floor(number))
               : place == names.end())
      return Trouble{.code = "E304",
                     .message = (counts ? "label " + label + " is out of range: there are " +
                                              counted(names.size(), "class", "classes")
                                        : "'" + label + "' is not one of the classes"),
                     .loc = item.value.loc};
    data.classes.push_back(counts ? static_cast<int32_t>(number) : static_cast<int32_t>(place - names.begin()));
    data.targetLocs.push_back(item.value.loc);
  }
  data.targetKind = TargetKind::Classes;
  data.classNames = std::move(names);
  return true;
}

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  const Const *inputs = spec.find("inputs"), *targets = spec.find("targets");
  if (!inputs || inputs->kind != Kind::List || inputs->items.empty())
    return Trouble{.code = "E309",
                   .message = "Inline needs a list of samples",
                   .loc = inputs ? inputs->loc : spec.loc,
                   .help = "write for example Inline([[0, 1], [1, 0]], [0, 1])"};
  Dataset data;
  data.origin = "Inline";
  data.count = inputs->items.size();
  std::vector<double> values;
  for (size_t i = 0; i < data.count; ++i)
    DLC_PASS_ON(collect(inputs->items[i].value, data.sampleShape, 0, i == 0, values, data.valueLocs));
  if (data.sampleShape.empty()) // one number a sample
    data.sampleShape = {1};
  for (const auto &[value, place] : llvm::zip(values, data.valueLocs))
    if (!isFiniteIn(context.dtype, value)) {
      Trouble trouble = notFinite("this number", value);
      trouble.loc = place;
      return trouble;
    }
  NumberStore store;
  store.append(values);
  data.values = store.take();
  if (!targets)
    return data;

  if (targets->kind != Kind::List || targets->items.size() != data.count)
    return Trouble{.code = "E307",
                   .message = (data.count == 1 ? "there is " : "there are ") + counted(data.count, "sample") + " and " +
                              counted(targets->kind == Kind::List ? targets->items.size() : 1, "target"),
                   .loc = targets->loc};
  DLC_TRY(const bool classes, readClasses(*targets, context.classNames, data));
  if (classes)
    return data;
  Shape shape;
  for (size_t i = 0; i < data.count; ++i)
    DLC_PASS_ON(collect(targets->items[i].value, shape, 0, i == 0, data.numbers, data.targetLocs));
  data.targetKind = TargetKind::Numbers;
  data.targetSize = data.numbers.size() / data.count;
  data.targetShape = std::move(shape);
  return data;
}

constexpr ArgSpec kArgs[] = {arg::list("inputs", "", "the samples, as nested lists"),
                             arg::list("targets", "none", "a class or a list of numbers for each sample")};

} // namespace

extern const SourceDef source_inline;
const SourceDef source_inline = {.name = "Inline",
                                 .doc = "Samples written as nested lists in the source, for examples and tests.",
                                 .args = kArgs,
                                 .extensions = {},
                                 .recognises = nullptr,
                                 .load = load,
                                 .labelHelp = "give a second list, as in Inline([[0, 1], [1, 0]], [0, 1])"};
} // namespace dlc::data
