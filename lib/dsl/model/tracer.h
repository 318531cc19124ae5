// Tracer: the values of a graph with the history of their shapes, which the ops of a model come from and its errors
// tell. Which ops are made is decided by ModelBuilder.
#pragma once

#include "arguments.h"

#include "dlc/dsl/model/build.h"

#include <deque>

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
  int64_t vocab = 0;         ///< of tokens; 0: numbers
  bool featuresLast = false; ///< a sequence T x D, as far as the layers tell
};

class Tracer {
public:
  Tracer(const Settings &settings, const Registry &registry, const BuildOptions &options, Graph &graph, Diags &diags)
      : settings(settings), registry(registry), options(options), graph(graph), diags(diags) {}

  /// A builder whose ops come from `loc`, and whose errors go to the diagnostics with the trail of `trail`.
  LayerBuilder makeBuilder(Loc loc, const TrailNode *trail);
  Origin originOf(Loc loc) const;
  Traced traced(Value value, Loc loc, const TrailNode *before);
  /// "8x30x30" without the batch; "a number" for a scalar.
  static std::string shapeOf(Value value);

  /// Adds the shape trail of a value to a diagnostic.
  void addTrail(InFlight &diagnostic, const TrailNode *trail) const;
  void reportOpError(const OpError &error, Loc nameLoc, llvm::ArrayRef<Traced> inputs, const Bound *bound);
  /// E237 for tokens; `help` says what to write for them.
  bool areNumbers(const Traced &value, Loc loc, llvm::StringRef what, const llvm::Twine &help);
  /// E208 for a value that no net may have.
  bool tooLarge(Loc loc, Value value);

  void addWidth(int64_t width) { widths.push_back(width); }
  /// Something changes a shape that is no Linear layer.
  void changeShape() { onlyWidths = false; }
  /// "784-64-10" while only Linear layers change the shape of a vector; otherwise empty.
  std::string summary() const;

  bool inList = false; ///< the model is a layer list, in which there are no arrows

private:
  const Settings &settings;
  const Registry &registry;
  const BuildOptions &options;
  Graph &graph;
  Diags &diags;
  std::deque<TrailNode> trails;         // nodes never move
  llvm::SmallVector<int64_t, 8> widths; ///< of the Linear layers
  bool onlyWidths = true;
};

} // namespace dlc::dsl
