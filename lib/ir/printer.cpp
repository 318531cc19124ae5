// Prints graphs: one op a line, names unique, attributes that differ from their defaults, types, places.
// It decides nothing about the graph and leaves it unchanged.
#include "dlc/ir/graph_text.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace dlc {
namespace {

/// "%linear1.weight" for labelled ops, "%0", "%1" ... for the others, in order.
class Names {
public:
  explicit Names(const Graph &graph) {
    llvm::StringMap<unsigned> taken; // names, and the last number that was put behind each
    unsigned next = 0;
    for (const Op &op : graph.ops()) {
      if (op.results().empty())
        continue;
      std::string name = op.label().str();
      if (name.empty())
        name = std::to_string(next++);
      std::string unique = name;
      for (unsigned *i = nullptr; !taken.try_emplace(unique, 1).second; unique = name + "_" + std::to_string(++*i))
        i = &taken[name];
      names_[&op] = std::move(unique);
    }
  }
  const std::string &of(const Op &op) const { return names_.find(&op)->second; }
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

} // namespace

bool isOnLine(llvm::StringRef origin, llvm::StringRef file, unsigned line) {
  auto [name, number] = origin.rsplit(':').first.rsplit(':'); // of net.dsl:3
  unsigned found = 0;
  return !number.getAsInteger(10, found) && found == line && (file.empty() || file == name);
}

Value findValue(const Graph &graph, llvm::StringRef name) {
  name.consume_front("%");
  auto [wanted, number] = name.split('#');
  unsigned index = 0;
  if (!number.empty() && number.getAsInteger(10, index))
    return {};
  Names names(graph);
  for (const Op &op : graph.ops())
    if (index < op.results().size() && names.of(op) == wanted)
      return op.result(index);
  return {};
}

std::vector<std::string> valueNames(const Graph &graph) {
  Names names(graph);
  std::vector<std::string> all;
  for (const Op &op : graph.ops())
    if (!op.results().empty())
      all.push_back(names.of(op));
  return all;
}

void printGraph(llvm::raw_ostream &os, const Graph &graph, const GraphPrintOptions &options) {
  Names names(graph);
  os << "graph @" << graph.name << " stage=" << name(graph.stage) << " {\n";
  for (const Op &op : graph.ops()) {
    if (options.line && !isOnLine(op.origin().text, options.file, options.line))
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
