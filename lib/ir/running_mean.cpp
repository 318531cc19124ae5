// Running means as ops of the graph, and their corrections as inputs.
// What the ops compute is said in lib/ops/running_mean.cpp.
#include "dlc/ir/running_mean.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/support/strings.h"

#include <cmath>

namespace dlc {

Value runningMean(LayerBuilder &b, llvm::StringRef slot, Value sample, double beta, Value *before) {
  Value mean = b.state(slot);
  if (before)
    *before = mean;
  const RunningMeanAttrs attrs{1 - beta};
  if (!isLongMean(beta)) {
    Value next = b.make("running_mean", {mean, sample}, attrs);
    b.assign(mean, next);
    return next;
  }
  Value low = b.state(slot.str() + "_low");
  Op *next = b.makeOp("running_mean_long", {mean, low, sample}, Attrs::of(attrs));
  b.assign(mean, next->result(0));
  b.assign(low, next->result(1));
  return next->result(0);
}

static constexpr llvm::StringLiteral kCorrection = "correction", kPower = "power";

/// The input `word(argument)`, one for all parameters of a graph.
static Value scalarOfUpdate(LayerBuilder &b, llvm::StringRef word, double argument) {
  std::string name;
  llvm::raw_string_ostream os(name);
  os << word << '(';
  printAttr(os, argument);
  os << ')';
  for (Op &op : b.graph().ops()) { // in front of everything: thousands of parameters may ask for it
    const auto *known = op.attrsIf<InputAttrs>();
    if (!known && !op.attrsIf<ParamAttrs>())
      break;
    if (known && known->name == name)
      return op.result();
  }
  Op *here = b.insertionPoint();
  b.insertBefore(b.graph().empty() ? nullptr : &b.graph().ops().front());
  Value value = b.make("input", {}, InputAttrs{name, b.input.dtype(), {}});
  value.op->setLabel(word);
  b.insertBefore(here);
  return value;
}

Value biasCorrection(LayerBuilder &b, double beta) { return scalarOfUpdate(b, kCorrection, beta); }
Value updatePower(LayerBuilder &b, double exponent) { return scalarOfUpdate(b, kPower, exponent); }

std::optional<double> updateScalar(llvm::StringRef inputName, int64_t t) {
  auto [word, rest] = inputName.split('(');
  const std::optional<double> argument = rest.consume_back(")") ? parseNumber(rest) : std::nullopt;
  if (!argument || (word != kCorrection && word != kPower))
    return std::nullopt;
  const auto updates = static_cast<double>(t);
  if (word == kPower)
    return std::pow(updates, *argument);
  // 1 - beta^t by the functions that keep what is small. The logarithm of beta as given: 1 - beta is exact from 0.5 on.
  const double logarithm = *argument < 0.5 ? std::log(*argument) : std::log1p(*argument - 1);
  return -1 / std::expm1(updates * logarithm);
}

} // namespace dlc
