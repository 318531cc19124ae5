// The review of training samples: classes that nothing can be learned of, targets that the net cannot say.
// It reads targets, and the first samples where they are their own targets; nothing is changed.
#include "dlc/train/review.h"

#include "dlc/data/batches.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

namespace dlc::train {
namespace {

constexpr size_t kNamed = 8;       // of classes and labels, before "..."
constexpr uint32_t kLooked = 1000; // samples that are prepared to be looked at

std::string enumerated(llvm::ArrayRef<std::string> names) {
  std::string text;
  for (const auto &[i, name] : llvm::enumerate(names.take_front(kNamed)))
    text += (i ? ", " : "") + name;
  return text + (names.size() > kNamed ? ", ..." : "");
}

class SampleReview {
public:
  SampleReview(compile::Unit &unit, const dsl::Net &net, const Bundle &bundle)
      : unit(unit), net(net), bundle(bundle), set(*bundle.train.data), count(bundle.train.size()) {}

  void review() {
    size_t column = 0;
    for (const dsl::NetOutput &part : net.outputs) {
      reviewPart(part, column);
      column += static_cast<size_t>(part.targets());
    }
    sameInputs();
    classAfterClass();
  }

private:
  /// Where the samples are named, or cut off.
  Loc place() const { return isCut() ? unit.settings.data.limit.loc : unit.settings.data.train.loc; }
  bool isCut() const { return unit.settings.data.limit.given() && count < set.count; }
  InFlight warn(Loc loc, WarningCode code, const llvm::Twine &help) {
    InFlight d = unit.diags.warning(loc, code);
    d.help(help);
    return d;
  }
  InFlight ofSamples(llvm::StringRef otherwise) {
    return warn(place(), "W509", isCut() ? "leave limit out, or raise it" : otherwise);
  }

  void reviewPart(const dsl::NetOutput &part, size_t column) {
    const bool numbers = set.targetKind == data::TargetKind::Numbers;
    if (set.targetKind == data::TargetKind::Classes || (numbers && part.task != Task::Values)) {
      if (part.rows() != 1)
        return;
      if (part.task == Task::Labels)
        labels(part, column);
      else if (part.task != Task::Values)
        classes(part, column);
      return;
    }
    if (numbers) {
      sameTargets(part, column);
      if (part.takes == LossTarget::Shares)
        sums(part, column);
    }
    if (!takesUnit(part.takes))
      reach(part, column);
  }

  double target(uint32_t row, size_t column) const { return set.numbers[row * set.targetSize + column]; }

  std::string nameOf(size_t c) const {
    return c < bundle.names.classes.size() ? bundle.names.classes[c] : std::to_string(c);
  }

  /// Classes that the data know, in any part of them: as many as there are names, or as the largest label says.
  size_t knownClasses() const {
    size_t known = bundle.names.classes.size();
    for (const data::Samples *samples : {&bundle.train, &bundle.val, &bundle.test})
      if (samples->data && samples->data->targetKind == data::TargetKind::Classes)
        known = std::max(known, samples->data->classCount());
    return known;
  }

  void classes(const dsl::NetOutput &part, size_t column) {
    const bool binary = part.task == Task::Binary, indexed = set.targetKind == data::TargetKind::Classes;
    const auto outputs = static_cast<size_t>(binary ? 2 : part.shape.back());
    std::vector<uint64_t> counts(outputs);
    for (uint32_t row : bundle.train.rows) {
      const double label = indexed ? set.classes[row] : target(row, column);
      if (binary && label != 0 && label != 1)
        return; // shares are no classes
      ++counts[static_cast<size_t>(label)];
    }
    const auto present = static_cast<size_t>(llvm::count_if(counts, [](uint64_t n) { return n > 0; }));
    if (present == 1) {
      const auto only = static_cast<size_t>(llvm::find_if(counts, [](uint64_t n) { return n > 0; }) - counts.begin());
      ofSamples("give samples of the other classes, too")
          << (count == 1 ? "the only training sample is"
                         : "all " + grouped(static_cast<int64_t>(count)) + " training samples are")
          << " of class " << nameOf(only) << of(part) << ": there is nothing to distinguish";
      return;
    }
    const size_t known = binary ? 2 : indexed ? std::min(knownClasses(), outputs) : outputs;
    std::vector<std::string> absent;
    for (size_t c = 0; c < known; ++c)
      if (!counts[c])
        absent.push_back(nameOf(c));
    if (!absent.empty())
      ofSamples("give samples of every class") << "no training sample of class " << enumerated(absent) << of(part);
    if (known < outputs)
      warn(part.last.isValid() ? part.last : place(), "W509",
           "for " + llvm::Twine(known) + " classes the last layer is -> Linear(" + llvm::Twine(known) + ")")
          << "the model has " << outputs << " outputs, but the data have " << known << " classes";
  }

  /// Of one of several outputs: which.
  std::string of(const dsl::NetOutput &part) const { return net.outputs.size() > 1 ? " for " + part.name : ""; }

