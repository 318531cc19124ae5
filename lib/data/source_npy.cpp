// Npy(x_file, y_file): arrays as numpy.save writes them.
// The reading itself is parse_npy.cpp, which knows no files.
#include "spec_args.h"

#include "dlc/data/formats.h"

namespace dlc::data {
namespace {

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto name, fileArgument(spec, "x"));
  DLC_TRY(auto xFile, readDataFile(name, context, spec.loc));
  TextFile x{xFile.text(), xFile.path};
  DLC_TRY(auto xArray, parseNpy(x));
  const Const *yArg = spec.find("y");
  if (!yArg)
    return samplesOf(x, xArray, std::nullopt, context.dtype);
  DLC_TRY(auto yFile, readDataFile(textOf(yArg), context, yArg->loc));
  TextFile y{yFile.text(), yFile.path};
  DLC_TRY(auto yArray, parseNpy(y));
  auto data = samplesOf(x, xArray, std::pair(y, yArray), context.dtype);
  if (data)
    DLC_PASS_ON(useClassNames(*data, spec.loc, context));
  return data;
}

constexpr ArgSpec kArgs[] = {arg::file("x", "", "the samples"), arg::file("y", "none", "their labels")};

} // namespace

extern const SourceDef source_npy;
const SourceDef source_npy = {.name = "Npy",
                              .doc = "NumPy arrays: samples and targets, one file each.",
                              .args = kArgs,
                              .extensions = {"npy"},
                              .recognises = looksLikeNpy,
                              .load = load,
                              .fileArgument = "x",
                              .labelsArgument = "y",
                              .labelHelp = "give a second file, as in Npy(\"x.npy\", \"y.npy\")"};
} // namespace dlc::data
