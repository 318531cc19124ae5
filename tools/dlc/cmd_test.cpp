// `dlc test`: kernels against the interpreter, bit for bit, then gradients by autodiff against central differences in
// f64: of every op's examples, or of a net. The net's data are not needed: samples and targets are drawn.
#include "command.h"
#include "test_net.h"
#include "test_report.h"
#include "tool.h"

#include "dlc/ir/eval.h"
#include "dlc/ir/exact_math.h"
#include "dlc/ir/example.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/passes/gradcheck.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::tool {
namespace {

/// One example in one dtype on every instruction set; the exit code.
int runExample(const Options &options, TestReport &report, const TestIsas &isas, ThreadTeam &team, const OpDef &def,
               llvm::StringRef example, const std::string &name, DType dtype) {
  std::unique_ptr<Graph> graph = parseExample(example, compile::registry(), dtype);
  train::Steps steps{.graph = graph.get(), .params = {}, .inputs = {{}}};
  uint32_t stream = 0;
  for (const Op &op : graph->ops()) {
    if (const auto *input = op.attrsIf<InputAttrs>())
      steps.inputs[0].emplace_back(input->name, exampleNumbers(def, op.type(), ++stream));
    if (const auto *param = op.attrsIf<ParamAttrs>())
      steps.params.emplace_back(param->name, exampleNumbers(def, op.type(), ++stream));
  }
  std::unique_ptr<GraphRunner> interpreter = interpret(*graph, compile::registry());
  const std::vector<NamedTensors> expected = train::valuesAfter(steps, *interpreter);
  std::unique_ptr<Graph> primitive = graph->clone();
  if (absl::Status status = runPasses(*primitive, "infer,simplify,expand,simplify,cse,dce", {compile::registry()});
      !status.ok())
    return bug(options, ref(status.message()));
  return compareKernels(options, report, isas, team,
                        {.run = {.what = name, .dtype = dtype}, .steps = &steps, .kernels = primitive.get()}, expected);
}

int testKernelsOfOps(const Options &options, TestReport &report) {
  DLC_TRY(const TestIsas isas, testIsas(options));
  if (isas.all.empty())
    return kDone;
  report.kernelsHeading(isas.names(), isas.bits(), TestReport::Lines::Failures);
  reportLeftOut(options, report);
  ThreadTeam team(1);
  llvm::ArrayRef<const OpDef *> all = compile::registry().all();
  for (auto [done, def] : llvm::enumerate(all)) {
    report.progress("kernels", static_cast<double>(done) / static_cast<double>(all.size()));
    if (def->effect)
      continue;
    size_t number = 0;
    for (llvm::StringRef example : def->examples) {
      ++number;
      const std::string name = def->name.str() + (def->examples.size() > 1 ? " " + std::to_string(number) : "");
      for (DType dtype : {DType::F32, DType::F64})
        if (int code = runExample(options, report, isas, team, *def, example, name, dtype); code != kDone)
          return code;
    }
  }
  report.kernelsEnd(isas.names());
  return kDone;
}

int testOps(const Options &options) {
  TestReport report(options);
  if (int code = testKernelsOfOps(options, report); code != kDone)
    return code;
  report.gradientsHeading(options.flags.whole("samples"), false);
  const Registry &registry = compile::registry();
  for (auto [done, def] : llvm::enumerate(registry.all())) {
    report.progress("gradients", static_cast<double>(done) / static_cast<double>(registry.all().size()));
    size_t number = 0;
    for (llvm::StringRef example : def->examples) {
      ++number;
      NamedTensors values;
      std::unique_ptr<Graph> graph = gradientExample(*def, example, registry, values);
      if (!graph)
        continue;
      std::string prefix = def->name.str() + (def->examples.size() > 1 ? " " + std::to_string(number) : "") + " ";
      GradCheckOptions check{.tolerance = options.flags.number("tolerance"), .samples = options.flags.whole("samples")};
      std::vector<GradCheckRow> rows = checkGradients(*graph, registry, values, check);
      bool reaches = llvm::any_of(rows, [](const GradCheckRow &row) { return row.largest > 0; });
      for (GradCheckRow &row : rows) {
        // Zero on both sides is right for what an op does not take (select's other branch), as long as something gets
        // through.
        row.ok |= reaches && row.largest == 0 && row.maxRelativeError == 0;
        report.gradients(prefix + row.param, row);
      }
    }
  }
  return report.end();
}

} // namespace

static int runTest(const Options &options) {
  if (options.files.size() > 1)
    return usage(options, "test takes at most one file, got " + llvm::Twine(options.files.size()));
  return options.files.empty() ? testOps(options) : testNet(options);
}

static constexpr Flag kFlags[] = {
    {.arg = arg::number("tolerance", "1e-7", "largest relative error allowed (default 1e-7)")},
    {.arg = arg::size("samples", "0", "entries per tensor (default: 4 to 32 for a net, by its size; all for the ops)")
                .from(0)}};

extern const Command cmd_test;
constexpr Command cmd_test = {
    .name = "test",
    .arguments = "[net.dsl]",
    .doc = "compare kernels with the interpreter and gradients with finite differences, for all ops or a net",
    .takes = kSource | kMemory,
    .flags = kFlags,
    .place = 40,
    .run = runTest};

} // namespace dlc::tool
