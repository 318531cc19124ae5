// Writes DOT: quoting and colours.
// Graphviz makes the picture.
#include "dot.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::tool {

std::string dotText(llvm::ArrayRef<session::LayerRow> rows, llvm::StringRef title) {
  auto quoted = [](llvm::StringRef text) {
    std::string out = "\"";
    for (char c : text) {
      if (c == '"' || c == '\\')
        out += '\\';
      out += c;
    }
    return out + '"';
  };
  std::string text =
      "digraph net {\n  label=" + quoted(title) +
      ";\n  labelloc=t;\n  fontname=\"sans-serif\";\n"
      "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#eef3fa\", fontname=\"sans-serif\", fontsize=11];\n"
      "  edge [color=\"#555555\", fontname=\"sans-serif\", fontsize=9];\n";
  for (const auto &[i, row] : llvm::enumerate(rows)) {
    std::string label = row.layer.empty() ? row.name : row.layer;
    if (!row.layer.empty() && !row.name.empty())
      label = row.name + "\\n" + label;
    if (row.parameters)
      label += "\\n" + std::to_string(row.parameters) + " parameters";
    std::string node = quoted(label);
    // Line ends of a label are written \n, which quoting has doubled.
    for (size_t at = node.find("\\\\n"); at != std::string::npos; at = node.find("\\\\n", at))
      node.erase(at, 1);
    text +=
        "  n" + std::to_string(i) + " [label=" + node + (row.layer.empty() ? ", fillcolor=\"#fdf3dc\"" : "") + "];\n";
    for (size_t from : row.from)
      text += "  n" + std::to_string(from) + " -> n" + std::to_string(i) + " [label=" + quoted(" " + rows[from].shape) +
              "];\n";
  }
  return text + "}\n";
}

} // namespace dlc::tool
