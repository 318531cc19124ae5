// Walks over the ops of the old graph and makes those of the new one, keeping for each value which of its dimensions
// has the positions. Composites that do not say how they step are taken apart; a primitive that does not is the reason
// why the net cannot.
#include "dlc/passes/stepping.h"

#include "dlc/ir/expand.h"
#include "dlc/ir/naming.h"
#include "dlc/ir/op_attrs.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

namespace dlc {
namespace {

int64_t elementsBehind(const Shape &shape, size_t axis) {
  int64_t count = 1;
  for (size_t d = axis + 1; d < shape.size(); ++d)
    count *= shape[d];
  return count;
}

/// A value of the old graph in the new one.
struct Stepped {
  Value value;
  std::optional<Positions> positions; ///< of the old value, where it is a sequence
  bool fixed = false;                 ///< the same in every step
};

class Stepper {
public:
  Stepper(Graph &whole, Graph &step, const Registry &registry)
      : whole_(whole), registry_(registry), b_(step, registry) {}

  Fallible<Stepping> run() {
    for (const Op &op : whole_.ops())
      made_.sequences |= op.def().sequences;
    if (made_.sequences)
      if (Checked found = findLength(); !found)
        return found.failure();
    for (auto it = whole_.ops().begin(); it != whole_.ops().end();) {
      Op &op = *it++;
      b_.setOrigin(op.origin());
      Op *last = opBefore(b_.graph(), nullptr);
      if (step(op)) {
        nameParts(b_.graph(), last, nullptr, op.label());
        continue;
      }
      if (!op.def().decompose || op.attrsIf<OutputAttrs>())
        return refuse(op);
      it = takeApart(op);
    }
    for (const Op &op : b_.graph().ops())
      if (const auto *input = op.attrsIf<InputAttrs>(); input && isState(input->name))
        made_.states.push_back({input->name, op.type()});
    return std::move(made_);
  }

private:
  bool isState(llvm::StringRef name) const {
    for (unsigned i = 1; i <= states_; ++i)
      if (name == nameOfState(i))
        return true;
    return false;
  }

  Checked findLength() {
    const Op *sequence = nullptr;
    for (const Op &op : whole_.ops()) {
      if (!op.attrsIf<InputAttrs>())
        continue;
      if (sequence)
        return Trouble{.code = "E271",
                       .message = "the net reads a sequence beside another input, so it takes no steps",
                       .loc = op.origin().range};
      sequence = &op;
    }
    if (!sequence || sequence->type().shape.size() < 2)
      return Trouble{.code = "E271", .message = "the net has no input that is a sequence, so it takes no steps"};
    made_.length = sequence->type().shape[1];
    return allGood();
  }

  Trouble refuse(const Op &op) const {
    const auto blamed = blame_.find(&op);
    const OpDef &def = blamed == blame_.end() ? op.def() : *blamed->second;
    return {.code = "E271",
            .message = (def.layer.empty() ? def.name : def.layer).str() +
                       " needs more than one position of a sequence at once, so the net takes no steps",
            .loc = op.origin().range,
            .help = "give it whole sequences"};
  }

  /// Goes on with the parts, for which the op that they are parts of is to blame.
  Graph::List::iterator takeApart(Op &op) {
    const auto blamed = blame_.find(&op);
    const OpDef *def = blamed == blame_.end() ? &op.def() : blamed->second;
    Op *before = whole_.ops().getPrevNode(op), *behind = whole_.ops().getNextNode(op);
    expandOp(whole_, op, registry_);
    auto first = before ? std::next(before->getIterator()) : whole_.ops().begin();
    for (auto it = first; it != whole_.ops().end() && &*it != behind; ++it)
      blame_[&*it] = def;
    return first;
  }

  /// False where the op does not say how.
  bool step(Op &op) {
    operands_.clear();
    positions_.clear();
    bool fixed = true, sequence = false;
    for (Value operand : op.operands()) {
      const Stepped &from = known_.find({operand.op, operand.index})->second;
      operands_.push_back(from.value);
      positions_.push_back(from.positions);
      fixed &= from.fixed;
      sequence |= from.positions.has_value();
    }
    if (op.attrsIf<InputAttrs>())
      return input(op);
    if (!sequence || op.attrsIf<OutputAttrs>())
      return copy(op, std::nullopt, fixed && !op.def().random);
    if (op.def().elementwise)
      return elementwise(op);
    if (op.def().layout != Layout::Own && move(op))
      return true;
    if (!op.def().step)
      return false;
    StepView view(op, b_, operands_, positions_, states_);
    op.def().step(view);
    if (view.results().empty())
      return false;
    for (unsigned i = 0; i < view.results().size(); ++i)
      note(op.result(i), {view.results()[i], view.resultPositions()});
    return true;
  }

