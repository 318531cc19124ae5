// Reading Programs back, line by line.
// What it accepts is what program_text.cpp prints; verifyProgram() then holds it to its promises.
#include "dlc/program/instr_def.h"
#include "dlc/program/program_text.h"
#include "dlc/program/verify.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

namespace dlc {

namespace {

class ProgramParser {
public:
  ProgramParser(llvm::StringRef text, Diags &diags) : text_(text), diags_(diags) {}

  std::optional<Program> run() {
    if (!nextLine())
      return fail("expected 'program'");
    if (!header())
      return std::nullopt;
    while (true) {
      if (!nextLine())
        return fail("the program ends without '}'");
      if (take("}"))
        break;
      bool inInit = take("init");
      if (inInit || take("step")) {
        auto &list = inInit ? program_.init : program_.step;
        if (!expect("{") || !instrs(list))
          return std::nullopt;
      } else if (!take("buffer"))
        return fail("expected buffer, init, step or '}'");
      else if (!buffer())
        return std::nullopt;
    }
    std::string wrong = verifyProgram(program_);
    if (!wrong.empty())
      return fail(wrong);
    return std::move(program_);
  }

private:
  std::nullopt_t fail(const llvm::Twine &message) {
    llvm::StringRef at = line_.empty() ? text_.take_front(0) : line_.take_until([](char c) { return c == ' '; });
    diags_.error(locOf(at.empty() ? line_.take_front(1) : at), "E190") << message;
    return std::nullopt;
  }
  bool no(const llvm::Twine &message) {
    fail(message);
    return false;
  }

  /// The next line that is not empty and not only a comment.
  bool nextLine() {
    while (!text_.empty()) {
      std::tie(line_, text_) = text_.split('\n');
      line_ = line_.trim();
      if (!line_.empty() && !line_.starts_with("//"))
        return true;
    }
    line_ = {text_.data(), 0};
    return false;
  }
  bool take(llvm::StringRef token) {
    line_ = line_.ltrim();
    return line_.consume_front(token);
  }
  bool expect(llvm::StringRef token) { return take(token) || no("expected '" + token + "'"); }
  /// Letters, digits, '_', '.' and '-'.
  llvm::StringRef word() {
    line_ = line_.ltrim();
    llvm::StringRef result =
        line_.take_while([](char c) { return llvm::isAlnum(c) || c == '_' || c == '.' || c == '-'; });
    line_ = line_.drop_front(result.size());
    return result;
  }
  bool integer(int64_t &value) { return !line_.consumeInteger(10, value) || no("expected a number"); }

  bool header() {
    if (!expect("program") || !expect("@"))
      return false;
    program_.name = word().str();
    if (program_.name.empty())
      return no("expected a name after '@'");
    while (!take("{")) {
      llvm::StringRef key = word();
      if (!expect("="))
        return false;
      if (key == "dtype") {
        auto dtype = parseDType(word());
        if (!dtype || !isFloat(*dtype))
          return no("dtype is f32 or f64");
        program_.dtype = *dtype;
      } else if (key == "isa") {
        llvm::StringRef isa = word();
        bool known = false;
        for (kernels::Isa candidate : kernels::isas())
          if (isa == candidate->name) {
            program_.isa = candidate;
            known = true;
          }
        if (!known)
          return no("unknown instruction set '" + isa + "'");
      } else if (key == "caches") {
        int64_t first = 0, second = 0;
        if (!expect("[") || !integer(first) || !expect(",") || !integer(second) || !expect("]"))
          return false;
        if (first < 0 || second < 0)
          return no("a cache of a negative size");
        program_.caches = {static_cast<size_t>(first), static_cast<size_t>(second)};
      } else if (key == "arena") {
        program_.planned = true;
        if (!integer(program_.arena))
          return false;
      } else if (key == "peak-live") {
        if (!integer(program_.peakLive))
          return false;
      } else if (key == "scratch") {
        if (!integer(program_.scratch))
          return false;
      } else if (key == "efficiency") {
        word(); // follows from the others
        take("%");
      } else
        return no("unknown property '" + key + "' of a program");
    }
    return true;
  }

