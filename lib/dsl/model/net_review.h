// Warnings about nets that are legal and cannot learn, and about layers and settings that change nothing.
// Data are not known here; train/review.h speaks of a run with its data.
#pragma once

#include "losses.h"

#include "dlc/ir/op_def.h"

namespace dlc::dsl {

/// W508 and W504 about the layers, inputs and first weights of a built graph.
void reviewGraph(const Graph &graph, Diags &diags);

/// W508 where the loss reads `scores`, which cannot be what it needs; W503 where the last layer drops some of them.
/// `output` is the written value, of which `scores` is what stands before a Softmax or Sigmoid of the loss itself.
void reviewScores(const OpDef &loss, Value output, Value scores, Diags &diags);

/// What the numbers of an output can be, and the layer that says so.
ResultRange rangeOf(Value value);
Loc lastLayerOf(Value value);

/// W504 and W508 for what is given, and can have no effect whatever the net is.
void reviewSettings(const Settings &settings, Diags &diags);

/// W504 for an argument of the optimizer that another one makes idle.
void reviewOptimizer(const BoundChoice &optimizer, const TrainSettings &settings, Diags &diags);

} // namespace dlc::dsl
