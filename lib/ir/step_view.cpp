// States as inputs and outputs of one name, and the rules that several ops share.
// Which op takes which rule is said in the files of the ops.
#include "dlc/ir/step_view.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/support/check.h"

namespace dlc {

std::string nameOfState(unsigned number) { return "state." + std::to_string(number); }

bool StepView::onlySequence(size_t i) const {
  for (size_t other = 0; other < positions_.size(); ++other)
    if (positions_[other].has_value() != (other == i))
      return false;
  return true;
}

Value StepView::state(Type type) {
  return b.make("input", {}, InputAttrs{nameOfState(++states_), type.dtype, type.shape});
}

void StepView::keep(Value state, Value next) {
  DLC_CHECK(state.type() == next.type()) << "a state keeps its type";
  b.makeOp("output", {next}, Attrs::of(OutputAttrs{state.op->attrs<InputAttrs>().name}));
}

void StepView::sequence(llvm::ArrayRef<Value> results, Positions positions) {
  latest(results);
  resultPositions_ = positions;
}

void StepView::latest(llvm::ArrayRef<Value> results) {
  DLC_CHECK(results.size() == op.results().size()) << op.name() << " has other results in one step";
  results_.assign(results.begin(), results.end());
  resultPositions_.reset();
}

void StepView::again(Positions positions) {
  Op *made = b.makeOp(op.def(), operands_, op.attrs());
  Values results;
  for (unsigned i = 0; i < made->results().size(); ++i)
    results.push_back(made->result(i));
  sequence(results, positions);
}

void stepRows(StepView &s) {
  const Positions at = *s.positions(0);
  if (s.onlySequence(0) && at.axis + 1 < s.op.operand(0).shape().size())
    s.again(at);
}

void stepBeside(StepView &s, int64_t first, int64_t last, bool reduced) {
  const std::optional<Positions> &at = s.positions(0);
  for (size_t i = 0; i < s.op.operands().size(); ++i)
    if (s.positions(i) != at)
      return;
  const auto axis = static_cast<int64_t>(at->axis);
  if (axis < first)
    s.again(*at);
  else if (axis > last)
    s.again({at->axis - static_cast<size_t>(reduced ? last - first + 1 : 0), at->inner});
}

} // namespace dlc
