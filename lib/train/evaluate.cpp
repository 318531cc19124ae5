// Scores of a net over samples, for validation and for `dlc eval`.
// Parameters are read, never changed.
#include "dlc/train/trainer.h"

#include "dlc/train/ports.h"
#include "scalar_at.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace dlc::train {

absl::StatusOr<Scores> evaluate(Engines &engines, const data::Samples &samples, const data::Prepare &prepare,
                                llvm::ArrayRef<Spec> metrics, int64_t batch, int64_t limitBatches) {
  std::vector<uint32_t> positions(samples.size());
  for (size_t i = 0; i < positions.size(); ++i)
    positions[i] = static_cast<uint32_t>(i);
  std::optional<Meter> meter;
  Engine *previous = nullptr;
  for (size_t begin = 0; begin < positions.size(); begin += static_cast<size_t>(batch)) {
    size_t count = std::min(static_cast<size_t>(batch), positions.size() - begin);
    auto engine = engines.get(dsl::Mode::Evaluate, static_cast<int64_t>(count));
    if (!engine.ok())
      return engine.status();
    const dsl::Net &net = engines.net();
    if (!meter)
      meter = meterOf(net, engines.dtype(), metrics, Meter::Depth::Full);
    Engine &e = **engine;
    if (&e != previous)
      e.parametersChanged();
    previous = &e;
    auto inputs = [&](llvm::StringRef name) { return e.input(name); };
    const DataWish wish = DataWish::of(net);
    Ports ports(wish, engines.dtype());
    if (Checked fed = feed(samples, llvm::ArrayRef(positions).slice(begin, count), prepare, ports.types(), wish.task,
                           ports.place(inputs, "input", count), ports.place(inputs, "target", count));
        !fed) {
      report(engines.unit().diags, fed.failure());
      return absl::InvalidArgumentError("a sample cannot be read");
    }
    ports.deal(inputs, count);
    e.step();
    const dsl::NetOutput &first = net.outputs.front();
    meter->add(e.output(first.scores), e.input(first.target), count * static_cast<size_t>(first.rows()),
               scalarAt(e.output("loss"), engines.dtype()));
    if (limitBatches && --limitBatches == 0)
      break;
  }
  return meter ? meter->scores() : Scores{};
}

} // namespace dlc::train
