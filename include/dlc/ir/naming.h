// Names of the ops that are made for something with a name: the parts of a layer, of a gradient, of an update; and
// patterns over the names of parameters. Printing makes labels unique where two are the same.
#pragma once

#include "dlc/ir/graph.h"

namespace dlc {

/// The op in front of `op`, or the last one for null: what stands behind it later is new. Null where there is none.
Op *opBefore(Graph &graph, Op *op);

/// Labels the ops behind `last` (null: from the front) and in front of `end` (null: to the back) that have a result and
/// no label: "linear1.reshape", the second of a kind "linear1.reshape_2"; whether there were any. Does nothing where
/// `whole` is empty.
bool nameParts(Graph &graph, Op *last, Op *end, llvm::StringRef whole);
/// The same for scalars only: what an optimizer computes once for all parameters is called after itself, "adam.div".
void nameScalars(Graph &graph, Op *last, Op *end, llvm::StringRef whole);

/// Changes labels that two ops have, so that each is another one: "linear1.mul_2". What is printed, and the buffers of
/// the program, are then called the same; passes that only take ops out change no name.
void makeLabelsUnique(Graph &graph);

/// Whether `pattern` means the parameter `name`, or the layer or block that it belongs to: "head" and "he*" mean
/// "head.bias". * stands for any letters, ? for one.
bool matchesName(llvm::StringRef name, llvm::StringRef pattern);

} // namespace dlc
