// Plain lines for people and logs, and the moving bar of terminals.
// One line an event, no carriage returns outside the bar.
#include "dlc/train/report.h"

#include "report_text.h"

#include "dlc/support/printable.h"
#include "dlc/support/progress_bar.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

#include <algorithm>
#include <cmath>

namespace dlc::train {
namespace {

std::string bytes(uint64_t count) {
  static constexpr const char *kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(count);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(kUnits); ++unit)
    value /= 1024;
  return fixed(value, unit ? 1 : 0) + " " + kUnits[unit];
}

std::string seconds(double value) { return fixed(value, value < 0.095 ? 3 : 1) + " s"; }

/// "1:23", "2:03:04"
std::string duration(double value) {
  const auto whole = static_cast<int64_t>(std::min(std::max(value, 0.0), 1e12));
  auto two = [](int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const int64_t hours = whole / 3600, minutes = whole / 60 % 60;
  return (hours ? std::to_string(hours) + ":" + two(minutes) : std::to_string(minutes)) + ":" + two(whole % 60);
}

class Plain : public Reporter {
public:
  Plain(llvm::raw_ostream &os, const PlainOptions &options) : os(os), options(options) {
    if (options.bar)
      bar.emplace(*options.bar);
  }

  void start(const RunInfo &run) override {
    if (options.quiet)
      return;
    os << escaped(run.file) << ": " << run.summary << ", " << grouped(run.parameters)
       << (run.parameters == 1 ? " parameter, " : " parameters, ") << name(run.dtype) << ", "
       << grouped(static_cast<int64_t>(run.train)) << (run.train == 1 ? " sample, " : " samples, ") << run.isa << ", "
       << run.threads << (run.threads == 1 ? " thread" : " threads") << ", seed " << run.seed << '\n';
    os << "memory: weights " << bytes(run.weightBytes) << ", training peak " << bytes(run.trainPeak) << '\n';
    if (run.weights)
      printOrigin(*run.weights);
    if (!run.resumedFrom.empty())
      os << "Resumed from " << escaped(run.resumedFrom) << ": epoch " << run.resumedEpoch << ", step "
         << run.resumedStep << '\n';
    os.flush();
  }

  bool wantsSteps() const override { return options.verbose || options.everySteps > 0 || options.bar; }

  void step(const StepInfo &s) override {
    if (!options.quiet && (options.verbose || (options.everySteps && s.step % options.everySteps == 0))) {
      clearBar();
      os << "Epoch " << s.epoch << ", step " << s.step << " | Loss: " << lossText(s.loss) << " | lr " << rateText(s.lr)
         << " | " << fixed(s.milliseconds, 3) << " ms\n";
      os.flush();
    }
    if (bar)
      drawBar(s);
  }

  void epoch(const EpochInfo &e) override {
    clearBar();
    if (options.quiet || (e.epoch % options.everyEpochs && !e.last && e.epoch != 1))
      return;
    const std::string number = "Epoch " + std::to_string(e.epoch) + "/" + std::to_string(e.epochs);
    std::string train = number + " | " + scoreLine(e.train), rest, line;
    llvm::raw_string_ostream more(rest);
    if (e.val)
      more << " | " << scoreLine(*e.val, "Val ");
    more << " | lr " << llvm::format("%.4g", e.lr) << " | " << seconds(e.seconds);
    // Once an epoch did not fit one line, all that follow look like it.
    broken |= displayWidth(train + rest) > kColumns;
    if (broken && e.val)
      line = wrapped(train, kColumns) + "\n" + wrapped(std::string(number.size(), ' ') + rest, kColumns);
    else
      line = wrapped(train + rest, kColumns);
    os << line << '\n';
    os.flush();
  }

  void stop(llvm::StringRef, llvm::StringRef text) override {
    clearBar();
    if (!options.quiet && !text.empty())
      os << text << '\n';
  }
  void note(llvm::StringRef text) override {
    clearBar();
    if (!options.quiet)
      os << printable(text, Lines::All) << '\n';
  }
  void saved(llvm::StringRef path, const std::optional<Best> &best) override {
    if (options.quiet)
      return;
    os << "Saved " << escaped(path);
    if (best) {
      std::string monitor = best->monitor;
      std::replace(monitor.begin(), monitor.end(), '_', ' ');
      os << " (best: epoch " << best->epoch << ", " << monitor << ' ' << llvm::format("%.4g", best->value) << ')';
    }
    os << '\n';
  }
  void result(const ResultInfo &result) override {
    clearBar();
    if (result.test && !options.quiet)
      printEvaluation(os, *result.test, result.classNames);
    os.flush();
  }

private:
  /// "Taken from old.model: conv1.weight, conv1.bias" and what is new, in lines of at most 80 columns.
  void printOrigin(const WeightsFrom &from) {
    auto list = [&](const std::string &title, llvm::ArrayRef<std::string> names) {
      constexpr size_t kWidth = 80;
      std::string line = title + ":";
      for (size_t i = 0; i < names.size(); ++i) {
        const std::string word = names[i] + (i + 1 < names.size() ? "," : "");
        if (line.size() + 1 + word.size() > kWidth) {
          os << line << '\n';
          line = " ";
        }
        line += " " + word;
      }
      if (!names.empty())
        os << line << '\n';
    };
    list("Taken from " + from.file, from.taken);
    list("New", from.fresh);
    list("Not used from " + from.file, from.unused);
    if (from.statistics)
      os << "prepare keeps the numbers of " << from.file << '\n';
  }

  /// "  epoch 3/10 [=====   ] 120/469 | loss 0.3123 | 51,234 samples/s | 1:23 left", at most 79 columns wide.
  void drawBar(const StepInfo &s) {
    if (!bar->due())
      return;
    bar->draw("  epoch " + std::to_string(s.epoch) + "/" + std::to_string(s.epochs),
              s.batches ? static_cast<double>(s.batch) / static_cast<double>(s.batches) : 0,
              std::to_string(s.batch) + "/" + std::to_string(s.batches) + " | loss " + lossText(s.loss) + " | " +
                  grouped(std::llround(s.samplesPerSecond)) + " samples/s | " + duration(s.secondsLeft) + " left");
  }
  void clearBar() {
    if (bar)
      bar->clear();
  }

  static constexpr size_t kColumns = 80;
  llvm::raw_ostream &os;
  PlainOptions options;
  bool broken = false; ///< the line of an epoch is broken between training and validation
  std::optional<ProgressBar> bar;
};

class Every : public Reporter {
public:
  explicit Every(std::vector<std::unique_ptr<Reporter>> all) : all(std::move(all)) {}
  void start(const RunInfo &x) override {
    each([&](Reporter &r) { r.start(x); });
  }
  void step(const StepInfo &x) override {
    each([&](Reporter &r) {
      if (r.wantsSteps())
        r.step(x);
    });
  }
  bool wantsSteps() const override {
    return llvm::any_of(all, [](const auto &r) { return r->wantsSteps(); });
  }
  void epoch(const EpochInfo &x) override {
    each([&](Reporter &r) { r.epoch(x); });
  }
  void checkpoint(llvm::StringRef path, int64_t epoch) override {
    each([&](Reporter &r) { r.checkpoint(path, epoch); });
  }
  void best(llvm::StringRef monitor, double value, int64_t epoch) override {
    each([&](Reporter &r) { r.best(monitor, value, epoch); });
  }
  void stop(llvm::StringRef reason, llvm::StringRef text) override {
    each([&](Reporter &r) { r.stop(reason, text); });
  }
  void saved(llvm::StringRef path, const std::optional<Best> &best) override {
    each([&](Reporter &r) { r.saved(path, best); });
  }
  void result(const ResultInfo &x) override {
    each([&](Reporter &r) { r.result(x); });
  }
  void note(llvm::StringRef text) override {
    each([&](Reporter &r) { r.note(text); });
  }
  int stopAsked() override {
    int why = 0;
    each([&](Reporter &r) { why = why ? why : r.stopAsked(); });
    return why;
  }
  bool saveAsked() override {
    bool asked = false;
    each([&](Reporter &r) { asked |= r.saveAsked(); });
    return asked;
  }

private:
  template <class F> void each(F f) {
    for (auto &r : all)
      f(*r);
  }
  std::vector<std::unique_ptr<Reporter>> all;
};

} // namespace

std::unique_ptr<Reporter> plainReporter(llvm::raw_ostream &os, const PlainOptions &options) {
  return std::make_unique<Plain>(os, options);
}

std::unique_ptr<Reporter> everyReporter(std::vector<std::unique_ptr<Reporter>> reporters) {
  return std::make_unique<Every>(std::move(reporters));
}

} // namespace dlc::train
