// Reads graph text back, a line-oriented recursive descent over printed IR, and the examples of op definitions.
// It does not run passes; types are inferred by the ops themselves as they are made.
#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringMap.h"

namespace dlc {
namespace {

bool isNameChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == '$';
}

class Parser {
public:
  Parser(llvm::StringRef text, const Registry &registry, Diags &diags)
      : rest_(text), diags_(diags), registry_(registry), graph_(std::make_unique<Graph>()),
        builder_(*graph_, registry) {
    builder_.onError([this](const OpError &error, const Origin &origin) {
      auto report = diags_.error(origin.range, error.code);
      report << error.message;
      if (!error.help.empty())
        report.help(error.help);
    });
  }

  std::unique_ptr<Graph> graph() {
    if (!header())
      return nullptr;
    while (!failed_) {
      skip();
      if (consume("}"))
        break;
      if (rest_.empty())
        return fail("expected '}' at the end of the graph"), nullptr;
      op();
    }
    skip();
    if (!failed_ && !rest_.empty())
      fail("expected the end of the file after the graph");
    return failed_ ? nullptr : std::move(graph_);
  }

private:
  // -- characters ----------------------------------------------------------------------------------------------
  /// Blanks and comments; keeps the text of the last comment, which carries the place.
  void skip() {
    for (;;) {
      rest_ = rest_.ltrim(" \t\r\n");
      if (!rest_.starts_with("//"))
        return;
      rest_ = rest_.drop_front(rest_.find('\n') == llvm::StringRef::npos ? rest_.size() : rest_.find('\n'));
    }
  }
  void blanks() { rest_ = rest_.ltrim(" \t\r"); }
  bool consume(llvm::StringRef token) {
    blanks();
    return rest_.consume_front(token);
  }
  bool expect(llvm::StringRef token) {
    if (consume(token))
      return true;
    fail("expected '" + token.str() + "'");
    return false;
  }
  llvm::StringRef word() {
    blanks();
    llvm::StringRef taken = rest_.take_while(isNameChar);
    rest_ = rest_.drop_front(taken.size());
    return taken;
  }
  void fail(const std::string &message, llvm::StringRef at = {}) {
    failed_ = true;
    blanks();
    llvm::StringRef here = at.data() ? at : rest_.take_front(1);
    diags_.error(locOf(here), "E190") << message;
  }

  // -- grammar -------------------------------------------------------------------------------------------------
  bool header() {
    skip();
    if (!consume("graph"))
      return fail("expected 'graph @name stage=... {'"), false;
    if (!expect("@"))
      return false;
    graph_->name = word().str();
    if (graph_->name.empty())
      return fail("expected a name after '@'"), false;
    if (!consume("stage="))
      return fail("expected 'stage='"), false;
    llvm::StringRef stageWord = word();
    std::optional<Stage> stage = parseStage(stageWord);
    if (!stage || *stage < Stage::Graph || *stage > Stage::Primitive)
      return fail("unknown stage '" + stageWord.str() + "'", stageWord), false;
    graph_->stage = *stage;
    return expect("{");
  }

  /// %name or %name#1
  llvm::StringRef valueName(unsigned &index) {
    index = 0;
    if (!expect("%"))
      return {};
    llvm::StringRef name = word();
    if (name.empty())
      fail("expected a name after '%'");
    if (rest_.consume_front("#") && rest_.consumeInteger(10, index))
      fail("expected a result number after '#'");
    return name;
  }

