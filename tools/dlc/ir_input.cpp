// IR on the command line: reads .dsl, .ir and .program files, and ends what was begun with them.
// It runs no pass.
#include "ir_input.h"

#include "dlc/dsl/syntax/grammar.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/program/program_text.h"
#include "dlc/train/plan_size.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

/// By the name, or where that says nothing (as that of standard input) by the first word behind comments.
static IrInput::Kind kindOf(llvm::StringRef path, llvm::StringRef text) {
  if (path.ends_with(".ir") || path.ends_with(".program"))
    return path.ends_with(".ir") ? IrInput::Kind::Graph : IrInput::Kind::Program;
  while (text = text.ltrim(), text.starts_with("//"))
    text = text.split('\n').second;
  return text.starts_with("graph @")     ? IrInput::Kind::Graph
         : text.starts_with("program @") ? IrInput::Kind::Program
                                         : IrInput::Kind::Source;
}

OrExit<IrInput> readIr(const Options &options, const std::string &path, bool syntaxOnly) {
  DLC_TRY(auto buffer, readSource(options, path));
  llvm::StringRef text = buffer->getBuffer();
  IrInput input;
  input.kind = kindOf(path, text);
  if (input.kind != IrInput::Kind::Source && !options.overrides.empty()) {
    const std::string &flag = options.overrides.front().first;
    return usage(options, flag + " changes a source, but " + path + " is IR, already compiled from it",
                 "use it when emitting the IR from the source");
  }
  if (input.kind == IrInput::Kind::Program && options.flags.text("mode") != "train")
    return usage(options, "--mode selects a graph, but " + path + " is already a program");
  if (input.kind == IrInput::Kind::Source && !syntaxOnly) {
    std::vector<compile::OverrideText> overrides;
    for (const auto &[flag, value] : options.overrides)
      overrides.push_back({flag, value});
    input.unit = compile::makeUnit(path, text, overrides);
    input.unit->diags.setWarningsAsErrors(options.werror);
    return input;
  }
  input.unit = std::make_unique<compile::Unit>();
  input.unit->path = path;
  input.unit->text = input.unit->sources.add(path, text);
  if (input.kind == IrInput::Kind::Source)
    input.unit->file = dsl::parse(input.unit->text, input.unit->diags);
  else if (input.kind == IrInput::Kind::Graph)
    input.work.net.graph = parseGraph(input.unit->text, compile::registry(), input.unit->diags);
  else
    input.work.program = parseProgram(input.unit->text, input.unit->diags);
  return input;
}

int refusePlan(const Options &options, const compile::Work &work) {
  if (!options.maxMemory || !work.program || !work.program->planned)
    return kDone;
  const auto threads = static_cast<unsigned>(std::max<int64_t>(1, options.threads));
  absl::Status fits = train::planFits(train::planBytes(*work.program, threads), options.maxMemory);
  return fits.ok() ? int(kDone) : fail(options, fits);
}

void leaveOutTraining(Graph &graph, dsl::Mode mode) {
  llvm::SmallPtrSet<const Op *, 4> losses;
  for (Op &op : graph.ops())
    if (op.attrsIf<MinimizeAttrs>())
      losses.insert(op.operand(0).op);
  if (losses.empty())
    return;
  // From the back: what only the ops read that go is unread by the time it is looked at.
  llvm::SmallPtrSet<const Op *, 16> unread;
  for (auto it = graph.ops().rbegin(); it != graph.ops().rend();) {
    Op &op = *it++;
    const bool ofLoss = mode == dsl::Mode::Infer && op.attrsIf<OutputAttrs>() && losses.contains(op.operand(0).op);
    if (!op.attrsIf<MinimizeAttrs>() && !ofLoss && !(unread.contains(&op) && op.users().empty() && !op.def().effect))
      continue;
    for (Value value : op.operands())
      unread.insert(value.op);
    graph.erase(&op);
  }
}

int finish(const Options &options, compile::Unit &unit) {
  if (!options.flags.flag("verify-diagnostics"))
    return flush(options, unit.diags);
  return verifyDiagnostics(unit.diags, unit.text, llvm::errs()) ? kDone : kCheckFailed;
}

void printWork(llvm::raw_ostream &os, const compile::Work &work) { printWork(os, work, "", 0); }

void printWork(llvm::raw_ostream &os, const compile::Work &work, llvm::StringRef file, unsigned line) {
  if (work.program)
    printProgram(os, *work.program, {line, true, file});
  else if (work.net.graph)
    printGraph(os, *work.net.graph, {line, true, file});
}

} // namespace dlc::tool
