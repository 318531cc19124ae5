// `dlc eval`: the scores of a trained net, as lines, as JSON, or as an exit code.
// The metrics are those of the source.
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
  auto [metric, number] = text.split('=');
  bool percent = number.consume_back("%");
  std::optional<double> value = parseNumber(number.trim());
  if (metric.trim().empty() || !value)
    return std::nullopt;
  return Bound{metric.trim().str(), percent ? *value / 100 : *value};
}

} // namespace

int runEval(const Options &options) {
  std::vector<std::pair<Bound, bool>> bounds; // second: a minimum
  for (bool minimum : {true, false})
    for (const std::string &text : minimum ? options.minimum : options.maximum) {
      auto bound = parseBound(text);
      if (!bound)
        return fail(options, kUsage,
                    llvm::Twine(minimum ? "--min" : "--max") + " is METRIC=NUMBER, not '" + text + "'");
      bounds.emplace_back(*bound, minimum);
    }
  int code = kDone;
  auto files = sortFiles(options, code);
  if (!files)
    return code;
  auto net = openNet(options, *files, code);
  if (!net)
    return code;
  auto samples = openSamples(options, *net, files->data, true, code);
  if (!samples)
    return code;
  // A bound on a metric that the source does not name asks for it.
  std::vector<dsl::Spec> metrics = net->unit->settings.train.metrics.value;
  for (const auto &[bound, minimum] : bounds) {
    llvm::StringRef wanted(bound.metric);
    dsl::Spec spec;
    if (wanted.size() > 3 && wanted.starts_with_insensitive("top")) {
      spec.name = "TopK";
      dsl::ConstArg k;
      k.name = "k";
      if (!llvm::to_float(wanted.drop_front(3), k.value.number))
        continue;
      spec.args.push_back(k);
    } else {
      for (llvm::StringRef name : train::metricNames())
        if (name.equals_insensitive(wanted) && name != "Loss")
          spec.name = name.str();
    }
    if (spec)
      metrics.push_back(spec);
  }
  auto scores = train::evaluate(*net->engines, *samples, net->prepare, metrics,
                                static_cast<int64_t>(std::min<size_t>(256, std::max<size_t>(samples->size(), 1))));
  if (!scores.ok())
    return failEngine(options, *net->unit, scores.status());

  if (options.json)
    train::jsonReporter(llvm::outs(), false)->result({files->model, *scores, net->names.classes});
  else
    train::printEvaluation(llvm::outs(), *scores, net->names.classes);
  for (const auto &[bound, minimum] : bounds) {
    std::optional<double> value = scores->find(bound.metric);
    if (!value)
      return fail(options, kUsage,
                  "no metric '" + bound.metric + "' for this net: " + llvm::join(train::metricNames(), ", "));
    if (minimum ? *value >= bound.value : *value <= bound.value)
      continue;
    std::string got;
    llvm::raw_string_ostream(got) << llvm::format("%.6g", *value);
    code =
        fail(options, kCheckFailed,
             bound.metric + " is " + got + (minimum ? ", below --min " : ", above --max ") + shortNumber(bound.value));
  }
  return code;
}

} // namespace dlc::tool
