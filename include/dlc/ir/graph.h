// The graph IR: ops in execution order, values between them, use lists kept current.
// It has no knowledge of any particular op; ask op.def() and op.attrs<A>().
#pragma once

#include "dlc/support/attrs.h"
#include "dlc/support/type.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/ilist.h"
#include "llvm/ADT/ilist_node.h"
#include "llvm/Support/Allocator.h"
#include "llvm/Support/RecyclingAllocator.h"
#include "llvm/Support/SMLoc.h"

#include <string>

namespace dlc {

struct OpDef;
class Op;
class Graph;

/// Where an op comes from: a range of the source buffer for carets (may be invalid, as in graphs read from text) and
/// the printed form "net.dsl:3:7", which survives printing and reading back.
struct Origin {
  llvm::SMRange range;
  std::string text;
};

/// One result of one op. Small and copyable; it owns nothing. A default Value is "none".
struct Value {
  Op *op = nullptr;
  unsigned index = 0;

  explicit operator bool() const { return op != nullptr; }
  inline const Type &type() const;
  const Shape &shape() const { return type().shape; }
  DType dtype() const { return type().dtype; }
  friend bool operator==(const Value &, const Value &) = default;
};
using Values = llvm::SmallVector<Value, 3>;

class Op : public llvm::ilist_node<Op> {
public:
  const OpDef &def() const { return *def_; }
  llvm::StringRef name() const; ///< the definition's mnemonic

  llvm::ArrayRef<Value> operands() const { return operands_; }
  Value operand(size_t i) const { return operands_[i]; }
  llvm::ArrayRef<Type> results() const { return results_; }
  Value result(unsigned i = 0) const { return {const_cast<Op *>(this), i}; }
  const Type &type(unsigned i = 0) const { return results_[i]; }

  bool hasAttrs() const { return static_cast<bool>(attrs_); }
  template <class A> const A &attrs() const { return attrs_.as<A>(); }
  const Attrs &attrs() const { return attrs_; }
  /// The attributes if they are an A, else null: `op.attrsIf<ParamAttrs>()` is how to ask whether an op is a param.
  template <class A> const A *attrsIf() const { return attrs_.getIf<A>(); }

  const Origin &origin() const { return origin_; }
  void setOrigin(Origin origin) { origin_ = std::move(origin); }
  /// A name for people ("h", "linear1"); printing makes it unique. May be empty.
  llvm::StringRef label() const { return label_; }
  void setLabel(llvm::StringRef label) { label_ = label.str(); }

  /// Every op that reads a result of this one, once per operand that does.
  llvm::ArrayRef<Op *> users() const { return users_; }
  bool hasUses(unsigned result) const;
  /// Position in the graph's order; valid after Graph::number().
  unsigned number() const { return number_; }

private:
  friend class Graph;
  friend class Rewriter;
  Op(const OpDef &def, llvm::ArrayRef<Value> operands, llvm::ArrayRef<Type> results, Attrs attrs);

  const OpDef *def_;
  llvm::SmallVector<Value, 3> operands_;
  llvm::SmallVector<Type, 1> results_;
  Attrs attrs_;
  Origin origin_;
  std::string label_;
  llvm::SmallVector<Op *, 4> users_;
  unsigned number_ = 0;
};

inline const Type &Value::type() const { return op->type(index); }

} // namespace dlc

/// A graph frees its ops itself.
template <> struct llvm::ilist_alloc_traits<dlc::Op> : llvm::ilist_noalloc_traits<dlc::Op> {};

namespace dlc {

/// The way from the text to the plan, in order; --emit-ir names them. A graph is at one of the four from Graph on, each
/// of which promises what the verifier then checks (docs/architecture.md).
enum class Stage : uint8_t { Ast, Graph, Typed, Grad, Primitive, Program, Fused, Planned };
inline constexpr Stage kStages[] = {Stage::Ast,       Stage::Graph,   Stage::Typed, Stage::Grad,
                                    Stage::Primitive, Stage::Program, Stage::Fused, Stage::Planned};
llvm::StringRef name(Stage stage);
std::optional<Stage> parseStage(llvm::StringRef text);

class Graph {
public:
  Graph() = default;
  Graph(const Graph &) = delete;
  Graph &operator=(const Graph &) = delete;
  ~Graph();

  std::string name = "net";
  Stage stage = Stage::Graph;

  using List = llvm::iplist<Op>;
  List &ops() { return ops_; }
  const List &ops() const { return ops_; }
  bool empty() const { return ops_.empty(); }

  /// Creates an op before `before` (or at the end). Types are given, not inferred: use Builder.
  Op *insert(const OpDef &def, llvm::ArrayRef<Value> operands, llvm::ArrayRef<Type> results, Attrs attrs, Op *before);
  /// Removes an op that nobody reads.
  void erase(Op *op);
  void setOperand(Op &op, size_t i, Value value);
  void setResultTypes(Op &op, llvm::ArrayRef<Type> types);
  void setAttrs(Op &op, Attrs attrs);
  /// All readers of `from` read `to` instead.
  void replaceUses(Value from, Value to);
  /// Moves an op so that it stands before `before`.
  void moveBefore(Op &op, Op &before);
  void number();

  /// A deep copy; origins, labels and stage included.
  std::unique_ptr<Graph> clone() const;

private:
  void removeUser(Value value, Op *user);
  void destroy(Op *op);
  /// Ops stand side by side, as passes meet them: a graph of a big net does not fit into the caches.
  llvm::RecyclingAllocator<llvm::BumpPtrAllocator, Op> memory_;
  List ops_;
};

} // namespace dlc
