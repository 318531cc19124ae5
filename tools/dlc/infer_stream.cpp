// One line is read, one is printed and flushed, before the next is waited for. An empty line ends a sequence; what is
// wrong with a line ends the stream, because all that follows would be another sequence.
#include "infer_stream.h"

#include "prediction_printer.h"
#include "trained_net.h"

#include "dlc/data/formats.h"
#include "dlc/session/continuation.h"
#include "dlc/session/predictor.h"
#include "dlc/support/counted.h"
#include "dlc/train/table_options.h"

#include <iostream>
#include <utility>

namespace dlc::tool {
namespace {

/// The exit code.
int refuse(const Options &options, const NetFiles &files) {
  if (!files.data.empty() || options.data || options.labels || options.test)
    return fail(options, kUsage, "--stream reads samples from standard input and from no file");
  if (options.flags.flag("names"))
    return fail(options, kUsage, "--stream and --names contradict each other");
  if (options.flags.text("format") == "npy")
    return fail(options, kUsage, "--stream and --format=npy contradict each other");
  if (!options.output.empty() && options.output != "-")
    return fail(options, kUsage, "--stream prints to standard output alone");
  if (isReference(options))
    return fail(options, kUsage, "--stream and --isa=reference contradict each other");
  return kDone;
}

/// Lines as samples, and the mistakes in them.
class Lines {
public:
  /// `table`: how a table of whole samples is read.
  Lines(data::CsvOptions table, const session::Predictor &predictor, std::shared_ptr<const session::TextNet> text)
      : options(std::move(table)), size(predictor.stepSize()),
        text(predictor.takesPositions() ? std::move(text) : nullptr), whole(!predictor.takesPositions()) {
    const data::CsvOptions all = std::exchange(options, {});
    options.header = data::CsvOptions::Header::No;
    options.label = "none"; // a line has the features alone
    options.separator = all.separator, options.decimal = all.decimal, options.comment = all.comment;
    options.dtype = all.dtype;
    options.sampleSize = size;
    if (whole)
      options.missing = all.missing, options.means = all.means;
  }

  /// Whether a line is nothing but the end of a sequence.
  bool endsSequence(llvm::StringRef line) const {
    return line.trim().empty() && !(text && llvm::is_contained(text->characters, line.empty() ? "\n" : line));
  }

  Fallible<std::vector<double>> read(llvm::StringRef line, uint64_t number) const {
    auto values = text ? character(line) : numbers(line);
    if (values)
      return values;
    Trouble trouble = values.failure();
    trouble.place.line = number;
    return trouble;
  }

private:
  static constexpr llvm::StringLiteral kName = "<stdin>";

  Fallible<std::vector<double>> character(llvm::StringRef line) const {
    DLC_TRY(const auto tokens, data::textTokens({line.empty() ? "\n" : line, kName}, text->characters));
    if (tokens.size() != 1)
      return Trouble{.code = "E302",
                     .message = "a line of " + counted(tokens.size(), "character") + "; one is a step",
                     .place = {.file = kName.str()}};
    return std::vector<double>{static_cast<double>(tokens.front())};
  }

  /// As a row of CSV.
  Fallible<std::vector<double>> numbers(llvm::StringRef line) const {
    DLC_TRY(const auto table, data::parseCsv({.bytes = line, .name = kName}, std::nullopt, options));
    if (table.sampleSize() != size)
      return Trouble{.code = "E302",
                     .message = "a line of " + counted(table.sampleSize(), "number") + "; a " +
                                (whole ? "sample" : "step") + " has " + std::to_string(size),
                     .place = {.file = kName.str()}};
    std::vector<double> values;
    for (size_t i = 0; i < size; ++i)
      values.push_back(table.value(0, i));
    return values;
  }

  data::CsvOptions options;
  const size_t size;
  const std::shared_ptr<const session::TextNet> text;
  const bool whole; ///< a line is a sample, not a position of one
};

/// The output that --output names; null where the net has none such.
const session::AnswerPart *chosenPart(const Options &options, llvm::ArrayRef<session::AnswerPart> parts) {
  const std::string &wanted = options.flags.text("output");
  for (const session::AnswerPart &part : parts)
    if (wanted.empty() || part.name == wanted || part.name == "output." + wanted)
      return &part;
  return nullptr;
}

template <class T>
int answerLines(const Options &options, session::Net &net, session::Predictor &predictor,
                const session::AnswerPart &part, const Lines &lines, PredictionPrinter &printer) {
  std::vector<T> answers(predictor.outputs()), scores(predictor.outputs());
  session::SequenceState state, *sequences[] = {&state};
  uint64_t number = 0;
  size_t index = 0;
  for (std::string line; std::getline(std::cin, line);) {
    ++number;
    llvm::StringRef text = line;
    text.consume_back("\r");
    if (lines.endsSequence(text)) {
      state = {};
      continue;
    }
    auto values = lines.read(text, number);
    if (!values)
      return fail(options, net.diags(), values.failure());
    if (session::Done done = predictor.step<T>(*values, sequences, answers, scores); !done)
      return fail(options, net.diags(),
                  {.code = "E305", .message = done.failure().message, .place = {.file = "<stdin>", .line = number}});
    printer.row(answers.data() + part.from, scores.data() + part.from, {.index = index++, .file = "<stdin>"});
    llvm::outs().flush();
    if (llvm::outs().has_error())
      break; // main says why
  }
  return kDone;
}

} // namespace

int runStream(const Options &options) {
  DLC_TRY(NetFiles files, sortFiles(options));
  DLC_TRY(auto net, openNet(options, files));
  if (int bad = refuse(options, files))
    return bad;
  auto predictor = session::Predictor::make(*net, {.steps = true});
  if (!predictor)
    return fail(options, *net, predictor.failure());
  const session::AnswerPart *part = chosenPart(options, (*predictor)->parts());
  if (!part)
    return fail(options, kUsage, "the net has no output '" + options.flags.text("output") + "'");
  dsl::NetOutput output;
  output.name = part->name, output.scores = part->scores, output.task = part->task, output.shape = part->shape;
  if (options.flags.whole("top") && !(output.task == Task::Classes && output.rows() == 1))
    return fail(options, kUsage, "--top needs an output with one class per sample");
  const auto text = session::TextNet::of(*net);
  auto table = train::tableOptions(net->unit(), net->wish(), net->names());
  if (!table)
    return fail(options, net->diags(), table.failure());
  const Lines lines(*std::move(table), **predictor, text ? *text : nullptr);
  PredictionPrinter printer(llvm::outs(), options, *net, output);
  const int code = (*predictor)->dtype() == DType::F64
                       ? answerLines<double>(options, *net, **predictor, *part, lines, printer)
                       : answerLines<float>(options, *net, **predictor, *part, lines, printer);
  return code || !printer.notFinite() ? code
                                      : failNotFinite(options, *net, printer.notFinite(), printer.firstNotFinite() + 1);
}

} // namespace dlc::tool
