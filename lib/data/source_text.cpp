// Text(file): the characters of a text as tokens.
// A sample is as long as the model's input; `target = next` shifts it by one.
#include "spec_args.h"

#include "dlc/data/formats.h"

namespace dlc::data {
namespace {

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto name, fileArgument(spec, "file"));
  DLC_TRY(auto file, readTextFile(name, context, spec.loc));
  return parseText({file.text(), file.path}, context.sampleSize.value_or(1), context.classNames,
                   context.labelMayLack ? TextUse::Continue : TextUse::Learn);
}

constexpr ArgSpec kArgs[] = {arg::file("file", "", "the text")};

} // namespace

extern const SourceDef source_text;
const SourceDef source_text = {.name = "Text",
                               .doc = "Text, one token per character.",
                               .args = kArgs,
                               .extensions = {},
                               .tokenExtensions = {"txt"},
                               .recognises = nullptr,
                               .load = load};
} // namespace dlc::data
