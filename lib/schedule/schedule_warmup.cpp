// Warmup(length): lr (s + 1) / length in the first steps.
// What comes after it is the other schedule, or lr.
#include "dlc/schedule/schedule_def.h"

namespace dlc::schedule {
namespace {

class Warmup final : public Curve {
public:
  explicit Warmup(double steps) : steps(steps) {}
  double rate(double lr, const Moment &at) const override { return lr * (at.step + 1) / steps; }
  double firstSteps() const override { return steps; }

private:
  double steps;
};

std::unique_ptr<Curve> make(const Spec &spec, const Length &length) {
  return std::make_unique<Warmup>(length.inSteps(*spec.find("length")));
}

constexpr ArgSpec kArgs[] = {arg::time("length", "", "how long")};

} // namespace

extern const ScheduleDef schedule_warmup;
constexpr ScheduleDef schedule_warmup = {.name = "Warmup",
                                         .doc = "Rises linearly from 0 over this time; may precede one other schedule.",
                                         .args = kArgs,
                                         .make = make,
                                         .leadsIn = true};
} // namespace dlc::schedule
