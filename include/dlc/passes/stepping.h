// Stepping: the graph of one step of a sequence, derived from the graph that reads the whole of it.
// What each op does in one step is said by the op (ir/step_view.h); here it is put together.
#pragma once

#include "dlc/ir/op_def.h"
#include "dlc/support/trouble.h"

namespace dlc {

/// A value that is kept from one step to the next: an input and an output of this name, [N,...], zeros at first.
struct StepState {
  std::string name;
  Type type;
};

struct Stepping {
  bool sequences = false; ///< the net reads sequences; otherwise its graph is as it was, and a step is a sample
  int64_t length = 1;     ///< positions of a whole sequence
  std::vector<StepState> states;
};

/// Turns the graph of a net, before it is expanded and in Mode::Infer, into that of one step: inputs and outputs have
/// one position instead of `length`, or are those after this position, and states are inputs and outputs, too. Fed with
/// the positions of a sequence one after the other, it gives what the net gives for them, bit for bit. E271 at the
/// layer that cannot say what one position is without the others; then nothing of the graph is left.
Fallible<Stepping> makeStepping(Graph &graph, const Registry &registry);

} // namespace dlc
