// `dlc test net.dsl`: steps of training and inference as they would run, and the step whose changes are the gradients,
// on kernels and on the interpreter; then the gradients against differences of the loss, which the kernels compute.
// Nothing is trained and no data are read.
#include "test_net.h"

#include "tool.h"

#include "dlc/ir/eval.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ir/running_mean.h"
#include "dlc/support/machine.h"
#include "dlc/support/philox.h"
#include "dlc/support/strings.h"
#include "dlc/train/init.h"
#include "dlc/train/synthetic.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <atomic>

namespace dlc::tool {
namespace {

/// Samples in a batch: odd for the kernels, whose vectors and tiles have remainders then, and even for the gradients.
/// Fewer for nets that would keep the interpreter busy for many seconds.
struct Batches {
  int64_t training = 3, inference = 3, gradients = 4;
};
constexpr Batches kFewSamples{2, 1, 2};
constexpr double kHeavy = 5e6; ///< ns a sample of training, by train::estimatedTime
/// Steps on kernels: several where they cost little, so that the optimizer's state is not that of the beginning.
constexpr int64_t kSteps = 3;
constexpr double kLittle = 5e6; ///< ns, by train::estimatedTime
/// Entries of a tensor whose gradient is checked: as many as there is time for, which sizes decide and no clock.
constexpr int64_t kLeastSamples = 4, kMostSamples = 32;
constexpr double kTimeOfGradients = 10e9; ///< ns, by the same estimate

/// One graph on its way through the test.
struct Subject {
  KernelRun run;
  std::unique_ptr<Graph> plain, primitive; ///< as it is meant, and as kernels run it
  train::Steps steps;
  double time = 0; ///< estimated, of all steps
  std::vector<NamedTensors> expected;
};

/// Parameters as training begins with them, but no bias is zero: that would put values on kinks, and hide what adds it.
NamedTensors drawParams(const Graph &graph, uint64_t seed) {
  NamedTensors params;
  for (const Op &op : graph.ops()) {
    const auto *param = op.attrsIf<ParamAttrs>();
    if (!param)
      continue;
    Tensor tensor(op.type());
    train::initialise(tensor, *param, seed);
    RandomStream random(seed, RandomUse::Test, stableHash(param->name.data(), param->name.size()));
    if (param->slot.empty() && isFloat(tensor.dtype()))
      dispatchFloat(tensor.dtype(), [&](auto zero) {
        using T = decltype(zero);
        for (T &x : tensor.span<T>())
          x = static_cast<T>(x + (0.02 * random.uniform() - 0.01));
      });
    params.emplace_back(param->name, std::move(tensor));
  }
  return params;
}

void fill(Tensor &tensor, double value) {
  if (tensor.dtype() == DType::I32)
    std::ranges::fill(tensor.span<int32_t>(), static_cast<int32_t>(value));
  else
    dispatchFloat(tensor.dtype(), [&](auto zero) {
      using T = decltype(zero);
      std::ranges::fill(tensor.span<T>(), static_cast<T>(value));
    });
}

/// What a step reads besides params, `step` counted from 1: samples and targets drawn, the numbers of the loop as it
/// would give them.
NamedTensors drawInputs(const Graph &graph, const dsl::Net &net, double lr, uint64_t seed, int64_t step) {
  NamedTensors inputs;
  for (const Op &op : graph.ops()) {
    const auto *input = op.attrsIf<InputAttrs>();
    if (!input)
      continue;
    const std::string &name = input->name;
    Tensor tensor(op.type());
    if (name == "lr")
      fill(tensor, lr);
    else if (name == "batches")
      fill(tensor, 1);
    else if (name == "step")
      fill(tensor, static_cast<double>(step - 1));
    else if (std::optional<double> value = updateScalar(name, step))
      fill(tensor, *value);
    else {
      RandomStream random(seed, RandomUse::Test, stableHash(name.data(), name.size()), static_cast<uint32_t>(step));
      train::fillInput(net, name, random, tensor);
    }
    inputs.emplace_back(name, std::move(tensor));
  }
  return inputs;
}

class NetTest {
public:
  NetTest(const Options &options, compile::Unit &unit, compile::Unit &inF64, const TestIsas &isas)
      : options(options), unit(unit), inF64(inF64), isas(isas), seed(seedOf(unit)), team(threadsOf(options, unit)),
        report(options) {}

