// Npy(x_file, y_file): arrays as numpy.save writes them.
// The reading itself is parse_npy.cpp, which knows no files.
#include "spec_args.h"

#include "dlc/data/formats.h"

namespace dlc::data {
namespace {

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  auto name = fileArgument(spec, "x");
  if (!name)
    return name.trouble();
  auto xFile = readDataFile(*name, context, spec.loc);
  if (!xFile)
    return xFile.trouble();
  TextFile x{xFile->text(), xFile->path};
  auto xArray = parseNpy(x);
  if (!xArray)
    return xArray.trouble();
  const Const *yArg = spec.find("y");
  if (!yArg)
    return samplesOf(x, *xArray, std::nullopt, context.dtype);
  auto yFile = readDataFile(textOf(yArg), context, yArg->loc);
  if (!yFile)
    return yFile.trouble();
  TextFile y{yFile->text(), yFile->path};
  auto yArray = parseNpy(y);
  if (!yArray)
    return yArray.trouble();
  auto data = samplesOf(x, *xArray, std::pair(y, *yArray), context.dtype);
  if (data)
    if (auto named = useClassNames(*data, spec.loc, context); !named)
      return named.trouble();
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