  void op() {
    llvm::StringRef lineStart = rest_;
    llvm::StringRef resultName;
    unsigned resultCount = 0;
    if (rest_.starts_with("%")) {
      do {
        unsigned index = 0;
        llvm::StringRef name = valueName(index);
        if (failed_)
          return;
        if (resultCount == 0)
          resultName = name;
        if (name != resultName || index != resultCount)
          return fail("results of one op are %name, %name#1, ...", name);
        ++resultCount;
      } while (consume(","));
      if (!expect("="))
        return;
    }
    llvm::StringRef mnemonic = word();
    const OpDef *def = registry_.find(mnemonic);
    if (!def) {
      llvm::SmallVector<llvm::StringRef, 64> names;
      for (const OpDef *d : registry_.all())
        names.push_back(d->name);
      llvm::StringRef near = closest(mnemonic, names);
      auto report = diags_.error(locOf(mnemonic.empty() ? rest_.take_front(1) : mnemonic), "E190");
      report << "unknown op '" << mnemonic << "'";
      if (!near.empty())
        report.help("did you mean '" + near + "'?");
      failed_ = true;
      return;
    }
    Values operands;
    if (!expect("("))
      return;
    if (!consume(")")) {
      do {
        unsigned index = 0;
        llvm::StringRef name = valueName(index);
        if (failed_)
          return;
        auto it = values_.find(name);
        if (it == values_.end() || index >= it->second->results().size())
          return fail("no value '%" + name.str() + "' is defined before this line", name);
        operands.push_back({it->second, index});
      } while (consume(","));
      if (!expect(")"))
        return;
    }
    if (!operandCountFits(*def, operands.size()))
      return fail(def->name.str() + " takes " + operandText(*def) + ", found " + std::to_string(operands.size()) +
                      " operands",
                  mnemonic);
    Attrs attrs = attributes(*def);
    if (failed_)
      return;
    llvm::SmallVector<std::pair<Type, llvm::StringRef>, 2> types;
    if (consume(":")) {
      do {
        blanks();
        llvm::StringRef at = rest_;
        std::optional<Type> type = consumeType(rest_);
        if (!type)
          return fail("expected a type such as f32[64,10]");
        types.push_back({*type, at.drop_back(rest_.size())});
      } while (consume(","));
    }
    llvm::StringRef opText = lineStart.drop_back(rest_.size()).rtrim();
    std::string place = placeComment();
    make(*def, operands, std::move(attrs), resultName, resultCount, types, {locOf(opText), place}, mnemonic);
  }

  void make(const OpDef &def, const Values &operands, Attrs attrs, llvm::StringRef resultName, unsigned resultCount,
            llvm::ArrayRef<std::pair<Type, llvm::StringRef>> types, Origin origin, llvm::StringRef mnemonic) {
    builder_.setOrigin(std::move(origin));
    Op *made = builder_.makeOp(def, operands, std::move(attrs));
    if (!made) {
      failed_ = true;
      return;
    }
    if (made->results().size() != resultCount)
      return fail(def.name.str() + " has " + std::to_string(made->results().size()) + " results", mnemonic);
    // Attributes may ask for sizes that no value has.
    for (const Type &type : made->results()) {
      std::string text = toString(type);
      llvm::StringRef rest(text);
      if (!consumeType(rest) || !rest.empty())
        return fail(def.name.str() + " gives " + text + ", which is not a value type", mnemonic);
    }
    if (!types.empty() && types.size() != resultCount)
      return fail("one type for each result", mnemonic);
    for (size_t i = 0; i < types.size(); ++i)
      if (types[i].first != made->type(i))
        return fail("the op's own rule says " + toString(made->type(i)) + " here", types[i].second);
    if (resultCount == 0)
      return;
    if (!values_.try_emplace(resultName, made).second)
      return fail("'%" + resultName.str() + "' is defined twice", resultName);
    unsigned ignored = 0;
    if (resultName.getAsInteger(10, ignored))
      made->setLabel(resultName);
  }

  static bool operandCountFits(const OpDef &def, size_t count) {
    bool variadic = !def.operands.empty() && def.operands.back().ends_with("...");
    return variadic ? count >= def.operands.size() : count == def.operands.size();
  }
  static std::string operandText(const OpDef &def) {
    std::string text;
    for (llvm::StringRef name : def.operands)
      text += (text.empty() ? "" : ", ") + name.str();
    return text.empty() ? "no operands" : text;
  }

  /// {name=value, ...}: a value is a quoted string, a bracketed list, or a word.
  Attrs attributes(const OpDef &def) {
    std::shared_ptr<void> made = def.attrs ? def.attrs.make() : nullptr;
    if (consume("{") && !consume("}")) {
      do {
        llvm::StringRef key = word();
        if (!expect("="))
          return {};
        llvm::StringRef value = attributeValue();
        AttrResult result = made ? def.attrs.set(made.get(), key, value) : AttrResult::UnknownName;
        if (result == AttrResult::UnknownName)
          return fail(def.name.str() + " has no attribute '" + key.str() + "'", key), Attrs{};
        if (result == AttrResult::BadValue)
          return fail("'" + value.str() + "' does not fit attribute '" + key.str() + "'", value), Attrs{};
      } while (consume(","));
      if (!expect("}"))
        return {};
    }
    return made ? Attrs(def.attrs, std::move(made)) : Attrs{};
  }

