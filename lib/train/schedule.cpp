// The schedules, each a closed form of the step number.
// Computed in double precision; the rate is rounded to the dtype where it enters the program.
#include "dlc/train/schedule.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <numbers>

namespace dlc::train {
namespace {

/// `5 epochs`, `200 steps`, or a bare number, in steps. A bare number counts epochs.
double inSteps(const dsl::Const &value, const Length &length) {
  return value.unit == dsl::Unit::Steps ? value.number : value.number * static_cast<double>(length.stepsPerEpoch);
}

Trouble refuse(std::string code, std::string message, Loc loc, std::string help = "") {
  Trouble trouble;
  trouble.code = std::move(code), trouble.message = std::move(message), trouble.loc = loc,
  trouble.help = std::move(help);
  return trouble;
}

} // namespace

Fallible<Schedule> Schedule::make(double lr, llvm::ArrayRef<dsl::Spec> steps, Length length) {
  Schedule result;
  result.lr = lr;
  result.length = length;
  const dsl::Spec *full = nullptr, *warm = nullptr;
  for (const dsl::Spec &spec : steps) {
    const dsl::Const *every = spec.find("every"), *span = spec.find("length");
    if (spec.name == "Warmup") {
      if (warm)
        return refuse("E262", "Warmup stands twice in lr", spec.loc);
      warm = &spec;
      result.warmup = span ? inSteps(*span, length) : static_cast<double>(length.stepsPerEpoch);
      continue;
    }
    if (full)
      return refuse("E262", full->name + " and " + spec.name + " are both full schedules of lr", spec.loc,
                    "only Warmup may be combined with another");
    full = &spec;
    Part part;
    auto epoch = static_cast<double>(length.stepsPerEpoch);
    if (spec.name == "Decay") {
      part = {Kind::Decay, spec.number("factor", 0.97), every ? inSteps(*every, length) : epoch, {}};
    } else if (spec.name == "Steps") {
      part = {Kind::Steps, spec.number("factor", 0.1), 1, {}};
      for (const dsl::ConstArg &arg : spec.args)
        if (arg.name != "factor") {
          if (arg.value.kind == dsl::Const::Kind::List)
            for (const dsl::ConstArg &item : arg.value.items)
              part.places.push_back(inSteps(item.value, length));
          else
            part.places.push_back(inSteps(arg.value, length));
        }
    } else if (spec.name == "Cosine") {
      part = {Kind::Cosine, spec.number("min", 0), 1, {}};
    } else if (spec.name == "Ramp") {
      part = {Kind::Ramp, spec.number("to", 0), 1, {}};
    } else if (spec.name == "Poly") {
      part = {Kind::Poly, spec.number("power", 2), 1, {}};
    } else if (spec.name == "OneCycle") {
      part = {Kind::OneCycle, spec.number("peak", 10 * lr), 1, {}};
    } else if (spec.name == "Plateau") {
      part = {Kind::Plateau, spec.number("factor", 0.5), spec.number("patience", 5), {}};
    } else {
      return refuse("E250", "no schedule step '" + spec.name + "'", spec.loc);
    }
    result.parts.push_back(std::move(part));
  }
  return result;
}

double Schedule::at(int64_t step, const PlateauState &plateau) const {
  auto s = static_cast<double>(step);
  double rate = lr;
  if (s < warmup)
    return lr * (s + 1) / warmup;
  double rest = std::max(1.0, static_cast<double>(length.steps) - warmup);
  double t = std::min(1.0, (s - warmup) / rest);
  for (const Part &part : parts)
    switch (part.kind) {
    case Kind::Decay:
      rate *= std::pow(part.value, std::floor(s / part.every));
      break;
    case Kind::Steps:
      for (double place : part.places)
        if (s >= place)
          rate *= part.value;
      break;
    case Kind::Cosine:
      rate = part.value + (rate - part.value) * 0.5 * (1 + std::cos(std::numbers::pi * t));
      break;
    case Kind::Ramp:
      rate += (part.value - rate) * t;
      break;
    case Kind::Poly:
      rate *= std::pow(1 - t, part.value);
      break;
    case Kind::OneCycle: {
      constexpr double up = 0.3;
      auto between = [](double from, double to, double x) {
        return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * x));
      };
      rate = t < up ? between(lr, part.value, t / up) : between(part.value, lr / 1e4, (t - up) / (1 - up));
      break;
    }
    case Kind::Plateau:
      rate *= plateau.factor;
      break;
    }
  return rate;
}

void Schedule::evaluated(double value, bool minimise, PlateauState &plateau) const {
  for (const Part &part : parts) {
    if (part.kind != Kind::Plateau)
      continue;
    if (std::isfinite(value) && (!plateau.any || (minimise ? value < plateau.best : value > plateau.best))) {
      plateau.any = true;
      plateau.best = value;
      plateau.waited = 0;
    } else if (static_cast<double>(++plateau.waited) >= part.every) {
      plateau.factor *= part.value;
      plateau.waited = 0;
    }
  }
}

} // namespace dlc::train
