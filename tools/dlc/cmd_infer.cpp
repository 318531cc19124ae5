// `dlc infer`: a line for each sample: its class, or its numbers.
// The last batch is short, not padded; a net is compiled once for each batch size it needs.
#include "run_files.h"
#include "trained_net.h"

#include "dlc/ir/text.h"
#include "dlc/support/files.h"
#include "dlc/train/metrics.h"
#include "dlc/train/ports.h"
#include "dlc/train/probe.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace dlc::tool {
namespace {

constexpr size_t kBatch = 256;

enum class Form : uint8_t { Lines, Csv, Json };

class Printer {
public:
  Printer(llvm::raw_ostream &os, const Options &options, const TrainedNet &net, const dsl::NetOutput &part)
      : os(os), net(net), task(part.task), form(options.json || options.format == "json" ? Form::Json
                                                : options.format == "csv"                ? Form::Csv
                                                                                         : Form::Lines),
        numbers(options.probs || task == dsl::Task::Values), top(static_cast<size_t>(options.top)),
        digits(net.unit->settings.train.dtype.value == DType::F64 ? 17 : 9), answers(static_cast<size_t>(part.rows())),
        outputs(static_cast<size_t>(elementCount(part.shape)) / answers) {}

  /// Numbers of one sample.
  size_t size() const { return answers * outputs; }

  /// Samples of which a number was NaN or infinite, and the first of them.
  size_t notFinite() const { return bad; }
  size_t firstNotFinite() const { return firstBad; }

  /// Counts what is not finite of a sample.
  template <class T> void look(const T *y, size_t index) {
    if (!llvm::all_of(llvm::ArrayRef(y, size()), [](T value) { return std::isfinite(value); }) && !bad++)
      firstBad = index;
  }

