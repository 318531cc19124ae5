// `dlc --emit-ir[=STAGE] FILE`: stops after a stage of the compiler and prints; `all` prints every stage on the way.
// The file may be a source, or a graph or a program that was printed before.
#include "command.h"
#include "dot.h"
#include "ir_input.h"
#include "run_files.h"

#include "dlc/ir/graph_text.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

/// Prints what `print` writes, cut off after --elide lines.
void printElided(llvm::raw_ostream &os, unsigned lines, llvm::function_ref<void(llvm::raw_ostream &)> print) {
  if (lines == 0)
    return print(os);
  std::string text;
  llvm::raw_string_ostream whole(text);
  print(whole);
  llvm::StringRef rest(text);
  for (; lines > 0 && !rest.empty(); --lines) {
    auto [line, after] = rest.split('\n');
    os << line << '\n';
    rest = after;
  }
  if (size_t left = rest.count('\n'))
    os << "// ... " << left << (left == 1 ? " line more\n" : " lines more\n");
}

/// --emit-dot: the layers of a net for Graphviz.
int emitDot(const Options &options, Product &product) {
  DLC_TRY(auto net, openSource(options, options.files.front()));
  auto built = net->build(dsl::Mode::Infer, 1);
  if (!built)
    return fail(options, *net, built.failure());
  product.stream() << dotText(session::layerTable(*built), net->path());
  const int code = flush(options, net->diags());
  return code ? code : product.deliver(options);
}

/// --line; 0: none.
unsigned lineOf(const Options &options) { return static_cast<unsigned>(options.flags.whole("line")); }

/// --line: the text of that line of a source, for the top of what is printed. A usage error where the file has
/// no such line, or nothing of an IR file comes from one.
OrExit<std::string> lineText(const Options &options, const IrInput &input) {
  const unsigned line = lineOf(options);
  const std::string asked = "--line=" + std::to_string(line) + ": ";
  if (input.kind != IrInput::Kind::Source) {
    auto isThere = [&](llvm::StringRef origin) { return isOnLine(origin, "", line); };
    const Graph *graph = input.work.net.graph.get();
    bool any = graph && llvm::any_of(graph->ops(), [&](const Op &op) { return isThere(op.origin().text); });
    for (size_t i = 0; input.work.program && i < input.work.program->size(); ++i)
      any |= isThere(input.work.program->at(i).origin);
    if (any)
      return std::string();
    return fail(options, kUsage, asked + "nothing in " + input.unit->path + " comes from that line");
  }
  llvm::SmallVector<llvm::StringRef, 64> lines;
  llvm::StringRef text = input.unit->text;
  text.consume_back("\n");
  text.split(lines, '\n');
  if (line > lines.size())
    return fail(options, kUsage,
                asked + input.unit->path + " has " + std::to_string(lines.size()) +
                    (lines.size() == 1 ? " line" : " lines"));
  return "// " + input.unit->path + ":" + std::to_string(line) + ": " + lines[line - 1].trim().str() + "\n";
}

/// What was asked for, or the default passes; of a program that was read, those behind where it stands.
Pipeline pipelineOf(const Options &options, dsl::Mode mode, const compile::Work &work) {
  if (options.flags.given("passes"))
    return Pipeline::of(options.flags.text("passes"));
  const Pipeline &all = compile::pipelineOf(mode);
  return !work.program ? all : work.program->planned ? Pipeline() : all.onProgram();
}

dsl::Mode modeOf(const Options &options) {
  return llvm::StringSwitch<dsl::Mode>(options.flags.text("mode"))
      .Case("evaluate", dsl::Mode::Evaluate)
      .Case("infer", dsl::Mode::Infer)
      .Default(dsl::Mode::Train);
}

void printHeading(llvm::raw_ostream &os, bool all, Stage stage) {
  if (all)
    os << "// ---- " << name(stage) << '\n';
}

/// Runs a pipeline from where `work` stands, and prints the stages that are asked for on the way. Status as in
/// compile::run().
absl::Status printStages(const Options &options, compile::Work &work, const Pipeline &pipeline, Stage stop,
                         const compile::Options &with, Diags &diags, llvm::StringRef file, llvm::raw_ostream &os) {
  const bool all = options.flags.text("emit-ir") == "all";
  Pipeline done;
  for (Stage stage : kStages) {
    if (stage == Stage::Ast || stage > stop)
      continue;
    const Pipeline upTo = pipeline.upTo(stage), passes = upTo.behind(done);
    if (absl::Status status = compile::run(work, passes, with, diags); !status.ok())
      return status;
    done = upTo;
    if (stage == stop || (all && (stage == Stage::Graph || !passes.empty()))) {
      printHeading(os, all, stage);
      printElided(os, static_cast<unsigned>(options.flags.whole("elide")),
                  [&](llvm::raw_ostream &to) { printWork(to, work, file, lineOf(options)); });
    }
  }
  return absl::OkStatus();
}

