// `dlc eval`: the scores of a trained net, as lines, as JSON, or as an exit code.
// The metrics are those of the source.
#include "command.h"
#include "trained_net.h"

#include "dlc/support/strings.h"
#include "dlc/train/report.h"
#include "dlc/train/trainer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

struct Bound {
  std::string metric;
  double value;
};

std::optional<Bound> parseBound(llvm::StringRef text) {
  auto [metric, number] = text.rsplit('='); // the argument of TopK(k=2) may have one too
  bool percent = number.consume_back("%");
  std::optional<double> value = parseNumber(number.trim());
  if (metric.trim().empty() || !value)
    return std::nullopt;
  return Bound{metric.trim().str(), percent ? *value / 100 : *value};
}

/// The metric that a bound speaks of, in any of its spellings: "accuracy", "TopK", "TopK(2)", "topk(k=2)", "top2". Of a
/// TopK without a number, the one of `metrics`. Nothing for what is no metric.
std::optional<Spec> metricOf(llvm::StringRef wanted, llvm::ArrayRef<Spec> metrics) {
  const metric::MetricDef *def = metric::findMetric(wanted);
  if (const bool loss = wanted.equals_insensitive("loss"); loss || (def && def->scores)) {
    const llvm::StringRef name = loss ? "Loss" : def->name;
    for (const Spec &known : metrics)
      if (name == known.name)
        return known;
    return Spec{.name = name.str()};
  }
  llvm::StringRef number = wanted;
  if (!number.consume_front_insensitive("top"))
    return std::nullopt;
  number.consume_front_insensitive("k");
  if (number.consume_front("(") && !number.consume_back(")"))
    return std::nullopt;
  number = number.trim();
  if (number.consume_front_insensitive("k"))
    number = number.ltrim().consume_front("=") ? number.split('=').second.trim() : "";
  unsigned k = 0;
  if (number.getAsInteger(10, k) || k == 0)
    return std::nullopt;
  ConstArg argument;
  argument.name = "k";
  argument.value.number = k;
  return Spec{.name = "TopK", .args = {argument}};
}

/// What the metric is called among the scores.
std::string scoreName(const Spec &metric) {
  return metric.name == "TopK" ? "top" + std::to_string(static_cast<int64_t>(metric.number("k", 5))) : metric.name;
}

/// Where the validation samples come from.
llvm::StringRef validationText(session::Net &net) {
  if (net.unit().settings.data.val->kind == dsl::ValSplit::Kind::Source)
    return "val of [data]";
  return net.heldOut() ? "held out of the training data" : "some of which may have trained the net";
}

/// Says which bounds do not hold; kCheckFailed if there are any. `names` are those of the bounds' scores.
int holdBounds(const Options &options, llvm::ArrayRef<std::pair<Bound, bool>> bounds, llvm::ArrayRef<std::string> names,
               const train::Scores &scores) {
  int code = kDone;
  for (size_t i = 0; i < bounds.size(); ++i) {
    const auto &[bound, minimum] = bounds[i];
    const std::optional<double> value = scores.find(names[i]);
    DLC_CHECK(value) << names[i] << " was asked for";
    const std::string asked = std::string(minimum ? "--min " : "--max ") + shortNumber(bound.value);
    if (!train::isDefined(*value)) {
      code = fail(options, kCheckFailed,
                  bound.metric + " is none (undefined for these samples), but " + asked + " needs a number");
      continue;
    }
    if (minimum ? *value >= bound.value : *value <= bound.value)
      continue;
    std::string got;
    llvm::raw_string_ostream(got) << llvm::format("%.6g", *value);
    code = fail(options, kCheckFailed, bound.metric + " is " + got + (minimum ? ", below " : ", above ") + asked);
  }
  return code;
}

} // namespace

