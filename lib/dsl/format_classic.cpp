// rewriteClassicLines: each line of the layer-list form and of the INI form as the arrow form says it, in its place.
// It trusts the file, which made a net before; moving lines between sections is done by format_sections.cpp.
#include "dlc/dsl/build.h"
#include "dlc/dsl/format.h"
#include "dlc/dsl/vocabulary.h"
#include "dlc/support/strings.h"
#include "format_parts.h"
#include "keys.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

constexpr llvm::StringLiteral kModelKeys[] = {
    "input_dim",  "layer",        "activation",   "input_size",        "hidden_size",      "output_size",
    "num_layers", "dropout_rate", "architecture", "hidden_activation", "output_activation"};
constexpr llvm::StringLiteral kDataKeys[] = {"train_file",      "test_file", "train_label_file",
                                             "test_label_file", "val_split", "normalize"};
constexpr llvm::StringLiteral kTrainingKeys[] = {"early_stopping", "lr_step_size", "lr_gamma"};

bool isOlderTrain(llvm::StringRef section) {
  return llvm::any_of(olderSectionNames(), [&](llvm::StringRef name) { return name.equals_insensitive(section); });
}
template <class List> bool contains(const List &list, llvm::StringRef name) {
  return llvm::any_of(list, [&](llvm::StringRef candidate) { return candidate.equals_insensitive(name); });
}
bool isModel(const Section &section) { return section.kind.text.equals_insensitive("model"); }
bool isClassicModel(const Section &section) {
  return isModel(section) && llvm::any_of(section.body, [](const Statement &s) {
           return contains(kModelKeys, s.key.text) && !s.value().as<Flow>();
         });
}
/// The row that an older key means in this section; null for keys that are called so today.
const Key *aliasOf(llvm::StringRef section, llvm::StringRef name) {
  for (const Key &key : keyTable()) {
    llvm::SmallVector<llvm::StringRef, 4> aliases;
    key.aliases.split(aliases, ' ', -1, false);
    for (llvm::StringRef alias : aliases)
      if (alias.split('.').first.equals_insensitive(section) && alias.split('.').second.equals_insensitive(name) &&
          !key.name.equals_insensitive(name))
        return &key;
  }
  return nullptr;
}
bool isDataKey(llvm::StringRef name) {
  return llvm::any_of(keyTable(),
                      [&](const Key &key) { return key.section == "data" && key.name.equals_insensitive(name); });
}

class LineWriter {
public:
  LineWriter(const File &file, llvm::StringRef text, const Settings &settings, const Registry &registry, Diags &diags)
      : text(text), settings(settings), registry(registry), evaluator(file, settings.constants, diags) {
    for (const Section &section : file.sections) {
      if (isClassicModel(section)) {
        if (find(section, "input_dim"))
          layerList(section);
        else if (find(section, "architecture"))
          architecture(section);
        else
          sizes(section);
      } else if (!isModel(section))
        keys(section);
    }
  }
  std::string write() { return applyEdits(text, std::move(edits)); }

private:
  void put(Loc at, const llvm::Twine &replacement) { edits.push_back({at, replacement.str()}); }

  /// Takes a statement out. Its line goes with it, unless a comment stands there, which then has the line for itself.
  void remove(const Statement &s) {
    const char *begin = s.loc.Start.getPointer(), *end = s.loc.End.getPointer();
    while (begin != text.begin() && begin[-1] != '\n')
      --begin;
    while (end != text.end() && (*end == ' ' || *end == '\t'))
      ++end;
    if (end != text.end() && *end == '\n')
      ++end;
    put({llvm::SMLoc::getFromPointer(begin), llvm::SMLoc::getFromPointer(end)}, "");
  }
  /// The comment behind a statement, "" if there is none.
  llvm::StringRef commentBehind(const Statement &s) const {
    llvm::StringRef rest(s.loc.End.getPointer(), static_cast<size_t>(text.end() - s.loc.End.getPointer()));
    rest = rest.split('\n').first.trim();
    return rest.starts_with("#") ? rest : "";
  }
  static std::string quoted(const Expr &expr) {
    if (expr.as<String>())
      return textOf(expr.loc).str();
    std::string result = "\"";
    for (char c : textOf(expr.loc)) {
      if (c == '"' || c == '\\')
        result += '\\';
      result += c;
    }
    return result + '"';
  }

