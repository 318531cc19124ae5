// `dlc infer`: a line for each sample: its class, or its numbers.
// The last batch is short, not padded; a net is compiled once for each batch size it needs.
#include "run_files.h"
#include "trained_net.h"

#include "dlc/support/files.h"
#include "dlc/support/printable.h"
#include "dlc/train/metrics.h"
#include "dlc/train/ports.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <charconv>
#include <limits>
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
        numbers(options.probs || task == dsl::Task::Values), named(options.names),
        top(static_cast<size_t>(options.top)), digits(net.unit->settings.train.dtype.value == DType::F64 ? 17 : 9),
        answers(static_cast<size_t>(part.rows())), outputs(static_cast<size_t>(elementCount(part.shape)) / answers) {}

  /// Numbers of one sample.
  size_t size() const { return answers * outputs; }
  /// Places of a sequence that have an answer each; 1 where a sample has one.
  size_t places() const { return answers; }

  /// A sample of which a line is printed.
  struct Sample {
    size_t index = 0;      ///< among all that are predicted
    std::string file;      ///< that it comes from
    size_t number = 0;     ///< in a file of several, from 1; 0: it has the file for itself
    bool inSource = false; ///< it stands in the source itself
    size_t first = 0;      ///< of a sequence: the places whose answers count, up to `last`
    size_t last = SIZE_MAX;
  };

  /// A sample's line: of a sequence the answers for all its places.
  template <class T> void row(const T *y, const Sample &sample) {
    const size_t first = answers > 1 ? sample.first : 0, last = answers > 1 ? std::min(sample.last, answers) : 1;
    if (form != Form::Json)
      nameOf(sample);
    if (answers > 1 && !numbers && form != Form::Json) {
      for (size_t i = first; i < last; ++i) {
        os << (i > first ? separator() : "");
        name(train::argmax(y + i * outputs, outputs));
      }
      os << '\n';
      return;
    }
    bool binary = task == dsl::Task::Binary;
    size_t said = binary ? static_cast<size_t>(y[0] > T(0.5)) : train::argmax(y, outputs);
    const llvm::ArrayRef<T> values(y + first * outputs, (last - first) * outputs);
    if (form == Form::Json)
      return json(values, sample, said);
    if (top) {
      llvm::StringRef before;
      for (size_t place : best(y)) {
        os << before;
        name(place);
        os << separator();
        number(static_cast<double>(y[place]));
        before = separator();
      }
    } else if (numbers) {
      for (const auto &[i, value] : llvm::enumerate(values)) {
        os << (i ? separator() : "");
        number(static_cast<double>(value));
      }
    } else {
      name(said);
    }
    os << '\n';
  }

private:
  const char *separator() const { return form == Form::Csv ? "," : " "; }
  void nameOf(const Sample &sample) {
    if (!named)
      return;
    const std::string text = sample.file + (sample.number ? ":" + std::to_string(sample.number) : "");
    os << (form == Form::Csv ? csvField(text) + "," : escaped(text) + "\t");
  }
  void name(size_t index) {
    if (index >= net.names.classes.size())
      os << index;
    else
      os << (form == Form::Csv ? csvField(net.names.classes[index]) : escaped(net.names.classes[index]));
  }
  std::string className(size_t index) const {
    return index < net.names.classes.size() ? llvm::json::fixUTF8(net.names.classes[index]) : std::to_string(index);
  }
  /// The places of the `top` largest of a sample's numbers, the first among equals.
  template <class T> std::vector<size_t> best(const T *y) const {
    std::vector<size_t> order(outputs);
    std::iota(order.begin(), order.end(), size_t{0});
    const size_t count = std::min(top, outputs);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                      [&](size_t a, size_t b) { return y[a] != y[b] ? y[a] > y[b] : a < b; });
    order.resize(count);
    return order;
  }
  void number(double value) { number(value, os); }
  void number(double value, llvm::raw_ostream &to) const {
    char text[64];
    auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::general, digits).ptr;
    to << llvm::StringRef(text, static_cast<size_t>(end - text));
  }
  template <class T> void json(llvm::ArrayRef<T> y, const Sample &sample, size_t said) {
    std::string line;
    llvm::raw_string_ostream collected(line);
    llvm::json::OStream j(collected);
    j.object([&] {
      j.attribute("v", 1);
      j.attribute("event", "predict");
      j.attribute("index", static_cast<int64_t>(sample.index));
      if (!sample.inSource)
        j.attribute("file", llvm::json::fixUTF8(sample.file));
      if (task != dsl::Task::Values && answers == 1)
        j.attribute("class", className(said));
      if (task != dsl::Task::Values && answers > 1)
        j.attributeArray("classes", [&] {
          for (size_t i = 0; i < y.size(); i += outputs)
            j.value(className(train::argmax(y.data() + i, outputs)));
        });
      j.attributeArray("p", [&] {
        for (T value : y)
          j.rawValue([&](llvm::raw_ostream &to) { number(static_cast<double>(value), to); });
      });
      if (top)
        j.attributeArray("top", [&] {
          for (size_t place : best(y.data()))
            j.object([&] {
              j.attribute("class", className(place));
              j.attributeBegin("p");
              j.rawValue([&](llvm::raw_ostream &to) { number(static_cast<double>(y[place]), to); });
              j.attributeEnd();
            });
        });
    });
    j.flush();
    os << jsonSafe(collected.str()) << '\n';
  }

  llvm::raw_ostream &os;
  const TrainedNet &net;
  dsl::Task task;
  Form form;
  bool numbers, named;
  size_t top;
  int digits;
  size_t answers, outputs; ///< answers of a sample, numbers of an answer
};

