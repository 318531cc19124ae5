// ModelBuilder: a [model] body to ops of a graph; layers are made by their ops' own build(), and older spellings become
// arrows first (older_forms.h). The loss and everything about training is added by build.cpp.
#pragma once

#include "blocks.h"
#include "older_forms.h"
#include "tracer.h"

#include "dlc/dsl/model/build.h"
#include "llvm/ADT/DenseSet.h"
#include <variant>

namespace dlc::dsl {

/// A name of a body as it counts: `Input` and `OUTPUT.mask` are the reserved names in another case.
std::string canonicalName(llvm::StringRef written);

/// What the model ends in: `output`, or one of several.
struct ModelOutput {
  std::string name; ///< "output", "output.mask"
  Traced value;
  Loc loc; ///< of the expression
};

class ModelBuilder {
public:
  ModelBuilder(const File &file, const Settings &settings, const Vocabulary &vocabulary, const BuildOptions &options,
               Graph &graph, Diags &diags);

  /// Builds the inputs and everything up to the outputs, in the order of their lines; none after errors.
  std::vector<ModelOutput> build();

  const std::vector<NetInput> &inputs() const { return inputs_; }
  const Evaluator &constants() const { return evaluator; }
  LayerBuilder makeBuilder(Loc loc, const TrailNode *trail) { return tracer.makeBuilder(loc, trail); }
  std::string summary() const { return tracer.summary(); }
  /// Warnings are given once, for the training graph, and not beside errors: these may be what caused them.
  bool warns() const { return options.mode == Mode::Train && diags.errorCount() == 0; }

private:
  /// A body being built: its names, its constants, its weights' prefix.
  struct Scope {
    Evaluator evaluator;
    std::string prefix; ///< "basic2."
    llvm::StringMap<Traced> values;
    llvm::StringMap<Loc> bound;       ///< every name bound by a line, in error or not
    llvm::StringSet<> broken;         ///< names whose lines could not be read, or bind nothing
    std::string binding;              ///< the name whose line is being read
    bool insideArrow = false;         ///< what is read is no longer the whole of that line
    llvm::StringMap<unsigned> counts; ///< layers and blocks by lower-case name
    llvm::StringSet<> used;
    const Scope *outer = nullptr;
    const Section *block = nullptr; ///< null: the model
  };
  using Operand = std::variant<double, Traced>;

  // model_builder.cpp
  /// E232 where the size of the input is written and is another one. False: after so many errors, no more are sought.
  bool checkWrittenInputs(const OpDef &def, const Bound &bound, const Traced &input);
  /// The outputs, in order; none after errors.
  std::vector<ModelOutput> arrowBody(Scope &scope, const Section &section);
  /// The body of a block that nothing uses: for its mistakes alone.
  void checkUnused(const Section &section);
  bool checkBinding(Scope &scope, const Statement &statement, llvm::StringRef name);
  /// Whether `op` stands behind `last`.
  bool isNew(const Op *op, Op *last) const;
  /// Whether a line binds `name` ("input", "output") or a part of it, in error or not.
  static bool isBound(const Scope &scope, llvm::StringRef name);
  void checkAllThere(Scope &scope, const Section &section);
  void warnUnused(Scope &scope, const Section &section);

  // inputs.cpp
  std::optional<Traced> declareInput(llvm::StringRef name, const Const &value, Loc statement);
  std::optional<NetInput> tokens(const Const &call);
  std::optional<Shape> inputShape(const Const &value);

  // expressions.cpp
  std::optional<Traced> evaluate(Scope &scope, const Expr &expr);
  std::optional<Operand> operand(Scope &scope, const Expr &expr);
  std::optional<Operand> arithmetic(Scope &scope, const Chain &chain);
  /// One operator of a chain; `before` and `next` are where its operands stand.
  std::optional<Operand> apply(const dsl::Operand &next, const Operand &left, const Operand &right, Loc before);
  std::optional<Operand> matrixProduct(const dsl::Operand &next, const Traced &a, const Traced &b, Loc before);
  std::optional<Traced> reference(Scope &scope, const Ref &ref, Loc loc);
  const Statement *bindingBelow(const Scope &scope, llvm::StringRef name) const;
  std::optional<Traced> call(Scope &scope, const Expr &expr);
  std::optional<Traced> flow(Scope &scope, const Flow &flow);
  /// What a layer written as a function is as an arrow; nothing where no value is given to it.
  std::optional<std::string> asArrow(const Scope &scope, const Expr &expr) const;

  // layers.cpp
  // Behind a mistake there is no input any more: what can be said of a step without its shapes still is.
  std::optional<Traced> stage(Scope &scope, const Stage &stage, std::optional<Traced> input);
  /// One layer or block; `loc` is what the trail shows for it.
  std::optional<Traced> step(Scope &scope, Name name, llvm::ArrayRef<Arg> args, Loc loc, std::optional<Traced> input);
  /// A layer of several values: those of `args` without a name, behind what an arrow brings if it `isStep` of one.
  std::optional<Traced> layerOfSeveral(Scope &scope, const OpDef &def, Name name, llvm::ArrayRef<Arg> args, Loc loc,
                                       std::optional<Traced> input, bool isStep);
  std::optional<Traced> layer(Scope &scope, const OpDef &def, Name name, const Bound &bound, Loc loc,
                              llvm::ArrayRef<Traced> inputs);
  /// Whether a block may be used inside `scope`: not too deep, and not in itself. E115, E243.
  bool mayUse(const Scope &scope, const Section &section, Name name);
  /// The parameter that an argument gives; `position` counts those without a name. Null after E240 or E242.
  const Param *parameterOf(const Section &section, const Arg &arg, size_t &position);
  /// Defines the parameters of a block in `body`. What the block is called there: `name=`, or "stage2".
  std::optional<std::string> bindParameters(Scope &scope, Scope &body, const Section &section, Name name,
                                            llvm::ArrayRef<Arg> args);
  std::optional<Traced> block(Scope &scope, const Section &section, Name name, llvm::ArrayRef<Arg> args, Loc loc,
                              std::optional<Traced> input);
  /// The result of a layer is called as its weights would be, and what it was made of after it. `last`: the op in
  /// front.
  void nameLayer(Value value, Op *last, llvm::StringRef name);

  const File &file;
  const Settings &settings;
  const Registry &registry;
  const BuildOptions &options;
  Graph &graph;
  Diags &diags;
  Evaluator evaluator;
  BlockTable blocks;
  Tracer tracer;
  llvm::StringMap<Loc> weightNames;         ///< of all parameters so far, and the layers that have them
  llvm::DenseSet<const char *> wrongInputs; ///< where sizes of inputs are written that are others
  std::vector<NetInput> inputs_;
  std::optional<ArrowForm> arrows; ///< of a model in an older form
  unsigned layers = 0;
  bool countsLayers = true; ///< false: in blocks that are no part of the net
  unsigned errorsBefore;
};

} // namespace dlc::dsl
