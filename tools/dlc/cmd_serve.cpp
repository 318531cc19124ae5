// `dlc serve`: models behind a port of this machine, until a signal ends it.
// HTTP, batches and answers are the library's (lib/serve); here are flags, files and messages.
#include "command.h"
#include "file_watch.h"
#include "json_line.h"
#include "stop_signal.h"
#include "trained_net.h"

#include "dlc/serve/server.h"
#include "dlc/support/counted.h"
#include "dlc/support/files.h"
#include "dlc/support/line_file.h"
#include "dlc/support/machine.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <numeric>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

namespace dlc::tool {
namespace {

/// Long enough for what has begun, short enough for whoever waits for the process.
constexpr double kDrainSeconds = 5;

/// "out/digits.model" -> "digits". Names go into paths of URLs.
std::string nameOf(llvm::StringRef file) { return llvm::sys::path::stem(file).str(); }

bool isName(llvm::StringRef name) {
  return !name.empty() &&
         llvm::all_of(name, [](char c) { return llvm::isAlnum(c) || c == '_' || c == '-' || c == '.'; });
}

/// A model of the command line, compiled.
OrExit<std::shared_ptr<const serve::Model>> loadModel(const Options &options, const std::string &file,
                                                      serve::ModelOptions how) {
  PassTimes none;
  DLC_TRY(session::Options opening, sessionOptions(options, none));
  opening.passes.times = nullptr;
  session::Net net(opening);
  if (session::Done opened = net.openModel(file); !opened)
    return fail(options, net, opened.failure());
  flush(options, net.diags());
  auto model = serve::Model::make(net, nameOf(file), how);
  if (!model)
    return fail(options, net, model.failure());
  return std::shared_ptr<const serve::Model>(*std::move(model));
}

/// All of them.
OrExit<serve::Models> loadModels(const Options &options, serve::ModelOptions how) {
  serve::Models models;
  for (const std::string &file : options.files) {
    const std::string name = nameOf(file);
    if (!isName(name))
      return fail(options, kUsage, "the name of " + file + " becomes part of URLs: use letters, digits, '_', '-', '.'");
    if (serve::findModel(models, name))
      return fail(options, kUsage,
                  "two models are called '" + name + "'; a model is served under the name of its file");
    DLC_TRY(auto model, loadModel(options, file, how));
    models.push_back(std::move(model));
  }
  return models;
}

/// The tokens of --token-file; none without it. Whoever may read the file may ask.
OrExit<serve::Tokens> loadTokens(const Options &options) {
  const std::string &file = options.flags.text("token-file");
  if (file.empty())
    return serve::Tokens();
  auto text = readFile(file);
  if (!text.ok())
    return fail(options, text.status());
  auto tokens = serve::Tokens::parse((*text)->getBuffer());
  if (!tokens.ok())
    return fail(options, kUsage, llvm::Twine(file) + ": " + ref(tokens.status().message()));
  struct stat found;
  constexpr unsigned kOthers = 0077;
  if (!options.quiet && stat(file.c_str(), &found) == 0 && (found.st_mode & kOthers) != 0)
    llvm::errs() << "warning: others than its owner may use " << file << "; `chmod 600` keeps the tokens secret\n";
  if (!options.quiet && tokens->shortest() < serve::Tokens::kShort)
    llvm::errs() << "warning: a token of " << file << " has only " << counted(tokens->shortest(), "character")
                 << "; `openssl rand -hex 32` makes one that nobody guesses\n";
  return *std::move(tokens);
}

/// Lets the process have as many files open as it may have connections, if the system allows it; else it serves fewer.
void allowConnections(size_t count) {
  constexpr size_t kOthers = 64;
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count + kOthers)
    return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, count + kOthers);
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Reads the files at these places again, of the models and, behind them, of the tokens. What does not load stays as it
/// is.
void loadAgain(const Options &options, serve::ModelOptions how, llvm::ArrayRef<size_t> places, serve::Models &models,
               serve::Server &server) {
  for (size_t place : places) {
    if (place == models.size()) {
      if (auto tokens = loadTokens(options))
        server.admit(*std::move(tokens));
      else if (!options.quiet)
        llvm::errs() << "note: the tokens of before still hold\n";
      continue;
    }
    const std::string &file = options.files[place];
    auto model = loadModel(options, file, how);
    if (model)
      models[place] = *std::move(model);
    if (!options.quiet)
      llvm::errs() << "note: " << file
                   << (model ? " is loaded again\n" : " does not load; the model of before is still served\n");
  }
  server.replace(models);
}

/// What the server is told by the flags, but for the log; the exit code.
OrExit<serve::ServerOptions> serverOptions(const Options &options, unsigned threads) {
  serve::ServerOptions how;
  how.host = options.flags.text("host") == "localhost" ? "127.0.0.1" : options.flags.text("host");
  how.port = static_cast<uint16_t>(options.flags.whole("port"));
  how.threads = threads;
  how.maxDelay = options.flags.number("max-delay") / 1000;
  how.queue = static_cast<size_t>(options.flags.whole("queue"));
  how.connections = static_cast<size_t>(options.flags.whole("max-connections"));
  how.timeout = options.flags.number("timeout");
  const std::string &ui = options.flags.text("ui");
  how.ui = ui == "draw" ? serve::Ui::Draw : ui == "none" ? serve::Ui::None : serve::Ui::Auto;
  how.insecure = options.flags.flag("insecure");
  if (how.insecure && !options.flags.text("token-file").empty())
    return fail(options, kUsage, "--insecure and --token-file contradict each other");
  DLC_TRY(how.tokens, loadTokens(options));
  if (absl::Status allowed = serve::checkAddress(how); !allowed.ok())
    return fail(options, kUsage,
                llvm::Twine("--host: ") + ref(allowed.message()) +
                    "; use an address of this machine alone, such as 127.0.0.1 or ::1, or --token-file, or --insecure "
                    "if something else checks");
  return how;
}

std::vector<std::string> namesOf(const serve::Models &models) {
  std::vector<std::string> names;
  for (const auto &model : models)
    names.push_back(model->name());
  return names;
}

} // namespace

