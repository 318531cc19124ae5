// Spellings of operators, and the printed form of the syntax tree (`--emit-ir=ast`).
// It prints what was parsed, not canonical source.
#include "dlc/dsl/syntax/ast.h"

#include "dlc/support/strings.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::dsl {

llvm::StringRef spelling(ArithOp op) {
  static constexpr llvm::StringLiteral kSpellings[] = {"+", "-", "*", "/", "//", "@"};
  return kSpellings[static_cast<size_t>(op)];
}

namespace {

class AstPrinter {
public:
  AstPrinter(llvm::raw_ostream &os, const Sources &sources, unsigned onlyLine)
      : os(os), sources(sources), onlyLine(onlyLine) {}

  void print(const File &file) {
    os << "file " << file.name << '\n';
    for (const Statement &s : file.constants)
      print(s, 1);
    for (const Section &section : file.sections)
      print(section);
  }

private:
  /// One node: the text, its place; `force` prints it whatever line it is on.
  void node(unsigned depth, Loc loc, const llvm::Twine &text, bool force = false) {
    if (!force && !wanted(loc))
      return;
    os.indent(2 * depth) << text;
    std::string where = sources.where(loc);
    if (!where.empty())
      os << "  // " << where;
    os << '\n';
  }
  bool wanted(Loc loc) const { return onlyLine == 0 || sources.position(loc).line == onlyLine; }
  bool touches(Loc loc) const {
    if (onlyLine == 0)
      return true;
    unsigned first = sources.position(loc).line, last = sources.position({loc.End, loc.End}).line;
    return first <= onlyLine && onlyLine <= last;
  }

  void print(const Section &section) {
    bool any = touches(section.loc);
    for (const Statement &s : section.body)
      any |= touches(s.loc);
    if (!any)
      return;
    std::string text = ("section " + section.kind.text).str();
    if (!section.name.text.empty())
      text += " " + section.name.text.str();
    node(1, section.loc, text, true);
    for (const Param &param : section.params) {
      node(2, param.name.loc, "param " + param.name.text);
      if (param.fallback)
        print(*param.fallback, 3);
    }
    for (const Statement &s : section.body)
      print(s, 2);
  }

  void print(const Statement &s, unsigned depth) {
    if (!touches(s.loc))
      return;
    node(depth, s.loc, s.key.text + " =", true);
    for (const Arg &value : s.values)
      print(value, depth + 1);
  }

  void print(const Arg &arg, unsigned depth) {
    if (arg.name.text.empty()) {
      print(arg.value, depth);
      return;
    }
    node(depth, arg.name.loc, "arg " + arg.name.text);
    print(arg.value, depth + 1);
  }

  void print(const Expr &expr, unsigned depth) {
    std::visit([&](const auto &n) { print(n, expr.loc, depth); }, expr.node);
  }
  void print(std::monostate, Loc loc, unsigned depth) { node(depth, loc, "nothing"); }
  void print(const Number &n, Loc loc, unsigned depth) {
    node(depth, loc, "number " + shortNumber(n.value) + (n.unit == Unit::None ? "" : " ") + spelling(n.unit));
  }
  void print(const String &n, Loc loc, unsigned depth) {
    std::string text = "string \"";
    llvm::raw_string_ostream(text).write_escaped(n.value);
    node(depth, loc, text + "\"");
  }
  void print(const Text &n, Loc loc, unsigned depth) { node(depth, loc, "text " + n.value); }
  void print(const ShapeLit &n, Loc loc, unsigned depth) {
    std::string text = "shape ";
    for (size_t i = 0; i < n.dims.size(); ++i) {
      text += i ? "x" : "";
      text += std::to_string(n.dims[i]);
    }
    node(depth, loc, text);
  }
  void print(const Ref &n, Loc loc, unsigned depth) { node(depth, loc, "path " + n.name.text); }
  void print(const Call &n, Loc loc, unsigned depth) {
    node(depth, loc, "call " + n.callee.text);
    for (const Arg &arg : n.args)
      print(arg, depth + 1);
  }
  void print(const List &n, Loc loc, unsigned depth) {
    node(depth, loc, "list");
    for (const Arg &arg : n.items)
      print(arg, depth + 1);
  }
  void print(const Chain &n, Loc loc, unsigned depth) {
    node(depth, loc, "arithmetic");
    for (size_t i = 0; i < n.operands.size(); ++i) {
      if (i)
        node(depth + 1, n.operands[i].opLoc, "operator " + spelling(n.operands[i].op));
      print(n.operands[i].value, depth + 1);
    }
  }
  void print(const Negate &n, Loc loc, unsigned depth) {
    node(depth, loc, "negate");
    print(*n.operand, depth + 1);
  }
  void print(const Slice &n, Loc loc, unsigned depth) {
    node(depth, loc, "slice " + n.of.text);
    for (auto [word, bound] : {std::pair("from", n.from.get()), std::pair("to", n.to.get())}) {
      if (!bound)
        continue;
      node(depth + 1, bound->loc, word);
      print(*bound, depth + 2);
    }
  }
  void print(const Flow &n, Loc loc, unsigned depth) {
    node(depth, loc, "flow");
    print(*n.source, depth + 1);
    for (const Stage &stage : n.stages) {
      node(depth + 1, stage.arrow, "->");
      if (stage.count) {
        node(depth + 2, stage.count->loc, "count");
        print(*stage.count, depth + 3);
      }
      print(stage.step, depth + 2);
    }
  }

  llvm::raw_ostream &os;
  const Sources &sources;
  unsigned onlyLine;
};

} // namespace

void printAst(llvm::raw_ostream &os, const File &file, const Sources &sources, unsigned line) {
  AstPrinter(os, sources, line).print(file);
}

} // namespace dlc::dsl