  void note(Value old, Stepped now) {
    if (now.value.op->label().empty() && old.index == 0)
      now.value.op->setLabel(old.op->label());
    known_.insert({{old.op, old.index}, now});
  }

  bool input(Op &op) {
    auto attrs = op.attrs<InputAttrs>();
    if (!made_.sequences)
      return copy(op, std::nullopt, false);
    attrs.shape[1] = 1;
    note(op.result(), {b_.make("input", {}, attrs), Positions{1, 1}});
    return true;
  }

  bool copy(Op &op, std::optional<Positions> positions, bool fixed) {
    Op *made = b_.makeOp(op.def(), operands_, op.attrs());
    for (unsigned i = 0; i < made->results().size(); ++i)
      note(op.result(i), {made->result(i), positions, fixed});
    return true;
  }

  /// All sequences have their positions at the same place, and nothing else has more than one element there.
  bool elementwise(Op &op) {
    std::optional<Positions> common; // counted from the last dimension
    const size_t rank = op.type().shape.size();
    for (size_t i = 0; i < op.operands().size(); ++i) {
      if (!positions_[i])
        continue;
      const Positions own{op.operand(i).shape().size() - positions_[i]->axis, positions_[i]->inner};
      if (common.value_or(own) != own)
        return false;
      common = own;
    }
    for (size_t i = 0; i < op.operands().size(); ++i) {
      if (positions_[i])
        continue;
      const Shape &shape = op.operand(i).shape();
      const bool fixed = known_.find({op.operand(i).op, op.operand(i).index})->second.fixed;
      if (!fixed || (shape.size() >= common->axis && shape[shape.size() - common->axis] != 1))
        return false;
    }
    return copy(op, Positions{rank - common->axis, common->inner}, false);
  }

  /// The shape of one step of a value.
  Shape shortened(const Shape &shape, Positions at) const {
    Shape result(shape);
    result[at.axis] /= made_.length;
    return result;
  }

  /// Ops whose result has the operand's numbers: the same elements of each position, wherever they go.
  bool move(Op &op) {
    const Positions at = *positions_[0];
    const Shape &from = op.operand(0).shape(), &to = op.type().shape;
    if (const auto *order = op.attrsIf<OrderAttrs>(); order && op.def().layout == Layout::Permuted) {
      const auto *place = llvm::find(order->order, static_cast<int64_t>(at.axis));
      return copy(op, Positions{static_cast<size_t>(place - order->order.begin()), at.inner}, false);
    }
    if (!op.attrsIf<ShapeAttrs>())
      return false;
    std::optional<Positions> now;
    if (op.def().layout == Layout::Reshaped)
      now = placeOf(elementsBehind(from, at.axis) * at.inner, to);
    else if (op.def().layout == Layout::Repeated)
      now = Positions{to.size() - (from.size() - at.axis), at.inner};
    if (!now)
      return false;
    note(op.result(), {b_.make(op.name(), {operands_[0]}, ShapeAttrs{shortened(to, *now)}), now});
    return true;
  }

  /// The dimension in which neighbouring positions lie `stride` elements apart; nothing where they go over several.
  std::optional<Positions> placeOf(int64_t stride, const Shape &shape) const {
    for (size_t axis = shape.size(); axis-- > 0;) {
      const int64_t behind = elementsBehind(shape, axis);
      if (behind <= stride && stride % behind == 0 && shape[axis] % (stride / behind * made_.length) == 0)
        return Positions{axis, stride / behind};
    }
    return std::nullopt;
  }

  Graph &whole_;
  const Registry &registry_;
  Builder b_;
  Stepping made_;
  unsigned states_ = 0;
  llvm::DenseMap<std::pair<Op *, unsigned>, Stepped> known_;
  llvm::DenseMap<const Op *, const OpDef *> blame_;
  llvm::SmallVector<Value, 4> operands_;
  llvm::SmallVector<std::optional<Positions>, 4> positions_;
};

} // namespace

Fallible<Stepping> makeStepping(Graph &graph, const Registry &registry) {
  const std::unique_ptr<Graph> whole = graph.clone();
  while (!graph.empty())
    graph.erase(&graph.ops().back());
  DLC_TRY(Stepping made, Stepper(*whole, graph, registry).run());
  makeLabelsUnique(graph);
  return made;
}

} // namespace dlc
