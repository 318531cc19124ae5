// Implements Ports, and the reading of one table as the values and targets of several parts.
// Values are copied, never changed; what is prepared was prepared before.
#include "dlc/train/ports.h"

#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <set>

namespace dlc::train {
namespace {

/// Some numbers of every row.
struct Part {
  llvm::ArrayRef<double> rows;
  size_t width, from, size; ///< of a row; of the part in it

  template <class T> void copyTo(void *to) const {
    T *out = static_cast<T *>(to);
    for (size_t row = 0; row < rows.size(); row += width)
      for (size_t i = 0; i < size; ++i)
        *out++ = static_cast<T>(rows[row + from + i]);
  }
  void copyTo(void *to, DType dtype, bool whole) const {
    if (whole)
      copyTo<int32_t>(to);
    else if (dtype == DType::F64)
      copyTo<double>(to);
    else
      copyTo<float>(to);
  }
};

} // namespace

void *Ports::place(Inputs inputs, llvm::StringRef name, size_t rows) {
  auto own = [&](std::vector<double> &memory, size_t width) {
    memory.resize(std::max(memory.size(), rows * width));
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
  if (wish.inputs.size() > 1) {
    const auto width = static_cast<size_t>(elementCount(wish.inputShape));
    size_t from = 0;
    for (const dsl::NetInput &part : wish.inputs) {
      const auto size = static_cast<size_t>(part.elements());
      Part{llvm::ArrayRef(values).take_front(rows * width), width, from, size}.copyTo(inputs(part.name), dtype,
                                                                                      part.vocab != 0);
      from += size;
    }
  }
  if (wish.parts.size() > 1 && inputs(wish.parts.front().target)) {
    const size_t width = wish.outputs();
    size_t from = 0;
    for (const dsl::NetOutput &part : wish.parts) {
      const auto size = static_cast<size_t>(part.targets());
      Part{llvm::ArrayRef(targets).take_front(rows * width), width, from, size}.copyTo(inputs(part.target), dtype,
                                                                                       part.task == Task::Classes);
      from += size;
    }
  }
}

void cutTargets(data::Dataset &dataset, const DataWish &wish) {
  const auto in = static_cast<size_t>(elementCount(wish.inputShape)), out = wish.outputs();
  if (wish.parts.size() < 2 || dataset.targetKind != data::TargetKind::None || dataset.sampleSize() != in + out ||
      !dataset.uniform())
    return;
  data::splitTargets(dataset, in);
  dataset.notes.push_back("targets: the last " + counted(out, "column"));
}

namespace {

bool isWholeBelow(double value, int64_t below) {
  return value >= 0 && value < static_cast<double>(below) && value == std::floor(value);
}
std::string wholeBelow(llvm::StringRef part, int64_t below) {
  return " is out of range: " + part.str() + " takes whole numbers from 0 to " + std::to_string(below - 1);
}

/// What to write where the targets of the only output are no shares: they may be classes, or two names.
std::string unitHelp(const data::Dataset &dataset, const dsl::NetOutput &part) {
  constexpr double kMostClasses = 10000;
  const auto whole = [](double value) { return isWholeBelow(value, static_cast<int64_t>(kMostClasses)); };
  if (part.targets() != 1 || dataset.targetSize != 1 || !llvm::all_of(dataset.numbers, whole))
    return "for other numbers use loss = MSE";
  const std::set<double> labels(dataset.numbers.begin(), dataset.numbers.end());
  if (labels.size() == 2)
    return "if they are names, list them under [data]: classes = [" + shortNumber(*labels.begin()) + ", " +
           shortNumber(*labels.rbegin()) + "]";
  return "for classes use loss = CrossEntropy and -> Linear(" + shortNumber(*labels.rbegin() + 1) + ") at the end";
}

Checked checkTargets(const data::Dataset &dataset, const DataWish &wish) {
  for (size_t row = 0; row < dataset.count; ++row) {
    size_t column = 0;
    for (const dsl::NetOutput &part : wish.parts)
      for (int64_t i = 0; i < part.targets(); ++i, ++column) {
        const double value = dataset.numbers[row * dataset.targetSize + column];
        const bool unit = takesUnit(part.takes);
        if (unit ? value >= 0 && value <= 1 : part.task != Task::Classes || isWholeBelow(value, part.shape.back()))
          continue;
        Trouble trouble =
            data::targetTrouble(dataset, "E304",
                                "label " + shortNumber(value) + data::sampleText(dataset, row) +
                                    (unit ? " is out of range: " + part.lossName.str() + " takes targets from 0 to 1" +
                                                (part.takes == LossTarget::Signs ? ", or -1 and 1" : "")
                                          : wholeBelow(part.name, part.shape.back())),
                                row, column);
        if (unit)
          trouble.help = unitHelp(dataset, part);
        return trouble;
      }
  }
  return allGood();
}

Checked checkTokens(const data::Dataset &dataset, const DataWish &wish) {
  for (size_t row = 0; row < dataset.count; ++row) {
    size_t column = 0;
    for (const dsl::NetInput &part : wish.inputs)
      for (int64_t i = 0; i < part.elements(); ++i, ++column)
        if (const double value = dataset.value(row, column); part.vocab && !isWholeBelow(value, part.vocab))
          return data::valueTrouble(dataset, "E304",
                                    "token " + shortNumber(value) + data::sampleText(dataset, row) +
                                        wholeBelow(part.name, part.vocab),
                                    row, column);
  }
  return allGood();
}

} // namespace

void readSigns(data::Dataset &dataset, const DataWish &wish) {
  if (dataset.targetKind != data::TargetKind::Numbers)
    return;
  size_t column = 0;
  for (const dsl::NetOutput &part : wish.parts) {
    const size_t from = column, to = column += static_cast<size_t>(part.targets());
    if (part.takes != LossTarget::Signs || to > dataset.targetSize)
      continue;
    auto each = [&](auto f) {
      for (size_t row = 0; row < dataset.count; ++row)
        for (size_t i = from; i < to; ++i)
          f(dataset.numbers[row * dataset.targetSize + i]);
    };
    bool signs = true;
    each([&](double value) { signs &= value == -1 || value == 1; });
    if (signs)
      each([](double &value) { value = value < 0 ? 0 : 1; });
  }
}

Checked checkParts(const data::Dataset &dataset, const DataWish &wish) {
  size_t targets = 0;
  for (const dsl::NetOutput &part : wish.parts)
    targets += static_cast<size_t>(part.targets());
  if (dataset.targetKind == data::TargetKind::Numbers && dataset.targetSize == targets)
    if (Checked good = checkTargets(dataset, wish); !good)
      return good;
  return wish.inputs.size() > 1 ? checkTokens(dataset, wish) : allGood();
}

} // namespace dlc::train
