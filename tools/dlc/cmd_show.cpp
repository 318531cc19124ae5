// `dlc show`: the layers of a net with their shapes, parameters and multiply-adds, and the memory it takes, from the
// plans. Works on sources and on model files.
#include "trained_net.h"

#include "dlc/ir/expand.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"
#include "dlc/support/files.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

struct Row {
  std::string name, layer, shape;
  int64_t parameters = 0, multiplyAdds = 0;
};

/// The shape of one sample: without the batch.
std::string sampleShape(const Type &type) {
  return shapeText(llvm::ArrayRef<int64_t>(type.shape).drop_front(type.shape.empty() ? 0 : 1));
}

/// Multiply-adds of a graph of primitives by where its ops come from.
llvm::StringMap<int64_t> multiplyAdds(const Graph &graph) {
  llvm::StringMap<int64_t> sums;
  for (const Op &op : graph.ops())
    if (op.name() == "matmul") {
      const Shape &a = op.operand(0).shape();
      int64_t k = op.attrs<MatmulAttrs>().trans_a ? a[0] : a[1];
      sums[op.origin().text] += k * op.type().elements();
    } else if (op.name() == "conv2d") { // each result element takes one filter's weights
      const Type &weight = op.operand(1).type();
      sums[op.origin().text] += weight.elements() / weight.shape[0] * op.type().elements();
    }
  return sums;
}

std::vector<Row> layerRows(const Graph &graph, const llvm::StringMap<int64_t> &work) {
  std::vector<Row> rows;
  for (const Op &op : graph.ops()) {
    if (op.name() == "param" || op.name() == "constant" || op.name() == "output")
      continue;
    Row row;
    row.layer = op.def().layer.empty() ? op.name().str() : op.def().layer.str();
    row.name = op.label().str();
    row.shape = sampleShape(op.type());
    if (op.name() == "input")
      row.name = op.attrs<InputAttrs>().name, row.layer = "";
    for (Value operand : op.operands())
      if (operand.op->name() == "param") {
        if (operand.op->attrs<ParamAttrs>().trainable) // running statistics are no parameters
          row.parameters += operand.type().elements();
        row.name = llvm::StringRef(operand.op->attrs<ParamAttrs>().name).rsplit('.').first.str();
      }
    row.multiplyAdds = work.lookup(op.origin().text);
    rows.push_back(std::move(row));
  }
  return rows;
}

struct Memory {
  uint64_t weights = 0, state = 0, arena = 0, total = 0;
};

std::optional<Memory> memoryOf(train::Engines &engines, dsl::Mode mode, int64_t batch, absl::Status &status) {
  const Program *program = engines.plan(mode, batch, status);
  if (!program)
    return std::nullopt;
  Memory memory;
  memory.weights = engines.parameters().weightBytes();
  memory.state = mode == dsl::Mode::Train ? engines.parameters().bytes() - memory.weights : 0;
  memory.arena = train::Engines::bytesOf(*program, engines.options().threads);
  memory.total = memory.weights + memory.state + memory.arena;
  return memory;
}

} // namespace

