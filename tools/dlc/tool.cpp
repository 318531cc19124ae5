// Opening, refusing and printing, the same way for every command.
// What is printed on stdout is up to the commands.
#include "tool.h"

#include "dlc/program/dispatch.h"

#include "dlc/support/files.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <sys/sysinfo.h>

namespace dlc::tool {

int fail(const Options &options, ExitCode code, const llvm::Twine &text) {
  if (!options.json) {
    llvm::errs() << "dlc: error: " << text << '\n';
    return code;
  }
  llvm::json::OStream json(llvm::errs());
  json.object([&] {
    json.attribute("v", 1);
    json.attribute("event", "diagnostic");
    json.attribute("severity", "error");
    json.attribute("message", llvm::json::fixUTF8(text.str()));
  });
  json.flush();
  llvm::errs() << '\n';
  return code;
}

int usage(const Options &options, const llvm::Twine &text) {
  fail(options, kUsage, text);
  static constexpr std::pair<llvm::StringLiteral, llvm::StringLiteral> kForms[] = {
      {"train", "net.dsl [out.model]"},
      {"train", "net.dsl data labels out.model"},
      {"infer", "net.model [data]"},
      {"infer", "net.dsl net.model [data]"},
      {"eval", "net.model [data]"},
      {"eval", "net.dsl net.model [data]"},
      {"test", "[net.dsl]"},
      {"check", "net.dsl"},
      {"show", "net.dsl|net.model"},
      {"data", "net.dsl"},
      {"fmt", "net.dsl... [--check] [--upgrade] [-o out.dsl]"},
      {"new", "NAME [FOLDER]"},
      {"bench", "net.dsl"},
      {"plot", "run.jsonl -o run.svg"},
      {"opt", "in.ir --passes=a,b"},
      {"ops", "[name]"},
      {"passes", ""},
      {"kernels", ""},
      {"explain", "E232"},
      {"completions", "bash|zsh|fish"},
      {"generate", "WHAT"},
      {"", "--emit-ir[=STAGE] net.dsl"}};
  for (const auto &[command, form] : kForms)
    if (command == options.command)
      llvm::errs() << "  dlc " << command << (command.empty() ? "" : " ") << form << '\n';
  return kUsage;
}

int fail(const Options &options, const absl::Status &status) {
  return fail(options, kSystemError, ref(status.message()));
}

int flush(const Options &options, Diags &diags) {
  diags.flush(llvm::errs(), {options.color, options.json});
  return diags.exitCode();
}

int fail(const Options &options, Diags &diags, const Trouble &trouble) {
  report(diags, trouble);
  return flush(options, diags);
}

int bug(const Options &, const llvm::Twine &text) {
  DLC_CHECK(false) << text.str();
  return kBug;
}

std::unique_ptr<compile::Unit> openUnit(const Options &options, llvm::StringRef path, int &exitCode) {
  absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = readFile(path);
  if (!buffer.ok()) {
    exitCode = fail(options, buffer.status());
    return nullptr;
  }
  return openUnit(options, path, (*buffer)->getBuffer(), exitCode);
}

std::unique_ptr<compile::Unit> openUnit(const Options &options, llvm::StringRef path, llvm::StringRef text,
                                        int &exitCode, const dsl::IncludeReader &includes) {
  std::vector<compile::OverrideText> overrides;
  for (const auto &[flag, value] : options.overrides)
    overrides.push_back({flag, value});
  auto unit = compile::makeUnit(path, text, overrides, includes);
  unit->diags.setWarningsAsErrors(options.werror);
  if (unit->diags.hadError()) {
    // A wrong value of a flag such as --epochs is a wrong command line; --set speaks of the source.
    llvm::StringRef file = unit->sources.fileOf(unit->diags.sorted().front()->loc.Start);
    bool ofFlag = file.starts_with("--") && file != "--set";
    exitCode = flush(options, unit->diags);
    if (ofFlag)
      exitCode = kUsage;
    return nullptr;
  }
  exitCode = kDone;
  return unit;
}

std::optional<kernels::Isa> chooseIsa(const Options &options, int &exitCode) {
  exitCode = kDone;
  if (options.isa == "auto")
    return kernels::best();
  if (isReference(options))
    return kernels::Isa::Scalar;
  for (kernels::Isa isa : kernels::kIsas)
    if (options.isa == kernels::name(isa)) {
      if (kernels::supported(isa))
        return isa;
      exitCode = fail(options, kUsage, "this machine cannot run --isa=" + options.isa + ": " + kernels::whyNot(isa));
      return std::nullopt;
    }
  exitCode = fail(options, kUsage, "no instruction set '" + options.isa + "'");
  return std::nullopt;
}

PipelineOptions pipelineOptions(const Options &options, std::vector<std::pair<std::string, double>> &times) {
  PipelineOptions p;
  p.verifyEach = options.verifyEach;
  p.printAfterAll = options.printAfterAll;
  p.printBefore = options.printBefore, p.printAfter = options.printAfter, p.skip = options.skipPass;
  p.checkPasses = options.checkPasses;
  p.out = &llvm::outs();
  if (options.timePasses)
    p.times = &times;
  return p;
}

void printTimes(const std::vector<std::pair<std::string, double>> &times) {
  double sum = 0;
  for (const auto &[name, seconds] : times)
    sum += seconds;
  for (const auto &[name, seconds] : times)
    llvm::errs() << llvm::format("%10.3f ms  %5.1f %%  ", seconds * 1e3, sum > 0 ? 100 * seconds / sum : 0.0) << name
                 << '\n';
  if (!times.empty())
    llvm::errs() << llvm::format("%10.3f ms  all passes\n", sum * 1e3);
}

void printStats(const std::map<std::string, unsigned> &stats) {
  for (const auto &[rule, hits] : stats)
    llvm::errs() << llvm::format("%8u  ", hits) << rule << '\n';
}

void printRemarks(const Options &options, const Program &program) {
  if (options.remarks)
    for (const std::string &remark : program.remarks)
      if (options.remarks->empty() || llvm::StringRef(remark).starts_with(*options.remarks + ":"))
        llvm::errs() << "remark: " << remark << '\n';
}

void printDispatch(kernels::Isa chosen, const Program *program) {
  for (kernels::Isa isa : llvm::reverse(kernels::kIsas)) {
    llvm::errs() << "kernels: " << kernels::name(isa) << ": ";
    if (isa == chosen)
      llvm::errs() << "used\n";
    else if (!kernels::supported(isa))
      llvm::errs() << "not used: " << kernels::whyNot(isa) << '\n';
    else
      llvm::errs() << (isa > chosen ? "not used: capped by --isa\n" : "not used: a better one is\n");
  }
  if (program)
    for (const std::string &line : explainDispatch(*program))
      llvm::errs() << "kernels: " << line << '\n';
}

uint64_t memoryLimit(const Options &options) {
  if (options.maxMemory)
    return options.maxMemory;
  struct sysinfo info;
  if (sysinfo(&info) != 0)
    return uint64_t{8} << 30;
  return static_cast<uint64_t>(info.totalram) * info.mem_unit / 5 * 4;
}

std::string bytesText(uint64_t bytes) {
  static constexpr const char *kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(kUnits); ++unit)
    value /= 1024;
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format(unit ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
  return text;
}

} // namespace dlc::tool
