// Compares two settings key by key.
// What a difference means for a run is not said here.
#include "keys.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {

bool operator==(const Const &a, const Const &b) {
  return a.kind == b.kind && a.number == b.number && a.unit == b.unit && a.text == b.text && a.shape == b.shape &&
         a.items == b.items && a.from == b.from && a.to == b.to;
}

std::string spelling(const Spec &spec) {
  std::string text = spec.name + "(";
  for (const ConstArg &arg : spec.args)
    text += (text.back() == '(' ? "" : ", ") + arg.name + "=" + spelling(arg.value);
  return text + ")";
}

namespace {

/// What stands in the source, or the default as the reference has it.
std::string writtenValue(const Key &key, const Settings &settings) {
  auto [loc, from] = key.state(settings);
  const Setting<Spec> *source = key.section != "data" ? nullptr
                                : key.name == "train" ? &settings.data.train
                                : key.name == "test"  ? &settings.data.test
                                                      : nullptr;
  if (from == From::Default)
    return key.defaultText.str();
  // Sources may be those of files of the command line.
  return source && from == From::CommandLine ? spelling(source->value) : textOf(loc).str();
}

bool samePart(const OutputLoss &a, const OutputLoss &b) {
  return a.output == b.output && textOf(a.loss.loc) == textOf(b.loss.loc) && a.weight.value == b.weight.value;
}

} // namespace

std::vector<Difference> differences(const Settings &before, const Settings &now) {
  std::vector<Difference> found;
  for (const Key &key : keyTable())
    if (key.same && !key.same(before, now))
      found.push_back({(key.section + "." + key.name).str(), writtenValue(key, before), writtenValue(key, now),
                       key.state(now).first});
  for (const OutputLoss &part : now.train.outputLosses) {
    auto old = llvm::find_if(before.train.outputLosses, [&](const OutputLoss &o) { return o.output == part.output; });
    if (old == before.train.outputLosses.end())
      found.push_back({"train.loss." + part.output, "none", textOf(part.loss.loc).str(), part.loss.loc});
    else if (!samePart(*old, part))
      found.push_back(
          {"train.loss." + part.output, textOf(old->loss.loc).str(), textOf(part.loss.loc).str(), part.loss.loc});
  }
  return found;
}

} // namespace dlc::dsl
