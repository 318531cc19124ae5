// Prints graphs: one op a line, names unique, attributes that differ from their defaults, types, places.
// It decides nothing about the graph and leaves it unchanged.
#include "dlc/ir/text.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace dlc {
namespace {

/// "%linear1.weight" for labelled ops, "%0", "%1" ... for the others, in order.
class Names {
public:
  explicit Names(const Graph &graph) {
    llvm::StringSet<> taken;
    llvm::StringMap<unsigned> copies; // of a name, so far: thousands of ops may bear one
    unsigned next = 0;
    for (const Op &op : graph.ops()) {
      if (op.results().empty())
        continue;
      std::string name = op.label().str();
      if (name.empty())
        name = std::to_string(next++);
      std::string unique = name;
      while (!taken.insert(unique).second)
        unique = name + "_" + std::to_string(++copies.try_emplace(name, 1).first->second);
      names_[&op] = unique;
    }
  }
  std::string operator()(Value v) const {
    std::string name = "%" + names_.lookup(v.op);
    return v.index == 0 ? name : name + "#" + std::to_string(v.index);
  }

private:
  llvm::DenseMap<const Op *, std::string> names_;
};

void printOp(llvm::raw_ostream &os, const Op &op, const Names &names) {
  for (unsigned i = 0; i < op.results().size(); ++i)
    os << (i ? ", " : "") << names(op.result(i));
  os << (op.results().empty() ? "" : " = ") << op.name() << '(';
  for (size_t i = 0; i < op.operands().size(); ++i)
    os << (i ? ", " : "") << names(op.operand(i));
  os << ')';
  if (std::string attrs = op.attrs().text(); !attrs.empty())
    os << " {" << attrs << '}';
  for (unsigned i = 0; i < op.results().size(); ++i)
    os << (i ? ", " : " : ") << op.type(i);
}

/// "net.dsl:3:7" is on line 3.
bool onLine(llvm::StringRef origin, unsigned line) {
  llvm::StringRef head = origin.rsplit(':').first; // net.dsl:3
  unsigned number = 0;
  return !head.rsplit(':').second.getAsInteger(10, number) && number == line;
}

} // namespace

void printGraph(llvm::raw_ostream &os, const Graph &graph, const GraphPrintOptions &options) {
  Names names(graph);
  os << "graph @" << graph.name << " stage=" << name(graph.stage) << " {\n";
  for (const Op &op : graph.ops()) {
    if (options.line && !onLine(op.origin().text, options.line))
      continue;
    std::string line;
    llvm::raw_string_ostream text(line);
    printOp(text, op, names);
    os << "  " << line;
    if (options.origins && !op.origin().text.empty()) {
      constexpr size_t kColumn = 72;
      os.indent(line.size() < kColumn ? static_cast<unsigned>(kColumn - line.size()) : 1);
      os << "// " << op.origin().text;
    }
    os << '\n';
  }
  os << "}\n";
}

std::string toString(const Graph &graph) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printGraph(os, graph);
  return text;
}

std::string toString(const Op &op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << op.name() << '(';
  for (size_t i = 0; i < op.operands().size(); ++i)
    os << (i ? ", " : "") << op.operand(i).type();
  os << ')';
  if (std::string attrs = op.attrs().text(); !attrs.empty())
    os << " {" << attrs << '}';
  return text;
}

} // namespace dlc
