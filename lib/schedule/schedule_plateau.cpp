// Plateau(patience=5, factor=0.5): times factor when the monitored value has not improved for so many evaluations.
// What it remembers is in PlateauState.
#include "dlc/schedule/schedule_def.h"

#include <cmath>

namespace dlc::schedule {
namespace {

class Plateau final : public Curve {
public:
  Plateau(double patience, double factor) : patience(patience), factor(factor) {}
  double rate(double lr, const Moment &at) const override { return lr * at.plateau.factor; }
  void evaluated(double value, bool minimise, PlateauState &state) const override {
    if (std::isfinite(value) && (!state.any || (minimise ? value < state.best : value > state.best))) {
      state.any = true;
      state.best = value;
      state.waited = 0;
    } else if (static_cast<double>(++state.waited) >= patience) {
      state.factor *= factor;
      state.waited = 0;
    }
  }

private:
  double patience, factor;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &) {
  return std::make_unique<Plateau>(spec.number("patience", 5), spec.number("factor", 0.5));
}

constexpr ArgSpec kArgs[] = {arg::size("patience", "5", "evaluations"),
                             arg::number("factor", "0.5", "the factor").above(0).orPercent()};

} // namespace

extern const ScheduleDef schedule_plateau;
constexpr ScheduleDef schedule_plateau = {
    .name = "Plateau",
    .doc = "Multiplies the rate by factor after patience evaluations without improvement.",
    .args = kArgs,
    .make = make};
} // namespace dlc::schedule
