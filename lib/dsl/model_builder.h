// ModelBuilder: a [model] body, in any of its three spellings, to ops of a graph; layers are made by their ops' own
// build(). The loss and everything about training is added by build.cpp.
#pragma once

#include "arguments.h"

#include "dlc/dsl/build.h"
#include "llvm/ADT/DenseSet.h"
#include <deque>
#include <variant>

namespace dlc::dsl {

/// What a value was after one step; a list towards the input.
struct TrailNode {
  Loc loc;
  std::string shape;
  const TrailNode *before;
};

/// A value of the graph with the history of its shape.
struct Traced {
  Value value;
  const TrailNode *trail = nullptr;
};

class ModelBuilder {
public:
  ModelBuilder(const File &file, const Settings &settings, const Registry &registry, const BuildOptions &options,
               Graph &graph, Diags &diags);

  /// Builds `input` and everything up to `output`; nothing after errors.
  std::optional<Traced> build();

  const Shape &inputShape() const { return inputShape_; }
  Loc outputLoc() const { return outputLoc_; }
  /// "784-64-10" while only Linear layers change the shape of a vector; otherwise empty.
  std::string summary() const;

  /// A builder whose ops come from `loc`, and whose errors go to the diagnostics with the trail of `trail`.
  LayerBuilder makeBuilder(Loc loc, const TrailNode *trail, const Bound *bound = nullptr);
  Origin originOf(Loc loc) const;
  const Evaluator &constants() const { return evaluator; }
  /// Warnings are given once, for the training graph, and not beside errors: these may be what caused them.
  bool warns() const { return options.mode == Mode::Train && !diags.hadError(); }
  /// Adds the shape trail of a value to a diagnostic.
  void addTrail(InFlight &diagnostic, const TrailNode *trail) const;
  /// "8x30x30" without the batch; "a number" for a scalar.
  static std::string shapeOf(Value value);

private:
  /// A body being built: its names, its constants, its weights' prefix.
  struct Scope {
    Evaluator evaluator;
    std::string prefix; ///< "basic2."
    llvm::StringMap<Traced> values;
    llvm::StringMap<Loc> bound;       ///< every name bound by a line, in error or not
    llvm::StringMap<unsigned> counts; ///< layers and blocks by lower-case name
    llvm::StringSet<> used;
    const Scope *outer = nullptr;
    const Section *block = nullptr; ///< null: the model
  };
  using Operand = std::variant<double, Traced>;

  // model_builder.cpp
  const Section *findModel();
  void checkNames();
  std::optional<Traced> declareInput(const Const &value, Loc statement);
  std::optional<Traced> arrowBody(Scope &scope, const Section &section);
  bool checkBinding(Scope &scope, const Statement &statement);
  std::optional<Traced> evaluate(Scope &scope, const Expr &expr);
  std::optional<Operand> operand(Scope &scope, const Expr &expr);
  std::optional<Operand> arithmetic(Scope &scope, const Chain &chain, Loc loc);
  std::optional<Traced> reference(Scope &scope, const Ref &ref, Loc loc);
  std::optional<Traced> flow(Scope &scope, const Flow &flow);
  Traced traced(Value value, Loc loc, const TrailNode *before);

  // layers.cpp
  std::optional<Traced> stage(Scope &scope, const Stage &stage, Traced input);
  /// One layer or block; `loc` is what the trail shows for it.
  std::optional<Traced> step(Scope &scope, Name name, llvm::ArrayRef<Arg> args, Loc loc, Traced input, bool classic);
  std::optional<Traced> layer(Scope &scope, const OpDef &def, Name name, const Bound &bound, Loc loc, Traced input);
  std::optional<Traced> block(Scope &scope, const Section &section, Name name, llvm::ArrayRef<Arg> args, Loc loc,
                              Traced input);
  void unknownLayer(Name name);
  const Section *findBlock(llvm::StringRef name) const;
  bool isLayerName(llvm::StringRef name) const;
  void reportOpError(const OpError &error, Loc nameLoc, const TrailNode *trail, const Bound *bound);
  bool tooLarge(Loc loc, Value value);

  // classic.cpp
  std::optional<Traced> layerList(Scope &scope, const Section &model);
  std::optional<Traced> sizesForm(Scope &scope, const Section &model);

  const File &file;
  const Settings &settings;
  const Registry &registry;
  const BuildOptions &options;
  Graph &graph;
  Diags &diags;
  Evaluator evaluator;
  std::deque<TrailNode> trails; // nodes never move
  llvm::StringMap<const Section *> blocks;
  llvm::StringSet<> usedBlocks;
  Shape inputShape_;
  Loc inputLoc, outputLoc_;
  llvm::SmallVector<int64_t, 8> widths; ///< of the Linear layers
  bool onlyWidths = true;
  unsigned layers = 0;
  unsigned errorsBefore;
};

} // namespace dlc::dsl
