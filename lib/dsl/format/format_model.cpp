// rewriteClassicModel: the body of a [model] in the layer-list form or the INI form as arrows: the text of its arrow
// form (model/older_forms.h), and the comments of the lines that it stands for. Keys outside of [model] are
// format_classic.cpp's.
#include "format_lines.h"
#include "model/older_forms.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

std::string joined(llvm::ArrayRef<Arg> args) {
  return llvm::join(llvm::map_range(args, [](const Arg &arg) { return textOf(arg.loc()).str(); }), ", ");
}

class ModelWriter {
public:
  ModelWriter(const Section &model, const Evaluator &evaluator, const Registry &registry, LineEdits &edits)
      : model(model), evaluator(evaluator), registry(registry), edits(edits) {}

  void write() {
    const std::optional<ArrowForm> form = arrowForm(model, evaluator, registry);
    DLC_CHECK(form && form->section.unread.empty()) << "an older form made a net, and now it has no arrows";
    const Expr &output = form->section.body.back().value();
    const std::string input = "input = " + valueText(form->section.body.front().value());
    if (form->isList)
      layerList(input, output.as<Flow>()->stages);
    else
      sizes(input, output.as<Flow>()->stages);
  }

private:
  const Statement *find(llvm::StringRef key) const {
    auto found = llvm::find_if(model.body, [&](const Statement &s) { return s.key.text.equals_insensitive(key); });
    return found == model.body.end() ? nullptr : &*found;
  }
  /// The comment behind a line, to stand behind another one.
  std::string comment(const Statement *s) const {
    return edits.commentBehind(s).empty() ? "" : "  " + edits.commentBehind(s).str();
  }
  /// A line that says what `statements` said, with their comments: those above them above it, the one behind the first
  /// behind it, those behind the others, which have no line of their own, above it.
  std::string line(llvm::ArrayRef<const Statement *> statements, llvm::StringRef text) const {
    statements = statements.drop_while([](const Statement *s) { return !s; });
    if (statements.empty())
      return text.str() + "\n";
    return edits.commentsAbove(model.body, statements.front()) + comments(statements.drop_front()) + text.str() +
           comment(statements.front()) + "\n";
  }
  /// All comments of statements that have no line of their own in the arrow form, one a line.
  std::string comments(llvm::ArrayRef<const Statement *> statements) const {
    std::string lines;
    for (const Statement *s : statements) {
      lines += edits.commentsAbove(model.body, s);
      if (!edits.commentBehind(s).empty())
        lines += edits.commentBehind(s).str() + "\n";
    }
    return lines;
  }

  //===-- Layers --===//

  /// A value as it stands, or several that were made one: `3,5` as 3x5, or as a list where a size is computed.
  static std::string valueText(const Expr &value) {
    const List *list = value.as<List>();
    if (!list || textOf(value.loc).starts_with("["))
      return textOf(value.loc).str();
    const bool numbers = llvm::all_of(list->items, [](const Arg &arg) {
      const Number *n = arg.value.as<Number>();
      return n && n->whole && n->unit == Unit::None;
    });
    auto sizes = llvm::map_range(list->items, [](const Arg &arg) { return textOf(arg.value.loc); });
    return numbers ? llvm::join(sizes, "x") : "[" + llvm::join(sizes, ", ") + "]";
  }

  /// `Linear(64)`. With `isArrow` the arguments stay as they are written.
  std::string step(const Stage &stage, bool isArrow = false) const {
    const Call *call = stage.step.as<Call>();
    if (!call)
      return stage.step.as<Ref>()->name.text.str();
    llvm::StringRef name = call->callee.text;
    const OpDef *def = isArrow ? nullptr : layerMeant(name, evaluator, registry);
    const std::string args = def && !def->several ? arguments(*def, call->args) : joined(call->args);
    return name.str() + (args.empty() ? "" : "(" + args + ")");
  }
  /// What must be given stands by position, and so does the first of all; the rest says its name. The number of inputs,
  /// which was compared when the net was made, is left out.
  static std::string arguments(const OpDef &def, llvm::ArrayRef<Arg> args) {
    llvm::SmallVector<const ArgSpec *, 8> plain;
    for (const ArgSpec &spec : def.args)
      if (!spec.keywordOnly)
        plain.push_back(&spec);
    std::string result;
    bool byPosition = true;
    size_t position = 0, place = 0;
    for (const Arg &arg : args) {
      llvm::StringRef name = arg.name.text;
      auto found = llvm::find_if(def.args, [&](const ArgSpec &s) { return s.name.equals_insensitive(name); });
      const ArgSpec *spec = found == def.args.end() ? nullptr : &*found;
      if (name.empty() && position < plain.size())
        spec = plain[position++];
      if (!spec && name.equals_insensitive("in"))
        continue;
      byPosition &= spec && place < plain.size() && plain[place] == spec && (place == 0 || spec->defaultText.empty());
      ++place;
      result += result.empty() ? "" : ", ";
      result += byPosition ? "" : (spec ? llvm::StringRef(spec->name) : "name").str() + "=";
      result += valueText(arg.value);
    }
    return result;
  }

