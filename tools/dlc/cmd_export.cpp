// `dlc export`: a trained net as C, written into a folder. Each flag stands for a key of [deploy], which says the
// default. What the files hold is said in dlc/export/export.h.
#include "command.h"
#include "json_line.h"
#include "run_files.h"
#include "shell_word.h"
#include "trained_net.h"

#include "dlc/export/export.h"
#include "dlc/support/files.h"
#include "dlc/support/strings.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

std::string placeOf(const std::string &folder, const std::string &name) {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

absl::Status writeFiles(const std::string &folder, llvm::ArrayRef<deploy::ExportedFile> files) {
  for (const deploy::ExportedFile &file : files) {
    const std::string path = placeOf(folder, file.name);
    if (std::error_code error = llvm::sys::fs::create_directories(llvm::sys::path::parent_path(path)))
      return absl::UnavailableError(path + ": " + error.message());
    if (absl::Status status = writeFileAtomically(path, file.bytes); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

/// What [deploy] asks for beyond what there is; the exit code.
int refuse(const Options &options, session::Net &net) {
  const dsl::DeploySettings &d = net.unit().settings.deploy;
  auto no = [&](Loc loc, const llvm::Twine &what, const llvm::Twine &instead) {
    net.diags().error(loc, "E701").help("write " + instead.str()) << what << " cannot be exported by this version";
  };
  if (d.format.value != "c")
    no(d.format.loc, "format = " + d.format.value, "format = c");
  if (d.isa.value != "portable")
    no(d.isa.loc, "isa = " + d.isa.value, "isa = portable");
  if (d.threads.value != 1)
    no(d.threads.loc, "a call on several threads", "threads = 1");
  if (d.quantize.value != "none")
    no(d.quantize.loc, "quantize = " + d.quantize.value, "quantize = none");
  return flush(options, net.diags());
}

void printReport(const Options &options, const std::string &folder, const deploy::Export &made,
                 const std::string &name) {
  const deploy::ExportReport &r = made.report;
  if (options.json) {
    printJsonLine("export", [&](llvm::json::OStream &json) {
      json.attribute("name", name);
      json.attributeArray("files", [&] {
        for (const deploy::ExportedFile &file : made.files)
          json.value(llvm::json::fixUTF8(placeOf(folder, file.name)));
      });
      json.attribute("work_bytes", r.work);
      json.attribute("stack_bytes", r.stack);
      json.attribute("rom_bytes", r.rom);
      json.attribute("multiply_adds", r.multiplyAdds);
      json.attributeArray("notes", [&] {
        for (const std::string &note : r.notes)
          json.value(note);
      });
    });
    return;
  }
  if (options.quiet)
    return;
  llvm::raw_ostream &os = llvm::outs();
  os << "Wrote " << placeOf(folder, name + ".c") << " and " << made.files.size() - 1 << " more files\n"
     << "A call needs " << grouped(r.work) << " bytes of work and " << grouped(static_cast<int64_t>(r.multiplyAdds))
     << " multiply-adds; weights take " << grouped(r.rom) << " bytes\n";
  for (const std::string &note : r.notes)
    os << "Note: " << note << '\n';
  os << "Next: cc -O2 -o " << shellWord(placeOf(folder, name + "_test")) << ' '
     << shellWord(placeOf(folder, name + ".c")) << ' ' << shellWord(placeOf(folder, name + "_test.c")) << " && "
     << shellWord(placeOf(folder.find('/') == std::string::npos ? "./" + folder : folder, name + "_test")) << '\n';
}

} // namespace

static int runExport(const Options &given) {
  Options options = given;
  options.isa = "auto"; // the flag is about the C, not about this run
  DLC_TRY(NetFiles files, sortFiles(options));
  DLC_TRY(auto net, openNet(options, files));
  if (!files.data.empty())
    return usage(options, "export takes a model, and before it a source, got " + files.data.front() + " too");
  if (options.output.empty() || options.output == "-")
    return usage(options, "export writes a folder", "name it: -o folder");
  if (int bad = refuse(options, *net))
    return bad;
  const dsl::DeploySettings &d = net->unit().settings.deploy;
  const std::string name = d.name.value.empty() ? deploy::nameOfC(llvm::sys::path::stem(files.model)) : d.name.value;
  RunFiles all;
  all.reads("the model", files.model);
  all.reads("the source", files.config);
  auto made = deploy::exportC(
      *net,
      {.name = name, .batch = d.batch.value, .fast = d.math.value == "fast", .external = d.weights.value == "extern"});
  if (!made)
    return fail(options, *net, made.failure());
  for (const deploy::ExportedFile &file : made->files)
    all.writes("a file of the export", placeOf(options.output, file.name));
  if (int bad = all.refuse(options))
    return bad;
  if (absl::Status status = writeFiles(options.output, made->files); !status.ok())
    return fail(options, status);
  printReport(options, options.output, *made, name);
  return kDone;
}

static constexpr Flag kFlags[] = {
    {.arg = arg::word("format", "c", "c", "what to write"), .key = "deploy.format"},
    {.arg = arg::word("isa", "portable", "portable", "instruction set of the C: portable runs everywhere"),
     .key = "deploy.isa"},
    {.arg = arg::word("math", "exact", "exact|fast", "exact: the same bits on every target"), .key = "deploy.math"},
    {.arg = arg::word("weights", "const", "const|extern", "extern: in a file, handed over with each call"),
     .key = "deploy.weights"},
    {.arg = arg::size("batch", "1", "samples of a call"), .key = "deploy.batch"},
    {.arg = arg::text("name", "none", "prefix of all names in the C (default: the stem of the model)"),
     .hint = "NAME",
     .key = "deploy.name"}};

extern const Command cmd_export;
constexpr Command cmd_export = {.name = "export",
                                .arguments = "net.model -o DIR",
                                .doc = "write a trained net as C that stands alone",
                                .otherArguments = "net.dsl net.model -o DIR",
                                .takes = kSource | kMemory | kOutput,
                                .flags = kFlags,
                                .place = 35,
                                .run = runExport};

} // namespace dlc::tool