  int run() {
    if (!build())
      return code;
    if (!isas.all.empty()) {
      report.kernelsHeading(isas.names(), isas.bits(), TestReport::Lines::Each);
      reportLeftOut(options, report);
      interpretAll();
      if (code = compareAll(); code != kDone)
        return code;
    }
    if (code = checkAllGradients(); code != kDone)
      return code;
    return report.end();
  }

private:
  static uint64_t seedOf(const compile::Unit &unit) {
    return static_cast<uint64_t>(std::max<int64_t>(0, unit.settings.train.seed));
  }
  static unsigned threadsOf(const Options &options, const compile::Unit &unit) {
    const int64_t asked = options.threads ? options.threads : unit.settings.train.threads.value;
    return asked > 0 ? static_cast<unsigned>(std::min<int64_t>(asked, 1024)) : std::min(1024u, processors());
  }

  /// The graph of a mode after `passes`; null after an error, which has been printed.
  std::unique_ptr<Graph> graphOf(compile::Work &work, compile::Unit &of, const Pipeline &passes, DType dtype) {
    Diags silent(of.sources);
    if (absl::Status status = compile::run(work, passes, {.dtype = dtype}, silent); !status.ok()) {
      code = bug(options, ref(status.message()));
      return nullptr;
    }
    return work.net.graph->clone();
  }

  std::optional<dsl::Net> netOf(compile::Unit &of, dsl::Mode mode, int64_t batch, bool say) {
    Diags silent(of.sources);
    Diags &diags = say ? of.diags : silent;
    dsl::Net net = dsl::build(of.file, of.settings, compile::vocabulary(), {mode, batch}, diags);
    const bool good = net.graph && !diags.hadError();
    if (say || !good)
      code = flush(options, diags);
    if (!good)
      return std::nullopt;
    return net;
  }

  void draw(Subject &subject, const dsl::Net &net) {
    const Graph &graph = *subject.primitive;
    const double once = train::estimatedTime(graph, subject.run.dtype);
    subject.run.steps = once < kLittle ? kSteps : 1;
    subject.time = once * static_cast<double>(subject.run.steps);
    subject.steps.graph = subject.plain.get();
    subject.steps.params = drawParams(*subject.plain, seed);
    for (int64_t step = 1; step <= subject.run.steps; ++step)
      subject.steps.inputs.push_back(drawInputs(*subject.plain, net, unit.settings.train.lr, seed, step));
  }

  /// Training and inference in the net's dtype, as `meant` says, with the passes that they would have.
  bool addSubject(const char *what, dsl::Mode mode, int64_t batch, llvm::StringRef meant) {
    std::optional<dsl::Net> net = netOf(unit, mode, batch, mode == dsl::Mode::Train && subjects.empty());
    if (!net)
      return false;
    Subject subject;
    const DType dtype = unit.settings.train.dtype;
    subject.run = {.what = what, .dtype = dtype, .batch = batch};
    compile::Work whole;
    whole.net = *std::move(net);
    compile::Work plain;
    plain.net.graph = whole.net.graph->clone();
    if (subject.plain = graphOf(plain, unit, Pipeline::of(meant), dtype); !subject.plain)
      return false;
    subject.primitive = graphOf(whole, unit, compile::pipelineOf(mode).onGraph(), dtype);
    if (!subject.primitive)
      return false;
    draw(subject, whole.net);
    overSamples |= whole.net.batchNorm.isValid();
    subjects.push_back(std::move(subject));
    return true;
  }

