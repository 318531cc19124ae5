// Npz(file, x=x, y=y): an archive of arrays as numpy.savez and savez_compressed write it.
// The reading itself is parse_zip.cpp and parse_npy.cpp, which know no files.
#include "spec_args.h"

#include "dlc/data/formats.h"

namespace dlc::data {
namespace {

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto name, fileArgument(spec, "file"));
  DLC_TRY(auto file, readDataFile(name, context, spec.loc));
  if (looksLikeNpy(file.text()))
    return Trouble{.code = "E306",
                   .message = "a single array, not an archive of arrays",
                   .place = {.file = file.path},
                   .help = "write Npy(\"" + name + "\")"};
  std::string xName = spec.text("x", "x").str() + ".npy", yName = spec.text("y", "y").str() + ".npy";
  DLC_TRY(auto members, parseZip({file.text(), file.path},
                                 [&](llvm::StringRef member) { return member == xName || member == yName; }));
  const ZipMember *x = nullptr, *y = nullptr;
  std::string names;
  for (const ZipMember &member : members) {
    names += (names.empty() ? "" : ", ") + llvm::StringRef(member.name).rsplit('.').first.str();
    if (member.name == xName)
      x = &member;
    if (member.name == yName)
      y = &member;
  }
  for (auto [member, argument] : {std::pair(x, "x"), std::pair(y, "y")})
    if (!member && (argument[0] == 'x' || spec.find(argument))) {
      const Const *given = spec.find(argument);
      return Trouble{.code = "E302",
                     .message = "there is no array '" + spec.text(argument, argument).str() + "' in " + file.path,
                     .loc = given ? given->loc : spec.loc,
                     .help = names.empty() ? "" : "its arrays are " + names};
    }
  auto array = [&](const ZipMember &member, std::string &place) {
    place = file.path + ":" + member.name;
    return parseNpy({member.bytes->getBuffer(), place});
  };
  std::string xPlace, yPlace;
  DLC_TRY(auto xArray, array(*x, xPlace));
  std::optional<std::pair<TextFile, NpyArray>> targets;
  if (y) {
    DLC_TRY(auto yArray, array(*y, yPlace));
    targets.emplace(TextFile{y->bytes->getBuffer(), yPlace}, yArray);
  }
  auto data = samplesOf({x->bytes->getBuffer(), xPlace}, xArray, targets, context.dtype);
  if (data)
    DLC_PASS_ON(useClassNames(*data, spec.loc, context));
  return data;
}

constexpr ArgSpec kArgs[] = {arg::file("file", "", "the archive"),
                             arg::text("x", "none", "the array of the samples; none: found by name or position"),
                             arg::text("y", "none", "the array of the labels")};

} // namespace

extern const SourceDef source_npz;
const SourceDef source_npz = {.name = "Npz",
                              .doc = "An archive of NumPy arrays, named x and y by default.",
                              .args = kArgs,
                              .extensions = {"npz"},
                              .recognises = looksLikeZip,
                              .load = load,
                              .labelHelp = "name their array, as in Npz(file, y=labels)"};
} // namespace dlc::data
