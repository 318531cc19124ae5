// What `dlc test` prints: a line or a JSON object for each comparison, the end, and a bar on a terminal meanwhile.
// It compares nothing.
#pragma once

#include "command_line.h"

#include "dlc/passes/gradcheck.h"
#include "dlc/support/progress_bar.h"
#include "dlc/train/kernel_check.h"

#include <mutex>
#include <optional>
#include <string>

namespace dlc::tool {

/// What was run on the kernels.
struct KernelRun {
  std::string what; ///< "training", "inference", "gradients", or an op and the number of its example
  DType dtype = DType::F32;
  int64_t batch = 0; ///< 0: none
  int64_t steps = 1;
  kernels::Isa isa = kernels::kScalar;
};

class TestReport {
public:
  explicit TestReport(const Options &options);

  /// A line for each run, or (for hundreds of them) only for those that fail, and a sum at the end.
  enum class Lines : uint8_t { Each, Failures };
  /// `bits`: they are compared bit for bit.
  void kernelsHeading(llvm::StringRef isas, bool bits, Lines lines);
  void kernels(const KernelRun &run, const train::KernelCheck &check);
  /// An instruction set that was not compared.
  void leftOut(kernels::Isa isa, const std::string &why);
  /// After the last kernels().
  void kernelsEnd(llvm::StringRef isas);

  void gradientsHeading(int64_t samples, bool compiled);
  void gradients(llvm::StringRef name, const GradCheckRow &row);

  /// How far a stage of the work is; from any thread.
  void progress(const std::string &stage, double share);

  /// The sum and the exit code.
  int end();

private:
  bool plain() const { return !options.json && !options.quiet; }
  const Options &options;
  std::optional<ProgressBar> bar;
  std::mutex drawing;
  Lines lines = Lines::Each;
  int64_t runs = 0, different = 0;
  int64_t tensors = 0, failed = 0, kinks = 0;
};

} // namespace dlc::tool
