// The engine of compiled nets: an Executor over the shared parameters.
// It adds nothing but the interface.
#include "engines_made.h"

#include "dlc/runtime/executor.h"
#include "dlc/runtime/thread_team.h"
#include "dlc/support/check.h"
#include "dlc/support/strings.h"

namespace dlc::train {

struct Engines::Team {
  explicit Team(unsigned threads) : threads(threads) {}
  ThreadTeam threads;
};

absl::StatusOr<std::unique_ptr<Engines::Team, Engines::TeamDeleter>> makeTeam(unsigned threads) {
  std::unique_ptr<Engines::Team, Engines::TeamDeleter> team(new Engines::Team(threads));
  const ThreadTeam &made = team->threads;
  if (std::error_code refused = made.refused())
    return absl::ResourceExhaustedError(av("only " + std::to_string(made.size()) + " of " + std::to_string(threads) +
                                           " threads could be started (" + refused.message() +
                                           "); ask for fewer with --threads"));
  return team;
}
void Engines::TeamDeleter::operator()(Team *team) const { delete team; }

namespace {

class ProgramEngine : public Engine {
public:
  explicit ProgramEngine(std::unique_ptr<Executor> executor) : executor_(std::move(executor)) {}

  void *input(llvm::StringRef name) override { return executor_->input(name); }
  std::vector<std::string> inputNames() const override {
    std::vector<std::string> names;
    for (const Buffer &buffer : executor_->program().buffers)
      if (buffer.role == BufferRole::Input)
        names.push_back(buffer.external);
    return names;
  }
  const void *output(llvm::StringRef name) override { return executor_->output(name); }
  void step() override {
    if (fresh) {
      executor_->runInit();
      fresh = false;
    }
    executor_->runStep();
  }
  void parametersChanged() override { fresh = true; }
  uint64_t bytes() const override { return executor_->bytes(); }
  Executor *executor() override { return executor_.get(); }

private:
  std::unique_ptr<Executor> executor_;
  bool fresh = true; ///< what init computes is not there, or out of date
};

} // namespace

absl::StatusOr<std::unique_ptr<Engine>> makeProgramEngine(std::shared_ptr<const Program> program,
                                                          Parameters &parameters, Engines::Team &team) {
  auto executor = Executor::create(
      std::move(program),
      [&](const Buffer &buffer) -> Tensor & {
        Parameter *p = parameters.find(buffer.external);
        DLC_CHECK(p) << "the program has a parameter '" << buffer.external << "' that the net does not know";
        return p->tensor();
      },
      team.threads);
  if (!executor.ok())
    return executor.status();
  return std::make_unique<ProgramEngine>(*std::move(executor));
}

} // namespace dlc::train
