// SourceLoader: one source of [data] after the other, as samples of the shape and with the targets that the net asks
// for. How the sources belong together (what is held out, what is fitted) is in bundle.cpp; how each is read, in data/.
#pragma once

#include "dlc/train/bundle.h"

#include <memory>
#include <optional>

namespace dlc::train {

/// "samples of 28x28 are reshaped to 784".
std::string reshapedText(const Shape &from, const Shape &to);

/// One source after the other, each held against the names and the memory that those before have left.
class SourceLoader {
public:
  SourceLoader(const compile::Unit &unit, const DataWish &wish, const data::TargetWish &target, DataNames names,
               uint64_t maxMemory)
      : names(std::move(names)), unit(unit), wish(wish), target(target), maxMemory(maxMemory) {}

  /// The samples of `source`, with the net's targets or the trouble with these. Where the samples themselves cannot be
  /// read, that trouble.
  struct Loaded {
    std::shared_ptr<data::Dataset> data;
    std::optional<Trouble> ofTargets;
  };
  /// With `open`, cells that take a mean are left for data::fillGaps(); otherwise they take names.means.
  Fallible<Loaded> load(const Spec &source, bool open = false);
  /// What load() tells the reader of the source.
  data::LoadContext context(bool open = false) const;
  /// The source as load() reads it.
  Spec asRead(const Spec &source) const;

  DataNames names;
  bool everySample = false;        ///< as in data::LoadContext
  std::vector<std::string> labels; ///< the net's classes, where no labels are asked for

private:
  Checked useTargets(data::Dataset &dataset) const;

  const compile::Unit &unit;
  const DataWish &wish;
  const data::TargetWish &target;
  uint64_t maxMemory, kept = 0;
};

} // namespace dlc::train
