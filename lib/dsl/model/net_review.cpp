// Implements the review of a net: rules over the graph as the language built it, one function for each.
// What an op does to numbers its definition says; only the losses are told apart here.
#include "net_review.h"

#include "settings/steps.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

namespace dlc::dsl {
namespace {

/// The op that made the numbers of a value, whatever shape they have been put into since.
const Op &makerOf(Value value) {
  while (value.op->def().layout == Layout::Reshaped || value.op->def().layout == Layout::Permuted)
    value = value.op->operand(0);
  return *value.op;
}

/// The same where some of the numbers may have been dropped since: what the others can be has not changed.
const Op &makerBeforeDropout(Value value) {
  const Op *maker = &makerOf(value);
  while (maker->def().trainingOnly)
    maker = &makerOf(maker->operand(0));
  return *maker;
}

bool isLonely(const Op &op) { return op.def().heldTogether && op.def().heldTogether(op) == 1; }

/// "0 to 1", "above 0".
std::string text(const ResultRange &range) {
  if (range.isBounded())
    return "between " + shortNumber(range.low) + " and " + shortNumber(range.high);
  return std::isfinite(range.low) ? "never below " + shortNumber(range.low) : "never above " + shortNumber(range.high);
}

/// Why such scores do not say which class it is; "" where they can. Differences between scores are what counts.
std::string whyNoClass(const ResultRange &range) {
  if (range.isBounded())
    return "scores " + text(range) + " cannot separate one class clearly from the others";
  return range.flat ? "scores below 0 become 0, and a class whose score is 0 stops learning" : "";
}

/// Likewise for yes and no, which are a score far above and far below 0.
std::string whyNoAnswer(const ResultRange &range, bool margin) {
  if (range.low >= 0)
    return "a score below 0 means no, but its scores are never below 0";
  if (range.high <= 0)
    return "a score above 0 means yes, but its scores are never above 0";
  if (margin)
    return "";
  if (range.isBounded()) {
    auto probability = [](double score) { return shortNumber(std::round(100 / (1 + std::exp(-score)))); };
    return "scores " + text(range) + " can express only probabilities from " + probability(range.low) + " % to " +
           probability(range.high) + " %";
  }
  return range.flat ? "where it is flat, learning stops" : "";
}

void warnOfLonely(const Op &op, Diags &diags) {
  const bool last = llvm::all_of(op.users(), [](const Op *user) { return user->attrsIf<OutputAttrs>(); });
  const bool probability = op.def().probability == Probability::OfClasses && last;
  diags.warning(op.origin().range, "W508")
          .help(probability ? "write Sigmoid, which turns one number into a probability"
                            : "leave " + op.def().layer + " out")
      << op.def().layer << " of a single number"
      << (probability ? " is always 1, whatever its value" : " discards its magnitude");
}

void warnOfRepeated(const Op &op, Diags &diags) {
  const Op &before = makerBeforeDropout(op.operand(0));
  const bool plain = op.def().probability == Probability::OfClasses;
  const bool normalises = plain || op.def().probability == Probability::LogOfClasses;
  if (normalises && before.def().probability == Probability::OfClasses)
    diags.warning(op.origin().range, "W508")
            .help("leave Softmax out")
            .note(before.origin().range, "the first one is here")
        << (plain ? "a second Softmax" : "LogSoftmax after Softmax")
        << " takes numbers between 0 and 1 and makes them nearly equal";
  else if (op.def().cutsNegative && before.def().range.low >= 0)
    diags.warning(op.origin().range, "W504").help("leave ReLU out")
        << "ReLU has no effect here: the output of " << before.def().layer << " is never below 0";
}

/// Conv1d takes channels first, and layers of sequences have the features of each place last.
void warnOfTurned(const Op &op, Diags &diags) {
  if (!op.def().readsChannels)
    return;
  const Op &before = makerOf(op.operand(0));
  if (before.def().places == Places::FeaturesLast && &before == op.operand(0).op)
    diags.warning(op.origin().range, "W508").help("put -> Transpose([1, 0]) before it")
        << "Conv1d reads channels x length: the " << op.operand(0).shape()[1]
        << " positions of this sequence are taken for "
        << "channels, and its features for positions";
}

/// Height x width x channels, as other programs have it.
void warnOfChannels(const Op &input, Diags &diags) {
  const Shape &shape = input.type().shape;
  if (shape.size() != 4)
    return;
  const int64_t height = shape[1], width = shape[2], last = shape[3];
  const bool colours = last == 3 || ((last == 1 || last == 4) && height == width);
  const bool moved = llvm::all_of(input.users(), [](const Op *user) { return user->def().layout == Layout::Permuted; });
  if (!colours || height <= 4 || width <= 4 || moved)
    return;
  diags.warning(input.origin().range, "W508").help("write input = " + shapeText(Shape{last, height, width}))
      << shapeText(Shape{height, width, last}) << " is read as " << height << " channels of " << width << "x" << last
      << " pixels: an image is channels x height x width";
}

/// Layers of weights that all begin with one number stay alike: each unit of a layer learns what the others do.
void warnOfEqualWeights(const Graph &graph, Diags &diags) {
  const Op *first = nullptr;
  size_t layers = 0;
  for (const Op &op : graph.ops()) {
    const auto *param = op.attrsIf<ParamAttrs>();
    if (!param || !param->decay || param->shape.size() < 2)
      continue;
    llvm::StringRef init = param->init;
    if (!init.starts_with("Constant(") && !init.starts_with("Zero"))
      return;
    first = first ? first : &op;
    ++layers;
  }
  if (layers > 1)
    diags.warning(first->origin().range, "W508").help("leave init out, or write init = He")
        << "all weights of this layer and of the layers after it start equal, so the units of a layer stay "
           "identical";
}

} // namespace

void reviewGraph(const Graph &graph, Diags &diags) {
  for (const Op &op : graph.ops()) {
    if (op.attrsIf<InputAttrs>())
      warnOfChannels(op, diags);
    if (op.def().role != Role::Layer || !op.origin().range.isValid())
      continue;
    warnOfTurned(op, diags);
    if (isLonely(op))
      warnOfLonely(op, diags);
    else if (op.operands().size())
      warnOfRepeated(op, diags);
  }
  warnOfEqualWeights(graph, diags);
}

void reviewScores(const OpDef &loss, Value output, Value scores, Diags &diags) {
  const Op &maker = makerOf(scores);
  if (maker.def().trainingOnly)
    diags.warning(maker.origin().range, "W503") << "Dropout is the last layer";
  const Op &bounds = makerBeforeDropout(scores);
  const ResultRange &range = bounds.def().range;
  const bool ofClasses = bounds.def().probability == Probability::OfClasses;
  const bool said = isLonely(bounds) || (ofClasses && scores != output);
  std::string why;
  if (loss.target == LossTarget::Class || loss.target == LossTarget::Shares)
    why = whyNoClass(range);
  else if (loss.target == LossTarget::Answers || loss.target == LossTarget::Signs)
    why = whyNoAnswer(range, loss.target == LossTarget::Signs);
  if (why.empty() || said || bounds.def().layer.empty())
    return;
  // A Softmax before BCE was meant as the Sigmoid that belongs there.
  const bool meant = ofClasses && loss.target == LossTarget::Answers;
  diags.warning(bounds.origin().range, "W508")
          .help(meant ? "write Sigmoid" : "leave " + bounds.def().layer + " out: " + loss.layer + " takes any scores")
      << bounds.def().layer << " before " << loss.layer << ": " << why;
}

ResultRange rangeOf(Value value) {
  const Op &maker = makerOf(value);
  ResultRange range = maker.def().range;
  if (auto *at = maker.def().monotone) {
    const ResultRange &before = makerOf(maker.operand(0)).def().range;
    range.low = at(before.low), range.high = at(before.high);
  }
  return range;
}

Loc lastLayerOf(Value value) { return makerOf(value).origin().range; }

void reviewSettings(const Settings &settings, Diags &diags) {
  const TrainSettings &t = settings.train;
  if (t.earlyStopping && !t.patience.given())
    diags.warning(t.earlyStopping.loc, "W504").help("write patience = 5: evaluations without improvement")
        << "early_stopping has no effect without patience";
  if (t.fresh.given() && t.weights->empty())
    diags.warning(t.fresh.loc, "W504").help("write weights = \"old.model\": the file to take the other weights from")
        << "fresh has no effect without weights";
  if (t.checkpointEvery.given() && t.checkpoint->empty())
    diags.warning(t.checkpointEvery.loc, "W504").help("add checkpoint = \"net.ckpt\" under [train]")
        << "checkpoint_every has no effect without a checkpoint";
  const bool rises = llvm::any_of(t.schedule, [](const Spec &s) { return s.name == "Ramp" || s.name == "OneCycle"; });
  if (t.lr == 0 && t.lr.given() && !rises)
    diags.warning(t.lr.loc, "W508").help("write lr = 0.001") << "with lr = 0 the weights never change";
  auto weightless = [&](const Setting<double> &weight, llvm::StringRef what) {
    if (weight.given() && weight == 0)
      diags.warning(weight.loc, "W508").help("write a weight above 0, such as 1")
          << "with a weight of 0 " << what << " teaches nothing";
  };
  weightless(t.lossWeight, "the loss");
  for (const OutputLoss &loss : t.outputLosses)
    weightless(loss.weight, "the loss of output." + loss.output);
  for (size_t i = 1; i < t.schedule.size(); ++i)
    if (t.schedule[i].name == "Warmup" && t.schedule.size() == 2)
      diags.warning(t.schedule[i].loc, "W504")
              .help("write lr = " + shortNumber(t.lr) + " -> " + spelling(t.schedule[i]) + " -> " +
                    spelling(t.schedule[0]))
          << "Warmup always comes first; after " << t.schedule[0].name << " it looks like the end of the schedule";
}

void reviewOptimizer(const BoundChoice &optimizer, const TrainSettings &settings, Diags &diags) {
  const auto &values = optimizer.bound.args.values;
  auto nesterov = values.find("nesterov"), momentum = values.find("momentum");
  if (nesterov == values.end() || momentum == values.end() || !nesterov->second.flag || momentum->second.number != 0)
    return;
  const Loc written = optimizer.bound.locs.lookup("nesterov");
  diags.warning(written.isValid() ? written : settings.nesterov.loc, "W504").help("add momentum = 0.9 under [train]")
      << "nesterov has no effect without momentum";
}

} // namespace dlc::dsl
