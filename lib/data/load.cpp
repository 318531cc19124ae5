// Finding sources and data files.
// The contents of files are left to source_*.cpp and the format parsers.
#include "refusal.h"

#include "dlc/data/image.h"
#include "dlc/data/source.h"
#include "spec_args.h"

#include "dlc/support/files.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace dlc::data {

const SourceDef *findSource(llvm::StringRef name) {
  for (const SourceDef *def : allSources())
    if (def->name.equals_insensitive(name))
      return def;
  return nullptr;
}

namespace {

/// `broken =` of the source itself comes before that of [data].
LoadContext contextOf(const Spec &spec, LoadContext context) {
  using Broken = LoadContext::Broken;
  const bool skip = wordArgument(spec, "broken", {"error", "skip"}, context.broken == Broken::Skip ? 1 : 0) == 1;
  context.broken = skip && !context.everySample ? Broken::Skip : Broken::Error;
  return context;
}

/// What to do about a damaged picture among others.
std::string brokenHelp(const Spec &spec, const LoadContext &context, const Trouble &trouble) {
  if (spec.name != "Images" || llvm::StringRef(trouble.place.file).ends_with(textOf(spec.find("dir"))))
    return "";
  return context.everySample ? "with --names or --json, broken = skip under [data] skips such pictures"
                             : "write broken = skip under [data] to skip such pictures";
}

} // namespace

std::string brokenText(const Dataset &data) {
  constexpr size_t kNamed = 8;
  if (data.broken.empty())
    return "";
  std::string text = std::to_string(data.broken.size()) + " broken " +
                     (data.broken.size() == 1 ? "picture" : "pictures") + " skipped: ";
  for (size_t i = 0; i < std::min(kNamed, data.broken.size()); ++i)
    text += (i ? ", " : "") + escaped(data.broken[i]);
  return text + (data.broken.size() > kNamed ? ", ..." : "");
}

Fallible<std::shared_ptr<Dataset>> load(const Spec &spec, const LoadContext &given) {
  const SourceDef *def = findSource(spec.name);
  if (!def) {
    std::vector<llvm::StringRef> names;
    for (const SourceDef *known : allSources())
      names.push_back(known->name);
    llvm::StringRef near = closest(spec.name, names);
    return Trouble{.code = "E250",
                   .message = "unknown data source '" + spec.name + "'",
                   .loc = spec.loc,
                   .help =
                       near.empty() ? "known here: " + llvm::join(names, ", ") : "did you mean " + near.str() + "?"};
  }
  const LoadContext context = contextOf(spec, given);
  Fallible<Dataset> dataset = def->load(spec, context);
  if (!dataset) {
    Trouble trouble = dataset.failure();
    if (!trouble.loc.isValid())
      trouble.loc = spec.loc;
    if (trouble.code == "E306" && trouble.help.empty())
      trouble.help = brokenHelp(spec, context, trouble);
    return trouble;
  }
  dataset->loc = spec.loc;
  dataset->labelHelp = def->labelHelp;
  if (dataset->values.form == Values::Form::Reader && dataset->count)
    if (auto kept = cacheSamples(*dataset, context); !kept) {
      Trouble trouble = kept.failure();
      if (trouble.code == "E310")
        trouble.loc = spec.loc;
      else if (trouble.help.empty())
        trouble.help = brokenHelp(spec, context, trouble);
      return trouble;
    }
  if (!dataset->broken.empty())
    dataset->notes.push_back(brokenText(*dataset));
  // Of several files that are to be predicted, one may be broken: who asked sees what is left.
  const bool mayBeNone = context.labelMayLack && !dataset->broken.empty();
  if (dataset->count == 0 && !mayBeNone)
    return Trouble{.code = "E309",
                   .message = dataset->origin + " holds no samples" +
                              (dataset->broken.empty() ? "" : "; " + brokenText(*dataset)),
                   .loc = spec.loc};
  return std::make_shared<Dataset>(*std::move(dataset));
}

Fallible<std::string> findDataFile(llvm::StringRef name, const LoadContext &context, Loc loc) {
  if (name == "-")
    return name.str();
  if (name.empty())
    return Trouble{.code = "E301", .message = "the file name is empty", .loc = loc};
  std::vector<std::string> folders = {""};
  if (!llvm::sys::path::is_absolute(name) && !context.folder.empty())
    folders.insert(folders.begin(), context.folder);
  for (const std::string &folder : folders)
    for (llvm::StringRef ending : {"", ".gz"}) {
      llvm::SmallString<256> candidate(folder);
      llvm::sys::path::append(candidate, name + ending);
      // Where the system does not say whether it is there, reading it will say why.
      std::error_code error = llvm::sys::fs::access(candidate, llvm::sys::fs::AccessMode::Exist);
      if (!error || codeOfRefusal(error) == "E311")
        return candidate.str().str();
    }
  bool two = folders.size() == 2 && context.folder != ".";
  return Trouble{.code = "E301",
                 .message = "cannot find '" + name.str() + "'",
                 .loc = loc,
                 .place = {.file = loc.isValid() ? "" : name.str()},
                 .help = two ? "looked in " + context.folder + " and in the current folder" : ""};
}

