// Images(dir): pictures in one folder for each class, or listed in a file; also a folder without classes, or one
// picture. picture_files.h finds the files, decode_*.cpp decodes them, cache.cpp keeps them.
#include "label_advice.h"
#include "picture_files.h"
#include "refusal.h"
#include "spec_args.h"

#include "dlc/data/image.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

namespace dlc::data {
namespace {

class Folder final : public SampleReader {
public:
  Checked read(size_t row, uint8_t *bytes) const override {
    DLC_TRY(auto file, readPicture(pictures[row]));
    const TextFile picture{file->getBuffer(), pictures[row].path};
    if (wide)
      return decodeImage(picture, infos[row], channels, reinterpret_cast<uint16_t *>(bytes));
    return decodeImage(picture, infos[row], channels, bytes);
  }
  std::vector<Picture> pictures;
  std::vector<ImageInfo> infos;
  unsigned channels = 3;
  bool wide = false;
};

/// The names of the classes: those that are known, or all among the labels.
std::vector<std::string> classesOf(llvm::ArrayRef<Picture> pictures, const LoadContext &context) {
  std::vector<std::string> names = context.classNames;
  if (names.empty()) {
    for (const Picture &picture : pictures)
      names.push_back(picture.label);
    llvm::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
  }
  return names;
}

Checked labelAll(Dataset &data, llvm::ArrayRef<Picture> pictures, std::vector<std::string> names) {
  for (const Picture &picture : pictures) {
    auto it = llvm::find(names, picture.label);
    if (it == names.end()) {
      std::vector<llvm::StringRef> known(names.begin(), names.end());
      llvm::StringRef near = closest(picture.label, known);
      return Trouble{.code = "E304",
                     .message = "'" + picture.label + "' " + notAmong(names.size()),
                     .place = {.file = picture.line ? data.labelOrigin : picture.path, .line = picture.line},
                     .help = near.empty() ? classesAre(names) : "did you mean " + near.str() + "?"};
    }
    data.classes.push_back(static_cast<int32_t>(it - names.begin()));
    if (picture.line)
      data.lines.push_back(picture.line);
  }
  data.targetKind = TargetKind::Classes;
  data.classNames = std::move(names);
  return allGood();
}

/// The pictures of the source, whatever is in them; `data` receives what is said of them.
Fallible<std::vector<Picture>> find(const Spec &spec, const LoadContext &context, Dataset &data) {
  if (const Const *listArg = spec.find("list")) {
    DLC_TRY(auto list, readTextFile(textOf(listArg), context, listArg->loc));
    data.labelOrigin = list.path;
    return picturesInList({list.text(), list.path}, data.origin);
  }
  bool isFolder = false;
  if (std::error_code error = llvm::sys::fs::is_directory(data.origin, isFolder);
      error && codeOfRefusal(error) == "E311")
    return Trouble{.code = "E311", .message = data.origin + ": " + error.message(), .loc = spec.loc};
  if (isFolder)
    return picturesInFolder(data.origin, data.notes);
  // One picture, which may be a pipe and can be read but once.
  DLC_TRY(auto file, readDataFile(textOf(spec.find("dir")), context, spec.loc));
  return std::vector{Picture{file.path, "", 0, file.bytes}};
}

/// E309 unless there are pictures, and not too many.
Checked checkCount(const Dataset &data, size_t count, Loc loc) {
  if (count > UINT32_MAX)
    return Trouble{.code = "E309", .message = data.origin + " holds more than 2^32 pictures", .loc = loc};
  if (count)
    return allGood();
  if (!data.labelOrigin.empty())
    return Trouble{.code = "E309",
                   .message = "it lists no pictures",
                   .place = {.file = data.labelOrigin},
                   .help = "write one picture and its class per line: cats/1.png,cat"};
  Trouble trouble{.code = "E309",
                  .message = data.origin + " holds no pictures",
                  .loc = loc,
                  .help = "put PNG, JPEG, PGM, PPM or BMP files into one folder for each class"};
  if (!data.notes.empty())
    trouble.message += "; " + data.notes.back();
  return trouble;
}

/// The header of a picture.
Fallible<ImageInfo> look(const Picture &picture, const Dataset &data) {
  auto file = readPicture(picture);
  if (!file) {
    Trouble trouble = file.failure();
    if (picture.line)
      trouble.place = {.file = data.labelOrigin, .line = picture.line};
    return trouble;
  }
  return imageInfo({(*file)->getBuffer(), picture.path});
}

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto name, fileArgument(spec, "dir"));
  DLC_TRY(auto folder, findDataFile(name, context, spec.loc));
  Dataset data;
  data.origin = folder;
  DLC_TRY(auto pictures, find(spec, context, data));
  DLC_PASS_ON(checkCount(data, pictures.size(), spec.loc));

  auto reader = std::make_shared<Folder>();
  bool colour = context.channels == 3, same = true;
  size_t turned = 0;
  for (const Picture &picture : pictures) {
    auto info = look(picture, data);
    if (!info && context.broken == LoadContext::Broken::Skip) {
      data.broken.push_back(picture.path + ": " + info.failure().message);
      continue;
    }
    if (!info)
      return info.failure();
    reader->pictures.push_back(picture);
    reader->infos.push_back(*info);
    data.fileNames.push_back(picture.path);
    colour |= info->colour;
    reader->wide |= info->wide;
    turned += info->orientation != 1;
    same &= info->width == reader->infos.front().width && info->height == reader->infos.front().height;
  }
  if (turned)
    data.notes.push_back(std::to_string(turned) + (turned == 1 ? " picture" : " pictures") +
                         " rotated according to EXIF data");
  reader->channels = colour ? 3 : 1;
  data.count = reader->infos.size();
  data.sampleShape = {reader->channels, 0, 0};
  if (same && data.count)
    data.sampleShape = {reader->channels, reader->infos.front().height, reader->infos.front().width};
  else
    for (const ImageInfo &info : reader->infos)
      data.sizes.push_back({info.height, info.width});
  if (!pictures.front().label.empty())
    DLC_PASS_ON(labelAll(data, reader->pictures, classesOf(pictures, context)));
  data.ownNames = context.classNames.empty();
  data.values.form = Values::Form::Reader;
  data.values.wide = reader->wide;
  data.values.reader = std::move(reader);
  return data;
}

constexpr ArgSpec kArgs[] = {arg::file("dir", "", "a folder with one folder of pictures per class"),
                             arg::file("list", "none", "a table of files and classes, instead of folders"),
                             arg::word("broken", "error", "error|skip", "whether to skip damaged pictures")};

} // namespace

extern const SourceDef source_images;
const SourceDef source_images = {.name = "Images",
                                 .doc = "Pictures (PNG, JPEG, PGM, PPM, BMP) in one folder per class, or in a list.",
                                 .args = kArgs,
                                 .extensions = {},
                                 .folderOf = {"png", "jpg", "jpeg", "bmp", "pgm", "ppm"},
                                 .recognises = nullptr,
                                 .load = load,
                                 .fileArgument = "dir",
                                 .labelsArgument = "list",
                                 .labelHelp =
                                     "put the pictures into one folder for each class, or name their classes in list="};
} // namespace dlc::data