  //===-- [model] --===//

  /// `3, 1, 1` of a layer list as the arguments of an arrow's layer, "" or "(3, stride=1)".
  std::string arguments(const OpDef &def, llvm::ArrayRef<Arg> written) const {
    llvm::SmallVector<llvm::StringRef, 8> plain, order;
    for (const ArgSpec &spec : def.args)
      if (!spec.keywordOnly)
        plain.push_back(spec.name);
    order.assign(def.classicArgs.begin(), def.classicArgs.end());
    // Two sizes for a pair: with fewer arguments than that takes, the arrow's order is meant.
    auto height = llvm::find_if(order, [](llvm::StringRef name) { return name.ends_with("_h"); });
    const auto positional = llvm::count_if(written, [](const Arg &arg) { return arg.name.text.empty(); });
    if (order.empty() || (height != order.end() && positional < height - order.begin() + 2))
      order = plain;
    llvm::SmallVector<std::pair<std::string, std::string>, 8> found; // name, value
    size_t position = 0;
    for (const Arg &arg : written) {
      std::string value = textOf(arg.value.loc).str();
      llvm::StringRef name = arg.name.text;
      if (name.empty() && position < order.size())
        name = order[position++];
      if (name == "in")
        continue; // checked when the net was built
      if (name.ends_with("_w") && !found.empty() && found.back().first == name.drop_back(2)) {
        std::string &pair = found.back().second;
        const bool digits = llvm::all_of(pair + value, [](char c) { return llvm::isDigit(c); });
        pair = digits ? pair + "x" + value : "[" + pair + ", " + value + "]";
        continue;
      }
      if (name.ends_with("_h") && !arg.name.loc.isValid())
        name = name.drop_back(2);
      found.push_back({name.str(), value});
    }
    std::string result;
    bool byPosition = true;
    for (const auto &[i, argument] : llvm::enumerate(found)) {
      auto spec = llvm::find_if(def.args, [&](const ArgSpec &s) { return s.name == argument.first; });
      // What must be given stands by position, and so does the first of all; the rest says its name.
      byPosition &= i < plain.size() && plain[i] == argument.first && spec != def.args.end() &&
                    (i == 0 || spec->defaultText.empty());
      result += (i ? ", " : "") + (byPosition ? "" : argument.first + "=") + argument.second;
    }
    return result.empty() ? "" : "(" + result + ")";
  }

  void layerList(const Section &model) {
    const Statement *before = nullptr;
    for (const Statement &s : model.body) {
      if (s.key.text.equals_insensitive("input_dim")) {
        auto shape = s.values.size() == 1 ? textOf(s.valueLoc()).str() : "";
        for (const Arg &arg : s.values)
          if (s.values.size() > 1)
            shape += (shape.empty() ? "[" : ", ") + textOf(arg.value.loc).str();
        if (s.values.size() > 1) {
          shape += "]";
          if (llvm::all_of(s.values, [](const Arg &arg) {
                const Number *n = arg.value.as<Number>();
                return n && n->whole && n->unit == Unit::None;
              }))
            shape = llvm::join(llvm::map_range(s.values, [](const Arg &a) { return textOf(a.value.loc); }), "x");
        }
        put(s.loc, "input = " + shape);
        continue;
      }
      Name name = s.value().as<Ref>()->name;
      const OpDef *def = registry.findLayer(name.text, Role::Layer);
      std::string step = def ? def->layer.str() : name.text.str();
      if (def)
        step += arguments(*def, llvm::ArrayRef(s.values).drop_front());
      if (!before) {
        put(s.loc, "output = input\n  -> " + step);
      } else if (s.key.text.equals_insensitive("activation") && adjacent(*before, s)) {
        put({before->loc.End, s.loc.End}, " -> " + step);
      } else {
        put(s.loc, "  -> " + step);
      }
      before = &s;
    }
  }
  /// Nothing but a line end between two statements.
  bool adjacent(const Statement &a, const Statement &b) const {
    llvm::StringRef between(a.loc.End.getPointer(),
                            static_cast<size_t>(b.loc.Start.getPointer() - a.loc.End.getPointer()));
    return between.trim().empty() && between.count('\n') == 1;
  }

