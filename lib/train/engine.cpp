// Engines by mode and batch size, and the parameters they share.
// The two kinds of engine are in program_engine.cpp and reference_engine.cpp.
#include "dlc/train/engine.h"

#include "engines_made.h"

#include "dlc/runtime/worthwhile.h"
#include "dlc/support/check.h"
#include "dlc/support/checked_size.h"
#include "dlc/support/strings.h"
#include "dlc/support/try.h"
#include "dlc/train/init.h"
#include "dlc/train/plan_size.h"

#include "llvm/ADT/CachedHashString.h"
#include "llvm/ADT/DenseSet.h"

#include <utility>

namespace dlc::train {
namespace {

CheckedSize checkedBytes(const Type &type) { return CheckedSize::fromSigned(type.elements()) * byteSize(type.dtype); }

} // namespace

Parameter *Parameters::find(llvm::StringRef name) const { return byName_.lookup(name); }

Parameter &Parameters::add(const ParamAttrs &attrs, llvm::StringRef where) {
  all_.push_back(std::make_unique<Parameter>(attrs, where.str()));
  byName_[attrs.name] = all_.back().get();
  return *all_.back();
}

uint64_t Parameters::weightBytes() const {
  uint64_t sum = 0;
  for (const auto &p : all_)
    sum += p->isWeight() ? p->type().bytes() : 0;
  return sum;
}

uint64_t Parameters::bytes() const {
  uint64_t sum = 0;
  for (const auto &p : all_)
    sum += p->type().bytes();
  return sum;
}

void Parameters::initialise(uint64_t seed) {
  for (const auto &p : all_)
    train::initialise(p->tensor(), p->attrs, seed);
}

Engines::Engines(compile::Unit &unit, EngineOptions options) : unit_(unit), options_(std::move(options)) {}
Engines::~Engines() = default;

void Engines::take(dsl::Mode mode, int64_t batch, dsl::Net net) {
  built_ = std::move(net);
  builtFor_ = {mode, batch};
  warned_ |= mode == dsl::Mode::Train;
}

bool Engines::maySuffice(const Graph &graph) const {
  CheckedSize parameters; // of one that is written twice, twice: more than it takes, and a plan says how much
  for (const Op &op : graph.ops()) {
    if (op.attrsIf<ParamAttrs>())
      parameters += checkedBytes(op.type());
    for (const Type &type : op.results())
      if (!checkedBytes(type).fitsIn(options_.maxMemory))
        return false;
  }
  return parameters.fitsIn(options_.maxMemory);
}

absl::Status Engines::collect(const Graph &graph) {
  std::vector<const Op *> fresh;
  llvm::DenseSet<llvm::CachedHashStringRef> names;
  CheckedSize bytes = parameters_.bytes();
  for (const Op &op : graph.ops())
    if (const auto *param = op.attrsIf<ParamAttrs>();
        param && !parameters_.find(param->name) && names.insert(llvm::CachedHashStringRef(param->name)).second) {
      fresh.push_back(&op);
      bytes += checkedBytes(op.type());
    }
  DLC_PASS_ON(planFits(bytes, options_.maxMemory));
  for (const Op *op : fresh)
    parameters_.add(op->attrs<ParamAttrs>(), op->origin().text);
  return absl::OkStatus();
}

absl::StatusOr<Engines::Made *> Engines::compiled(dsl::Mode mode, int64_t batch) {
  std::unique_ptr<Made> &made = made_[{mode, batch}];
  if (made)
    return made.get();
  auto usual = compiledWith(mode, batch, made, options_.pipeline ? *options_.pipeline : compile::pipelineOf(mode));
  // A step that does not fit may fit where cheap values are computed twice.
  if (usual.ok() || !absl::IsResourceExhausted(usual.status()) || !dsl::trains(mode) || options_.pipeline ||
      options_.reference)
    return usual;
  auto lean = compiledWith(mode, batch, made, leanTrainPipeline());
  return lean.ok() ? lean : usual;
}

absl::StatusOr<Engines::Made *> Engines::compiledWith(dsl::Mode mode, int64_t batch, std::unique_ptr<Made> &made,
                                                      const Pipeline &pipeline) {
  compile::Work work;
  if (built_ && builtFor_ == std::pair(mode, batch)) {
    work.net = *std::exchange(built_, std::nullopt);
  } else {
    // Building the same source for another batch size finds the same warnings: they are said once.
    Diags silent(unit_.sources);
    auto build = [&](Diags &diags) {
      return dsl::build(unit_.file, unit_.settings, compile::vocabulary(), {mode, batch}, diags);
    };
    work.net = build(warned_ ? silent : unit_.diags);
    if (silent.hadError())
      work.net = build(unit_.diags);
  }
  warned_ |= mode == dsl::Mode::Train;
  if (!work.net.graph || unit_.diags.hadError())
    return absl::InvalidArgumentError("the source has errors");
  // Weights count before anything is optimised away; optimizer state appears with autodiff.
  DLC_PASS_ON(collect(*work.net.graph));
  const compile::Options with{options_.isa, options_.passes, dtype()};
  // A pipeline that the command line has changed may not lead anywhere; ours always does.
  const bool theirs = options_.pipeline || !options_.passes.skip.empty();
  auto failed = [&](const absl::Status &status) -> absl::Status {
    if (absl::IsInvalidArgument(status))
      return status;
    return theirs ? absl::FailedPreconditionError(status.message()) : absl::InternalError(status.message());
  };
  // The reference is the meaning alone: nothing that makes it faster.
  const Pipeline first =
      !options_.reference ? pipeline.onGraph() : Pipeline::of(dsl::trains(mode) ? "infer,autodiff" : "infer");
  if (absl::Status status = compile::run(work, first, with, unit_.diags); !status.ok())
    return failed(status);
  DLC_PASS_ON(collect(*work.net.graph));
  if (!options_.reference) {
    if (absl::Status status = compile::run(work, pipeline.behind(first), with, unit_.diags); !status.ok())
      return failed(status);
    if (!work.program || !work.program->planned)
      return failed(absl::FailedPreconditionError("the pipeline does not end in a plan"));
    DLC_PASS_ON(planFits(CheckedSize(bytesOf(*work.program)) + parameters_.bytes(), options_.maxMemory));
  }
  if (!net_.outputShape.size() || net_.summary.empty()) {
    net_.task = work.net.task, net_.inputShape = work.net.inputShape, net_.outputShape = work.net.outputShape;
    net_.inputs = work.net.inputs, net_.outputs = work.net.outputs;
    net_.parameters = work.net.parameters, net_.summary = work.net.summary;
    net_.batchNorm = work.net.batchNorm;
  }
  made = std::make_unique<Made>();
  if (options_.reference)
    made->graph = std::move(work.net.graph);
  else
    made->program = std::make_shared<const Program>(*std::move(work.program));
  return made.get();
}

const Program *Engines::plan(dsl::Mode mode, int64_t batch, absl::Status &status) {
  auto made = compiled(mode, batch);
  status = made.status();
  return made.ok() ? (*made)->program.get() : nullptr;
}

absl::StatusOr<Engine *> Engines::get(dsl::Mode mode, int64_t batch) {
  auto made = compiled(mode, batch);
  if (!made.ok())
    return made.status();
  Made &m = **made;
  if (!m.engine && options_.reference)
    m.engine = makeReferenceEngine(*m.graph, parameters_);
  if (!m.engine) {
    auto &team = teams_[threadsFor(*m.program)];
    if (!team) { // plans need no threads
      auto fresh = makeTeam(threadsFor(*m.program));
      if (!fresh.ok())
        return fresh.status();
      team = *std::move(fresh);
    }
    auto engine = makeProgramEngine(m.program, parameters_, *team);
    if (!engine.ok())
      return engine.status();
    m.engine = *std::move(engine);
  }
  return m.engine.get();
}

unsigned Engines::threadsFor(const Program &program) const {
  const unsigned most = options_.reference ? 1 : std::max(1u, options_.threads);
  return options_.fewerThreads ? std::min(most, worthwhileThreads(program, most)) : most;
}

uint64_t Engines::bytesOf(const Program &program) const {
  auto sum = static_cast<uint64_t>(program.arena) + static_cast<uint64_t>(program.scratch) * threadsFor(program);
  for (const Buffer &buffer : program.buffers)
    if (buffer.role == BufferRole::Input)
      sum += buffer.type.bytes();
  return sum;
}

} // namespace dlc::train
