// Inline(inputs, targets): samples written into the file itself, for examples and tests.
// Lists may be nested to any depth that is the same for all samples: [[0, 1], [1, 0]] is two samples of two values.
#include "spec_args.h"

namespace dlc::data {
namespace {

using Kind = dsl::Const::Kind;

/// Appends the numbers of `value` and checks that its lists have the shape `shape` from dimension `depth` on; the first
/// sample fills it in.
Checked collect(const dsl::Const &value, Shape &shape, size_t depth, bool first, std::vector<double> &out) {
  if (value.isNumber()) {
    if (depth != shape.size())
      return Trouble{.code = "E302", .message = "expected a list, as in the first sample", .loc = value.loc};
    out.push_back(value.fraction());
    return allGood();
  }
  if (value.kind != Kind::List)
    return Trouble{.code = "E303", .message = "expected a number or a list of numbers", .loc = value.loc};
  int64_t size = static_cast<int64_t>(value.items.size());
  if (first && depth == shape.size())
    shape.push_back(size);
  else if (depth >= shape.size())
    return Trouble{.code = "E302", .message = "expected a number, as in the first sample", .loc = value.loc};
  if (size != shape[depth] || size == 0)
    return Trouble{.code = "E302",
                   .message = "this list has " + std::to_string(size) + " values, the first one has " +
                              std::to_string(shape[depth]),
                   .loc = value.loc};
  for (size_t i = 0; i < value.items.size(); ++i)
    if (Checked good = collect(value.items[i].value, shape, depth + 1, first && i == 0, out); !good)
      return good;
  return allGood();
}

Fallible<Dataset> load(const dsl::Spec &spec, const LoadContext &context) {
  const dsl::Const *inputs = spec.find("inputs"), *targets = spec.find("targets");
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
    if (Checked good = collect(inputs->items[i].value, data.sampleShape, 0, i == 0, values); !good)
      return good.trouble();
  if (data.sampleShape.empty()) // one number a sample
    data.sampleShape = {1};
  if (context.dtype == DType::F64) {
    data.values.form = Values::Form::F64;
    data.values.f64 = std::move(values);
  } else {
    data.values.form = Values::Form::F32;
    data.values.f32.assign(values.begin(), values.end());
  }
  if (!targets)
    return data;

  if (targets->kind != Kind::List || targets->items.size() != data.count)
    return Trouble{.code = "E307",
                   .message = "there are " + std::to_string(data.count) + " samples and " +
                              std::to_string(targets->kind == Kind::List ? targets->items.size() : 1) + " targets",
                   .loc = targets->loc};
  bool named = llvm::all_of(targets->items, [](const dsl::ConstArg &item) {
    return item.value.kind == Kind::Word || item.value.kind == Kind::String;
  });
  if (named) {
    std::vector<std::string> names = context.classNames;
    if (names.empty()) {
      for (const dsl::ConstArg &item : targets->items)
        names.push_back(item.value.text);
      llvm::sort(names);
      names.erase(std::unique(names.begin(), names.end()), names.end());
    }
    for (const dsl::ConstArg &item : targets->items) {
      auto it = llvm::find(names, item.value.text);
      if (it == names.end())
        return Trouble{
            .code = "E304", .message = "'" + item.value.text + "' is none of the classes", .loc = item.value.loc};
      data.classes.push_back(static_cast<int32_t>(it - names.begin()));
    }
    data.targetKind = TargetKind::Classes;
    data.classNames = std::move(names);
    return data;
  }
  Shape shape;
  for (size_t i = 0; i < data.count; ++i)
    if (Checked good = collect(targets->items[i].value, shape, 0, i == 0, data.numbers); !good)
      return good.trouble();
  data.targetKind = TargetKind::Numbers;
  data.targetSize = data.numbers.size() / data.count;
  return data;
}

} // namespace

extern const SourceDef source_inline;
const SourceDef source_inline = {.name = "Inline",
                                 .doc = "Samples as nested lists in the file itself, for examples and tests.",
                                 .extensions = {},
                                 .recognises = nullptr,
                                 .load = load};
} // namespace dlc::data