  void labels(const dsl::NetOutput &part, size_t column) {
    std::vector<std::string> always, never;
    const std::vector<std::string> &names = bundle.names.targets;
    auto nameOfLabel = [&](size_t i) { return column + i < names.size() ? names[column + i] : std::to_string(i + 1); };
    for (size_t i = 0; i < static_cast<size_t>(part.targets()); ++i) {
      auto is = [&](double value) {
        return llvm::all_of(bundle.train.rows, [&](uint32_t row) { return target(row, column + i) == value; });
      };
      if (is(1))
        always.push_back(nameOfLabel(i));
      else if (is(0))
        never.push_back(nameOfLabel(i));
    }
    if (!always.empty() || !never.empty())
      ofSamples("give samples with and without each label")
          << "labels that are the same for all training samples" << of(part) << ":"
          << (always.empty() ? "" : " always 1: " + enumerated(always)) << (always.empty() || never.empty() ? "" : ";")
          << (never.empty() ? "" : " always 0: " + enumerated(never));
  }

  void sameTargets(const dsl::NetOutput &part, size_t column) {
    const auto first = bundle.train.rows.front();
    const auto width = static_cast<size_t>(part.targets());
    const bool same = llvm::all_of(bundle.train.rows, [&](uint32_t row) {
      for (size_t i = 0; i < width; ++i)
        if (target(row, column + i) != target(first, column + i))
          return false;
      return true;
    });
    if (same && count > 1)
      ofSamples("give samples with other targets") << "all training samples have the same target" << of(part)
                                                   << (width == 1 ? ": " + shortNumber(target(first, column)) : "");
  }

  /// KL compares probabilities.
  void sums(const dsl::NetOutput &part, size_t column) {
    constexpr double kRounding = 1e-3;
    for (uint32_t row : bundle.train.rows) {
      double sum = 0;
      for (size_t i = 0; i < static_cast<size_t>(part.targets()); ++i)
        sum += target(row, column + i);
      if (std::fabs(sum - 1) <= kRounding)
        continue;
      const Trouble there = data::targetTrouble(set, {}, "", row, column);
      warn(there.loc.isValid() ? there.loc : unit.settings.data.train.loc, "W509",
           "divide each row of targets by its sum")
          << "the targets of sample " << row + 1 << " sum to " << shortNumber(sum)
          << ": KL compares probabilities, which sum to 1";
      return;
    }
  }

  /// Targets that the last layer cannot say: 17 behind a Sigmoid.
  void reach(const dsl::NetOutput &part, size_t column) {
    constexpr double kRounding = 1e-6;
    if (!std::isfinite(part.low) && !std::isfinite(part.high))
      return;
    double least = INFINITY, most = -INFINITY;
    auto see = [&](double value) { least = std::min(least, value), most = std::max(most, value); };
    const bool own = set.targetKind == data::TargetKind::Input;
    if (own) {
      auto shape = data::preparedShape(bundle.train, bundle.prepare);
      if (!shape || !set.uniform())
        return;
      std::vector<double> values(static_cast<size_t>(elementCount(*shape)));
      for (uint32_t i = 0; i < std::min<size_t>(count, kLooked); ++i) {
        if (!data::gatherInputs(bundle.train, i, bundle.prepare, values.data()))
          return;
        llvm::for_each(values, see);
      }
    } else if (set.targetKind == data::TargetKind::Numbers) {
      for (uint32_t row : bundle.train.rows)
        for (size_t i = 0; i < static_cast<size_t>(part.targets()); ++i)
          see(target(row, column + i));
    }
    if (least > most || (least >= part.low - kRounding && most <= part.high + kRounding))
      return;
    const std::string layer =
        part.last.isValid() ? textOf(part.last).take_until([](char c) { return c == '('; }).str() : "";
    const bool squeezes = own && part.low == 0 && part.high == 1;
    warn(part.last, "W508", (squeezes ? "write prepare = MinMax under [data], or leave " : "leave ") + layer + " out")
        << layer << " cannot produce " << (own ? "these samples" : "these targets") << ": they range from "
        << shortNumber(least) << " to " << shortNumber(most) << ", but its limit is "
        << shortNumber(least < part.low - kRounding ? part.low : part.high);
  }

  void sameInputs() {
    if (count < 2 || !set.uniform() || set.sampleSize() == 0 || set.values.form == data::Values::Form::Reader)
      return;
    const uint32_t first = bundle.train.rows.front();
    for (uint32_t row : bundle.train.rows)
      for (size_t i = 0; i < set.sampleSize(); ++i)
        if (set.value(row, i) != set.value(first, i))
          return;
    ofSamples("give samples that differ") << "all training samples are identical";
  }

  /// Samples sorted by class, and never shuffled: each batch unteaches what the one before has taught.
  void classAfterClass() {
    const auto &shuffle = unit.settings.data.shuffle;
    if (shuffle || set.targetKind != data::TargetKind::Classes ||
        count <= static_cast<size_t>(unit.settings.train.batchSize))
      return;
    std::vector<bool> seen(set.classCount());
    size_t changes = 0, different = 0;
    for (const auto &[i, row] : llvm::enumerate(bundle.train.rows)) {
      const auto c = static_cast<size_t>(set.classes[row]);
      changes += i > 0 && set.classes[row] != set.classes[bundle.train.rows[i - 1]];
      different += !seen[c];
      seen[c] = true;
    }
    if (different > 1 && changes == different - 1)
      warn(shuffle.loc, "W509", "leave shuffle out")
          << "the samples are sorted by class and shuffle = false keeps that order: each batch teaches one class";
  }

  compile::Unit &unit;
  const dsl::Net &net;
  const Bundle &bundle;
  const data::Dataset &set;
  size_t count;
};

} // namespace

void reviewSamples(compile::Unit &unit, const dsl::Net &net, const Bundle &bundle) {
  if (!bundle.train.empty())
    SampleReview(unit, net, bundle).review();
}

} // namespace dlc::train
