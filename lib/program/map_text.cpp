// The text form of tile programs: `do (full, row(64)) { r0 = add(in0, in1); out0 = max(r0, 0) }`, printed and read
// back. The text form of the Program around it is in program_text.cpp.
#include "dlc/program/map_code.h"
#include "dlc/support/attrs.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc {

llvm::StringRef name(kernels::MapOp op) { return kernels::micro(op).name; }

std::optional<kernels::MapOp> parseMapOp(llvm::StringRef text) {
  for (unsigned i = 0; i < kernels::kNumMapOps; ++i)
    if (auto op = static_cast<kernels::MapOp>(i); text == name(op))
      return op;
  return std::nullopt;
}

static void print(llvm::raw_ostream &os, const MapRef &ref) {
  switch (ref.kind) {
  case MapRef::Input:
    os << "in" << ref.index;
    break;
  case MapRef::Step:
    os << 'r' << ref.index;
    break;
  case MapRef::Literal:
    printAttr(os, ref.literal);
    break;
  }
}

static void print(llvm::raw_ostream &os, const MapInputKind &input) {
  switch (input.source) {
  case MapInputKind::Acc:
    os << "acc";
    break;
  case MapInputKind::Full:
    os << "full";
    break;
  case MapInputKind::Scalar:
    os << "scalar";
    break;
  case MapInputKind::Periodic:
    if (input.inner == 1)
      os << "row(" << input.mid << ')';
    else
      os << "periodic(" << input.inner << ',' << input.mid << ')';
    break;
  }
  if (input.i32)
    os << " i32";
}

llvm::raw_ostream &operator<<(llvm::raw_ostream &os, const MapCode &code) {
  os << "do (";
  llvm::interleaveComma(code.inputs, os, [&](const MapInputKind &input) { print(os, input); });
  os << ") { ";
  for (size_t i = 0; i < code.steps.size(); ++i) {
    const MapCodeStep &step = code.steps[i];
    os << 'r' << i << " = " << name(step.op) << '(';
    llvm::interleaveComma(llvm::ArrayRef(step.args, kernels::arity(step.op)), os,
                          [&](const MapRef &arg) { print(os, arg); });
    os << "); ";
  }
  for (size_t i = 0; i < code.outputs.size(); ++i) {
    os << "out" << i << " = ";
    print(os, code.outputs[i]);
    os << (i + 1 < code.outputs.size() ? "; " : " ");
  }
  return os << '}';
}

namespace {

class MapParser {
public:
  MapParser(llvm::StringRef &text, std::string &error) : rest_(text), error_(error) {}

  std::optional<MapCode> run() {
    if (!expect("do") || !expect("("))
      return std::nullopt;
    while (!take(")")) {
      if (!code_.inputs.empty() && !expect(","))
        return std::nullopt;
      if (!input())
        return std::nullopt;
    }
    if (!expect("{"))
      return std::nullopt;
    while (!take("}")) {
      if (!statement())
        return std::nullopt;
      skip();
      if (!rest_.starts_with("}") && !expect(";"))
        return std::nullopt;
    }
    if (code_.outputs.empty())
      return fail("a tile program without an output");
    return std::move(code_);
  }

private:
  std::nullopt_t fail(const llvm::Twine &what) {
    if (error_.empty())
      error_ = what.str();
    return std::nullopt;
  }
  void skip() { rest_ = rest_.ltrim(" \t"); }
  bool take(llvm::StringRef word) {
    skip();
    return rest_.consume_front(word);
  }
  bool expect(llvm::StringRef word) {
    if (take(word))
      return true;
    fail("expected '" + word + "' in a tile program");
    return false;
  }
  llvm::StringRef word() {
    skip();
    llvm::StringRef result = rest_.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
    return result;
  }
  bool number(int64_t &value) {
    skip();
    llvm::StringRef rest = rest_;
    if (rest.consumeInteger(10, value) || value < 1) {
      fail("expected a size of at least 1");
      return false;
    }
    rest_ = rest;
    return true;
  }

  bool input() {
    llvm::StringRef kind = word();
    MapInputKind input;
    if (kind == "acc")
      input.source = MapInputKind::Acc;
    else if (kind == "full")
      input.source = MapInputKind::Full;
    else if (kind == "scalar")
      input.source = MapInputKind::Scalar;
    else if (kind == "row" || kind == "periodic")
      input.source = MapInputKind::Periodic;
    else {
      fail("expected acc, full, scalar, row or periodic");
      return false;
    }
    if (input.source == MapInputKind::Acc && !code_.inputs.empty()) {
      fail("acc is the first input or none");
      return false;
    }
    rest_ = rest_.drop_front(kind.size());
    if (input.source == MapInputKind::Periodic) {
      if (!expect("("))
        return false;
      if (kind == "periodic" && (!number(input.inner) || !expect(",")))
        return false;
      if (!number(input.mid) || !expect(")"))
        return false;
    }
    if (word() == "i32") {
      input.i32 = true;
      rest_ = rest_.drop_front(3);
    }
    code_.inputs.push_back(input);
    return true;
  }

  bool statement() {
    llvm::StringRef target = word();
    rest_ = rest_.drop_front(target.size());
    uint32_t index = 0;
    if (target.consume_front("out")) {
      if (target.getAsInteger(10, index) || index != code_.outputs.size()) {
        fail("outputs are numbered from out0 in order");
        return false;
      }
      MapRef ref;
      if (!expect("=") || !operand(ref))
        return false;
      code_.outputs.push_back(ref);
      return true;
    }
    if (!target.consume_front("r") || target.getAsInteger(10, index) || index != code_.steps.size()) {
      fail("steps are numbered from r0 in order");
      return false;
    }
    if (!expect("="))
      return false;
    llvm::StringRef mnemonic = word();
    auto op = parseMapOp(mnemonic);
    if (!op) {
      fail("unknown operation '" + mnemonic + "' in a tile program");
      return false;
    }
    rest_ = rest_.drop_front(mnemonic.size());
    MapCodeStep step{*op, {}};
    if (!expect("("))
      return false;
    for (unsigned a = 0; a < kernels::arity(*op); ++a)
      if ((a && !expect(",")) || !operand(step.args[a]))
        return false;
    if (!expect(")"))
      return false;
    code_.steps.push_back(step);
    return true;
  }

  bool operand(MapRef &ref) {
    skip();
    llvm::StringRef text =
        rest_.take_while([](char c) { return llvm::isAlnum(c) || c == '.' || c == '-' || c == '+'; });
    llvm::StringRef digits = text;
    uint32_t index = 0;
    double value = 0;
    if (parseAttr(text, value))
      ref = MapRef::imm(value);
    else if (digits.consume_front("in") && !digits.getAsInteger(10, index) && index < code_.inputs.size())
      ref = MapRef::input(index);
    else if (digits.consume_front("r") && !digits.getAsInteger(10, index) && index < code_.steps.size())
      ref = MapRef::step(index);
    else {
      fail("'" + text + "' is neither a number nor an input or step above");
      return false;
    }
    rest_ = rest_.drop_front(text.size());
    return true;
  }

  llvm::StringRef &rest_;
  std::string &error_;
  MapCode code_;
};

} // namespace

std::optional<MapCode> consumeMapCode(llvm::StringRef &text, std::string &error) {
  return MapParser(text, error).run();
}

} // namespace dlc
