// Images(dir): pictures in one folder for each class, or listed in a file; also a folder without classes, or one
// picture. How pictures are decoded is the business of decode_*.cpp, where they are kept that of cache.cpp.
#include "spec_args.h"

#include "dlc/data/image.h"
#include "dlc/support/files.h"
#include "dlc/support/sizes.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <map>

namespace dlc::data {
namespace {

struct Picture {
  std::string path;
  std::string label; ///< empty: none
  uint32_t line = 0; ///< of the list, if it came from one
};

Fallible<std::unique_ptr<llvm::MemoryBuffer>> readPicture(const std::string &path) {
  auto bytes = readFile(path);
  if (!bytes.ok())
    return Trouble{.code = "E301", .message = ref(bytes.status().message()).str(), .place = {.file = path}};
  return *std::move(bytes);
}

class Folder final : public SampleReader {
public:
  Checked read(size_t row, uint8_t *bytes) const override {
    auto file = readPicture(paths[row]);
    if (!file)
      return file.trouble();
    return decodeImage({(*file)->getBuffer(), paths[row]}, infos[row], channels, bytes);
  }
  std::vector<std::string> paths;
  std::vector<ImageInfo> infos;
  unsigned channels = 3;
};

/// What a folder holds, by name; hidden names left out.
Fallible<std::map<std::string, bool>> listing(const std::string &folder) { // second: a folder itself
  std::map<std::string, bool> names;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator it(folder, error), end; it != end && !error; it.increment(error)) {
    llvm::StringRef name = llvm::sys::path::filename(it->path());
    if (!name.starts_with("."))
      names[name.str()] = llvm::sys::fs::is_directory(it->path());
  }
  if (error)
    return Trouble{.code = "E301", .message = folder + ": " + error.message()};
  return names;
}

std::string within(llvm::StringRef folder, llvm::StringRef name) {
  llvm::SmallString<256> path(folder);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

/// "2 pictures", "1 picture".
std::string counted(size_t count, llvm::StringRef what) {
  return std::to_string(count) + " " + what.str() + (count == 1 ? "" : "s");
}

/// Class by class, name by name: the same order on every machine.
Fallible<std::vector<Picture>> fromFolder(const std::string &folder, std::vector<std::string> &notes) {
  auto names = listing(folder);
  if (!names)
    return names.trouble();
  std::vector<Picture> pictures, beside;
  size_t folders = 0, others = 0; // in the folders of classes
  for (const auto &[name, isFolder] : *names) {
    if (!isFolder && hasImageExtension(name))
      beside.push_back({within(folder, name), ""});
    if (isFolder) {
      auto inside = listing(within(folder, name));
      if (!inside)
        return inside.trouble();
      const size_t before = pictures.size();
      size_t deep = 0;
      for (const auto &[picture, deeper] : *inside) {
        deep += deeper;
        if (!deeper && hasImageExtension(picture))
          pictures.push_back({within(within(folder, name), picture), name});
      }
      if (const size_t taken = pictures.size() - before; taken == 0) {
        notes.push_back("no pictures in " + within(folder, name) + ", so it is no class");
      } else {
        folders += deep;
        others += inside->size() - deep - taken;
      }
    }
  }
  if (pictures.empty()) // no classes
    return beside;
  std::vector<std::string> skipped;
  if (!beside.empty())
    skipped.push_back(counted(beside.size(), "picture") + " beside the folders of the classes");
  if (folders)
    skipped.push_back(counted(folders, "folder") + " inside of them");
  if (others)
    skipped.push_back(counted(others, "file") + " of other formats inside of them");
  if (!skipped.empty())
    notes.push_back("left out of " + folder + ": " + llvm::join(skipped, ", "));
  return pictures;
}

/// Lines of `path,label`; the label may be left out of all.
Fallible<std::vector<Picture>> fromList(TextFile list, const std::string &folder) {
  std::vector<Picture> pictures;
  uint32_t number = 0;
  llvm::StringRef rest = list.bytes;
  for (rest.consume_front("\xef\xbb\xbf"); !rest.empty();) { // byte order mark
    auto [line, after] = rest.split('\n');
    rest = after;
    ++number;
    line = line.trim();
    if (line.empty())
      continue;
    auto [path, label] = line.rsplit(',');
    if (label.empty() && line.contains(','))
      return Trouble{.code = "E304",
                     .message = "there is no label behind the comma",
                     .place = {.file = list.name.str(), .line = number}};
    if (!pictures.empty() && pictures.front().label.empty() != label.empty())
      return Trouble{.code = "E304",
                     .message = label.empty() ? "this line has no label, the first one has"
                                              : "this line has a label, the first one has none",
                     .place = {.file = list.name.str(), .line = number}};
    pictures.push_back({within(folder, path.trim()), label.trim().str(), number});
    if (llvm::sys::path::is_absolute(path.trim()))
      pictures.back().path = path.trim().str();
  }
  return pictures;
}

Checked labelAll(Dataset &data, llvm::ArrayRef<Picture> pictures, const LoadContext &context) {
  std::vector<std::string> names = context.classNames;
  if (names.empty()) {
    for (const Picture &picture : pictures)
      names.push_back(picture.label);
    llvm::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
  }
  for (const Picture &picture : pictures) {
    auto it = llvm::find(names, picture.label);
    if (it == names.end()) {
      std::vector<llvm::StringRef> known(names.begin(), names.end());
      llvm::StringRef near = closest(picture.label, known);
      known.resize(std::min<size_t>(known.size(), 12));
      return Trouble{.code = "E304",
                     .message = "'" + picture.label + "' is none of the " + std::to_string(names.size()) + " classes",
                     .place = {.file = picture.line ? data.labelOrigin : picture.path, .line = picture.line},
                     .help = near.empty() ? "they are " + llvm::join(known, ", ") : "did you mean " + near.str() + "?"};
    }
    data.classes.push_back(static_cast<int32_t>(it - names.begin()));
    if (picture.line)
      data.lines.push_back(picture.line);
  }
  data.targetKind = TargetKind::Classes;
  data.classNames = std::move(names);
  return allGood();
}

Fallible<Dataset> load(const dsl::Spec &spec, const LoadContext &context) {
  auto name = fileArgument(spec, "dir");
  if (!name)
    return name.trouble();
  auto folder = findDataFile(*name, context, spec.loc);
  if (!folder)
    return folder.trouble();
  Dataset data;
  data.origin = *folder;
  std::vector<Picture> pictures;
  if (const dsl::Const *listArg = spec.find("list")) {
    auto list = readDataFile(textOf(listArg), context, listArg->loc);
    if (!list)
      return list.trouble();
    data.labelOrigin = list->path;
    auto found = fromList({list->text(), list->path}, *folder);
    if (!found)
      return found.trouble();
    pictures = *found;
  } else if (!llvm::sys::fs::is_directory(*folder)) {
    pictures = {{*folder, ""}};
  } else {
    auto found = fromFolder(*folder, data.notes);
    if (!found)
      return found.trouble();
    pictures = *found;
  }
  if (pictures.empty() && !data.labelOrigin.empty())
    return Trouble{.code = "E309",
                   .message = "it lists no pictures",
                   .place = {.file = data.labelOrigin},
                   .help = "a line is the path of a picture and its class: cats/1.png,cat"};
  if (pictures.empty())
    return Trouble{.code = "E309",
                   .message = *folder + " holds no pictures",
                   .loc = spec.loc,
                   .help = "put PNG, JPEG, PGM, PPM or BMP files into one folder for each class"};
  if (pictures.size() > UINT32_MAX)
    return Trouble{.code = "E309", .message = *folder + " holds more than 2^32 pictures", .loc = spec.loc};

  auto reader = std::make_shared<Folder>();
  bool colour = context.channels == 3, same = true;
  for (const Picture &picture : pictures) {
    auto file = readPicture(picture.path);
    if (!file) {
      Trouble trouble = file.trouble();
      if (picture.line)
        trouble.place = {.file = data.labelOrigin, .line = picture.line};
      return trouble;
    }
    auto info = imageInfo({(*file)->getBuffer(), picture.path});
    if (!info)
      return info.trouble();
    reader->paths.push_back(picture.path);
    reader->infos.push_back(*info);
    colour |= info->colour;
    same &= info->width == reader->infos.front().width && info->height == reader->infos.front().height;
  }
  reader->channels = colour ? 3 : 1;
  data.count = pictures.size();
  data.sampleShape = {reader->channels, 0, 0};
  if (same)
    data.sampleShape = {reader->channels, reader->infos.front().height, reader->infos.front().width};
  else
    for (const ImageInfo &info : reader->infos)
      data.sizes.push_back({info.height, info.width});
  data.values.form = Values::Form::Reader;
  data.values.reader = std::move(reader);
  if (!pictures.front().label.empty())
    if (auto labelled = labelAll(data, pictures, context); !labelled)
      return labelled.trouble();
  return data;
}

} // namespace

extern const SourceDef source_images;
const SourceDef source_images = {.name = "Images",
                                 .doc = "Pictures (PNG, JPEG, PGM, PPM, BMP) in one folder for each class, or listed.",
                                 .extensions = {},
                                 .recognises = nullptr,
                                 .load = load,
                                 .fileArgument = "dir",
                                 .labelsArgument = "list",
                                 .labelHelp =
                                     "put the pictures into one folder for each class, or name their classes in list="};
} // namespace dlc::data