Fallible<DataFile> readDataFile(llvm::StringRef name, const LoadContext &context, Loc loc) {
  DLC_TRY(auto path, findDataFile(name, context, loc));
  auto refused = [&](const absl::Status &status, ErrorCode code) {
    return Trouble{.code = code,
                   .message = ref(status.message()).str(),
                   .loc = loc,
                   .place = {.file = loc.isValid() ? "" : name.str()}};
  };
  auto bytes = readFile(path);
  if (!bytes.ok())
    return refused(bytes.status(), codeOfRefusal(bytes.status()));
  DataFile file{path == "-" ? "standard input" : path, nullptr, looksGzipped((*bytes)->getBuffer())};
  if (file.packed) {
    auto unpacked = gunzip((*bytes)->getBuffer(), path);
    if (!unpacked.ok())
      return refused(unpacked.status(), "E306");
    bytes = std::move(unpacked);
  }
  file.bytes = *std::move(bytes);
  return file;
}

namespace {

/// Whether a bare file is read as a picture, or a folder of some.
Fallible<bool> isPicture(const std::string &path, llvm::StringRef beginning, const LoadContext &context) {
  auto refused = [&](ErrorCode code, const llvm::Twine &message, llvm::StringRef help) {
    return Trouble{.code = code, .message = message.str(), .place = {.file = path}, .help = help.str()};
  };
  auto trainedWith = [&](llvm::StringRef source) { return context.like && context.like->name == source; };
  const bool takesText = context.tokens || trainedWith("Text"), takesTable = trainedWith("Csv") && context.flat;
  const bool folder = llvm::sys::fs::is_directory(path);
  const llvm::StringRef format = imageFormatName(beginning);
  if (llvm::StringRef foreign = foreignImageName(beginning); !foreign.empty())
    return refused("E306", (foreign == "AVIF" ? "an " : "a ") + foreign + " picture, which dlc does not support",
                   "convert it to PNG or JPEG");
  if (!format.empty() || folder) {
    const std::string what = folder ? "it is a folder" : ("it is a picture (" + format + ")").str();
    if (takesText)
      return refused("E309", what + ", but the net reads text", "");
    if (takesTable)
      return refused("E309", what + ", but the net was trained with a table", "");
    return true;
  }
  for (const SourceDef *def : allSources())
    if (def->recognises && def->recognises(beginning))
      return false; // an array may hold pictures
  return trainedWith("Images") || (hasImageExtension(path) && !takesText && !takesTable);
}

/// Whether a file that no format recognises is read as the source of training reads its own: tables and texts always,
/// what has neither a beginning nor an ending of its own unless it is named like a table and holds text.
bool isLikeTraining(const LoadContext &context, llvm::StringRef beginning, llvm::StringRef extension) {
  const SourceDef *like = context.like ? findSource(context.like->name) : nullptr;
  if (!like)
    return false;
  if (like->name == "Csv" || like->name == "Text")
    return true;
  if (like->name != "Raw" && like->name != "Cifar10")
    return false;
  const bool text = llvm::none_of(beginning.bytes(), [](uint8_t c) { return c < ' ' && !llvm::isSpace(char(c)); });
  const SourceDef *table = findSource("Csv");
  return !(text && llvm::is_contained(table->extensions, extension.lower()));
}

} // namespace

Fallible<Spec> sourceForFiles(llvm::StringRef data, llvm::StringRef labels, const LoadContext &context) {
  auto path = findDataFile(data, context, Loc());
  if (!path)
    return path.failure();
  const std::string beginning =
      readBeginning(*path, 512); // nothing of folders, and of standard input and pipes, which can be read only once
  DLC_TRY(auto picture, isPicture(*path, beginning, context));
  const SourceDef *chosen = picture ? findSource("Images") : nullptr;
  for (const SourceDef *def : allSources())
    if (!chosen && def->recognises && def->recognises(beginning))
      chosen = def;
  llvm::StringRef plain = data;
  plain.consume_back(".gz");
  llvm::StringRef extension = llvm::sys::path::extension(plain).ltrim('.');
  if (!chosen && isLikeTraining(context, beginning, extension))
    chosen = findSource(context.like->name);
  for (const SourceDef *def : allSources())
    if (!chosen && context.tokens && llvm::is_contained(def->tokenExtensions, extension.lower()))
      chosen = def;
  for (const SourceDef *def : allSources())
    if (!chosen && llvm::is_contained(def->extensions, extension.lower()))
      chosen = def;
  if (!chosen)
    chosen = findSource("Csv");
  Spec spec;
  spec.name = chosen->name.str();
  spec.signature = chosen->args;
  auto add = [&](llvm::StringRef name, llvm::StringRef text) {
    Const value;
    value.kind = Const::Kind::String;
    value.text = text.str();
    spec.args.push_back({name.str(), std::move(value)});
  };
  add(chosen->fileArgument, data);
  if (!labels.empty()) {
    if (chosen->labelsArgument.empty())
      return Trouble{.code = "E309",
                     .message = (chosen->name + " takes no second file for labels").str(),
                     .place = {.file = labels.str()}};
    add(chosen->labelsArgument, labels);
  }
  if (context.like && context.like->name == spec.name)
    for (const ConstArg &arg : context.like->args)
      if (arg.name != chosen->fileArgument && arg.name != chosen->labelsArgument &&
          (labels.empty() || arg.name != "label"))
        spec.args.push_back(arg);
  return spec;
}

} // namespace dlc::data
