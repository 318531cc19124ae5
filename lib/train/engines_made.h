// What engine.cpp knows of the two kinds of engine, and what it keeps of each.
// Private to this folder.
#pragma once

#include "dlc/train/engine.h"

#include <memory>

namespace dlc::train {

struct Engines::Made {
  std::unique_ptr<Graph> graph;           ///< what a reference engine runs
  std::shared_ptr<const Program> program; ///< what the others run
  std::unique_ptr<Engine> engine;         ///< made on first use
};

/// Status: ResourceExhausted where the system gives fewer threads.
absl::StatusOr<std::unique_ptr<Engines::Team, Engines::TeamDeleter>> makeTeam(unsigned threads);
absl::StatusOr<std::unique_ptr<Engine>> makeProgramEngine(std::shared_ptr<const Program> program,
                                                          Parameters &parameters, Engines::Team &team);
std::unique_ptr<Engine> makeReferenceEngine(const Graph &graph, Parameters &parameters);

} // namespace dlc::train
