// `dlc infer`: which samples, which output, batch by batch; prediction_printer.h says how a line looks.
// The last batch is short, not padded; a net is compiled once for each batch size it needs.
#include "command.h"
#include "infer_stream.h"
#include "infer_text.h"
#include "prediction_printer.h"
#include "run_files.h"
#include "trained_net.h"

#include "dlc/ir/graph_text.h"
#include "dlc/support/files.h"
#include "dlc/train/ports.h"
#include "dlc/train/probe.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <limits>
#include <numeric>

namespace dlc::tool {
namespace {

constexpr size_t kBatch = 256;

/// The output that --output names, "mask" or "output.mask"; the first without it. Null where the net has none such.
const dsl::NetOutput *chosenOutput(const Options &options, llvm::ArrayRef<dsl::NetOutput> parts) {
  const std::string &wanted = options.flags.text("output");
  if (wanted.empty())
    return &parts.front();
  for (const dsl::NetOutput &part : parts)
    if (part.name == wanted || part.name == "output." + wanted)
      return &part;
  return nullptr;
}

/// --output=conv1: a value on the way to the outputs, as an output of its own. A usage error where the net has none
/// of this name for each sample.
OrExit<dsl::NetOutput> valueAsOutput(const Options &options, session::Net &net) {
  const std::string &wanted = options.flags.text("output");
  const std::vector<dsl::NetOutput> &parts = net.shape().outputs;
  auto wrong = [&](const llvm::Twine &why) { return fail(options, kUsage, why); };
  const std::string show = "`dlc show --values=" + wanted + " " + options.files.front() + "` prints it";
  if (const train::Parameter *p = net.parameters().find(wanted); p && p->isWeight())
    return wrong("'" + wanted + "' is a weight, the same for all samples; " + show);
  if (llvm::StringRef(wanted).starts_with("d."))
    return wrong("'" + wanted + "' is a gradient, which needs labels; " + show);
  auto elementsAt = [&](int64_t batch) -> int64_t {
    dsl::Net built = train::netWithOutput(net.unit(), batch, wanted);
    return built.graph ? findValue(*built.graph, wanted).type().elements() : 0;
  };
  const int64_t one = elementsAt(1), two = elementsAt(2);
  if (one && two == 2 * one) {
    dsl::Net built = train::netWithOutput(net.unit(), 1, wanted);
    Value value = findValue(*built.graph, wanted);
    Shape shape(value.shape());
    shape.erase(shape.begin()); // rows of several samples lie one behind the other
    const bool whole = value.shape().front() == 1 && isFloat(value.dtype());
    if (!isFloat(value.dtype()))
      return wrong("'" + wanted + "' is " + toString(value.type()) + ": only numbers are printed");
    return dsl::NetOutput{.name = train::nameOfOutput(wanted),
                          .target = "",
                          .loss = "",
                          .scores = train::nameOfOutput(wanted),
                          .task = Task::Values,
                          .shape = whole ? shape : Shape{one}};
  }
  llvm::SmallVector<llvm::StringRef, 4> names;
  for (const dsl::NetOutput &part : parts)
    names.push_back(llvm::StringRef(part.name).split('.').second.empty()
                        ? llvm::StringRef(part.name)
                        : llvm::StringRef(part.name).split('.').second);
  return wrong("the net has no output '" + wanted + "'; it has " + llvm::join(names, ", ") +
               ", and the values that `dlc --emit-ir --mode=infer` prints");
}

/// What the run reads and writes.
RunFiles filesOf(const Options &options, const session::Net &net, const NetFiles &files) {
  RunFiles all;
  all.reads("the source", files.config);
  all.reads("the model", files.model);
  if (!files.config.empty())
    all.readsOf(net.unit(), false);
  const std::string data = options.data.value_or(options.test.value_or(""));
  for (const std::string &file : files.data)
    all.reads("the data", file);
  if (files.data.empty())
    all.reads("the data", data);
  all.reads("the labels", options.labels.value_or(""));
  if (files.data.empty() && data.empty())
    all.readsData("the test data", net.unit().settings.data.test.value, net.unit());
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

/// The samples of every file of the command line, or those that the source names.
OrExit<std::vector<data::Samples>> openAll(const Options &options, session::Net &net, const NetFiles &files) {
  const bool named = options.flags.flag("names") || options.json || options.flags.text("format") == "json";
  const auto use = named ? train::SampleUse::Predict : train::SampleUse::PredictAll;
  std::vector<std::string> names = files.data;
  if (names.empty())
    names.emplace_back();
  std::vector<data::Samples> all;
  bool any = false;
  for (const std::string &name : names) {
    DLC_TRY(auto samples, openSamples(options, net, name, options.labels.value_or(""), use, names.size() > 1));
    if (!options.quiet && !samples.data->broken.empty())
      llvm::errs() << "note: " << data::brokenText(*samples.data) << '\n';
    any |= !samples.empty();
    all.push_back(std::move(samples));
  }
  if (!any)
    return fail(options, net.diags(), {.code = "E309", .message = "none of the files holds a sample"});
  return all;
}

/// What the printer is to say of a sample, but for its place among all.
PredictionPrinter::Sample describe(const data::Samples &samples, size_t position) {
  const data::Dataset &set = *samples.data;
  const size_t row = samples.rows[position];
  PredictionPrinter::Sample sample;
  sample.file = set.fileNames.empty() ? set.origin : set.fileNames[row];
  sample.inSource = !set.valueLocs.empty();
  sample.number = set.fileNames.empty() && set.count > 1 ? row + 1 : 0;
  if (set.lastPlaces[1] && row + 1 == set.count)
    sample.first = set.lastPlaces[0], sample.last = set.lastPlaces[1];
  return sample;
}

/// A row of numbers of a .npy file; those that no answer stands behind are NaN.
template <class T>
void writeNpy(llvm::raw_ostream &os, const T *values, const PredictionPrinter &printer,
              const PredictionPrinter::Sample &sample) {
  const size_t places = printer.places(), each = printer.size() / places;
  std::vector<T> row(values, values + printer.size());
  for (size_t place = 0; place < places && places > 1; ++place)
    if (place < sample.first || place >= sample.last)
      std::fill_n(row.begin() + static_cast<std::ptrdiff_t>(place * each), each, std::numeric_limits<T>::quiet_NaN());
  os.write(reinterpret_cast<const char *>(row.data()), row.size() * sizeof(T));
}

/// Predicts `samples`, which come behind `before` others; the exit code. `value`: `part` is no output of the net, but a
/// value on the way to them.
int predict(const Options &options, session::Net &net, train::Engines &engines, const data::Samples &samples,
            size_t before, const dsl::NetOutput &part, bool value, PredictionPrinter &printer, llvm::raw_ostream &os) {
  train::Ports ports(net.wish(), engines.dtype());
  std::vector<uint32_t> positions(samples.size());
  std::iota(positions.begin(), positions.end(), 0u);
  const DType dtype = engines.dtype();
  for (size_t begin = 0; begin < positions.size(); begin += kBatch) {
    size_t count = std::min(kBatch, positions.size() - begin);
    if (value && (begin == 0 || count != kBatch)) // once for each size
      engines.take(dsl::Mode::Infer, static_cast<int64_t>(count),
                   train::netWithOutput(net.unit(), static_cast<int64_t>(count), options.flags.text("output")));
    auto engine = engines.get(dsl::Mode::Infer, static_cast<int64_t>(count));
    if (!engine.ok())
      return fail(options, net, session::Failure::ofEngine(engine.status()));
    auto inputs = [&](llvm::StringRef name) { return (*engine)->input(name); };
    if (Checked fed = train::feed(samples, llvm::ArrayRef(positions).slice(begin, count), net.prepare(), ports.types(),
                                  net.wish().task, ports.place(inputs, "input", count), nullptr);
        !fed)
      return fail(options, net.diags(), fed.failure());
    ports.deal(inputs, count);
    (*engine)->step();
    auto rows = [&](auto zero) {
      using T = decltype(zero);
      const auto *y = static_cast<const T *>((*engine)->output(part.name));
      const auto *scores = static_cast<const T *>((*engine)->output(part.scores));
      for (size_t row = 0; row < count; ++row, y += printer.size(), scores += printer.size()) {
        PredictionPrinter::Sample sample = describe(samples, begin + row);
        sample.index = before + begin + row;
        if (options.flags.text("format") != "npy")
          printer.row(y, scores, sample);
        else
          printer.look(y, sample.index), writeNpy(os, y, printer, sample);
      }
    };
    dtype == DType::F64 ? rows(double{}) : rows(float{});
    if (&os == &llvm::outs() && llvm::outs().has_error())
      break; // main says why
  }
  return kDone;
}

/// What contradicts itself on the command line; the exit code.
int refuse(const Options &options, const dsl::NetOutput &part) {
  const bool classes = part.task == Task::Classes && part.rows() == 1;
  if (options.flags.whole("top") && !classes)
    return fail(options, kUsage, "--top needs an output with one class per sample");
  if (options.flags.whole("top") && (options.flags.flag("probs") || options.flags.text("format") == "npy"))
    return fail(options, kUsage,
                llvm::Twine("--top and ") + (options.flags.flag("probs") ? "--probs" : "--format=npy") +
                    " contradict each other");
  if (options.flags.flag("names") && options.flags.text("format") == "npy")
    return fail(options, kUsage, "--names and --format=npy contradict each other");
  return kDone;
}

} // namespace

static int runInfer(const Options &options) {
  if (options.flags.given("generate") && options.flags.flag("stream"))
    return fail(options, kUsage, "--generate and --stream contradict each other");
  if (options.flags.given("generate"))
    return runGenerateText(options);
  for (const char *flag : {"prompt", "temperature"})
    if (options.flags.given(flag))
      return fail(options, kUsage, llvm::Twine("--") + flag + " needs --generate");
  if (options.json && !options.flags.text("format").empty() && options.flags.text("format") != "json")
    return fail(options, kUsage, "--json and --format=" + options.flags.text("format") + " contradict each other");
  if (options.flags.flag("stream"))
    return runStream(options);
  DLC_TRY(NetFiles files, sortFiles(options));
  DLC_TRY(auto net, openNet(options, files));
  if (int bad = filesOf(options, *net, files).refuse(options))
    return bad;
  DLC_TRY(const auto groups, openAll(options, *net, files));

  Product product(options);
  if (product.toFile())
    if (absl::Status status = checkWritable(options.output); !status.ok())
      return fail(options, status);
  llvm::raw_ostream &os = product.stream();
  const dsl::NetOutput *part = chosenOutput(options, net->shape().outputs);
  std::optional<dsl::NetOutput> value;
  std::unique_ptr<train::Engines> own; // whose nets have one more output
  if (!part) {
    DLC_TRY(value, valueAsOutput(options, *net));
    part = &*value;
    own = train::enginesLike(net->engines());
  }
  if (int bad = refuse(options, *part))
    return bad;
  PredictionPrinter printer(os, options, *net, *part);
  size_t all = 0, before = 0;
  for (const data::Samples &samples : groups)
    all += samples.size();
  if (options.flags.text("format") == "npy")
    os << npyHeader(net->engines().dtype(), all, part->shape);
  for (const data::Samples &samples : groups) {
    if (int bad =
            predict(options, *net, own ? *own : net->engines(), samples, before, *part, value.has_value(), printer, os))
      return bad;
    before += samples.size();
  }
  const int code = product.deliver(options);
  return code || !printer.notFinite() ? code
                                      : failNotFinite(options, *net, printer.notFinite(), printer.firstNotFinite() + 1);
}

static constexpr Flag kFlags[] = {
    {.arg = arg::text("output", "none", "print this output, or any intermediate value: conv1"), .hint = "NAME"},
    {.arg = arg::flag("probs", "false", "print numbers instead of the class")},
    {.arg = arg::flag("names", "false", "print each sample's file before its prediction")},
    {.arg = arg::size("top", "0", "print the K most probable classes"), .hint = "K"},
    {.arg = arg::word("format", "none", "csv|json|npy", "output format of predictions")},
    {.arg = arg::size("generate", "0", "continue a text by N characters (target = next)")},
    {.arg = arg::flag("stream", "false",
                      "answer each line of standard input at once; of a sequence, position by position")},
    {.arg = arg::text("prompt", "none", "with --generate: the text to continue"), .hint = "TEXT"},
    {.arg = arg::number("temperature", "1", "with --generate: below 1 surer, above 1 bolder, 0 the most probable"),
     .hint = "T"}};

extern const Command cmd_infer;
constexpr Command cmd_infer = {.name = "infer",
                               .arguments = "net.model [data...]",
                               .doc = "print a prediction for each sample",
                               .otherArguments = "net.dsl net.model [data...]",
                               .takes = kSource | kPipeline | kPlans | kMemory | kData | kOutput,
                               .flags = kFlags,
                               .place = 20,
                               .run = runInfer};

} // namespace dlc::tool
