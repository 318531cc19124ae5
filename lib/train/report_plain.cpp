// Plain lines for people and logs, and the moving bar of terminals.
// One line an event, no carriage returns outside the bar.
#include "dlc/train/report.h"

#include "report_text.h"

#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

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

class Plain : public Reporter {
public:
  Plain(llvm::raw_ostream &os, const PlainOptions &options) : os(os), options(options) {}

  void start(const RunInfo &run) override {
    if (options.quiet)
      return;
    os << escaped(run.file) << ": " << run.summary << ", " << grouped(run.parameters) << " parameters, "
       << name(run.dtype) << ", " << grouped(static_cast<int64_t>(run.train)) << " samples, " << run.isa << ", "
       << run.threads << (run.threads == 1 ? " thread" : " threads") << ", seed " << run.seed << '\n';
    os << "memory: weights " << bytes(run.weightBytes) << ", training peak " << bytes(run.trainPeak) << '\n';
    if (!run.resumedFrom.empty())
      os << "Resumed from " << escaped(run.resumedFrom) << ": epoch " << run.resumedEpoch << ", step "
         << run.resumedStep << '\n';
    os.flush();
  }

  bool wantsSteps() const override { return options.verbose || options.everySteps > 0 || options.bar; }

  void step(const StepInfo &s) override {
    if (!options.quiet && (options.verbose || (options.everySteps && s.step % options.everySteps == 0))) {
      clearBar();
      os << "Epoch " << s.epoch << ", step " << s.step << " | Loss: " << lossText(s.loss) << " | lr "
         << shortNumber(s.lr) << " | " << fixed(s.milliseconds, 3) << " ms\n";
      os.flush();
    }
    if (options.bar)
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
  void saved(llvm::StringRef path) override {
    if (!options.quiet)
      os << "Saved " << escaped(path) << '\n';
  }
  void result(const ResultInfo &result) override {
    clearBar();
    if (result.test)
      printEvaluation(os, *result.test, result.classNames);
    os.flush();
  }

private:
  void drawBar(const StepInfo &s) {
    auto now = std::chrono::steady_clock::now();
    if (now - drawn < std::chrono::milliseconds(100))
      return;
    drawn = now;
    constexpr int64_t width = 30;
    int64_t full = s.batches ? width * s.batch / s.batches : 0;
    *options.bar << "\r  epoch " << s.epoch << " [" << std::string(static_cast<size_t>(full), '=')
                 << std::string(static_cast<size_t>(width - full), ' ') << "] loss " << lossText(s.loss) << "   ";
    options.bar->flush();
    shown = true;
  }
  void clearBar() {
    if (!options.bar || !shown)
      return;
    *options.bar << '\r' << std::string(70, ' ') << '\r';
    options.bar->flush();
    shown = false;
  }

  static constexpr size_t kColumns = 80;
  llvm::raw_ostream &os;
  PlainOptions options;
  bool broken = false; ///< the line of an epoch is broken between training and validation
  std::chrono::steady_clock::time_point drawn{};
  bool shown = false;
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
  void saved(llvm::StringRef path) override {
    each([&](Reporter &r) { r.saved(path); });
  }
  void result(const ResultInfo &x) override {
    each([&](Reporter &r) { r.result(x); });
  }
  void note(llvm::StringRef text) override {
    each([&](Reporter &r) { r.note(text); });
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
