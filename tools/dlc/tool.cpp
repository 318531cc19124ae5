// Opening, refusing and printing, the same way for every command.
// What is printed on stdout is up to the commands.
#include "tool.h"

#include "command.h"

#include "dlc/model/model_file.h"
#include "dlc/program/dispatch.h"
#include "dlc/support/files.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

int fail(const Options &options, ExitCode code, const llvm::Twine &text) {
  if (!options.json) {
    llvm::errs() << "dlc: error: " << printable(text.str(), Lines::All) << '\n';
    return code;
  }
  std::string line;
  llvm::raw_string_ostream os(line);
  llvm::json::OStream json(os);
  json.object([&] {
    json.attribute("v", 1);
    json.attribute("event", "diagnostic");
    json.attribute("severity", "error");
    json.attribute("message", llvm::json::fixUTF8(text.str()));
  });
  json.flush();
  llvm::errs() << jsonSafe(os.str()) << '\n';
  return code;
}

int usage(const Options &options, const llvm::Twine &text, const llvm::Twine &help) {
  Sources none;
  Diags diags(none);
  InFlight error = diags.error();
  error << text;
  for (const std::string &form : formsOf(options.command))
    error.detail(form);
  if (!help.isTriviallyEmpty())
    error.help(help);
  flush(options, diags);
  return kUsage;
}

int refuseUnknownPasses(const Options &options) {
  std::vector<std::pair<llvm::StringRef, std::string>> named;
  auto take = [&](llvm::StringRef flag, llvm::ArrayRef<std::string> names) {
    for (const std::string &name : names)
      named.emplace_back(flag, name);
  };
  take("--passes", options.flags.text("passes"));
  take("--skip-pass", options.flags.all("skip-pass"));
  take("--print-ir-before", options.flags.all("print-ir-before"));
  take("--print-ir-after", options.flags.all("print-ir-after"));
  take("--remarks", options.flags.text("remarks"));
  llvm::SmallVector<llvm::StringRef, 32> known;
  for (const Pass *pass : allPasses())
    known.push_back(pass->name);
  for (const auto &[flag, pipeline] : named)
    if (std::string unknown; !Pipeline::parse(pipeline, unknown)) {
      llvm::StringRef near = closest(unknown, known);
      return fail(options, kUsage,
                  "no pass '" + unknown + "' for " + flag + (near.empty() ? "" : "; did you mean " + near + "?") +
                      (near.empty() ? "; " : " ") + "`dlc passes` lists them");
    }
  return kDone;
}

int fail(const Options &options, const absl::Status &status) {
  return fail(options, kSystemError, ref(status.message()));
}

int flush(const Options &options, Diags &diags) {
  // A wrong value of a flag such as --epochs is a wrong command line; --set speaks of the source, and a warning that is
  // made an error says that nothing is wrong with the value.
  auto isOfFlag = [&](const Diagnostic &d) {
    llvm::StringRef file = diags.sources().fileOf(d.loc.Start);
    return d.code.starts_with("E") && file.starts_with("--") && file != "--set";
  };
  bool ofFlag = false;
  for (const Diagnostic *d : diags.sorted())
    if (d->severity == Severity::Error) {
      ofFlag = isOfFlag(*d);
      break;
    }
  const bool says = !options.quiet ||
                    llvm::any_of(diags.sorted(), [](const Diagnostic *d) { return d->severity == Severity::Error; });
  diags.flush(says ? llvm::errs() : llvm::nulls(), {options.color, options.json});
  return ofFlag ? int(kUsage) : diags.exitCode();
}

int fail(const Options &options, Diags &diags, const Trouble &trouble) {
  report(diags, trouble);
  return flush(options, diags);
}

int Product::deliver(const Options &options) {
  if (!toFile())
    return kDone;
  absl::Status status = writeFileAtomically(file, text);
  return status.ok() ? int(kDone) : fail(options, status);
}

bool takesStdout(const Options &options) {
  return options.command == "train" &&
         llvm::is_contained({options.output, options.flags.text("plot"), options.flags.text("log")}, "-");
}

llvm::raw_ostream &forPeople(const Options &options) { return takesStdout(options) ? llvm::errs() : llvm::outs(); }

int bug(const Options &, const llvm::Twine &text) {
  DLC_CHECK(false) << text.str();
  return kBug;
}

absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> readInput(llvm::StringRef path) {
  static const llvm::MemoryBuffer *standardInput = nullptr;
  if (path != "-")
    return readFile(path);
  if (!standardInput) {
    DLC_TRY(std::unique_ptr<llvm::MemoryBuffer> read, readFile(path));
    standardInput = read.release(); // to the end of the process
  }
  return llvm::MemoryBuffer::getMemBuffer(standardInput->getMemBufferRef(), /*RequiresNullTerminator=*/false);
}

