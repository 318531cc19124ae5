// From a net with its weights to the files of an export: plan, write, hash, and the answers of the self test.
// Those come from a predictor, so that the C is held to what the kernels answer and not to itself.
#include "dlc/export/export.h"

#include "package.h"

#include "dlc/compile/compile.h"
#include "dlc/lower/fuse.h"
#include "dlc/session/predictor.h"
#include "dlc/support/version.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

namespace dlc::deploy {
namespace {

using session::Failure;
using session::Net;
using session::Result;

/// The source line of "net.dsl:3:7" in the file itself or in what it includes.
std::string lineOf(const compile::Unit &unit, llvm::StringRef origin) {
  auto [rest, column] = origin.rsplit(':');
  auto [file, line] = rest.rsplit(':');
  unsigned number = 0;
  if (line.getAsInteger(10, number) || number == 0)
    return "";
  llvm::StringRef text = file == unit.path ? unit.text : "";
  for (const dsl::IncludedFile &included : unit.includes)
    if (included.path == file)
      text = included.text;
  for (; number > 1 && !text.empty(); --number)
    text = text.split('\n').second;
  const llvm::StringRef found = text.split('\n').first.split('#').first.trim();
  return found.empty() ? origin.str() : file.str() + ":" + line.str() + ": " + found.str();
}

Result<CModel> modelOf(Net &net, const ExportOptions &options, dsl::Net &shape) {
  Diags unsaid(net.unit().sources); // the net is open: what there was to say of it has been said
  auto work = compile::compile(net.unit(), unsaid, {dsl::Mode::Infer, options.batch},
                               inferPipeline().upTo(Stage::Program), {.isa = kernels::kScalar, .passes = {}});
  if (!work.ok())
    return Failure::ofEngine(work.status());
  fuseProgram(*work->program);
  llvm::StringMap<Tensor *> byName;
  for (const auto &weight : net.parameters().all())
    if (weight->isWeight())
      byName[weight->attrs.name] = &weight->tensor();
  auto find = [&](const Buffer &buffer) -> Tensor & {
    Tensor *tensor = byName.lookup(buffer.external);
    DLC_CHECK(tensor) << "the program has a parameter '" << buffer.external << "' that the net does not know";
    return *tensor;
  };
  std::vector<std::pair<CPortName, int64_t>> inputs;
  for (const dsl::NetInput &input : work->net.inputs)
    inputs.push_back({{input.name, input.vocab}, input.elements() * options.batch});
  std::vector<std::string> outputs;
  for (const dsl::NetOutput &output : work->net.outputs)
    outputs.push_back(output.name);
  shape = std::move(work->net);
  auto model = makeCModel(*std::move(work->program), find, inputs, outputs);
  if (!model.ok())
    return Failure::ofSystem(model.status());
  return *std::move(model);
}

/// The next number of the self test's own generator; the written C does the same.
uint32_t nextOf(uint32_t &state) { return state = state * 1664525u + 1013904223u; }

std::string generatorText(const CModel &model, const std::vector<dsl::NetInput> &inputs, int64_t batch) {
  const bool wide = model.isWide();
  const std::string real = wide ? "double" : "float";
  std::string text;
  int64_t offset = 0;
  for (const dsl::NetInput &input : inputs) {
    const int64_t end = offset + input.elements() * batch;
    text += "    for (int32_t i = " + std::to_string(offset) + "; i < " + std::to_string(end) +
            "; ++i) {\n      state = (state * 1664525U) + 1013904223U;\n      in[i] = ";
    if (input.vocab)
      text += "(" + real + ")((state >> 8) % " + std::to_string(input.vocab) + "U);\n";
    else
      text += "(" + real + ")(state >> 8) * " + (wide ? "5.9604644775390625e-08" : "5.9604645e-08F") + ";\n";
    text += "    }\n";
    offset = end;
  }
  return text;
}

/// The hash of what the net answers to the three samples of the self test.
template <class T> Result<uint32_t> answersHash(Net &net, const dsl::Net &shape, int64_t batch) {
  DLC_TRY(auto predictor, session::Predictor::make(net));
  uint32_t state = 1, hash = kHashStart;
  for (int call = 0; call < 3; ++call) {
    // As the C has them: all samples of an input, then those of the next, and outputs likewise.
    const size_t rows = static_cast<size_t>(batch);
    std::vector<std::vector<T>> samples(rows, std::vector<T>(predictor->inputs())), answers(rows);
    size_t from = 0;
    for (const dsl::NetInput &input : shape.inputs) {
      const auto size = static_cast<size_t>(input.elements());
      for (size_t row = 0; row < rows; ++row)
        for (size_t i = 0; i < size; ++i) {
          const uint32_t drawn = nextOf(state) >> 8;
          samples[row][from + i] = input.vocab ? static_cast<T>(drawn % static_cast<uint32_t>(input.vocab))
                                               : static_cast<T>(drawn) * T(0x1p-24);
        }
      from += size;
    }
    for (size_t row = 0; row < rows; ++row) {
      answers[row].resize(predictor->outputs());
      DLC_PASS_ON(predictor->template predict<T>(samples[row], answers[row]));
    }
    for (const session::AnswerPart &part : predictor->parts())
      for (size_t row = 0; row < rows; ++row) {
        Tensor piece(Type{dtypeOf<T>(), {static_cast<int64_t>(part.size)}});
        std::memcpy(piece.data(), answers[row].data() + part.from, piece.bytes());
        hash = hashOf(piece, hash);
      }
  }
  return hash;
}

uint32_t weightsHash(const CSource &source) {
  uint32_t hash = kHashStart;
  for (const CWeight &weight : source.weights)
    if (isFloat(weight.numbers.dtype()))
      hash = hashOf(weight.numbers, hash);
  return hash;
}

/// What training prepared samples from, where that is one shape.
std::optional<PrepareText> prepareOf(Net &net, const dsl::Net &shape, llvm::StringRef real, ExportReport &report) {
  auto leftOut = [&](const std::string &why) {
    report.notes.push_back("left out net_prepare: " + why);
    return std::nullopt;
  };
  if (!net.isPrepared() || shape.inputs.size() != 1 || shape.inputs.front().vocab)
    return std::nullopt;
  Shape raw = net.names().look.shape.empty() ? shape.inputShape : net.names().look.shape;
  for (int64_t size : raw)
    if (size == 0)
      return leftOut("the training samples have different sizes");
  auto after = net.prepare().shapeAfter(raw);
  if (!after || elementCount(*after) != elementCount(shape.inputShape))
    raw = shape.inputShape, after = net.prepare().shapeAfter(raw);
  if (!after || elementCount(*after) != elementCount(shape.inputShape))
    return leftOut("the model does not say what its samples look like");
  auto text = prepareText(net.prepare(), raw, real);
  if (!text)
    return leftOut("there is no C for a step of prepare");
  return text;
}

constexpr int64_t kFrameOfCompiler = 1024; ///< bytes of stack: saved registers and what is spilled
constexpr int64_t kMostNumbers = INT32_MAX;

void addFiles(Export &result, const PackageFacts &facts, const std::string &source) {
  const std::string &name = facts.options.prefix;
  result.files = {{name + ".h", headerText(facts)},        {name + ".c", named(source, name)},
                  {name + "_test.c", testText(facts)},     {"CMakeLists.txt", cmakeText(facts)},
                  {name + ".pc.in", pkgConfigText(facts)}, {"library.properties", arduinoText(facts)},
                  {name + ".json", certificateText(facts)}};
  if (!facts.options.external) {
    result.files.push_back({"examples/" + name + "/" + name + ".ino", sketchText(facts)});
    return;
  }
  std::string bytes;
  for (const CWeight &weight : facts.source.weights)
    if (isFloat(weight.numbers.dtype()))
      bytes.append(reinterpret_cast<const char *>(weight.numbers.data()), weight.numbers.bytes());
  result.files.push_back({name + ".weights", std::move(bytes)});
}

} // namespace

std::string nameOfC(llvm::StringRef text) {
  std::string name;
  for (char c : text)
    name += llvm::isAlnum(c) ? c : '_';
  name = llvm::StringRef(name).trim('_').str();
  if (name.empty())
    return "net";
  return llvm::isDigit(name.front()) ? "net_" + name : name;
}

Result<Export> exportC(Net &net, const ExportOptions &options) {
  dsl::Net shape;
  DLC_TRY(const CModel model, modelOf(net, options, shape));
  const bool wide = model.isWide();
  auto line = [&](llvm::StringRef origin) { return lineOf(net.unit(), origin); };
  const CSourceOptions sourceOptions{options.name, options.fast, options.external, line};
  const CSource source = writeSource(model, sourceOptions);
  if (!source.refusal.empty())
    return Failure{Failure::Kind::Options, source.refusedAt + ": this layer cannot be exported: " + source.refusal};
  if (source.workNumbers > kMostNumbers || model.inputElements > kMostNumbers || model.outputElements > kMostNumbers)
    return Failure{Failure::Kind::Options, "a call would need more than 2,147,483,647 numbers"};
  Export result;
  PackageFacts facts{model, source, sourceOptions, {}, {}, options.batch, 0, {}, 0, 0, {}, {}};
  const std::string from = net.modelName().empty() ? net.path().str() : net.modelName().str();
  facts.title =
      llvm::StringRef(from).rsplit('/').second.empty() ? from : llvm::StringRef(from).rsplit('/').second.str();
  facts.title += " (" + shape.summary + "), exported by dlc " + version().str();
  const dsl::NetOutput &first = shape.outputs.front();
  if (first.task == Task::Classes && first.rows() == 1 && first.shape.back() > 1) {
    facts.classCount = first.shape.back();
    if (net.names().classes.size() == static_cast<size_t>(facts.classCount))
      facts.classes = net.names().classes;
  }
  facts.prepare = prepareOf(net, shape, wide ? "double" : "float", facts.report);
  const auto size = static_cast<int64_t>(byteSize(model.program.dtype));
  facts.report.work = std::max<int64_t>(source.workNumbers, source.workIndices ? 0 : 1) * size + source.workIndices * 4;
  if (source.workIndices) // of a structure of both
    facts.report.work = (facts.report.work + size - 1) / size * size;
  facts.report.stack = source.frame + kFrameOfCompiler;
  for (const CWeight &weight : source.weights)
    facts.report.rom += static_cast<int64_t>(weight.numbers.bytes());
  facts.report.multiplyAdds = source.multiplyAdds;
  facts.weightsHash = weightsHash(source);
  DLC_TRY(facts.answersHash,
          wide ? answersHash<double>(net, shape, options.batch) : answersHash<float>(net, shape, options.batch));
  facts.inputsOfTest = generatorText(model, shape.inputs, options.batch);
  addFiles(result, facts, sourceText(model, source, sourceOptions, othersText(facts)));
  result.report = facts.report;
  return result;
}

} // namespace dlc::deploy
