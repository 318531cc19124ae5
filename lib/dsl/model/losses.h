// The loss of each output: the one that is written for it or the default of its shape, with its arguments.
// Nothing is added to the graph here; build.cpp does that.
#pragma once

#include "model_builder.h"

namespace dlc::dsl {

struct BoundLoss {
  const OpDef *def;
  Bound bound;
  Loc loc; ///< of the expression, or of the output where none is written
  double weight;
};

/// "mask" of "output.mask"; "" of the only one.
llvm::StringRef partOf(const ModelOutput &output);
/// Without the batch.
Shape sampleShape(Value value);
/// Numbers of one sample.
int64_t elements(const ModelOutput &output);

struct BoundChoice {
  const OpDef *def;
  Bound bound;
  Loc name; ///< invalid for a default
};
/// What is chosen among the ops of `role`, with its arguments; nothing after E250 (no such name, which is called a
/// `what`) or what is wrong with an argument: E203 to E209, E251.
std::optional<BoundChoice> bindChoice(const Registry &registry, const Evaluator &evaluator, const Choice &choice,
                                      Role role, llvm::StringRef what);

class LossBinder {
public:
  LossBinder(const File &file, const Settings &settings, const Registry &registry, const ModelBuilder &model,
             llvm::ArrayRef<ModelOutput> outputs, Diags &diags)
      : file(file), settings(settings), registry(registry), model(model), outputs(outputs), diags(diags) {}

  /// E260 where a loss is said of an output that is not there; false then.
  bool checkNames();
  /// The loss of one of the outputs; nothing after an error that was reported. W506 where none is written.
  std::optional<BoundLoss> bind(const ModelOutput &output);
  /// For a model without outputs: the mistakes of the losses alone.
  void checkWritten();

private:
  /// Where a key is written in the file; `otherwise` where it is not, as on the command line.
  Loc keyLoc(llvm::StringRef key, Loc otherwise) const;
  Loc trainHeader(const ModelOutput &output) const;
  /// E270: what can be known of a loss and its output without data.
  bool fits(const OpDef &def, const ModelOutput &output, Loc loc);

  const File &file;
  const Settings &settings;
  const Registry &registry;
  const ModelBuilder &model;
  llvm::ArrayRef<ModelOutput> outputs;
  Diags &diags;
};

} // namespace dlc::dsl
