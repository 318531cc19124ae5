// Implements Ports, and the reading of one table as the values and targets of several parts.
// Values are copied, never changed; what is prepared was prepared before.
#include "dlc/train/ports.h"

#include "dlc/support/strings.h"

#include <cmath>

namespace dlc::train {
namespace {

/// One part of a row: `size` numbers at `from` of a row of `width`, to `to`, row after row.
template <class T, class U> void copyPart(const T *rows, size_t count, size_t width, size_t from, size_t size, U *to) {
  for (size_t row = 0; row < count; ++row)
    for (size_t i = 0; i < size; ++i)
      *to++ = static_cast<U>(rows[row * width + from + i]);
}

template <class T>
void copyPart(const T *rows, size_t count, size_t width, size_t from, size_t size, void *to, bool whole) {
  if (whole)
    copyPart(rows, count, width, from, size, static_cast<int32_t *>(to));
  else
    copyPart(rows, count, width, from, size, static_cast<T *>(to));
}

} // namespace

void *Ports::place(Inputs inputs, llvm::StringRef name, size_t rows) {
  auto own = [&](std::vector<std::byte> &memory, size_t width) {
    memory.resize(std::max(memory.size(), rows * width * byteSize(dtype)));
    return memory.data();
  };
  if (name == "input" && wish.inputs.size() > 1)
    return own(values, static_cast<size_t>(elementCount(wish.inputShape)));
  if (name == "input" && wish.inputs.size() == 1)
    return inputs(wish.inputs.front().name);
  if (name == "target" && wish.parts.size() > 1)
    return inputs(wish.parts.front().target) ? own(targets, wish.outputs()) : nullptr;
  if (name == "target" && wish.parts.size() == 1)
    return inputs(wish.parts.front().target);
  return inputs(name);
}

void Ports::deal(Inputs inputs, size_t rows) const {
  auto typed = [&](auto zero) {
    using T = decltype(zero);
    size_t from = 0;
    const auto width = static_cast<size_t>(elementCount(wish.inputShape));
    if (wish.inputs.size() > 1)
      for (const dsl::NetInput &part : wish.inputs) {
        const auto size = static_cast<size_t>(part.elements());
        copyPart(reinterpret_cast<const T *>(values.data()), rows, width, from, size, inputs(part.name),
                 part.vocab != 0);
        from += size;
      }
    from = 0;
    if (wish.parts.size() > 1 && inputs(wish.parts.front().target))
      for (const dsl::NetOutput &part : wish.parts) {
        const auto size = static_cast<size_t>(part.targets());
        copyPart(reinterpret_cast<const T *>(targets.data()), rows, wish.outputs(), from, size, inputs(part.target),
                 part.task == dsl::Task::Classes);
        from += size;
      }
  };
  if (dtype == DType::F64)
    typed(double{});
  else
    typed(float{});
}

void cutTargets(data::Dataset &dataset, const DataWish &wish) {
  const auto in = static_cast<size_t>(elementCount(wish.inputShape)), out = wish.outputs(), all = in + out;
  if (wish.parts.size() < 2 || dataset.targetKind != data::TargetKind::None || dataset.sampleSize() != all ||
      !dataset.uniform())
    return;
  std::vector<double> inputs(dataset.count * in);
  dataset.numbers.resize(dataset.count * out);
  for (size_t row = 0; row < dataset.count; ++row)
    for (size_t i = 0; i < all; ++i)
      (i < in ? inputs[row * in + i] : dataset.numbers[row * out + i - in]) = dataset.value(row, i);
  data::Values values;
  if (dataset.values.form == data::Values::Form::F64) {
    values.form = data::Values::Form::F64;
    values.f64 = std::move(inputs);
  } else {
    values.form = data::Values::Form::F32;
    values.f32.assign(inputs.begin(), inputs.end());
  }
  dataset.values = std::move(values);
  dataset.sampleShape = {static_cast<int64_t>(in)};
  dataset.targetSize = out;
  dataset.targetKind = data::TargetKind::Numbers;
  if (dataset.columnNames.size() == all)
    dataset.columnNames.resize(in);
  dataset.notes.push_back("targets: the last " + std::to_string(out) + " columns");
}

Checked checkParts(const data::Dataset &dataset, const DataWish &wish) {
  auto check = [&](size_t row, double value, int64_t below, llvm::StringRef part,
                   llvm::StringRef what) -> std::optional<Trouble> {
    if (value >= 0 && value < static_cast<double>(below) && value == std::floor(value))
      return std::nullopt;
    Trouble trouble;
    trouble.code = "E304";
    trouble.message = (what + " " + shortNumber(value) + " of sample " + llvm::Twine(row) +
                       " is out of range: " + part + " takes whole numbers from 0 to " + llvm::Twine(below - 1))
                          .str();
    trouble.loc = dataset.loc;
    trouble.place.file = dataset.origin;
    if (row < dataset.lines.size())
      trouble.place.line = dataset.lines[row];
    return trouble;
  };
  if (wish.parts.size() > 1 && dataset.targetKind == data::TargetKind::Numbers)
    for (size_t row = 0; row < dataset.count; ++row) {
      const double *at = dataset.numbers.data() + row * dataset.targetSize;
      for (const dsl::NetOutput &part : wish.parts) {
        for (int64_t i = 0; i < part.targets(); ++i, ++at)
          if (part.task == dsl::Task::Classes)
            if (auto trouble = check(row, *at, part.shape.back(), part.name, "label"))
              return *trouble;
      }
    }
  if (wish.inputs.size() > 1)
    for (size_t row = 0; row < dataset.count; ++row) {
      size_t at = 0;
      for (const dsl::NetInput &part : wish.inputs)
        for (int64_t i = 0; i < part.elements(); ++i, ++at)
          if (part.vocab)
            if (auto trouble = check(row, dataset.value(row, at), part.vocab, part.name, "token"))
              return *trouble;
    }
  return allGood();
}

} // namespace dlc::train