  bool buffer() {
    Buffer buffer;
    llvm::StringRef name = word(), role = word();
    if (name.empty() || ids_.contains(name))
      return no("a buffer needs a name of its own");
    auto parsed = named<BufferRole>(role);
    if (!parsed)
      return no("unknown role '" + role + "'");
    buffer.name = name.str();
    buffer.role = *parsed;
    line_ = line_.ltrim();
    if (line_.starts_with("\"")) {
      size_t end = 1;
      while (end < line_.size() && line_[end] != '"')
        end += line_[end] == '\\' ? 2 : 1;
      llvm::StringRef quoted = line_.take_front(end + 1);
      if (!parseAttr(quoted, buffer.external))
        return no("unclosed string");
      line_ = line_.drop_front(quoted.size());
    }
    line_ = line_.ltrim();
    auto type = consumeType(line_);
    if (!type)
      return no("expected a type such as f32[64,10]");
    buffer.type = *type;
    if (take("live=[")) {
      buffer.live.emplace();
      if (!integer(buffer.live->begin) || !expect(",") || !integer(buffer.live->end) || !expect("]") ||
          !expect("offset=") || !integer(buffer.offset))
        return false;
    }
    if (!line_.ltrim().empty())
      return no("unexpected text after a buffer");
    ids_[name] = static_cast<BufferId>(program_.buffers.size());
    program_.buffers.push_back(std::move(buffer));
    return true;
  }

  bool operands(llvm::SmallVectorImpl<BufferId> &ids) {
    do {
      llvm::StringRef name = word();
      auto it = ids_.find(name);
      if (it == ids_.end())
        return no("unknown buffer '" + name + "'");
      ids.push_back(it->second);
    } while (take(","));
    return true;
  }

  /// `{name=value, ...}`, where values are numbers, words, strings and lists in brackets.
  bool attributes(Instr &instr) {
    std::shared_ptr<void> attrs = instr.family->attrs.make();
    if (take("{")) {
      while (!take("}")) {
        llvm::StringRef key = word();
        if (!expect("="))
          return false;
        size_t end = 0;
        int depth = 0;
        bool quoted = false;
        for (; end < line_.size(); ++end) {
          char c = line_[end];
          quoted ^= c == '"';
          if (!quoted && depth == 0 && (c == ',' || c == '}'))
            break;
          depth += c == '[' ? 1 : c == ']' ? -1 : 0;
        }
        llvm::StringRef value = line_.take_front(end).trim();
        switch (instr.family->attrs.set(attrs.get(), key, value)) {
        case AttrResult::UnknownName:
          return no(instr.family->name + " has no attribute '" + key + "'");
        case AttrResult::BadValue:
          return no("'" + value + "' is no value for '" + key + "'" + instr.family->attrs.names(key));
        case AttrResult::Ok:
          break;
        }
        line_ = line_.drop_front(end);
        take(",");
        if (line_.empty())
          return no("expected '}'");
      }
    }
    instr.attrs = Attrs(instr.family->attrs, std::move(attrs));
    return true;
  }

  bool instrs(std::vector<Instr> &list) {
    while (nextLine()) {
      if (take("}"))
        return true;
      Instr instr;
      int64_t number = 0;
      if (!integer(number) || !expect(":"))
        return false;
      llvm::StringRef family = word();
      instr.family = findInstrDef(family);
      if (!instr.family)
        return no("unknown kernel family '" + family + "'");
      if (!operands(instr.writes) || !expect("<-"))
        return false;
      line_ = line_.ltrim();
      if (!line_.empty() && (llvm::isAlpha(line_[0]) || line_[0] == '_') && !line_.starts_with("do (") &&
          !operands(instr.reads))
        return false;
      if (!attributes(instr))
        return false;
      line_ = line_.ltrim();
      if (line_.starts_with("do")) {
        std::string error;
        instr.code = consumeMapCode(line_, error);
        if (!instr.code)
          return no(error);
      }
      if (take("//")) {
        auto [origin, note] = line_.split("; ");
        instr.origin = origin.trim().str();
        instr.note = note.str();
        line_ = line_.drop_front(line_.size());
      }
      if (!line_.ltrim().empty())
        return no("unexpected text after an instruction");
      list.push_back(std::move(instr));
    }
    return no("expected '}'");
  }

  llvm::StringRef text_, line_;
  Diags &diags_;
  Program program_;
  llvm::StringMap<BufferId> ids_;
};

} // namespace

std::optional<Program> parseProgram(llvm::StringRef text, Diags &diags) { return ProgramParser(text, diags).run(); }

} // namespace dlc
