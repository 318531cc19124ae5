// Creation, removal and rewiring of ops; keeps use lists exact.
// It infers nothing and checks only its own invariants.
#include "dlc/ir/graph.h"

#include "dlc/ir/op_def.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"

#include <array>

namespace dlc {

llvm::StringRef name(Stage stage) {
  static constexpr llvm::StringLiteral kNames[] = {"ast",       "graph",   "typed", "grad",
                                                   "primitive", "program", "fused", "planned"};
  return kNames[static_cast<size_t>(stage)];
}

std::optional<Stage> parseStage(llvm::StringRef text) {
  for (Stage stage : kStages)
    if (text == name(stage))
      return stage;
  return std::nullopt;
}

Op::Op(const OpDef &def, llvm::ArrayRef<Value> operands, llvm::ArrayRef<Type> results, Attrs attrs)
    : def_(&def), operands_(operands), results_(results), attrs_(std::move(attrs)) {}

llvm::StringRef Op::name() const { return def_->name; }

bool Op::hasUses(unsigned result) const {
  return llvm::any_of(users_, [&](const Op *user) {
    return llvm::any_of(user->operands(), [&](Value v) { return v.op == this && v.index == result; });
  });
}

Graph::~Graph() {
  // Readers stand after what they read; removing from the back leaves no dangling use on the way.
  while (!ops_.empty())
    destroy(&ops_.back());
}

void Graph::destroy(Op *op) {
  ops_.remove(op);
  op->~Op();
  memory_.Deallocate(op);
}

Op *Graph::insert(const OpDef &def, llvm::ArrayRef<Value> operands, llvm::ArrayRef<Type> results, Attrs attrs,
                  Op *before) {
  Op *op = new (memory_.Allocate<Op>()) Op(def, operands, results, std::move(attrs));
  for (Value v : operands) {
    DLC_CHECK(v && v.index < v.op->results_.size()) << "operand of " << def.name << " is no value";
    v.op->users_.push_back(op);
  }
  ops_.insert(before ? before->getIterator() : ops_.end(), op);
  return op;
}

/// Where to look first for a use of an op that tens of thousands read: passes go through a graph in order, so that what
/// they remove next stands beside what they removed last. A wrong guess costs time only.
static size_t &firstGuess(const Op *used) {
  static thread_local std::array<size_t, 256> guesses{};
  return guesses[llvm::hash_value(used) % guesses.size()];
}

/// The last use takes the place of the one that goes: moving all behind it up would take as long as there are uses.
void Graph::removeUser(Value value, Op *user) {
  auto &users = value.op->users_;
  size_t &guess = firstGuess(value.op);
  size_t below = std::min(guess + 1, users.size()), above = below; // looked at so far: from below to above
  while (below > 0 || above < users.size()) {
    if (below > 0 && users[below - 1] == user) {
      above = --below;
      break;
    }
    below -= below > 0;
    if (above < users.size() && users[above] == user)
      break;
    above += above < users.size();
  }
  DLC_CHECK(above < users.size() && users[above] == user) << "use list of " << value.op->name();
  guess = above;
  users[above] = users.back();
  users.pop_back();
}

void Graph::erase(Op *op) {
  DLC_CHECK(op->users_.empty()) << op->name() << " still has readers";
  for (Value v : op->operands_)
    removeUser(v, op);
  destroy(op);
}

void Graph::setOperand(Op &op, size_t i, Value value) {
  removeUser(op.operands_[i], &op);
  op.operands_[i] = value;
  value.op->users_.push_back(&op);
}

void Graph::setResultTypes(Op &op, llvm::ArrayRef<Type> types) { op.results_.assign(types.begin(), types.end()); }

void Graph::setAttrs(Op &op, Attrs attrs) { op.attrs_ = std::move(attrs); }

void Graph::replaceUses(Value from, Value to) {
  llvm::SmallVector<Op *, 4> users(from.op->users_);
  for (Op *user : users)
    for (size_t i = 0; i < user->operands_.size(); ++i)
      if (user->operands_[i] == from)
        setOperand(*user, i, to);
}

void Graph::moveBefore(Op &op, Op &before) { ops_.splice(before.getIterator(), ops_, op.getIterator()); }

void Graph::number() {
  unsigned next = 0;
  for (Op &op : ops_)
    op.number_ = next++;
}

std::unique_ptr<Graph> Graph::clone() const {
  auto copy = std::make_unique<Graph>();
  copy->name = name;
  copy->stage = stage;
  llvm::DenseMap<const Op *, Op *> map;
  for (const Op &op : ops_) {
    Values operands;
    for (Value v : op.operands_)
      operands.push_back({map.lookup(v.op), v.index});
    Op *twin = copy->insert(*op.def_, operands, op.results_, op.attrs_, nullptr);
    twin->origin_ = op.origin_;
    twin->label_ = op.label_;
    map[&op] = twin;
  }
  return copy;
}

} // namespace dlc