  static const Statement *find(const Section &section, llvm::StringRef key) {
    for (const Statement &s : section.body)
      if (s.key.text.equals_insensitive(key))
        return &s;
    return nullptr;
  }

  void sizes(const Section &model) {
    const Statement *input = find(model, "input_size"), *hidden = find(model, "hidden_size"),
                    *output = find(model, "output_size"), *activation = find(model, "activation"),
                    *count = find(model, "num_layers"), *dropout = find(model, "dropout_rate");
    std::string act = "ReLU";
    if (activation)
      act = textOf(activation->value().loc).str();
    std::string step = "-> Linear(" + textOf(hidden->valueLoc()).str() + ") -> " + act;
    if (dropout)
      if (auto rate = evaluator.eval(dropout->value()); rate && rate->fraction() > 0)
        step += " -> Dropout(" + textOf(dropout->valueLoc()).str() + ")";
    int64_t times = 1;
    if (count)
      if (auto value = evaluator.eval(count->value()))
        times = static_cast<int64_t>(value->number);

    // The lines come in one order, whatever the file's; each takes its comments along.
    std::string body;
    for (const Statement *s : {activation, count, dropout})
      if (s && !commentBehind(*s).empty())
        body += commentBehind(*s).str() + "\n";
    body += "input = " + textOf(input->valueLoc()).str() + comments(input) + "\noutput = input\n";
    for (int64_t i = 0; i < times; ++i)
      body += "  " + step + (i == 0 ? comments(hidden) : "") + "\n";
    body += "  -> Linear(" + textOf(output->valueLoc()).str() + ")" + comments(output) + "\n";
    replaceBody(model, body);
  }
  /// The comment behind a line, to stand behind another one.
  std::string comments(const Statement *s) const {
    return s && !commentBehind(*s).empty() ? "  " + commentBehind(*s).str() : std::string();
  }
  void replaceBody(const Section &model, const std::string &body) {
    const Statement &first = model.body.front();
    for (const Statement &s : model.body) {
      const char *begin = s.loc.Start.getPointer(), *end = s.loc.End.getPointer();
      while (begin != text.begin() && begin[-1] != '\n')
        --begin;
      while (end != text.end() && *end != '\n')
        ++end;
      if (end != text.end())
        ++end;
      put({llvm::SMLoc::getFromPointer(begin), llvm::SMLoc::getFromPointer(end)}, &s == &first ? body : "");
    }
  }

  /// Sizes from the input to the output, or Sequential(Linear(2, 8), ReLU(), ...).
  void architecture(const Section &model) {
    const Statement &layers = *find(model, "architecture");
    const Statement *hidden = find(model, "hidden_activation"), *last = find(model, "output_activation");
    if (!hidden)
      hidden = find(model, "activation");
    std::string body, input;
    for (const Statement *s : {hidden, last})
      if (s && !commentBehind(*s).empty())
        body += commentBehind(*s).str() + "\n";
    std::vector<std::string> steps;
    if (const Call *call = layers.values.size() == 1 ? layers.value().as<Call>() : nullptr) {
      for (const Arg &arg : call->args) {
        const Call *layer = arg.value.as<Call>();
        llvm::StringRef name = layer ? layer->callee.text : arg.value.as<Ref>()->name.text;
        if (input.empty())
          input = textOf(layer->args.front().value.loc).str();
        const OpDef *def = registry.findLayer(name, Role::Layer);
        steps.push_back(name.str() + (def && layer ? arguments(*def, layer->args) : ""));
      }
    } else {
      auto act = [](const Statement *s, llvm::StringRef otherwise) {
        llvm::StringRef name = s ? textOf(s->valueLoc()) : otherwise;
        return name.empty() || name.equals_insensitive("none") ? std::string() : (" -> " + name).str();
      };
      input = textOf(layers.value().loc).str();
      for (size_t i = 1; i < layers.values.size(); ++i)
        steps.push_back("Linear(" + textOf(layers.values[i].value.loc).str() + ")" +
                        (i + 1 == layers.values.size() ? act(last, "") : act(hidden, "ReLU")));
    }
    body += "input = " + input + comments(&layers) + "\noutput = input\n";
    for (const std::string &step : steps)
      body += "  -> " + step + "\n";
    replaceBody(model, body);
  }