static int runEval(const Options &options) {
  std::vector<std::pair<Bound, bool>> bounds; // second: a minimum
  for (bool minimum : {true, false})
    for (const std::string &text : minimum ? options.flags.all("min") : options.flags.all("max")) {
      auto bound = parseBound(text);
      if (!bound)
        return fail(options, kUsage,
                    llvm::Twine(minimum ? "--min" : "--max") + " must be METRIC=NUMBER, found '" + text + "'");
      bounds.emplace_back(*bound, minimum);
    }
  DLC_TRY(NetFiles files, sortFiles(options));
  DLC_TRY(auto net, openNet(options, files));
  if (files.data.size() > 2)
    return usage(options, "eval takes samples and their labels, got " + llvm::join(files.data, ", "));
  if (files.data.size() == 2 && options.labels)
    return usage(options, "the labels are given twice: " + files.data.back() + ", and --labels=" + *options.labels);
  const std::string data = files.data.empty() ? "" : files.data.front();
  const std::string labels = files.data.size() == 2 ? files.data.back() : options.labels.value_or("");
  DLC_TRY(const data::Samples samples, openSamples(options, *net, data, labels, train::SampleUse::Score));
  std::vector<Spec> metrics = net->unit().settings.train.metrics.value;
  // The whole table where it can be read at a glance, unless the source says what it wants to see.
  constexpr int64_t kReadable = 20;
  if (const dsl::Net &built = net->shape(); !net->unit().settings.train.metrics.given() && built.task != Task::Values &&
                                            built.task != Task::Labels &&
                                            elementCount(built.outputShape) / built.outputs.front().rows() <= kReadable)
    metrics.push_back({.name = "ConfusionMatrix"});
  // A bound on a metric that the source does not name asks for it.
  std::vector<std::string> names;
  for (const auto &[bound, minimum] : bounds) {
    std::optional<Spec> metric = metricOf(bound.metric, metrics);
    auto fits = [&](const metric::MetricDef *def) { return def && def->scores && def->measures(net->wish().task); };
    if (!metric || (metric->name != "Loss" && !fits(metric::findMetric(metric->name)))) {
      std::vector<std::string> known = {"Loss"};
      for (const metric::MetricDef *def : metric::metricsInOrder())
        if (fits(def))
          known.push_back(def->args.empty() ? def->name.str() : def->name.str() + "(2)");
      return fail(options, kUsage, "no metric '" + bound.metric + "' for this net: " + llvm::join(known, ", "));
    }
    names.push_back(scoreName(*metric));
    if (metric->name != "Loss" && !llvm::is_contained(metrics, *metric))
      metrics.push_back(*metric);
  }
  auto scores = net->score(samples, metrics);
  if (!scores)
    return fail(options, *net, scores.failure());

  if (options.json) {
    train::jsonReporter(llvm::outs(), false)
        ->result({files.model, *scores, net->names().classes, net->validates() ? "val" : ""});
  } else {
    if (net->validates())
      llvm::outs() << "No test data: scored on the " << grouped(static_cast<int64_t>(samples.size()))
                   << " validation samples (" << validationText(*net) << ")\n";
    train::printEvaluation(llvm::outs(), *scores, net->names().classes);
  }
  int code = holdBounds(options, bounds, names, *scores);
  if (scores->notFinite)
    return failNotFinite(options, *net, static_cast<size_t>(scores->notFinite));
  return code;
}

static constexpr Flag kFlags[] = {
    {.arg = arg::text("min", "none", "exit with 1 if the metric is lower"), .hint = "METRIC=V", .many = true},
    {.arg = arg::text("max", "none", "exit with 1 if the metric is higher"), .hint = "METRIC=V", .many = true}};

extern const Command cmd_eval;
constexpr Command cmd_eval = {.name = "eval",
                              .arguments = "net.model [data [labels]]",
                              .doc = "score a trained net",
                              .otherArguments = "net.dsl net.model [data [labels]]",
                              .takes = kSource | kPipeline | kPlans | kMemory | kData,
                              .flags = kFlags,
                              .place = 30,
                              .run = runEval};

} // namespace dlc::tool
