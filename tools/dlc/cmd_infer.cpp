// `dlc infer`: a line for each sample: its class, or its numbers.
// The last batch is short, not padded; a net is compiled once for each batch size it needs.
#include "trained_net.h"

#include "dlc/support/files.h"
#include "dlc/train/metrics.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace dlc::tool {
namespace {

constexpr size_t kBatch = 256;

enum class Form : uint8_t { Lines, Csv, Json };

class Printer {
public:
  Printer(llvm::raw_ostream &os, const Options &options, const TrainedNet &net)
      : os(os), net(net), form(options.json || options.format == "json" ? Form::Json
                               : options.format == "csv"                ? Form::Csv
                                                                        : Form::Lines),
        numbers(options.probs || net.wish.task == dsl::Task::Values), top(static_cast<size_t>(options.top)),
        digits(net.unit->settings.train.dtype.value == DType::F64 ? 17 : 9), outputs(net.wish.outputs()) {}

  template <class T> void row(const T *y, size_t index) {
    bool binary = net.wish.task == dsl::Task::Binary;
    size_t said = binary ? static_cast<size_t>(y[0] > T(0.5)) : train::argmax(y, outputs);
    if (form == Form::Json)
      return json(y, index, said);
    if (top && !binary && net.wish.task == dsl::Task::Classes) {
      std::vector<size_t> order(outputs);
      std::iota(order.begin(), order.end(), size_t{0});
      size_t count = std::min(top, outputs);
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                        [&](size_t a, size_t b) { return y[a] != y[b] ? y[a] > y[b] : a < b; });
      for (size_t k = 0; k < count; ++k) {
        os << (k ? separator() : "");
        name(order[k]);
        os << separator();
        number(static_cast<double>(y[order[k]]));
      }
    } else if (numbers) {
      for (size_t i = 0; i < outputs; ++i) {
        os << (i ? separator() : "");
        number(static_cast<double>(y[i]));
      }
    } else {
      name(said);
    }
    os << '\n';
  }

private:
  const char *separator() const { return form == Form::Csv ? "," : " "; }
  void name(size_t index) {
    if (index < net.classNames.size())
      os << net.classNames[index];
    else
      os << index;
  }
  void number(double value) {
    char text[64];
    auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::general, digits).ptr;
    os << llvm::StringRef(text, static_cast<size_t>(end - text));
  }
  template <class T> void json(const T *y, size_t index, size_t said) {
    llvm::json::OStream j(os);
    j.object([&] {
      j.attribute("v", 1);
      j.attribute("event", "predict");
      j.attribute("index", static_cast<int64_t>(index));
      if (net.wish.task != dsl::Task::Values)
        j.attribute("class",
                    said < net.classNames.size() ? llvm::json::fixUTF8(net.classNames[said]) : std::to_string(said));
      j.attributeArray("p", [&] {
        for (size_t i = 0; i < outputs; ++i)
          j.rawValue([&](llvm::raw_ostream &) { number(static_cast<double>(y[i])); });
      });
    });
    os << '\n';
  }

  llvm::raw_ostream &os;
  const TrainedNet &net;
  Form form;
  bool numbers;
  size_t top;
  int digits;
  size_t outputs;
};

} // namespace

int runInfer(const Options &options) {
  if (!options.format.empty() && options.format != "csv" && options.format != "json")
    return fail(options, kUsage, "--format is csv or json, not '" + options.format + "'");
  int code = kDone;
  auto files = sortFiles(options, code);
  if (!files)
    return code;
  auto net = openNet(options, *files, code);
  if (!net)
    return code;
  auto samples = openSamples(options, *net, files->data, false, code);
  if (!samples)
    return code;

  std::string collected; // with -o, the file is written as a whole
  llvm::raw_string_ostream intoString(collected);
  bool toFile = !options.output.empty() && options.output != "-";
  if (toFile)
    if (absl::Status status = checkWritable(options.output); !status.ok())
      return fail(options, status);
  Printer printer(toFile ? static_cast<llvm::raw_ostream &>(intoString) : llvm::outs(), options, *net);

  std::vector<uint32_t> positions(samples->size());
  std::iota(positions.begin(), positions.end(), 0u);
  DType dtype = net->engines->dtype();
  for (size_t begin = 0; begin < positions.size(); begin += kBatch) {
    size_t count = std::min(kBatch, positions.size() - begin);
    auto engine = net->engines->get(dsl::Mode::Infer, static_cast<int64_t>(count));
    if (!engine.ok())
      return failEngine(options, *net->unit, engine.status());
    train::feed(*samples, llvm::ArrayRef(positions).slice(begin, count), net->prepare, dtype, net->wish.task,
                (*engine)->input("input"), nullptr);
    (*engine)->step();
    const void *output = (*engine)->output("output");
    for (size_t row = 0; row < count; ++row)
      if (dtype == DType::F64)
        printer.row(static_cast<const double *>(output) + row * net->wish.outputs(), begin + row);
      else
        printer.row(static_cast<const float *>(output) + row * net->wish.outputs(), begin + row);
    if (!toFile && llvm::outs().has_error())
      break; // main says why
  }
  if (toFile)
    if (absl::Status status = writeFileAtomically(options.output, collected); !status.ok())
      return fail(options, status);
  return kDone;
}

} // namespace dlc::tool