/// The output that --output names, "mask" or "output.mask"; the first without it. Null after an error.
const dsl::NetOutput *chosenOutput(const Options &options, llvm::ArrayRef<dsl::NetOutput> parts, int &code) {
  if (options.outputName.empty())
    return &parts.front();
  llvm::SmallVector<llvm::StringRef, 4> names;
  for (const dsl::NetOutput &part : parts) {
    llvm::StringRef name = part.name;
    name.consume_front("output.");
    if (part.name == options.outputName || name == options.outputName)
      return &part;
    names.push_back(name);
  }
  code = fail(options, kUsage, "the net has no output '" + options.outputName + "'; it has " + llvm::join(names, ", "));
  return nullptr;
}

/// What the run reads and writes.
RunFiles filesOf(const Options &options, const TrainedNet &net, const NetFiles &files) {
  RunFiles all;
  all.reads("the source", files.config);
  all.reads("the model", files.model);
  if (!files.config.empty())
    all.readsOf(*net.unit, false);
  const std::string data = options.data.value_or(options.test.value_or(""));
  for (const std::string &file : files.data)
    all.reads("the data", file);
  if (files.data.empty())
    all.reads("the data", data);
  all.reads("the labels", options.labels.value_or(""));
  if (files.data.empty() && data.empty())
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

namespace {

/// The samples of every file of the command line, or those that the source names; nothing after an error.
std::optional<std::vector<data::Samples>> openAll(const Options &options, TrainedNet &net, const NetFiles &files,
                                                  int &code) {
  const bool named = options.names || options.json || options.format == "json";
  const auto use = named ? train::SampleUse::Predict : train::SampleUse::PredictAll;
  std::vector<std::string> names = files.data;
  if (names.empty())
    names.emplace_back();
  std::vector<data::Samples> all;
  for (const std::string &name : names) {
    auto samples = openSamples(options, net, name, options.labels.value_or(""), use, code);
    if (!samples)
      return std::nullopt;
    if (!options.quiet && !samples->data->broken.empty())
      llvm::errs() << "note: " << data::brokenText(*samples->data) << '\n';
    all.push_back(*std::move(samples));
  }
  return all;
}

/// What the printer is to say of a sample, but for its place among all.
Printer::Sample describe(const data::Samples &samples, size_t position) {
  const data::Dataset &set = *samples.data;
  const size_t row = samples.rows[position];
  Printer::Sample sample;
  sample.file = set.fileNames.empty() ? set.origin : set.fileNames[row];
  sample.inSource = !set.valueLocs.empty();
  sample.number = set.fileNames.empty() && set.count > 1 ? row + 1 : 0;
  if (set.lastPlaces[1] && row + 1 == set.count)
    sample.first = set.lastPlaces[0], sample.last = set.lastPlaces[1];
  return sample;
}

/// A row of numbers of a .npy file; those that no answer stands behind are NaN.
void writeNpy(llvm::raw_ostream &os, const void *values, const Printer &printer, const Printer::Sample &sample,
              DType dtype) {
  const size_t places = printer.places(), each = printer.size() / places;
  auto typed = [&](auto zero) {
    using T = decltype(zero);
    std::vector<T> row(static_cast<const T *>(values), static_cast<const T *>(values) + printer.size());
    for (size_t place = 0; place < places && places > 1; ++place)
      if (place < sample.first || place >= sample.last)
        std::fill_n(row.begin() + static_cast<std::ptrdiff_t>(place * each), each, std::numeric_limits<T>::quiet_NaN());
    os.write(reinterpret_cast<const char *>(row.data()), row.size() * sizeof(T));
  };
  dtype == DType::F64 ? typed(double{}) : typed(float{});
}

/// Predicts `samples`, which come behind `before` others; the exit code.
int predict(const Options &options, TrainedNet &net, const data::Samples &samples, size_t before,
            llvm::StringRef output, Printer &printer, llvm::raw_ostream &os) {
  train::Ports ports(net.wish, net.engines->dtype());
  std::vector<uint32_t> positions(samples.size());
  std::iota(positions.begin(), positions.end(), 0u);
  const DType dtype = net.engines->dtype();
  for (size_t begin = 0; begin < positions.size(); begin += kBatch) {
    size_t count = std::min(kBatch, positions.size() - begin);
    auto engine = net.engines->get(dsl::Mode::Infer, static_cast<int64_t>(count));
    if (!engine.ok())
      return failEngine(options, *net.unit, engine.status());
    auto inputs = [&](llvm::StringRef name) { return (*engine)->input(name); };
    if (Checked fed = train::feed(samples, llvm::ArrayRef(positions).slice(begin, count), net.prepare, ports.types(),
                                  net.wish.task, ports.place(inputs, "input", count), nullptr);
        !fed)
      return fail(options, net.unit->diags, fed.trouble());
    ports.deal(inputs, count);
    (*engine)->step();
    const auto *values = static_cast<const char *>((*engine)->output(output));
    const size_t bytes = printer.size() * (dtype == DType::F64 ? sizeof(double) : sizeof(float));
    for (size_t row = 0; row < count; ++row, values += bytes) {
      Printer::Sample sample = describe(samples, begin + row);
      sample.index = before + begin + row;
      if (options.format == "npy")
        writeNpy(os, values, printer, sample, dtype);
      else if (dtype == DType::F64)
        printer.row(reinterpret_cast<const double *>(values), sample);
      else
        printer.row(reinterpret_cast<const float *>(values), sample);
    }
    if (&os == &llvm::outs() && llvm::outs().has_error())
      break; // main says why
  }
  return kDone;
}

/// What contradicts itself on the command line; the exit code.
int refuse(const Options &options, const dsl::NetOutput &part) {
  const bool classes = part.task == dsl::Task::Classes && part.rows() == 1;
  if (options.top && !classes)
    return fail(options, kUsage, "--top is for a class for each sample; this output has none");
  if (options.top && (options.probs || options.format == "npy"))
    return fail(options, kUsage,
                llvm::Twine("--top and ") + (options.probs ? "--probs" : "--format=npy") + " ask for two things");
  if (options.names && options.format == "npy")
    return fail(options, kUsage, "--names and --format=npy ask for two things");
  return kDone;
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
  auto groups = openAll(options, *net, *files, code);
  if (!groups)
    return code;

  Product product(options);
  if (product.toFile())
    if (absl::Status status = checkWritable(options.output); !status.ok())
      return fail(options, status);
  llvm::raw_ostream &os = product.stream();
  const dsl::NetOutput *part = chosenOutput(options, net->engines->net().outputs, code);
  if (!part)
    return code;
  if (int bad = refuse(options, *part))
    return bad;
  Printer printer(os, options, *net, *part);
  size_t all = 0, before = 0;
  for (const data::Samples &samples : *groups)
    all += samples.size();
  if (options.format == "npy")
    os << npyHeader(net->engines->dtype(), all, part->shape);
  for (const data::Samples &samples : *groups) {
    if (int bad = predict(options, *net, samples, before, part->name, printer, os))
      return bad;
    before += samples.size();
  }
  return product.deliver(options);
}

} // namespace dlc::tool
