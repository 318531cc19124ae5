// One JSON object a line, `"v":1` first.
// Fields may be added, never renamed or removed within a version.
#include "dlc/train/report.h"

#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/Support/JSON.h"

#include <cmath>

namespace dlc::train {
namespace {

using llvm::json::OStream;

/// JSON has no NaN and no infinity.
void number(OStream &json, llvm::StringRef key, double value) {
  json.attributeBegin(key);
  json.rawValue(std::isfinite(value) ? shortNumber(value) : "null");
  json.attributeEnd();
}

void scores(OStream &json, llvm::StringRef key, const Scores &scores) {
  json.attributeObject(key, [&] {
    number(json, "loss", scores.loss);
    for (const Score &score : scores.metrics)
      number(json, score.name, score.value);
  });
}

class Json : public Reporter {
public:
  Json(llvm::raw_ostream &os, bool steps) : os(os), steps(steps) {}

  void start(const RunInfo &run) override {
    event("start", [&](OStream &json) {
      json.attribute("file", llvm::json::fixUTF8(run.file));
      json.attribute("net", run.summary);
      json.attribute("params", run.parameters);
      json.attribute("dtype", name(run.dtype));
      json.attribute("train", run.train);
      json.attribute("val", run.val);
      json.attribute("test", run.test);
      json.attribute("isa", run.isa);
      json.attribute("threads", run.threads);
      json.attribute("seed", run.seed);
      json.attributeObject("memory", [&] {
        json.attribute("weights", run.weightBytes);
        json.attribute("train_peak", run.trainPeak);
        json.attribute("infer_peak", run.inferPeak());
      });
      if (run.weights)
        json.attributeObject("weights_from", [&] {
          json.attribute("file", llvm::json::fixUTF8(run.weights->file));
          auto list = [&](llvm::StringRef key, const std::vector<std::string> &names) {
            json.attributeArray(key, [&] {
              for (const std::string &name : names)
                json.value(llvm::json::fixUTF8(name));
            });
          };
          list("taken", run.weights->taken);
          list("new", run.weights->fresh);
          list("unused", run.weights->unused);
        });
      if (run.resumedFrom.empty())
        json.attribute("resumed_from", nullptr);
      else
        json.attribute("resumed_from", llvm::json::fixUTF8(run.resumedFrom));
    });
  }
  bool wantsSteps() const override { return steps; }
  void step(const StepInfo &s) override {
    event("step", [&](OStream &json) {
      json.attribute("epoch", s.epoch);
      json.attribute("step", s.step);
      number(json, "loss", s.loss);
      number(json, "lr", s.lr);
      number(json, "ms", s.milliseconds);
    });
  }
  void epoch(const EpochInfo &e) override {
    event("epoch", [&](OStream &json) {
      json.attribute("epoch", e.epoch);
      json.attribute("epochs", e.epochs);
      json.attribute("step", e.step);
      scores(json, "train", e.train);
      if (e.val)
        scores(json, "val", *e.val);
      number(json, "lr", e.lr);
      number(json, "seconds", e.seconds);
      number(json, "samples_per_s", e.samplesPerSecond);
      json.attribute("best", e.best);
    });
  }
  void checkpoint(llvm::StringRef path, int64_t epoch) override {
    event("checkpoint", [&](OStream &json) {
      json.attribute("path", llvm::json::fixUTF8(path));
      json.attribute("epoch", epoch);
    });
  }
  void best(llvm::StringRef monitor, double value, int64_t epoch) override {
    event("best", [&](OStream &json) {
      json.attribute("epoch", epoch);
      json.attribute("monitor", monitor);
      number(json, "value", value);
    });
  }
  void stop(llvm::StringRef reason, llvm::StringRef) override {
    event("stop", [&](OStream &json) { json.attribute("reason", reason); });
  }
  void result(const ResultInfo &result) override {
    event("result", [&](OStream &json) {
      if (result.test) {
        scores(json, "test", *result.test);
        json.attributeArray("per_class", [&] {
          for (size_t c = 0; c < result.test->classes.size(); ++c)
            json.object([&] {
              const ClassScore &score = result.test->classes[c];
              json.attribute("class", c < result.classNames.size() ? llvm::json::fixUTF8(result.classNames[c])
                                                                   : std::to_string(c));
              json.attribute("count", score.count);
              json.attribute("hits", score.hits);
              number(json, "precision", score.precision());
              number(json, "recall", score.recall());
              number(json, "f1", score.f1());
            });
        });
        if (!result.test->confusion.empty())
          json.attributeArray("confusion", [&] {
            size_t n = result.test->classes.size();
            for (size_t t = 0; t < n; ++t)
              json.array([&] {
                for (size_t p = 0; p < n; ++p)
                  json.value(result.test->confusion[t * n + p]);
              });
          });
      }
      if (!result.part.empty())
        json.attribute("scored", result.part);
      if (!result.model.empty())
        json.attribute("model", llvm::json::fixUTF8(result.model));
      if (result.best)
        json.attributeObject("best", [&] {
          json.attribute("epoch", result.best->epoch);
          json.attribute("monitor", result.best->monitor);
          number(json, "value", result.best->value);
        });
    });
  }

private:
  template <class F> void event(llvm::StringRef kind, F fields) {
    std::string text;
    llvm::raw_string_ostream line(text);
    OStream json(line);
    json.object([&] {
      json.attribute("v", 1);
      json.attribute("event", kind);
      fields(json);
    });
    json.flush();
    os << jsonSafe(line.str()) << '\n';
    os.flush();
  }
  llvm::raw_ostream &os;
  bool steps;
};

} // namespace

std::unique_ptr<Reporter> jsonReporter(llvm::raw_ostream &os, bool steps) { return std::make_unique<Json>(os, steps); }

} // namespace dlc::train
