// Checkpoints over the model file's container: tensors by name, counters in the trailer.
// Doubles are written as bit patterns, so that they come back as they were.
#include "dlc/train/checkpoint.h"

#include "dlc/support/files.h"
#include "dlc/train/metrics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <bit>
#include <cstring>

namespace dlc::train {
namespace {

constexpr llvm::StringLiteral kBest = "best.";
constexpr int64_t kVersion = 3;

std::string hex(double value) { return llvm::utohexstr(std::bit_cast<uint64_t>(value)); }

class Reader {
public:
  Reader(const model::Trailer &trailer) : trailer(trailer) {}
  void read(llvm::StringRef key, int64_t &value) {
    auto text = trailer.value(key);
    good &= text && !text->getAsInteger(10, value);
  }
  void read(llvm::StringRef key, bool &value) {
    int64_t number = 0;
    read(key, number);
    value = number != 0;
  }
  void read(llvm::StringRef key, double &value) {
    auto text = trailer.value(key);
    uint64_t bits = 0;
    good &= text && !text->getAsInteger(16, bits);
    value = std::bit_cast<double>(bits);
  }
  void read(llvm::StringRef key, std::vector<double> &values) {
    auto text = trailer.value(key);
    if (!text) {
      good = false;
      return;
    }
    for (llvm::StringRef rest = *text; !rest.empty();) {
      auto [word, after] = rest.split(' ');
      rest = after;
      uint64_t bits = 0;
      good &= !word.getAsInteger(16, bits);
      values.push_back(std::bit_cast<double>(bits));
    }
  }
  bool good = true;

private:
  const model::Trailer &trailer;
};

} // namespace

absl::Status saveCheckpoint(llvm::StringRef path, const Parameters &parameters,
                            std::optional<llvm::ArrayRef<Tensor>> values, const RunState &state,
                            model::Trailer trailer) {
  std::vector<model::TensorView> views;
  std::vector<std::string> names; // of best weights; reserved, so that views into it stay
  names.reserve(state.bestWeights.size());
  for (const auto &[i, p] : llvm::enumerate(parameters.all()))
    views.push_back({p->attrs.name, p->type(), values ? (*values)[i].data() : p->tensor().data()});
  size_t best = 0;
  if (!state.bestWeights.empty())
    for (const auto &p : parameters.all())
      if (p->isWeight()) {
        const Tensor &tensor = state.bestWeights[best++];
        names.push_back(kBest.str() + p->attrs.name);
        views.push_back({names.back(), tensor.type(), tensor.data()});
      }
  std::string meter;
  for (double value : state.meter)
    meter += (meter.empty() ? "" : " ") + hex(value);
  auto number = [](int64_t value) { return std::to_string(value); };
  const std::pair<const char *, std::string> rows[] = {{"kind", "checkpoint"},
                                                       {"checkpoint.version", number(kVersion)},
                                                       {"epoch", number(state.epoch)},
                                                       {"batch", number(state.batch)},
                                                       {"step", number(state.step)},
                                                       {"updates", number(state.updates)},
                                                       {"meter", meter},
                                                       {"plateau.factor", hex(state.plateau.factor)},
                                                       {"plateau.best", hex(state.plateau.best)},
                                                       {"plateau.waited", number(state.plateau.waited)},
                                                       {"plateau.any", number(state.plateau.any)},
                                                       {"best.has", number(state.hasBest)},
                                                       {"best.value", hex(state.best)},
                                                       {"best.epoch", number(state.bestEpoch)},
                                                       {"waited", number(state.waited)},
                                                       {"skipped", number(state.skipped)},
                                                       {"seconds", hex(state.seconds)}};
  for (const auto &[key, value] : rows)
    trailer.values.emplace_back(key, value);
  return model::writeModel(path, views, &trailer);
}

absl::StatusOr<Fallible<Checkpoint>> loadCheckpoint(llvm::StringRef path, Parameters &parameters,
                                                    llvm::StringRef netName) {
  auto buffer = readFile(path);
  if (!buffer.ok())
    return buffer.status();
  auto file = model::parseModel((*buffer)->getBuffer(), path, "checkpoint");
  if (!file)
    return Fallible<Checkpoint>(file.failure());
  if (!file->trailer || file->trailer->value("kind") != llvm::StringRef("checkpoint"))
    return Fallible<Checkpoint>(Trouble{.code = "E401",
                                        .message = "not a checkpoint, but a model file",
                                        .place = {.file = path.str()},
                                        .help = "--weights takes model files: it starts a new run from their weights"});
  std::vector<model::WantedTensor> wanted;
  bool withBest = false;
  for (const auto &tensor : file->tensors)
    withBest |= llvm::StringRef(tensor.name).starts_with(kBest);
  for (const auto &p : parameters.all())
    wanted.push_back({p->attrs.name, p->type(), p->where});
  if (withBest)
    for (const auto &p : parameters.all())
      if (p->isWeight())
        wanted.push_back({kBest.str() + p->attrs.name, p->type(), p->where});
  auto matched = model::matchTensors(*file, path, wanted, netName);
  if (!matched)
    return Fallible<Checkpoint>(matched.failure());

  RunState state;
  Reader reader(*file->trailer);
  int64_t version = 0;
  reader.read("checkpoint.version", version);
  reader.read("epoch", state.epoch);
  reader.read("batch", state.batch);
  reader.read("step", state.step);
  reader.read("updates", state.updates);
  reader.read("meter", state.meter);
  reader.read("plateau.factor", state.plateau.factor);
  reader.read("plateau.best", state.plateau.best);
  reader.read("plateau.waited", state.plateau.waited);
  reader.read("plateau.any", state.plateau.any);
  reader.read("best.has", state.hasBest);
  reader.read("best.value", state.best);
  reader.read("best.epoch", state.bestEpoch);
  reader.read("waited", state.waited);
  reader.read("skipped", state.skipped);
  reader.read("seconds", state.seconds);
  if (!reader.good || version != kVersion || state.epoch < 0 || state.batch < 0 || state.step < 0 ||
      state.updates < 0 || state.meter.size() < Meter::kCounters)
    return Fallible<Checkpoint>(Trouble{.code = version != kVersion ? ErrorCode("E403") : ErrorCode("E405"),
                                        .message = version != kVersion
                                                       ? "the checkpoint was written by another version of dlc"
                                                       : "the counters of the checkpoint are damaged",
                                        .place = {.file = path.str()}});
  for (auto [i, p] : llvm::enumerate(parameters.all()))
    std::memcpy(p->tensor().data(), (*matched)[i]->tensor.data(), p->type().bytes());
  for (size_t i = parameters.all().size(); i < matched->size(); ++i)
    state.bestWeights.push_back((*matched)[i]->tensor);
  return Fallible<Checkpoint>(Checkpoint{std::move(state), *std::move(file->trailer)});
}

} // namespace dlc::train
