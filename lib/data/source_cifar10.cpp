// Cifar10(dir, train), Cifar10(dir, test) and Cifar10(file): the binary version of CIFAR-10, or one of its batches.
// The Python version (pickles) is not read.
#include "spec_args.h"

#include "dlc/data/formats.h"

#include "dlc/support/counted.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace dlc::data {

Checked parseCifar10(TextFile file, std::vector<int32_t> &classes, std::vector<uint8_t> &pixels) {
  constexpr size_t kPixels = 3 * 32 * 32, kSample = kPixels + 1;
  if (file.bytes.empty() || file.bytes.size() % kSample != 0)
    return Trouble{.code = "E306",
                   .message = "the file has " + counted(file.bytes.size(), "byte") + "; samples take " +
                              std::to_string(kSample) + " each" +
                              (file.bytes.empty() ? ""
                                                  : ", and the last one begins at byte " +
                                                        std::to_string(file.bytes.size() / kSample * kSample)),
                   .place = {.file = file.name.str()}};
  pixels.reserve(pixels.size() + file.bytes.size() / kSample * kPixels);
  for (size_t at = 0; at < file.bytes.size(); at += kSample) {
    auto label = static_cast<uint8_t>(file.bytes[at]);
    if (label > 9)
      return Trouble{.code = "E304",
                     .message = "label " + std::to_string(label) + " at byte " + std::to_string(at) +
                                " is out of range: CIFAR-10 has the classes 0 to 9",
                     .place = {.file = file.name.str()}};
    classes.push_back(label);
    llvm::StringRef sample = file.bytes.substr(at + 1, kPixels);
    pixels.insert(pixels.end(), sample.bytes_begin(), sample.bytes_end());
  }
  return allGood();
}

namespace {

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto name, fileArgument(spec, "dir"));
  const size_t part = wordArgument(spec, "part", {"train", "test"}, 0);
  DLC_TRY(auto given, findDataFile(name, context, spec.loc));
  const bool single = given == "-" || !llvm::sys::fs::is_directory(given);
  if (!single && !spec.find("part"))
    return Trouble{.code = "E309",
                   .message = given + " is a folder with training and test samples",
                   .loc = spec.loc,
                   .help = "write Cifar10(\"" + name + "\", train) or Cifar10(\"" + name + "\", test)"};
  const std::string folder = single ? llvm::sys::path::parent_path(given).str() : given;
  auto inside = [&](llvm::StringRef file) {
    llvm::SmallString<256> path(folder);
    // The archive unpacks to a folder of this name.
    if (llvm::SmallString<256> deeper(path);
        llvm::sys::path::append(deeper, "cifar-10-batches-bin"), !single && llvm::sys::fs::is_directory(deeper))
      path = deeper;
    llvm::sys::path::append(path, file);
    return path.str().str();
  };
  std::vector<std::string> files;
  if (single)
    files = {given};
  else if (part == 1)
    files = {inside("test_batch.bin")};
  else
    for (char n = '1'; n <= '5'; ++n)
      files.push_back(inside(std::string("data_batch_") + n + ".bin"));
  LoadContext here = context;
  here.folder.clear();
  Dataset data;
  data.origin = given;
  data.sampleShape = {3, 32, 32};
  for (const std::string &file : files) {
    DLC_TRY(auto batch, readDataFile(file, here, spec.loc));
    DLC_PASS_ON(parseCifar10({batch.text(), batch.path}, data.classes, data.values.ownBytes));
  }
  data.count = data.classes.size();
  data.values.form = Values::Form::Bytes;
  data.values.bytes = data.values.ownBytes.data();
  data.targetKind = TargetKind::Classes;
  if (auto names = readDataFile(inside("batches.meta.txt"), here, spec.loc)) {
    for (llvm::StringRef rest = names->text(); !rest.empty() && data.classNames.size() < 10;) {
      auto [line, after] = rest.split('\n');
      rest = after;
      if (!line.trim().empty())
        data.classNames.push_back(line.trim().str());
    }
    if (data.classNames.size() != 10)
      data.classNames.clear();
  }
  DLC_PASS_ON(useClassNames(data, spec.loc, context));
  return data;
}

constexpr ArgSpec kArgs[] = {arg::file("dir", "", "the folder of the batches, or one batch file"),
                             arg::word("part", "none", "train|test", "which samples of the folder")};

} // namespace

extern const SourceDef source_cifar10;
const SourceDef source_cifar10 = {.name = "Cifar10",
                                  .doc = "CIFAR-10's binary version: 3x32x32 pixels in ten classes.",
                                  .args = kArgs,
                                  .extensions = {"bin"},
                                  .recognises = nullptr,
                                  .load = load,
                                  .fileArgument = "dir"};
} // namespace dlc::data
