// Finding sources and data files.
// What is in the files is the business of source_*.cpp and of the format parsers.
#include "dlc/data/image.h"
#include "dlc/data/source.h"

#include "dlc/support/files.h"
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

Fallible<std::shared_ptr<Dataset>> load(const dsl::Spec &spec, const LoadContext &context) {
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
  Fallible<Dataset> dataset = def->load(spec, context);
  if (!dataset) {
    Trouble trouble = dataset.trouble();
    if (!trouble.loc.isValid())
      trouble.loc = spec.loc;
    return trouble;
  }
  dataset->loc = spec.loc;
  dataset->labelHelp = def->labelHelp;
  if (dataset->values.form == Values::Form::Reader)
    if (auto kept = cacheSamples(*dataset, context); !kept) {
      Trouble trouble = kept.trouble();
      if (trouble.code == "E310")
        trouble.loc = spec.loc;
      return trouble;
    }
  if (dataset->count == 0)
    return Trouble{.code = "E309", .message = dataset->origin + " holds no samples", .loc = spec.loc};
  return std::make_shared<Dataset>(*std::move(dataset));
}

Fallible<std::string> findDataFile(llvm::StringRef name, const LoadContext &context, Loc loc) {
  if (name == "-")
    return name.str();
  if (name.empty())
    return Trouble{.code = "E301", .message = "the name of the file is empty", .loc = loc};
  std::vector<std::string> folders = {""};
  if (!llvm::sys::path::is_absolute(name) && !context.folder.empty())
    folders.insert(folders.begin(), context.folder);
  for (const std::string &folder : folders)
    for (llvm::StringRef ending : {"", ".gz"}) {
      llvm::SmallString<256> candidate(folder);
      llvm::sys::path::append(candidate, name + ending);
      if (llvm::sys::fs::exists(candidate))
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
  auto path = findDataFile(name, context, loc);
  if (!path)
    return path.trouble();
  auto refused = [&](const absl::Status &status, llvm::StringRef code) {
    return Trouble{.code = code.str(),
                   .message = ref(status.message()).str(),
                   .loc = loc,
                   .place = {.file = loc.isValid() ? "" : name.str()}};
  };
  auto bytes = readFile(*path);
  if (!bytes.ok())
    return refused(bytes.status(), "E301");
  DataFile file{*path, nullptr, looksGzipped((*bytes)->getBuffer())};
  if (file.packed) {
    auto unpacked = gunzip((*bytes)->getBuffer(), *path);
    if (!unpacked.ok())
      return refused(unpacked.status(), "E306");
    bytes = std::move(unpacked);
  }
  file.bytes = *std::move(bytes);
  return file;
}

Fallible<dsl::Spec> sourceForFiles(llvm::StringRef data, llvm::StringRef labels, const LoadContext &context) {
  const SourceDef *chosen = nullptr;
  auto path = findDataFile(data, context, Loc());
  if (!path)
    return path.trouble();
  if (llvm::sys::fs::is_directory(*path) || hasImageExtension(*path))
    chosen = findSource("Images");
  std::string beginning =
      chosen ? "" : readBeginning(*path, 512); // nothing of standard input and pipes, which can be read only once
  for (const SourceDef *def : allSources())
    if (!chosen && def->recognises && def->recognises(beginning))
      chosen = def;
  if (!chosen && context.like && (context.like->name == "Csv" || context.like->name == "Text"))
    chosen = findSource(context.like->name);
  llvm::StringRef plain = data;
  plain.consume_back(".gz");
  llvm::StringRef extension = llvm::sys::path::extension(plain).ltrim('.');
  if (!chosen && context.tokens && extension.equals_insensitive("txt"))
    chosen = findSource("Text");
  for (const SourceDef *def : allSources())
    if (!chosen && llvm::is_contained(def->extensions, extension.lower()))
      chosen = def;
  if (!chosen)
    chosen = findSource("Csv");
  dsl::Spec spec;
  spec.name = chosen->name.str();
  auto add = [&](llvm::StringRef name, llvm::StringRef text) {
    dsl::Const value;
    value.kind = dsl::Const::Kind::String;
    value.text = text.str();
    spec.args.push_back({name.str(), std::move(value)});
  };
  add(chosen->fileArgument, data);
  if (!labels.empty()) {
    if (chosen->labelsArgument.empty())
      return Trouble{.code = "E309",
                     .message = (chosen->name + " takes no second file with labels").str(),
                     .place = {.file = labels.str()}};
    add(chosen->labelsArgument, labels);
  }
  if (context.like && context.like->name == spec.name)
    for (const dsl::ConstArg &arg : context.like->args)
      if (arg.name != chosen->fileArgument && arg.name != chosen->labelsArgument &&
          (labels.empty() || arg.name != "label"))
        spec.args.push_back(arg);
  return spec;
}

} // namespace dlc::data