  /// A sample's line: of a sequence the answers for all its places. `y` are the numbers to print, and `scores` those
  /// that rank classes.
  template <class T> void row(const T *y, const T *scores, size_t index) {
    look(y, index);
    if (answers > 1 && !numbers && form != Form::Json) {
      for (size_t i = 0; i < answers; ++i, scores += outputs) {
        os << (i ? separator() : "");
        name(train::argmax(scores, outputs));
      }
      os << '\n';
      return;
    }
    if (task == dsl::Task::Labels && !numbers && form != Form::Json) {
      for (size_t i = 0; i < outputs; ++i)
        os << (i ? separator() : "") << (y[i] > T(0.5));
      os << '\n';
      return;
    }
    bool binary = task == dsl::Task::Binary;
    size_t said = binary ? static_cast<size_t>(scores[0] > T(0)) : train::argmax(scores, outputs);
    if (form == Form::Json)
      return json(y, scores, index, said);
    if (top) {
      llvm::StringRef before;
      for (size_t place : best(scores)) {
        os << before;
        name(place);
        os << separator();
        number(static_cast<double>(y[place]));
        before = separator();
      }
    } else if (numbers) {
      for (size_t i = 0; i < size(); ++i) {
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
    if (index < net.names.classes.size())
      os << net.names.classes[index];
    else
      os << index;
  }
  std::string className(size_t index) const {
    return index < net.names.classes.size() ? llvm::json::fixUTF8(net.names.classes[index]) : std::to_string(index);
  }
  /// The places of the `top` largest of a sample's scores, the first among equals; NaN is the least.
  template <class T> std::vector<size_t> best(const T *scores) const {
    std::vector<size_t> order(outputs);
    std::iota(order.begin(), order.end(), size_t{0});
    const size_t count = std::min(top, outputs);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                      [&](size_t a, size_t b) {
                        const T x = scores[a], y = scores[b];
                        if (std::isnan(x) || std::isnan(y) || x == y)
                          return std::isnan(x) == std::isnan(y) ? a < b : std::isnan(y);
                        return x > y;
                      });
    order.resize(count);
    return order;
  }
  /// JSON has no NaN and no infinity.
  void number(double value) {
    if (!std::isfinite(value)) {
      os << (form == Form::Json ? "null" : std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
      return;
    }
    char text[64];
    auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::general, digits).ptr;
    os << llvm::StringRef(text, static_cast<size_t>(end - text));
  }
  template <class T> void json(const T *y, const T *scores, size_t index, size_t said) {
    llvm::json::OStream j(os);
    j.object([&] {
      j.attribute("v", 1);
      j.attribute("event", "predict");
      j.attribute("index", static_cast<int64_t>(index));
      if (task == dsl::Task::Labels)
        j.attributeArray("labels", [&] {
          for (size_t i = 0; i < outputs; ++i)
            j.value(y[i] > T(0.5));
        });
      else if (task != dsl::Task::Values && answers == 1)
        j.attribute("class", className(said));
      j.attributeArray("p", [&] {
        for (size_t i = 0; i < size(); ++i)
          j.rawValue([&](llvm::raw_ostream &) { number(static_cast<double>(y[i])); });
      });
      if (top)
        j.attributeArray("top", [&] {
          for (size_t place : best(scores))
            j.object([&] {
              j.attribute("class", className(place));
              j.attributeBegin("p");
              j.rawValue([&](llvm::raw_ostream &) { number(static_cast<double>(y[place])); });
              j.attributeEnd();
            });
        });
    });
    os << '\n';
  }

  llvm::raw_ostream &os;
  const TrainedNet &net;
  dsl::Task task;
  Form form;
  bool numbers;
  size_t top;
  int digits;
  size_t answers, outputs; ///< answers of a sample, numbers of an answer
  size_t bad = 0, firstBad = 0;
};

/// The output that --output names, "mask" or "output.mask"; the first without it. Null where the net has none such.
const dsl::NetOutput *chosenOutput(const Options &options, llvm::ArrayRef<dsl::NetOutput> parts) {
  if (options.outputName.empty())
    return &parts.front();
  for (const dsl::NetOutput &part : parts)
    if (part.name == options.outputName || part.name == "output." + options.outputName)
      return &part;
  return nullptr;
}

/// --output=conv1: a value on the way to the outputs, as an output of its own. Nothing, and an exit code, where the net
/// has none of this name for each sample.
std::optional<dsl::NetOutput> valueAsOutput(const Options &options, TrainedNet &net, int &code) {
  const std::vector<dsl::NetOutput> &parts = net.engines->net().outputs;
  auto wrong = [&](const llvm::Twine &why) {
    code = fail(options, kUsage, why);
    return std::nullopt;
  };
  const std::string show = "`dlc show --values=" + options.outputName + " " + options.files.front() + "` prints it";
  if (const train::Parameter *p = net.engines->parameters().find(options.outputName); p && p->isWeight())
    return wrong("'" + options.outputName + "' is a weight, the same for all samples; " + show);
  if (llvm::StringRef(options.outputName).starts_with("d."))
    return wrong("'" + options.outputName + "' is a gradient, which needs labels; " + show);
  auto elementsAt = [&](int64_t batch) -> int64_t {
    dsl::Net built = train::netWithOutput(*net.unit, batch, options.outputName);
    return built.graph ? findValue(*built.graph, options.outputName).type().elements() : 0;
  };
  const int64_t one = elementsAt(1), two = elementsAt(2);
  if (one && two == 2 * one) {
    dsl::Net built = train::netWithOutput(*net.unit, 1, options.outputName);
    Value value = findValue(*built.graph, options.outputName);
    Shape shape(value.shape());
    shape.erase(shape.begin()); // rows of several samples lie one behind the other
    const bool whole = value.shape().front() == 1 && isFloat(value.dtype());
    if (!isFloat(value.dtype()))
      return wrong("'" + options.outputName + "' is " + toString(value.type()) + ": only numbers are printed");
    return dsl::NetOutput{.name = train::nameOfOutput(options.outputName),
                          .target = "",
                          .loss = "",
                          .task = dsl::Task::Values,
                          .shape = whole ? shape : Shape{one}};
  }
  llvm::SmallVector<llvm::StringRef, 4> names;
  for (const dsl::NetOutput &part : parts)
    names.push_back(llvm::StringRef(part.name).split('.').second.empty()
                        ? llvm::StringRef(part.name)
                        : llvm::StringRef(part.name).split('.').second);
  return wrong("the net has no output '" + options.outputName + "'; it has " + llvm::join(names, ", ") +
               ", and the values that `dlc --emit-ir --mode=infer` prints");
}

/// What the run reads and writes.
RunFiles filesOf(const Options &options, const TrainedNet &net, const NetFiles &files) {
  RunFiles all;
  all.reads("the source", files.config);
  all.reads("the model", files.model);
  if (!files.config.empty())
    all.readsOf(*net.unit, false);
  std::string data = files.data.empty() ? options.data.value_or(options.test.value_or("")) : files.data;
  all.reads("the data", data);
  all.reads("the labels", options.labels.value_or(""));
  if (data.empty())
    all.readsData("the test data", net.unit->settings.data.test.value, *net.unit);
  all.writes("the predictions", options.output);
  return all;
}

/// What stands before the numbers of a .npy file, version 1.0: a dictionary, padded to a multiple of 64 bytes.
std::string npyHeader(DType dtype, size_t samples, const Shape &shape) {
  std::string text = std::string("{'descr': '") + (dtype == DType::F64 ? "<f8" : "<f4") +
                     "', 'fortran_order': False, 'shape': (" + std::to_string(samples) + ",";
  for (int64_t size : shape)
    text += " " + std::to_string(size) + ",";
  text += "), }";
  constexpr size_t kBefore = 10, kMultiple = 64;
  text.append(kMultiple - (kBefore + text.size() + 1) % kMultiple, ' ');
  text += '\n';
  std::string header = "\x93NUMPY";
  header += '\1';
  header += '\0';
  header += static_cast<char>(text.size() & 0xFF);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

} // namespace

int runInfer(const Options &options) {
  if (options.json && !options.format.empty() && options.format != "json")
    return fail(options, kUsage, "--json and --format=" + options.format + " ask for two things");
  int code = kDone;
  auto files = sortFiles(options, code);
  if (!files)
    return code;
  auto net = openNet(options, *files, code);
  if (!net)
    return code;
  if (int bad = filesOf(options, *net, *files).refuse(options))
    return bad;
  auto samples = openSamples(options, *net, files->data, false, code);
  if (!samples)
    return code;

  Product product(options);
  if (product.toFile())
    if (absl::Status status = checkWritable(options.output); !status.ok())
      return fail(options, status);
  llvm::raw_ostream &os = product.stream();
  const dsl::NetOutput *part = chosenOutput(options, net->engines->net().outputs);
  std::optional<dsl::NetOutput> value;
  if (!part) {
    value = valueAsOutput(options, *net, code);
    if (!value)
      return code;
    part = &*value;
    net->engines = train::enginesLike(*net->engines);
  }
  const bool classes = part->task == dsl::Task::Classes && part->rows() == 1;
  if (options.top && (!classes || options.probs || options.format == "npy"))
    return fail(options, kUsage,
                !classes
                    ? "--top is for a class for each sample; this output has none"
                    : llvm::Twine("--top and ") + (options.probs ? "--probs" : "--format=npy") + " ask for two things");
  Printer printer(os, options, *net, *part);

  train::Ports ports(net->wish, net->engines->dtype());
  std::vector<uint32_t> positions(samples->size());
  std::iota(positions.begin(), positions.end(), 0u);
  DType dtype = net->engines->dtype();
  const bool npy = options.format == "npy";
  if (npy)
    os << npyHeader(dtype, samples->size(), part->shape);
  for (size_t begin = 0; begin < positions.size(); begin += kBatch) {
    size_t count = std::min(kBatch, positions.size() - begin);
    if (value && (begin == 0 || count != kBatch)) // once for each size
      net->engines->take(dsl::Mode::Infer, static_cast<int64_t>(count),
                         train::netWithOutput(*net->unit, static_cast<int64_t>(count), options.outputName));
    auto engine = net->engines->get(dsl::Mode::Infer, static_cast<int64_t>(count));
    if (!engine.ok())
      return failEngine(options, *net->unit, engine.status());
    auto inputs = [&](llvm::StringRef name) { return (*engine)->input(name); };
    if (Checked fed = train::feed(*samples, llvm::ArrayRef(positions).slice(begin, count), net->prepare, dtype,
                                  net->wish.task, ports.place(inputs, "input", count), nullptr);
        !fed)
      return fail(options, net->unit->diags, fed.trouble());
    ports.deal(inputs, count);
    (*engine)->step();
    const void *output = (*engine)->output(part->name), *scores = (*engine)->output(part->scores);
    if (npy)
      os.write(static_cast<const char *>(output), count * printer.size() * (dtype == DType::F64 ? 8 : 4));
    auto rows = [&](auto *y, auto *z) {
      for (size_t row = 0; row < count; ++row, y += printer.size(), z += printer.size())
        npy ? printer.look(y, begin + row) : printer.row(y, z, begin + row);
    };
    if (dtype == DType::F64)
      rows(static_cast<const double *>(output), static_cast<const double *>(scores));
    else
      rows(static_cast<const float *>(output), static_cast<const float *>(scores));
    if (!product.toFile() && llvm::outs().has_error())
      break; // main says why
  }
  code = product.deliver(options);
  return code || !printer.notFinite()
             ? code
             : failNotFinite(options, *net->unit, *net->engines, printer.notFinite(), printer.firstNotFinite() + 1);
}

} // namespace dlc::tool