/// Runs the passes up to `stop`, prints what was asked for on the way and says how it went; the exit code. What is said
/// of the source stays in its diagnostics.
int runStages(const Options &options, IrInput &input, compile::Work &work, dsl::Mode mode, Stage stop, kernels::Isa isa,
              llvm::raw_ostream &os) {
  compile::Unit &unit = *input.unit;
  const bool isSource = input.kind == IrInput::Kind::Source;
  const llvm::StringRef file = isSource ? unit.sources.fileOf(locOf(unit.text).Start) : "";
  std::vector<std::pair<std::string, double>> times;
  std::map<std::string, unsigned> stats;
  compile::Options with{isa, pipelineOptions(options, times), unit.settings.train.dtype};
  with.stats = &stats;
  const absl::Status status =
      printStages(options, work, pipelineOf(options, mode, work), stop, with, unit.diags, file, os);
  if (unit.diags.hadError())
    return kDone;
  // The default passes of a source never fail; those that were chosen, and those over a text from outside, may.
  const bool isOurs = isSource && !options.flags.given("passes") && options.flags.all("skip-pass").empty();
  if (!status.ok())
    return isOurs ? bug(options, ref(status.message())) : fail(options, kSourceError, ref(status.message()));
  if (int bad = refusePlan(options, work))
    return bad;
  if (options.flags.flag("time-passes"))
    printTimes(times);
  if (options.flags.flag("stats"))
    printStats(stats);
  if (work.program)
    printRemarks(options, *work.program);
  if (options.flags.flag("explain-dispatch"))
    printDispatch(isa, work.program ? &*work.program : nullptr);
  return kDone;
}

} // namespace

static int runEmitIr(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, llvm::Twine(options.flags.flag("emit-dot") ? "--emit-dot" : "--emit-ir") +
                              " takes one file, got " + llvm::Twine(options.files.size()));
  RunFiles files;
  files.reads("the input", options.files.front());
  files.writes("the result", options.output);
  if (int bad = files.refuse(options))
    return bad;
  Product product(options);
  if (options.flags.flag("emit-dot"))
    return emitDot(options, product);
  bool all = options.flags.text("emit-ir") == "all";
  std::optional<Stage> stop = parseStage(all ? "planned" : options.flags.text("emit-ir"));
  if (!stop)
    return fail(options, kUsage,
                "no stage '" + options.flags.text("emit-ir") +
                    "': ast, graph, typed, grad, primitive, program, fused, planned or all");
  const dsl::Mode mode = modeOf(options);

  DLC_TRY(const kernels::Isa isa, chooseIsa(options));
  DLC_TRY(IrInput input, readIr(options, options.files.front(), *stop == Stage::Ast));
  compile::Unit &unit = *input.unit;
  auto end = [&] {
    bool wrong = unit.diags.hadError();
    int ended = finish(options, unit);
    return wrong || ended ? ended : product.deliver(options);
  };
  if (unit.diags.hadError())
    return end();

  llvm::raw_ostream &os = product.stream();
  if (lineOf(options)) {
    DLC_TRY(const std::string line, lineText(options, input));
    os << line;
  }
  compile::Work work = std::move(input.work);
  if (input.kind == IrInput::Kind::Source) {
    if (all || *stop == Stage::Ast) {
      printHeading(os, all, Stage::Ast);
      dsl::printAst(os, unit.file, unit.sources, lineOf(options));
      if (!all)
        return end();
    }
    work.net =
        dsl::build(unit.file, unit.settings, compile::vocabulary(), {mode, unit.settings.train.batchSize}, unit.diags);
    if (!work.net.graph || unit.diags.hadError())
      return end();
  } else if (*stop == Stage::Ast) {
    return fail(options, kUsage, "IR has no syntax tree");
  } else if (work.net.graph && mode != dsl::Mode::Train) {
    leaveOutTraining(*work.net.graph, mode);
  }

  if (int bad = runStages(options, input, work, mode, *stop, isa, os))
    return bad;
  return end();
}

static constexpr Flag kFlags[] = {
    {.arg = arg::text("emit-ir", "graph",
                      "stop after a stage and print it: ast, graph, typed, grad, primitive, program, fused, "
                      "planned, all (default: graph)"),
     .hint = "STAGE",
     .optionalValue = true},
    {.arg = arg::size("line", "0", "with --emit-ir: print only what comes from line N")},
    {.arg = arg::word("mode", "train", "train|evaluate|infer", "with --emit-ir: which graph of the net to print")},
    {.arg = arg::size("elide", "0", "with --emit-ir: at most N lines per stage; 0: all").from(0)},
    {.arg = arg::flag("emit-dot", "false", "print the net in Graphviz DOT")}};

extern const Command cmd_emit_ir;
constexpr Command cmd_emit_ir = {.name = "",
                                 .arguments = "--emit-ir[=STAGE] net.dsl",
                                 .doc = "print a stage of the compiler and stop",
                                 .takes = kSource | kPipeline | kPlans | kMemory | kOutput | kVerifying | kCounting,
                                 .flags = kFlags,
                                 .place = 0,
                                 .run = runEmitIr};

} // namespace dlc::tool
