// The parts of `dlc test` that run kernels: which instruction sets are compared, one comparison on all of them, and the
// test of a net. What is printed of it is in test_report.h.
#pragma once

#include "test_report.h"

#include "dlc/train/kernel_check.h"

#include "llvm/ADT/STLExtras.h"

#include <optional>
#include <string>
#include <vector>

namespace dlc::tool {

/// The instruction sets that are compared: all that the machine has and that promise equal bits, or the one of --isa;
/// none with --isa=reference.
struct TestIsas {
  std::vector<kernels::Isa> all;
  std::string names() const; ///< "scalar, avx2"
  bool bits() const { return llvm::all_of(all, train::promisesBits); }
};
/// Nothing after an error.
OrExit<TestIsas> testIsas(const Options &options);
/// Reports those that are not compared, and why.
void reportLeftOut(const Options &options, TestReport &report);

/// Steps that kernels take.
struct KernelCase {
  KernelRun run;             ///< but for the instruction set
  const train::Steps *steps; ///< their graph as the interpreter runs it
  const Graph *kernels;      ///< the same after all graph passes
};
/// Runs them on each instruction set, compares and reports; the exit code, 0 for differences too.
int compareKernels(const Options &options, TestReport &report, const TestIsas &isas, ThreadTeam &team,
                   const KernelCase &what, const std::vector<NamedTensors> &expected);

int testNet(const Options &options);

} // namespace dlc::tool
