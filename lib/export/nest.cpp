// Implements Nest and what products share. Names of parameters are those of the family's own operands.
// It knows no family; the layouts of weights are the families' business.
#include "nest.h"

#include "expression.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::deploy {
namespace {

/// "x|dy" -> "x", "target?" -> "target"; of "inputs..." as many as there are.
std::vector<std::string> parameterNames(std::span<const llvm::StringLiteral> names, size_t count,
                                        llvm::StringRef prefix) {
  std::vector<std::string> result;
  for (size_t i = 0; i < count; ++i) {
    llvm::StringRef name = i < names.size() ? llvm::StringRef(names[i]) : "";
    if (name.empty() || name.ends_with("..."))
      result.push_back(prefix.str() + std::to_string(i));
    else
      result.push_back(name.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; }).str());
  }
  return result;
}

} // namespace

Nest::Nest(const CModel &model, const Instr &instr)
    : model_(model), instr_(instr), reads_(parameterNames(instr.family->reads, instr.reads.size(), "in")),
      writes_(parameterNames(instr.family->writes, instr.writes.size(), "out")) {
  for (std::string &name : writes_) { // one letter is for indices
    if (name.size() == 1)
      name = "out";
    while (llvm::is_contained(reads_, name))
      name += "_out";
  }
}

std::string Nest::number(double value) const {
  return dtype() == DType::F64 ? literal(value, "@") : literal(static_cast<float>(value), "@");
}

void Nest::line(const llvm::Twine &text) { body_ += std::string(2 * size_t{depth_}, ' ') + text.str() + "\n"; }
void Nest::open(const llvm::Twine &head) {
  line(head.isTriviallyEmpty() ? "{" : head + " {");
  ++depth_;
}
void Nest::close() {
  --depth_;
  line("}");
}
void Nest::loop(llvm::StringRef variable, const llvm::Twine &from, const llvm::Twine &to) {
  open("for (int32_t " + variable + " = " + from + "; " + variable + " < " + to + "; ++" + variable + ")");
}

std::string Nest::micro(kernels::MapOp op, llvm::ArrayRef<std::string> operands) const {
  std::vector<CExpr> leaves;
  for (const std::string &operand : operands)
    leaves.push_back(CExpr::leaf(operand));
  const Statements inPlace = statements(deploy::micro(op, dtype(), leaves), "", "");
  size_t longest = 24;
  for (const std::string &operand : operands)
    longest += operand.size();
  if (inPlace.lines.empty() && inPlace.result.size() <= longest)
    return inPlace.result;
  return "@" + name(op).str() + "(" + llvm::join(operands, ", ") + ")";
}

std::string Nest::element(const MapInputKind &kind, const std::string &element) {
  switch (kind.source) {
  case MapInputKind::Acc:
  case MapInputKind::Full:
    return element;
  case MapInputKind::Scalar:
    return "0";
  case MapInputKind::Periodic:
    break;
  }
  const std::string over = kind.inner == 1 ? element : "(" + element + ") / " + text(kind.inner);
  return kind.inner == 1 ? "(" + over + ") % " + text(kind.mid) : "((" + over + ") % " + text(kind.mid) + ")";
}

void Nest::code(const MapCode &code, llvm::function_ref<std::string(size_t)> load,
                llvm::function_ref<void(size_t, const std::string &)> store) {
  std::vector<std::string> inputs, steps;
  for (size_t i = 0; i < code.inputs.size(); ++i) {
    const std::string from = load(i);
    if (llvm::all_of(from, [](char c) { return llvm::isAlnum(c) || c == '_'; })) {
      inputs.push_back(from);
      continue;
    }
    inputs.push_back("x" + std::to_string(i));
    declare(inputs.back(), code.inputs[i].i32 ? "(" + real() + ")" + llvm::Twine(from) : llvm::Twine(from));
  }
  auto operand = [&](const MapRef &ref) -> std::string {
    switch (ref.kind) {
    case MapRef::Input:
      return inputs[ref.index];
    case MapRef::Step:
      return steps[ref.index];
    case MapRef::Literal:
      break;
    }
    const std::string value = number(ref.literal);
    return llvm::StringRef(value).starts_with("-") ? "(" + value + ")" : value;
  };
  for (const MapCodeStep &step : code.steps) {
    std::vector<std::string> operands;
    for (unsigned a = 0; a < kernels::arity(step.op); ++a)
      operands.push_back(operand(step.args[a]));
    steps.push_back("r" + std::to_string(steps.size()));
    declare(steps.back(), micro(step.op, operands));
  }
  for (size_t o = 0; o < code.outputs.size(); ++o)
    store(o, operand(code.outputs[o]));
}

const CFamily *findFamily(const InstrDef *family) {
  for (const CFamily *known : allFamilies())
    if (known->family == family)
      return known;
  return nullptr;
}

void writeEpilogue(Nest &nest, bool keep, const MapInputKind &channel, const std::string &acc,
                   const std::string &element, const std::string &channelIndex) {
  if (keep)
    nest.line(nest.write(0) + "[" + element + "] = " + acc + ";");
  if (!nest.instr().code)
    return;
  const MapCode &code = *nest.instr().code;
  constexpr size_t kOwnReads = 2, kOwnInputs = 1;
  nest.code(
      code,
      [&](size_t i) -> std::string {
        if (i == 0)
          return acc;
        const MapInputKind &kind = code.inputs[i];
        const std::string &from = nest.read(kOwnReads + i - kOwnInputs);
        return from + "[" + (kind == channel ? channelIndex : Nest::element(kind, element)) + "]";
      },
      [&](size_t o, const std::string &value) {
        nest.line(nest.write(o + (keep ? 1 : 0)) + "[" + element + "] = " + value + ";");
      });
}

} // namespace dlc::deploy
