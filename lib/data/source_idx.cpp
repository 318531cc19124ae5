// Idx(images), Idx(images, labels): the files of MNIST and its relatives.
// The reading itself is parse_idx.cpp, which knows no files.
#include "spec_args.h"

#include "dlc/data/formats.h"

namespace dlc::data {
namespace {

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto name, fileArgument(spec, "images"));
  DLC_TRY(auto images, readDataFile(name, context, spec.loc));
  std::optional<DataFile> labels;
  if (const Const *labelsArg = spec.find("labels")) {
    auto file = readDataFile(textOf(labelsArg), context, labelsArg->loc.isValid() ? labelsArg->loc : spec.loc);
    if (!file)
      return file.failure();
    labels = *std::move(file);
  }
  std::optional<TextFile> labelText;
  if (labels)
    labelText = TextFile{labels->text(), labels->path};
  auto data = parseIdx({images.text(), images.path}, labelText, context.dtype);
  if (!data)
    return data.failure();
  DLC_PASS_ON(useClassNames(*data, spec.loc, context));
  data->values.buffer = images.bytes; // the samples stay where they were read
  return data;
}

constexpr ArgSpec kArgs[] = {arg::file("images", "", "the samples"), arg::file("labels", "none", "their labels")};

} // namespace

extern const SourceDef source_idx;
const SourceDef source_idx = {.name = "Idx",
                              .doc = "Images (or any arrays) in MNIST's format, and their labels; also .gz.",
                              .args = kArgs,
                              .extensions = {"idx", "idx1", "idx3", "ubyte", "idx3-ubyte", "idx1-ubyte"},
                              .namePart = "idx",
                              .recognises = looksLikeIdx,
                              .load = load,
                              .fileArgument = "images",
                              .labelsArgument = "labels",
                              .labelHelp = "give a second file, as in Idx(\"images\", \"labels\")"};
} // namespace dlc::data
