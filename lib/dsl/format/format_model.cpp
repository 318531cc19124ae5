// rewriteClassicModel: the body of a [model] in the layer-list form or the INI form as arrows.
// It trusts the body, which made a net before; keys outside of [model] are format_classic.cpp's.
#include "format_lines.h"
#include "model/arguments.h"

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
    if (find("input_dim"))
      layerList();
    else if (find("architecture"))
      architecture();
    else
      sizes();
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

  /// `Linear, 784, 64` or `Linear(784, 64)` of an older form, or what `isArrow` has in its order already, as the arrow
  /// form has it: `Linear(64)`.
  std::string step(Name name, llvm::ArrayRef<Arg> written, bool isArrow = false) const {
    llvm::StringRef meant = name.text;
    if (const Const *word = evaluator.constant(meant); word && word->kind == Const::Kind::Word)
      meant = word->text;
    const OpDef *def = registry.findLayer(meant, Role::Layer);
    std::string args =
        def && !isArrow ? arguments(*def, name, written) : joined(written); // those of a block are the same
    return name.text.str() + (args.empty() ? "" : "(" + args + ")");
  }

  /// What is written for one argument of a layer, where the binder found it; a pair may be two numbers.
  struct Found {
    llvm::StringRef name;
    llvm::SmallVector<llvm::StringRef, 2> values;
    std::string text() const {
      if (values.size() == 1)
        return values.front().str();
      const bool numbers = llvm::all_of(values, [](llvm::StringRef v) { return llvm::all_of(v, llvm::isDigit); });
      return numbers ? llvm::join(values, "x") : "[" + llvm::join(values, ", ") + "]";
    }
  };
  std::string arguments(const OpDef &def, Name name, llvm::ArrayRef<Arg> written) const {
    auto bound = bindArguments(evaluator, def.args, def.classicArgs, written, def.layer, name.loc, /*takesName=*/true);
    DLC_CHECK(bound) << "the arguments of " << name.text.str() << " made a layer before";
    llvm::SmallVector<llvm::StringRef, 8> names{"name"}, plain;
    for (const ArgSpec &spec : def.args) {
      names.push_back(spec.name);
      if (!spec.keywordOnly)
        plain.push_back(spec.name);
    }
    llvm::SmallVector<Found, 8> found;
    for (const Arg &arg : written) {
      auto holds = [&](llvm::StringRef candidate) {
        Loc at = bound->locs.lookup(candidate), here = arg.value.loc;
        return at.isValid() && at.Start.getPointer() <= here.Start.getPointer() &&
               here.End.getPointer() <= at.End.getPointer();
      };
      auto argument = llvm::find_if(names, holds);
      if (argument == names.end())
        continue; // the number of inputs, which was compared when the net was made
      if (found.empty() || found.back().name != *argument)
        found.push_back({*argument, {}});
      found.back().values.push_back(textOf(arg.value.loc));
    }
    std::string result;
    bool byPosition = true;
    for (const auto &[i, argument] : llvm::enumerate(found)) {
      auto spec = llvm::find_if(def.args, [&](const ArgSpec &s) { return s.name == argument.name; });
      // What must be given stands by position, and so does the first of all; the rest says its name.
      byPosition &= i < plain.size() && plain[i] == argument.name && (i == 0 || spec->defaultText.empty());
      result += (i ? ", " : "") + (byPosition ? "" : argument.name.str() + "=") + argument.text();
    }
    return result;
  }

  //===-- The layer-list form --===//

  void layerList() {
    const Statement *before = nullptr;
    for (const Statement &s : model.body) {
      if (s.key.text.equals_insensitive("input_dim")) {
        edits.put(s.loc, "input = " + shapeOf(s));
        continue;
      }
      const Call *call = s.value().as<Call>();
      std::string step = call ? this->step(call->callee, call->args, /*isArrow=*/true)
                              : this->step(s.value().as<Ref>()->name, llvm::ArrayRef(s.values).drop_front());
      if (!before)
        edits.insertAbove(s, "output = input");
      if (before && s.key.text.equals_insensitive("activation") && LineEdits::areNeighbours(*before, s))
        edits.put({before->loc.End, s.loc.End}, " -> " + step);
      else
        edits.put(s.loc, "  -> " + step);
      before = &s;
    }
  }
  /// `1, 28, 28` as 1x28x28, or as a list where a size is computed.
  static std::string shapeOf(const Statement &s) {
    if (s.values.size() == 1)
      return textOf(s.value().loc).str();
    auto sizes = llvm::map_range(s.values, [](const Arg &arg) { return textOf(arg.value.loc); });
    const bool numbers = llvm::all_of(s.values, [](const Arg &arg) {
      const Number *n = arg.value.as<Number>();
      return n && n->whole && n->unit == Unit::None;
    });
    return numbers ? llvm::join(sizes, "x") : "[" + llvm::join(sizes, ", ") + "]";
  }

  //===-- The INI form --===//

  void sizes() {
    const Statement *input = find("input_size"), *hidden = find("hidden_size"), *output = find("output_size"),
                    *activation = find("activation"), *count = find("num_layers"), *dropout = find("dropout_rate");
    std::string step = "  -> Linear(" + textOf(hidden->valueLoc()).str() + ") -> " +
                       (activation ? textOf(activation->value().loc).str() : "ReLU");
    auto rate = dropout ? evaluator.eval(dropout->value()) : std::nullopt;
    if (rate && rate->fraction() > 0)
      step += " -> Dropout(" + textOf(dropout->valueLoc()).str() + ")";
    auto times = count ? evaluator.eval(count->value()) : std::nullopt;

    // The lines come in one order, whatever the file's; each takes its comments along.
    std::string body = line({input}, "input = " + textOf(input->valueLoc()).str()) + "output = input\n";
    for (int64_t i = 0, n = times ? static_cast<int64_t>(times->number) : 1; i < n; ++i)
      body += i == 0 ? line({hidden, activation, count, dropout}, step) : step + "\n";
    body += line({output}, "  -> Linear(" + textOf(output->valueLoc()).str() + ")");
    edits.replaceAll(model.body, body);
  }

  /// Sizes from the input to the output, or Sequential(Linear(2, 8), ReLU(), ...).
  void architecture() {
    const Statement &layers = *find("architecture");
    const Statement *hidden = find("hidden_activation"), *last = find("output_activation");
    if (!hidden)
      hidden = find("activation");
    std::string input, steps;
    if (const Call *call = layers.values.size() == 1 ? layers.value().as<Call>() : nullptr) {
      input = textOf(call->args.front().value.as<Call>()->args.front().value.loc).str();
      steps = comments({hidden, last}) + sequential(*call, layers.value().loc);
    } else {
      auto act = [](const Statement *s, llvm::StringRef otherwise) {
        llvm::StringRef name = s ? textOf(s->valueLoc()) : otherwise;
        return name.empty() || name.equals_insensitive("none") ? std::string() : (" -> " + name).str();
      };
      input = textOf(layers.values.front().value.loc).str();
      for (size_t i = 1; i < layers.values.size(); ++i) {
        const bool ends = i + 1 == layers.values.size();
        const std::string step = "  -> Linear(" + textOf(layers.values[i].value.loc).str() + ")" +
                                 (ends ? act(last, "") : act(hidden, "ReLU"));
        steps += line({i == 1 ? hidden : nullptr, ends ? last : nullptr}, step);
      }
    }
    edits.replaceAll(model.body, line({&layers}, "input = " + input) + "output = input\n" + steps);
  }
  /// A line for each layer, and the comments around them.
  std::string sequential(const Call &call, Loc loc) const {
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
    for (const Arg &arg : call.args) {
      gap(arg.value.loc.Start.getPointer());
      const Call *layer = arg.value.as<Call>();
      lines += layer ? "  -> " + step(layer->callee, layer->args) : "  -> " + step(arg.value.as<Ref>()->name, {});
      at = arg.value.loc.End.getPointer();
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
