// Implements values.
// Numbers are printed with the digits that read back to the same bits, a line for each row.
#include "values.h"

#include "json_line.h"
#include "trained_net.h"

#include "dlc/train/probe.h"

#include "llvm/Support/raw_ostream.h"

#include <charconv>

namespace dlc::tool {
namespace {

std::string numberText(double value, DType dtype) {
  char text[64];
  auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::general, dtype == DType::F64 ? 17 : 9);
  return {text, end.ptr};
}

/// Calls f(text) for each element.
template <class F> void eachNumber(const Tensor &tensor, F f) {
  if (tensor.dtype() == DType::I32)
    for (int32_t x : tensor.span<int32_t>())
      f(std::to_string(x));
  else
    dispatchFloat(tensor.dtype(), [&](auto zero) {
      for (auto x : tensor.span<decltype(zero)>())
        f(numberText(static_cast<double>(x), tensor.dtype()));
    });
}

void print(const Options &options, llvm::StringRef name, const Tensor &tensor, std::optional<int64_t> sample) {
  llvm::raw_ostream &os = llvm::outs();
  if (options.json) {
    printJsonLine("value", [&](llvm::json::OStream &json) {
      json.attribute("name", llvm::json::fixUTF8(name));
      if (sample)
        json.attribute("sample", *sample);
      json.attribute("dtype", dlc::name(tensor.dtype()));
      json.attributeArray("shape", [&] {
        for (int64_t size : tensor.shape())
          json.value(size);
      });
      json.attributeArray("values", [&] {
        eachNumber(tensor, [&](const std::string &text) {
          const bool finite = text.find_first_not_of("0123456789+-.e") == std::string::npos;
          json.rawValue(finite ? text : "null"); // JSON has no NaN and no infinity
        });
      });
    });
    return;
  }
  if (!options.quiet) {
    os << name << ": " << tensor.type();
    if (sample)
      os << ", sample " << *sample;
    os << '\n';
  }
  const int64_t row = tensor.shape().empty() ? 1 : tensor.shape().back();
  int64_t column = 0;
  eachNumber(tensor, [&](const std::string &text) {
    os << (column ? " " : "") << text;
    if (++column == row) {
      os << '\n';
      column = 0;
    }
  });
}

} // namespace

int showValue(const Options &options, session::Net &net) {
  compile::Unit &unit = net.unit();
  std::string near;
  std::optional<train::Probe> probe = train::Probe::find(net.engines(), options.flags.text("values"), near);
  if (!probe)
    return fail(options, kUsage,
                "the net has no value '" + options.flags.text("values") + "'; " +
                    (near.empty() ? "" : "did you mean " + near + "? ") + "`dlc --emit-ir=grad` prints all names");
  if (train::Parameter *weight = probe->weight()) {
    print(options, options.flags.text("values"), weight->tensor(), std::nullopt);
    return flush(options, unit.diags);
  }
  // Preparation is fitted to the training samples; a trained net has it in its file.
  if (!net.isPrepared() && unit.settings.data.train.value) {
    auto bundle = net.loadData();
    if (!bundle)
      return fail(options, net, bundle.failure());
    net.setPreparation(bundle->prepare, bundle->names);
  }
  if (!options.data && unit.settings.data.train.value)
    unit.settings.data.test = unit.settings.data.train; // the samples that openSamples() takes where no file is named
  const auto use = probe->needsTargets() ? train::SampleUse::Score : train::SampleUse::Predict;
  DLC_TRY(const data::Samples samples, openSamples(options, net, "", options.labels.value_or(""), use));
  if (options.flags.whole("sample") >= static_cast<int64_t>(samples.size()))
    return fail(options, kUsage,
                "--sample=" + llvm::Twine(options.flags.whole("sample")) +
                    (samples.size() == 1 ? ": there is " : ": there are ") + llvm::Twine(samples.size()) +
                    (samples.size() == 1 ? " sample" : " samples") + ", and the first one is 0");
  auto value = probe->of(net.engines(), samples, static_cast<uint32_t>(options.flags.whole("sample")), net.prepare());
  if (!value)
    return fail(options, unit.diags, value.failure());
  print(options, options.flags.text("values"), *value, options.flags.whole("sample"));
  return flush(options, unit.diags);
}

} // namespace dlc::tool