  //===-- The layer-list form --===//

  void layerList(llvm::StringRef input, llvm::ArrayRef<Stage> steps) {
    const Statement *before = nullptr;
    for (const Statement &s : model.body) {
      if (s.key.text.equals_insensitive("input_dim")) {
        edits.put(s.loc, input);
        continue;
      }
      const std::string step = this->step(steps.front(), /*isArrow=*/s.value().as<Call>() != nullptr);
      steps = steps.drop_front();
      if (!before)
        edits.insertAbove(s, "output = input");
      if (before && s.key.text.equals_insensitive("activation") && LineEdits::areNeighbours(*before, s))
        edits.put({before->loc.End, s.loc.End}, " -> " + step);
      else
        edits.put(s.loc, "  -> " + step);
      before = &s;
    }
  }

  //===-- The INI form --===//

  /// The lines come in one order, whatever the file's; each takes its comments along.
  void sizes(llvm::StringRef input, llvm::ArrayRef<Stage> steps) {
    const Statement *layers = find("architecture");
    llvm::SmallVector<const Statement *, 4> first{find("hidden_size"), find("activation"), find("num_layers"),
                                                  find("dropout_rate")};
    if (layers)
      first = {find("hidden_activation") ? find("hidden_activation") : find("activation")};
    std::string body = line({layers ? layers : find("input_size")}, input) + "output = input\n";
    if (const Call *call = layers && layers->values.size() == 1 ? layers->value().as<Call>() : nullptr)
      body += sequential(*call, steps, layers->value().loc);
    else
      for (bool isFirst = true; !steps.empty(); isFirst = false) {
        std::string row = "  -> " + step(steps.front()); // a Linear, and what stands behind it
        for (steps = steps.drop_front(); !steps.empty() && !isLinear(steps.front()); steps = steps.drop_front())
          row += " -> " + step(steps.front());
        if (!isFirst)
          first.clear();
        if (steps.empty())
          first.push_back(find(layers ? "output_activation" : "output_size"));
        body += line(first, row);
      }
    edits.replaceAll(model.body, body);
  }
  static bool isLinear(const Stage &stage) {
    const Call *call = stage.step.as<Call>();
    return call && call->callee.text == "Linear";
  }
  /// A line for each layer, and the comments around them.
  std::string sequential(const Call &call, llvm::ArrayRef<Stage> steps, Loc loc) const {
    std::string lines;
    const char *at = call.callee.loc.End.getPointer();
    auto gap = [&](const char *end) {
      auto [rest, below] = llvm::StringRef(at, static_cast<size_t>(end - at)).split('\n');
      llvm::StringRef behind = rest.substr(std::min(rest.find('#'), rest.size()));
      lines += (lines.empty() || behind.empty() ? "" : "  ") + behind.str();
      lines += lines.empty() ? "" : "\n";
      for (llvm::StringRef line : llvm::split(below, '\n'))
        if (size_t hash = line.starts_with(";") ? 0 : line.find('#'); hash != llvm::StringRef::npos)
          lines += "#" + line.substr(hash + 1).str() + "\n";
    };
    for (const Stage &stage : steps) {
      gap(stage.step.loc.Start.getPointer());
      lines += "  -> " + step(stage);
      at = stage.step.loc.End.getPointer();
    }
    gap(loc.End.getPointer());
    return lines;
  }

  const Section &model;
  const Evaluator &evaluator;
  const Registry &registry;
  LineEdits &edits;
};

} // namespace

void rewriteClassicModel(const Section &model, const Evaluator &evaluator, const Registry &registry, LineEdits &edits) {
  ModelWriter(model, evaluator, registry, edits).write();
}

} // namespace dlc::dsl