  bool addGradients(int64_t batch) {
    std::optional<dsl::Net> net = netOf(inF64, dsl::Mode::Train, batch, false);
    if (!net)
      return false;
    gradients = gradientGraphs(*net->graph, compile::registry());
    Subject subject;
    subject.run = {.what = "gradients", .dtype = DType::F64, .batch = batch};
    subject.plain = gradients.step->clone();
    compile::Work work;
    work.net.graph = gradients.step->clone();
    if (subject.primitive = graphOf(work, inF64, Pipeline::of(kToPrimitives), DType::F64); !subject.primitive)
      return false;
    work.net.graph = gradients.loss->clone();
    if (loss = graphOf(work, inF64, Pipeline::of(kToPrimitives), DType::F64); !loss)
      return false;
    draw(subject, *net);
    subjects.push_back(std::move(subject));
    return true;
  }

  bool build() {
    Batches batches;
    if (!addSubject("training", dsl::Mode::Train, batches.training, kMeaning))
      return false;
    const KernelRun &run = subjects.back().run;
    // A BatchNorm of two numbers gives -1 and 1 whatever they are.
    if (subjects.back().time > kHeavy * static_cast<double>(run.steps * run.batch) && !overSamples) {
      batches = kFewSamples;
      if (!addSubject("training", dsl::Mode::Train, batches.training, kMeaning))
        return false;
      subjects.erase(subjects.begin());
    }
    return addSubject("inference", dsl::Mode::Infer, batches.inference, kFolded) && addGradients(batches.gradients);
  }

  /// The interpreter has no threads: several graphs at a time. A thread that has nothing to do takes the next one.
  void interpretAll() {
    double all = 0;
    for (const Subject &subject : subjects)
      all += subject.time;
    std::vector<std::atomic<double>> done(subjects.size());
    std::atomic<size_t> next{0};
    ThreadTeam workers(std::min<unsigned>(team.size(), static_cast<unsigned>(subjects.size())));
    workers.run([&](unsigned) {
      for (size_t i; (i = next++) < subjects.size();) {
        Subject &subject = subjects[i];
        double steps = 0;
        auto runner = interpret(*subject.plain, compile::registry(), [&, i](size_t ops, size_t of) {
          const double share = static_cast<double>(ops) / static_cast<double>(of);
          done[i] = subject.time * (steps + share) / static_cast<double>(subject.run.steps);
          steps += ops == of ? 1 : 0;
          double sum = 0;
          for (const std::atomic<double> &part : done)
            sum += part;
          report.progress("interpreter", sum / all);
        });
        subject.expected = train::valuesAfter(subject.steps, *runner);
      }
    });
  }

  int compareAll() {
    for (Subject &subject : subjects) {
      report.progress("kernels",
                      static_cast<double>(&subject - subjects.data()) / static_cast<double>(subjects.size()));
      const KernelCase what{.run = subject.run, .steps = &subject.steps, .kernels = subject.primitive.get()};
      if (int bad = compareKernels(options, report, isas, team, what, subject.expected); bad != kDone)
        return bad;
      subject.expected.clear(); // large nets are large several times over
    }
    report.kernelsEnd(isas.names());
    return kDone;
  }

  int checkAllGradients() {
    const Subject &subject = subjects.back();
    GradCheckOptions check{
        .tolerance = options.flags.number("tolerance"), .samples = options.flags.whole("samples"), .seed = seed};
    if (!check.samples)
      check.samples =
          samplesWithin(*gradients.loss, kTimeOfGradients / std::max(1.0, train::estimatedTime(*loss, DType::F64)),
                        kLeastSamples, kMostSamples);
    check.watch = [&](int64_t done, int64_t all) {
      report.progress("gradients", static_cast<double>(done) / static_cast<double>(all));
    };
    NamedTensors values = subject.steps.params;
    for (const auto &input : subject.steps.inputs.front())
      values.push_back(input);
    std::unique_ptr<GraphRunner> step, forward;
    const bool compiled = !isas.all.empty();
    if (compiled) {
      const train::KernelOptions how{.isa = isas.all.back(),
                                     .dtype = DType::F64,
                                     .programPasses = "fuse,plan",
                                     .maxMemory = session::Options{.maxMemory = options.maxMemory}.memoryLimit()};
      auto first = train::compileGraph(*subject.primitive, how, team), second = train::compileGraph(*loss, how, team);
      for (const auto *made : {&first, &second})
        if (!made->ok())
          return fail(options, made->status());
      step = *std::move(first), forward = *std::move(second);
    } else {
      step = interpret(*gradients.step, compile::registry());
      forward = interpret(*gradients.loss, compile::registry());
    }
    report.gradientsHeading(check.samples, compiled);
    for (const GradCheckRow &row : checkGradients(gradients, *step, *forward, values, check))
      report.gradients(row.param, row);
    return kDone;
  }