int runShow(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "show takes one file, got " + llvm::Twine(options.files.size()));
  int code = kDone;
  const std::string &path = options.files.front();
  auto buffer = readFile(path);
  if (!buffer.ok())
    return fail(options, buffer.status());
  std::unique_ptr<TrainedNet> trained;
  std::unique_ptr<compile::Unit> own;
  compile::Unit *unit;
  Options native = options;
  if (isReference(options))
    native.isa = "auto"; // memory is that of the plan
  if (model::looksLikeModel((*buffer)->getBuffer())) {
    trained = openNet(native, {"", path, ""}, code);
    if (!trained)
      return code;
    unit = trained->unit.get();
  } else {
    own = openUnit(options, path, (*buffer)->getBuffer(), code);
    if (!own)
      return code;
    unit = own.get();
  }
  if (options.config) {
    dsl::printConfig(llvm::outs(), unit->settings, unit->sources);
    return flush(options, unit->diags);
  }

  dsl::Net net = dsl::build(unit->file, unit->settings, compile::registry(), {dsl::Mode::Infer, 1}, unit->diags);
  if (!net.graph || unit->diags.hadError())
    return flush(options, unit->diags);
  flush(options, unit->diags);
  std::unique_ptr<Graph> primitive = net.graph->clone();
  for (auto it = primitive->ops().begin(); it != primitive->ops().end();) {
    Op &op = *it++;
    if (op.def().decompose) {
      Op *before = &op == &primitive->ops().front() ? nullptr : &*std::prev(op.getIterator());
      expandOp(*primitive, op, compile::registry());
      it = before ? std::next(before->getIterator()) : primitive->ops().begin();
    }
  }
  llvm::StringMap<int64_t> work = multiplyAdds(*primitive);
  std::vector<Row> rows = layerRows(*net.graph, work);
  int64_t parameters = 0, operations = 0;
  for (const Row &row : rows)
    parameters += row.parameters;
  for (const auto &entry : work)
    operations += entry.getValue();

  std::vector<std::pair<std::string, double>> times;
  auto engineChoice = engineOptions(native, *unit, times, code);
  if (!engineChoice)
    return code;
  train::Engines engines(*unit, *engineChoice);
  absl::Status status;
  int64_t batch = unit->settings.train.batchSize;
  std::optional<Memory> infer = memoryOf(engines, dsl::Mode::Infer, 1, status);
  if (!infer)
    return failEngine(options, *unit, status);
  std::optional<Memory> training = memoryOf(engines, dsl::Mode::Train, batch, status);
  if (!training)
    return failEngine(options, *unit, status);

  llvm::raw_ostream &os = llvm::outs();
  if (options.json) {
    llvm::json::OStream json(os);
    json.object([&] {
      json.attribute("v", 1);
      json.attribute("event", "show");
      json.attribute("file", llvm::json::fixUTF8(path));
      json.attribute("net", net.summary);
      json.attribute("params", parameters);
      json.attribute("multiply_adds", operations);
      json.attributeObject("memory", [&] {
        json.attribute("weights", infer->weights);
        json.attribute("infer_peak", infer->total);
        json.attribute("train_peak", training->total);
      });
      json.attributeArray("layers", [&] {
        for (const Row &row : rows)
          json.object([&] {
            json.attribute("name", row.name);
            json.attribute("layer", row.layer);
            json.attribute("shape", row.shape);
            json.attribute("params", row.parameters);
            json.attribute("multiply_adds", row.multiplyAdds);
          });
      });
    });
    os << '\n';
    return kDone;
  }
  os << llvm::formatv("{0,-18}{1,-14}{2,-14}{3,14}{4,16}\n", "name", "layer", "shape", "parameters", "multiply-adds");
  auto count = [](int64_t n) { return n ? grouped(n) : std::string(); };
  for (const Row &row : rows)
    os << llvm::StringRef(llvm::formatv("{0,-18}{1,-14}{2,-14}{3,14}{4,16}", row.name, row.layer, row.shape,
                                        count(row.parameters), count(row.multiplyAdds))
                              .str())
              .rtrim()
       << '\n';
  os << llvm::formatv("{0,-18}{1,-14}{2,-14}{3,14}{4,16}\n\n", "total", "", "", grouped(parameters),
                      grouped(operations));
  auto exact = [](uint64_t bytes) { return grouped(static_cast<int64_t>(bytes)) + " bytes"; };
  os << "weights    " << exact(infer->weights) << " (" << name(unit->settings.train.dtype.value) << ")\n";
  os << "inference  " << exact(infer->total) << ": weights + " << exact(infer->arena)
     << " for activations and work, batch 1\n";
  os << "training   " << exact(training->total) << ": weights + " << exact(training->state) << " of optimizer state + "
     << exact(training->arena) << " for activations, gradients and work, batch " << batch << '\n';
  if (trained) {
    if (!trained->classNames.empty())
      os << "classes    " << llvm::join(trained->classNames, ", ") << '\n';
    if (std::string prepare = trained->prepare.text(); !prepare.empty()) {
      llvm::StringRef text(prepare);
      os << "prepare    " << (text.size() > 200 ? text.take_front(200).str() + " ..." : text.rtrim().str()) << '\n';
    }
  }
  return kDone;
}

} // namespace dlc::tool
