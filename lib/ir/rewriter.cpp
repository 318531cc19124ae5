// Replacement and operand changes, counted.
// Which rule runs when is decided by the pass simplify.
#include "dlc/ir/rewriter.h"

namespace dlc {

void Rewriter::replace(Op &op, llvm::ArrayRef<Value> values) {
  DLC_CHECK(values.size() == op.results().size()) << "replacement of " << op.name();
  for (unsigned i = 0; i < values.size(); ++i) {
    DLC_CHECK(values[i].type() == op.type(i)) << "replacement of " << op.name() << " has another type";
    if (values[i].op->label().empty() && !op.label().empty() && i == 0)
      values[i].op->setLabel(op.label());
    graph().replaceUses(op.result(i), values[i]);
  }
  replaced_ = &op;
  ++changes_;
}

void Rewriter::setOperand(Op &op, size_t i, Value value) {
  graph().setOperand(op, i, value);
  ++changes_;
}

} // namespace dlc