OrExit<std::unique_ptr<llvm::MemoryBuffer>> readSource(const Options &options, llvm::StringRef path) {
  auto buffer = readInput(path);
  if (!buffer.ok())
    return fail(options, buffer.status());
  if (model::looksLikeModel((*buffer)->getBuffer()))
    return usage(options, path + " is a model file, not a source",
                 "`dlc show " + path + "` lists its layers, `dlc show --config " + path + "` its settings");
  return *std::move(buffer);
}

OrExit<session::Options> sessionOptions(const Options &options, PassTimes &times) {
  DLC_TRY(const kernels::Isa isa, chooseIsa(options));
  session::Options how;
  for (const auto &[flag, value] : options.overrides)
    how.overrides.push_back({flag, value});
  how.warningsAsErrors = options.werror;
  how.isa = isa;
  how.reference = isReference(options);
  how.threads = options.threads;
  how.maxMemory = options.maxMemory;
  how.passes = pipelineOptions(options, times);
  if (options.flags.given("passes"))
    how.pipeline = Pipeline::of(options.flags.text("passes"));
  if (options.flags.flag("explain-dispatch"))
    printDispatch(isa);
  return how;
}

OrExit<std::unique_ptr<session::Net>> openSource(const Options &options, const session::Options &how,
                                                 llvm::StringRef path) {
  DLC_TRY(auto buffer, readSource(options, path));
  auto net = std::make_unique<session::Net>(how);
  if (session::Done opened = net->openSourceText(path, buffer->getBuffer()); !opened)
    return fail(options, *net, opened.failure());
  return net;
}

OrExit<std::unique_ptr<session::Net>> openSource(const Options &options, llvm::StringRef path) {
  PassTimes none;
  DLC_TRY(session::Options how, sessionOptions(options, none));
  how.passes.times = nullptr;
  return openSource(options, how, path);
}

int fail(const Options &options, session::Net &net, const session::Failure &failure) {
  using Kind = session::Failure::Kind;
  const int code = flush(options, net.diags());
  switch (failure.kind) {
  case Kind::Findings:
    return code;
  case Kind::NoData:
    return usage(options, failure.message);
  case Kind::Options:
    return fail(options, kUsage,
                (options.flags.given("passes") || options.flags.given("skip-pass") ? "--passes, --skip-pass: " : "") +
                    failure.message);
  case Kind::System:
    return fail(options, kSystemError, failure.message);
  case Kind::Bug:
    return bug(options, failure.message);
  }
  return kBug;
}

OrExit<kernels::Isa> chooseIsa(const Options &options) {
  if (options.isa == "auto")
    return kernels::best();
  if (isReference(options))
    return kernels::kScalar;
  for (kernels::Isa isa : kernels::isas())
    if (options.isa == isa->name) {
      if (kernels::supported(isa))
        return isa;
      return fail(options, kUsage,
                  llvm::Twine("this machine cannot run ") + (options.isaOfEnvironment ? "DLC_ISA=" : "--isa=") +
                      options.isa + ": " + kernels::whyNot(isa));
    }
  return fail(options, kUsage, "no instruction set '" + options.isa + "'");
}

PipelineOptions pipelineOptions(const Options &options, PassTimes &times) {
  PipelineOptions p;
  p.verifyEach = options.verifyEach;
  p.printAfterAll = options.flags.flag("print-ir-after-all");
  p.printBefore = options.flags.all("print-ir-before"), p.printAfter = options.flags.all("print-ir-after"),
  p.skip = options.flags.all("skip-pass");
  p.checkPasses = options.flags.flag("check-passes");
  p.remarks = options.flags.given("remarks");
  p.out = &forPeople(options);
  if (options.flags.flag("time-passes"))
    p.times = &times;
  return p;
}

void printTimes(const PassTimes &times) {
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
  if (options.flags.given("remarks") && program.remarks)
    for (const std::string &remark : *program.remarks)
      if (const std::string &of = options.flags.text("remarks");
          of.empty() || llvm::StringRef(remark).starts_with(of + ":"))
        llvm::errs() << "remark: " << remark << '\n';
}

void printDispatch(kernels::Isa chosen, const Program *program) {
  for (kernels::Isa isa : llvm::reverse(kernels::isas())) {
    llvm::errs() << "kernels: " << isa->name << ": ";
    if (isa == chosen)
      llvm::errs() << "used\n";
    else if (!kernels::supported(isa))
      llvm::errs() << "not used: " << kernels::whyNot(isa) << '\n';
    else
      llvm::errs() << (isa->rank > chosen->rank ? "not used: capped by --isa\n"
                                                : "not used: a faster instruction set is available\n");
  }
  if (program)
    for (const std::string &line : explainDispatch(*program))
      llvm::errs() << "kernels: " << line << '\n';
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