  /// What the interpreter runs: of training the meaning alone, without any pass that makes it faster. At inference
  /// BatchNorm is folded into the layer before, which rounds in another way: there it runs what was folded.
  static constexpr llvm::StringLiteral kMeaning = "infer,autodiff",
                                       kFolded = "infer,simplify,cse,dce,expand,simplify,fold_batch_norm";
  static constexpr llvm::StringLiteral kToPrimitives = "infer,simplify,cse,dce,expand,simplify,cse,dce";
  const Options &options;
  compile::Unit &unit, &inF64;
  const TestIsas &isas;
  const uint64_t seed;
  ThreadTeam team;
  TestReport report;
  std::vector<Subject> subjects;
  bool overSamples = false; ///< there is a BatchNorm that sees one number of each sample a feature
  GradientGraphs gradients;
  std::unique_ptr<Graph> loss; ///< of `gradients`, in primitives
  int code = kDone;
};

} // namespace

std::string TestIsas::names() const {
  std::vector<std::string> words;
  for (kernels::Isa isa : all)
    words.push_back(isa->name);
  return llvm::join(words, ", ");
}

OrExit<TestIsas> testIsas(const Options &options) {
  DLC_TRY(const kernels::Isa chosen, chooseIsa(options));
  if (isReference(options))
    return TestIsas{};
  if (options.isa != "auto" || !train::promisesBits(chosen))
    return TestIsas{{chosen}};
  TestIsas isas;
  for (kernels::Isa isa : kernels::isas())
    if (kernels::supported(isa) && train::promisesBits(isa))
      isas.all.push_back(isa);
  return isas;
}

void reportLeftOut(const Options &options, TestReport &report) {
  if (options.isa != "auto")
    return;
  for (kernels::Isa isa : kernels::isas())
    if (!kernels::supported(isa))
      report.leftOut(isa, kernels::whyNot(isa));
    else if (!train::promisesBits(isa) && kernels::best() != isa)
      report.leftOut(isa, "it has no fused multiply-add, so it rounds differently");
}

int compareKernels(const Options &options, TestReport &report, const TestIsas &isas, ThreadTeam &team,
                   const KernelCase &what, const std::vector<NamedTensors> &expected) {
  for (kernels::Isa isa : isas.all) {
    KernelRun run = what.run;
    run.isa = isa;
    const train::KernelOptions how{
        .isa = isa, .dtype = run.dtype, .maxMemory = session::Options{.maxMemory = options.maxMemory}.memoryLimit()};
    auto runner = train::compileGraph(*what.kernels, how, team);
    if (!runner.ok())
      return fail(options, runner.status());
    const double bound = train::promisesBits(isa) ? 0 : run.dtype == DType::F64 ? 1e-11 : 1e-4;
    report.kernels(run, train::checkKernels(*what.steps, **runner, expected, bound));
  }
  return kDone;
}

int testNet(const Options &options) {
  DLC_TRY(const TestIsas isas, testIsas(options));
  DLC_TRY(auto net, openSource(options, options.files.front()));
  Options with = options;
  with.overrides.emplace_back("--dtype", "train.dtype=f64"); // differences in f32 say nothing
  DLC_TRY(auto inF64, openSource(with, options.files.front()));
  return NetTest(options, net->unit(), inF64->unit(), isas).run();
}

} // namespace dlc::tool