  llvm::StringRef attributeValue() {
    blanks();
    llvm::StringRef start = rest_;
    if (rest_.starts_with("\"")) {
      size_t i = 1;
      while (i < rest_.size() && rest_[i] != '"' && rest_[i] != '\n')
        i += rest_[i] == '\\' ? 2 : 1;
      rest_ = rest_.drop_front(std::min(i + 1, rest_.size()));
    } else if (rest_.starts_with("[")) {
      size_t end = rest_.find_first_of("]\n");
      rest_ = rest_.drop_front(end == llvm::StringRef::npos ? rest_.size() : end + 1);
    } else
      rest_ = rest_.drop_while([](char c) { return isNameChar(c) || c == '+'; });
    return start.drop_back(rest_.size());
  }

  /// The comment at the end of an op's line is the place it came from.
  std::string placeComment() {
    blanks();
    if (!rest_.consume_front("//")) {
      if (!rest_.empty() && rest_.front() != '\n' && rest_.front() != '}')
        fail("expected the end of the line");
      return "";
    }
    llvm::StringRef text = rest_.take_until([](char c) { return c == '\n'; });
    rest_ = rest_.drop_front(text.size());
    text = text.trim();
    // Only file:line:column is a place; other comments are for people.
    llvm::StringRef column = text.rsplit(':').second, line = text.rsplit(':').first.rsplit(':').second;
    unsigned number = 0;
    return column.getAsInteger(10, number) || line.getAsInteger(10, number) ? "" : text.str();
  }

  llvm::StringRef rest_;
  Diags &diags_;
  const Registry &registry_;
  std::unique_ptr<Graph> graph_;
  Builder builder_;
  llvm::StringMap<Op *> values_;
  bool failed_ = false;
};

} // namespace

std::unique_ptr<Graph> parseGraph(llvm::StringRef text, const Registry &registry, Diags &diags) {
  return Parser(text, registry, diags).graph();
}

std::unique_ptr<Graph> parseExample(llvm::StringRef text, const Registry &registry, DType dtype) {
  std::string wanted = text.str();
  if (dtype == DType::F64)
    for (size_t at = 0; (at = wanted.find("f32", at)) != std::string::npos;)
      wanted.replace(at, 3, "f64");
  llvm::StringRef rest = wanted;
  llvm::StringRef mnemonic = rest.take_while(isNameChar);
  rest = rest.drop_front(mnemonic.size());
  std::string body, operands;
  unsigned count = 0;
  DLC_CHECK(rest.consume_front("(")) << "example " << text;
  while (!rest.consume_front(")")) {
    rest = rest.ltrim(", ");
    std::optional<Type> type = consumeType(rest);
    DLC_CHECK(type) << "example " << text;
    std::string name = "x" + std::to_string(count++);
    std::string line;
    llvm::raw_string_ostream os(line);
    os << "%" << name << " = input() {";
    Attrs::of(InputAttrs{name, type->dtype, type->shape}).print(os);
    os << "}\n";
    body += line;
    operands += (operands.empty() ? "%" : ", %") + name;
  }
  // How many results the op has is only known once it is made: try one after the other.
  const OpDef *def = registry.find(mnemonic);
  DLC_CHECK(def) << "example of an unknown op: " << text;
  for (unsigned results = 0; results < 8; ++results) {
    std::string names, outputs;
    for (unsigned i = 0; i < results; ++i) {
      std::string name = i == 0 ? "%y" : "%y#" + std::to_string(i);
      names += (i ? ", " : "") + name;
      outputs += "output(" + name + ") {name=\"y" + std::to_string(i) + "\"}\n";
    }
    std::string source = "graph @example stage=graph {\n" + body + names + (results ? " = " : "") + mnemonic.str() +
                         "(" + operands + ")" + rest.str() + "\n" + outputs + "}\n";
    Sources sources;
    Diags diags(sources);
    if (auto graph = parseGraph(sources.add("example", source), registry, diags)) {
      for (Op &op : graph->ops())
        op.setOrigin({}); // the text of the example is gone when we return
      return graph;
    }
    if (results == 7) {
      std::string message;
      llvm::raw_string_ostream os(message);
      diags.flush(os);
      DLC_CHECK(false) << "example " << text << " does not parse: " << message;
    }
  }
  return nullptr;
}

} // namespace dlc
