// `dlc test`: gradients by autodiff against central differences, in f64 on the interpreter: of every op's examples, or
// of a net. The net's data are not needed: samples and targets are drawn.
#include "json_line.h"
#include "tool.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/passes/gradcheck.h"
#include "dlc/support/random.h"
#include "dlc/train/init.h"
#include "dlc/train/synthetic.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {
namespace {

class Table {
public:
  explicit Table(const Options &options) : options(options) {}

  void heading(int64_t samples) {
    if (!options.json && !options.quiet)
      llvm::outs() << "gradient check, f64, central differences, eps 1e-5, "
                   << (samples ? std::to_string(samples) : std::string("all"))
                   << " entries per tensor, kinks skipped and counted\n";
  }
  void row(llvm::StringRef name, const GradCheckRow &r) {
    ++tensors;
    failed += !r.ok;
    kinks += r.kinks;
    if (options.json) {
      llvm::json::OStream json(llvm::outs());
      json.object([&] {
        json.attribute("v", 1);
        json.attribute("event", "gradcheck");
        json.attribute("tensor", name);
        printJsonNumber(json, "max_rel_error", r.maxRelativeError);
        json.attribute("worst_index", r.worstIndex);
        json.attribute("ok", r.ok);
      });
      llvm::outs() << '\n';
      return;
    }
    if (options.quiet && r.ok)
      return;
    llvm::outs() << llvm::formatv("  {0,-28} {1,-12}", name, shapeText(r.shape))
                 << llvm::format("max rel %.1e   ", r.maxRelativeError) << (r.ok ? "ok" : "FAILED");
    if (!r.ok)
      llvm::outs() << (r.largest == 0 ? ": the gradient is zero everywhere"
                                      : ", worst at index " + std::to_string(r.worstIndex));
    llvm::outs() << '\n';
  }
  int end() {
    if (!options.json) {
      if (failed)
        llvm::outs() << failed << " of " << tensors << " tensors FAILED (" << kinks << " entries at a kink)\n";
      else if (!options.quiet)
        llvm::outs() << "all " << tensors << " tensors ok (" << kinks << " entries at a kink)\n";
    }
    return failed ? kCheckFailed : kDone;
  }

private:
  const Options &options;
  int64_t tensors = 0, failed = 0, kinks = 0;
};

int testOps(const Options &options) {
  Table table(options);
  table.heading(options.samples);
  const Registry &registry = compile::registry();
  for (const OpDef *def : registry.all()) {
    size_t number = 0;
    for (llvm::StringRef example : def->examples) {
      ++number;
      std::vector<std::pair<std::string, Tensor>> values;
      std::unique_ptr<Graph> graph = gradientExample(*def, example, registry, values);
      if (!graph)
        continue;
      std::string prefix = def->name.str() + (def->examples.size() > 1 ? " " + std::to_string(number) : "") + " ";
      GradCheckOptions check;
      check.tolerance = options.tolerance;
      check.samples = options.samples;
      std::vector<GradCheckRow> rows = checkGradients(*graph, registry, values, check);
      bool reaches = llvm::any_of(rows, [](const GradCheckRow &row) { return row.largest > 0; });
      for (GradCheckRow &row : rows) {
        // Zero on both sides is right for what an op does not take (select's other branch), as long as something gets
        // through.
        row.ok |= reaches && row.largest == 0 && row.maxRelativeError == 0;
        table.row(prefix + row.param, row);
      }
    }
  }
  return table.end();
}

} // namespace

int runTest(const Options &options) {
  if (options.files.size() > 1)
    return usage(options, "test takes at most one file, got " + llvm::Twine(options.files.size()));
  if (options.files.empty())
    return testOps(options);

  Options with = options;
  with.overrides.emplace_back("--dtype", "train.dtype=f64"); // differences in f32 say nothing
  int code = kDone;
  auto unit = openUnit(with, options.files.front(), code);
  if (!unit)
    return code;
  constexpr int64_t batch = 4;
  dsl::Net net = dsl::build(unit->file, unit->settings, compile::registry(), {dsl::Mode::Train, batch}, unit->diags);
  if (!net.graph || unit->diags.hadError())
    return flush(options, unit->diags);
  flush(options, unit->diags);

  auto seed = static_cast<uint64_t>(std::max<int64_t>(0, unit->settings.train.seed));
  std::vector<std::pair<std::string, Tensor>> values;
  for (const Op &op : net.graph->ops()) {
    if (op.name() == "param") {
      const auto &attrs = op.attrs<ParamAttrs>();
      Tensor tensor(op.type());
      train::initialise(tensor, attrs, seed);
      // Biases that start at zero would put many values on a kink.
      RandomStream random(seed, RandomUse::Test, stableHash(attrs.name.data(), attrs.name.size()));
      for (double &x : tensor.span<double>())
        x += 0.02 * random.uniform() - 0.01;
      values.emplace_back(attrs.name, std::move(tensor));
    }
    if (op.name() != "input")
      continue;
    const auto &attrs = op.attrs<InputAttrs>();
    Tensor tensor(op.type());
    RandomStream random(seed, RandomUse::Test, stableHash(attrs.name.data(), attrs.name.size()), 1);
    train::fillInput(net, attrs.name, random, tensor);
    values.emplace_back(attrs.name, std::move(tensor));
  }
  GradCheckOptions check;
  check.tolerance = options.tolerance;
  check.samples = options.samples ? options.samples : 32;
  Table table(options);
  table.heading(check.samples);
  for (const GradCheckRow &row : checkGradients(*net.graph, compile::registry(), values, check))
    table.row(row.param, row);
  return table.end();
}

} // namespace dlc::tool
