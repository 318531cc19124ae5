// Ports: how the values of one sample are dealt out to a net with several inputs and outputs.
// Samples come as one row of values and one row of targets, in the order in which the net declares its parts; a net
// with one input and one output takes them as they are, and nothing here does anything.
#pragma once

#include "dlc/data/dataset.h"
#include "dlc/train/bundle.h"

#include <vector>

namespace dlc::train {

class Ports {
public:
  /// Where an input of the net is, by name; null where there is none such.
  using Inputs = llvm::function_ref<void *(llvm::StringRef)>;

  Ports(const DataWish &wish, DType dtype) : wish(wish), dtype(dtype) {}

  /// What is put into place(): numbers of the net's dtype where they go straight into the net. Where they are dealt
  /// out, some may be tokens or classes, which f32 does not hold above 2^24.
  FeedTypes types() const {
    return {wish.inputs.size() > 1 ? DType::F64 : dtype, wish.parts.size() > 1 ? DType::F64 : dtype};
  }

  /// Where the values of `rows` samples ("input") or their targets ("target") are to be put before deal() is called, by
  /// the names of a net with one of each. Any other name is handed on.
  void *place(Inputs inputs, llvm::StringRef name, size_t rows);
  /// Deals out what was put into place(), with the same `inputs` and `rows`.
  void deal(Inputs inputs, size_t rows) const;

private:
  DataWish wish;
  DType dtype;
  std::vector<double> values, targets; ///< used where there are several
};

/// Cuts the targets of several outputs off a table that holds them behind the values of the inputs. Nothing happens to
/// a dataset with labels of its own, or of another width.
void cutTargets(data::Dataset &dataset, const DataWish &wish);
/// Targets of -1 and 1 alone, for outputs of which Hinge is the loss, become 0 and 1.
void readSigns(data::Dataset &dataset, const DataWish &wish);
/// E304 unless every target of an output of classes, and every token, is a whole number below what the net has, and
/// every target of a loss such as BCE lies between 0 and 1.
Checked checkParts(const data::Dataset &dataset, const DataWish &wish);

} // namespace dlc::train
