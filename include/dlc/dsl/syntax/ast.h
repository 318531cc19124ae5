// The syntax tree of the language: sections of `name = value`, and expressions, every node with its place.
// It knows words and positions only; what a name means (a layer, a key, a constant) is decided by settings and build.
#pragma once

#include "dlc/signature/const.h"
#include "dlc/support/sources.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace llvm {
class raw_ostream;
}

namespace dlc::dsl {

/// Nodes keep views into the source text, so a tree must not outlive the Sources it was parsed from. Trees are never
/// deeper than the brackets of the source (at most kMaxNesting): long sums and arrow chains are flat lists. They are
/// not changed once they are made, so copies share what they can.
inline constexpr unsigned kMaxNesting = 256;

struct Expr;
struct Arg;
struct Operand;
struct Stage;

/// A name as written, dots included: `Linear`, `input.image`.
struct Name {
  llvm::StringRef text;
  Loc loc;
};

/// `value` is the number as written, before its unit: 10 for `10%`.
struct Number {
  double value = 0;
  Unit unit = Unit::None;
  bool whole = false; ///< written without a fraction or exponent
};
/// `"..."`, escapes resolved, `${name}` still in place.
struct String {
  std::string value;
};
/// Rest of the line after a classic file-path key, without the blanks around it.
struct Text {
  llvm::StringRef value;
};
/// `3x32x32`
struct ShapeLit {
  llvm::SmallVector<int64_t, 4> dims;
};
/// A name that stands for a value, a constant or a word: `input`, `width`, `Adam`.
struct Ref {
  Name name;
};
/// `Conv2d(6, 5, padding=2)`
struct Call {
  Name callee;
  std::vector<Arg> args;
};
/// `[1, 2, 3]`
struct List {
  std::vector<Arg> items;
};
/// One precedence level of arithmetic, from left to right: `a + b - c`, or `a * b / c // d @ e`.
struct Chain {
  std::vector<Operand> operands; ///< at least two; the operator of the first means nothing
};
struct Negate {
  std::shared_ptr<const Expr> operand;
};
/// `test[9000:]`; a missing bound is null.
struct Slice {
  Name of;
  std::shared_ptr<const Expr> from, to;
};
/// `source -> stage -> stage`
struct Flow {
  std::shared_ptr<const Expr> source;
  std::vector<Stage> stages; ///< at least one
};

struct Expr {
  Loc loc;
  std::variant<std::monostate, Number, String, Text, ShapeLit, Ref, Call, List, Chain, Negate, Slice, Flow> node;

  template <class T> const T *as() const { return std::get_if<T>(&node); }
};

/// An argument or list item; `name` is empty for a positional one.
struct Arg {
  Name name;
  Expr value;
  Loc loc() const { return name.text.empty() ? value.loc : join(name.loc, value.loc); }
};

enum class ArithOp : uint8_t { Add, Sub, Mul, Div, FloorDiv, MatMul };
/// "+", "-", "*", "/", "//", "@"
llvm::StringRef spelling(ArithOp op);

struct Operand {
  ArithOp op = ArithOp::Add;
  Loc opLoc;
  Expr value;
};

/// `-> [count *] step`; the step is a Ref or a Call.
struct Stage {
  Loc arrow;
  std::shared_ptr<const Expr> count; ///< null: once
  Expr step;
  Loc loc() const { return count ? join(count->loc, step.loc) : step.loc; }
};

/// `key = value, value, ...`. The first value may be a Flow and has no name; there is always at least one.
struct Statement {
  Name key;
  std::vector<Arg> values;
  Loc loc; ///< from the key to the end of the last value
  const Expr &value() const { return values.front().value; }
  /// All values.
  Loc valueLoc() const { return join(values.front().value.loc, values.back().value.loc); }
};

struct Param {
  Name name;
  std::optional<Expr> fallback;
};

/// `[model]`, `[block Basic(out, stride=1)]`
struct Section {
  Loc loc; ///< the header
  Name kind;
  Name name; ///< empty where the header has only one word
  std::vector<Param> params;
  bool hasParams = false; ///< parentheses were written
  bool included = false;  ///< from another file: nothing need use it
  std::vector<Statement> body;
  std::vector<Name> unread; ///< keys of statements with a syntax error: what they bind is missing for a reason
};

struct File {
  llvm::StringRef name;
  Loc start;                        ///< an empty place at the beginning of the text
  std::vector<Statement> constants; ///< the statements before the first section
  std::vector<Section> sections;
  std::vector<Name> unread; ///< of the constants
  bool incomplete = false;  ///< an include failed: what it would have brought is missing for a reason
};

/// Stable, indented text, one node a line, each followed by `// file:line:col`; `line` > 0 keeps only the nodes on that
/// line and the sections and statements around them.
void printAst(llvm::raw_ostream &os, const File &file, const Sources &sources, unsigned line = 0);

} // namespace dlc::dsl