  //===-- Keys --===//

  void keys(const Section &section) {
    auto find = [&](llvm::StringRef key) { return LineWriter::find(section, key); };
    for (const Statement &s : section.body)
      if (const Key *key = aliasOf(section.kind.text, s.key.text))
        put(s.key.loc, key->name);
    if (section.kind.text.equals_insensitive("data")) {
      files("train", find("train_file"), find("train_label_file"));
      files("test", find("test_file"), find("test_label_file"));
      if (const Statement *s = find("val_split")) {
        const ValSplit &val = *settings.data.val;
        if (val.kind == ValSplit::Kind::Share)
          put(s->loc, "val = " + shortNumber(val.share * 100) + "%");
        else
          remove(*s);
      }
      if (const Statement *s = find("normalize")) {
        if (settings.data.prepare.given())
          put(s->loc, "prepare = Normalize");
        else
          remove(*s);
      }
    }
    if (section.kind.text.equals_insensitive("training"))
      training(find);
  }

  void files(llvm::StringRef key, const Statement *samples, const Statement *labels) {
    if (!samples)
      return;
    std::string source = quoted(samples->value());
    if (labels) {
      source += ", " + quoted(labels->value());
      remove(*labels);
    }
    put(samples->loc, key + " = Csv(" + source + ")");
  }

  template <class Find> void training(Find find) {
    if (const Statement *stopping = find("early_stopping")) {
      auto value = evaluator.eval(stopping->value());
      const Statement *patience = find("patience");
      if (value && patience && !evaluator.flag(*value, "early_stopping").value_or(true))
        remove(*patience);
      remove(*stopping);
    }
    const Statement *size = find("lr_step_size"), *gamma = find("lr_gamma");
    if (!size || !gamma)
      return;
    auto every = evaluator.eval(size->value());
    std::string decay = " -> Decay(" + textOf(gamma->valueLoc()).str() +
                        ", every=" + shortNumber(every ? every->number : 1) + " epochs)";
    const Statement *lr = find("lr") ? find("lr") : find("learning_rate");
    remove(*size);
    if (lr) {
      put({lr->loc.End, lr->loc.End}, decay);
      remove(*gamma);
    } else {
      put(gamma->loc, "lr = " + shortNumber(settings.train.lr.value) + decay);
    }
  }

  llvm::StringRef text;
  const Settings &settings;
  const Registry &registry;
  Evaluator evaluator;
  std::vector<Edit> edits;
};

} // namespace

bool isClassic(const File &file) {
  for (const Section &section : file.sections) {
    llvm::StringRef kind = section.kind.text;
    if (isOlderTrain(kind) || isClassicModel(section))
      return true;
    for (const Statement &s : section.body)
      if ((kind.equals_insensitive("data") && contains(kDataKeys, s.key.text)) ||
          (kind.equals_insensitive("train") && (isDataKey(s.key.text) || contains(kTrainingKeys, s.key.text))))
        return true;
  }
  return false;
}

std::string rewriteClassicLines(const File &file, llvm::StringRef text, const Settings &settings,
                                const Registry &registry, Diags &diags) {
  return LineWriter(file, text, settings, registry, diags).write();
}

} // namespace dlc::dsl