static int runServe(const Options &options) {
  if (options.files.empty())
    return usage(options, "serve takes a model, got no file");
  if (isReference(options))
    return fail(options, kUsage, "--isa=reference serves nothing; it is for comparing results");
  const auto threads = static_cast<unsigned>(options.threads ? options.threads : processors());
  DLC_TRY(serve::ServerOptions how, serverOptions(options, threads));
  const std::string &log = options.flags.text("log");
  if (!log.empty())
    if (absl::Status status = checkWritable(log); !status.ok())
      return fail(options, status);
  std::vector<std::string> files = options.files;
  if (const std::string &tokens = options.flags.text("token-file"); !tokens.empty())
    files.push_back(tokens);
  FileWatch watch(files); // what changes from here on is newer than what is loaded
  const serve::ModelOptions made{
      .maxRows = static_cast<size_t>(options.flags.whole("max-batch")),
      .callers = threads,
      .sequences = {static_cast<size_t>(options.flags.whole("max-sequences")), options.flags.number("sequence-idle")}};
  DLC_TRY(serve::Models models, loadModels(options, made));
  if (!options.threads)
    how.threads = serve::worthwhileWorkers(models, threads);
  allowConnections(how.connections);
  LineFile lines(log, LineFile::Begin::GoOn);
  how.log = log.empty() ? nullptr : &lines;

  StopSignal signals;
  const std::vector<std::string> names = namesOf(models);
  auto server = serve::Server::start(models, how);
  if (!server.ok())
    return fail(options, server.status());
  if (options.json)
    printJsonLine("serving", [&](llvm::json::OStream &json) {
      printJsonWords(json, "models", names);
      json.attribute("address", (*server)->address());
    });
  else
    llvm::outs() << "Serving " << llvm::join(names, ", ") << " on " << (*server)->address() << '\n';
  llvm::outs().flush();
  constexpr auto kLook = std::chrono::milliseconds(50);
  while (!signals.stop()) {
    std::this_thread::sleep_for(kLook);
    std::vector<size_t> again = options.flags.flag("watch") ? watch.changed() : std::vector<size_t>();
    if (signals.save()) { // SIGHUP
      again.resize(files.size());
      std::iota(again.begin(), again.end(), size_t{0});
    }
    if (!again.empty())
      loadAgain(options, made, again, models, **server);
  }
  const bool all = (*server)->drain(kDrainSeconds);
  if (!all && !options.quiet)
    llvm::errs() << "note: some requests were not answered within " << counted(unsigned(kDrainSeconds), "second")
                 << '\n';
  return lines.status().ok() ? int(kDone) : fail(options, lines.status());
}

static constexpr Flag kFlags[] = {
    {.arg =
         arg::text("host", "127.0.0.1", "address to listen on; one that others reach takes --token-file or --insecure"),
     .hint = "ADDRESS"},
    {.arg = arg::size("port", "8080", "port to listen on; 0: any that is free").from(0).upTo(65535)},
    {.arg = arg::word("ui", "auto", "auto|draw|none", "page at /; draw: with a canvas wherever a sample can be one")},
    {.arg = arg::size("max-batch", "64", "most samples computed together, and in one request").upTo(4096)},
    {.arg = arg::number("max-delay", "0", "milliseconds that a batch which is not full waits for more")
                .from(0)
                .upTo(1000)},
    {.arg = arg::size("queue", "1024", "most requests that wait; more are answered 503")},
    {.arg = arg::size("max-sequences", "1024", "most sequences of a model that are kept at once").upTo(1000000)},
    {.arg = arg::number("sequence-idle", "60", "seconds after which a silent sequence is over").above(0).upTo(86400)},
    {.arg = arg::size("max-connections", "8192", "most open connections; of one address three quarters").upTo(65536)},
    {.arg = arg::number("timeout", "10", "seconds that a request may take to arrive").above(0).upTo(3600)},
    {.arg = arg::file("token-file", "none", "answer those alone who name a token of this file, one per line"),
     .hint = "FILE"},
    {.arg = arg::flag("insecure", "false", "serve other machines without tokens")},
    {.arg = arg::flag("watch", "false", "load a model again when its file changes")},
    {.arg = arg::file("log", "none", "write a JSON line per request to a file"), .hint = "access.jsonl"}};

extern const Command cmd_serve;
constexpr Command cmd_serve = {.name = "serve",
                               .arguments = "net.model [more.model...]",
                               .doc = "answer predictions over HTTP",
                               .takes = 0,
                               .flags = kFlags,
                               .place = 25,
                               .run = runServe};

} // namespace dlc::tool
