// Every flag of the command line, declared once, as plain values for the commands.
// Reading argv is all that happens here; what the values mean is up to the commands.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::tool {

enum class LogFormat : uint8_t { Auto, Bar, Plain, Json };

/// The command line, read. Optional values are those that were not given.
struct Options {
  std::string command; ///< "train" ...; "" for the driver
  std::vector<std::string> files;

  // What the source is changed to, in order of the command line: {"--epochs", "train.epochs=5"}.
  std::vector<std::pair<std::string, std::string>> overrides;
  std::optional<std::string> data, labels, test;
  std::string output; ///< -o
  bool quiet = false, verbose = false, json = false, werror = false, color = false;
  LogFormat log = LogFormat::Auto;
  std::string isa;               ///< "auto" when not given
  bool isaOfEnvironment = false; ///< by DLC_ISA, not by --isa
  int64_t threads = 0;           ///< 0: as the source says
  uint64_t maxMemory = 0;        ///< bytes; 0: the default share of the machine

  // train
  std::optional<std::string> resume; ///< "" without a file name
  std::string logFile;
  std::string plotFile;
  int64_t overfit = 0;
  bool dryRun = false;
  // infer
  bool probs = false, names = false;
  int64_t top = 0;
  std::string format;     ///< "", "csv", "json", "npy"
  std::string outputName; ///< "": the only one
  // eval
  std::vector<std::string> minimum, maximum; ///< "accuracy=0.965"
  // test
  double tolerance = 1e-7;
  int64_t samples = 0; ///< entries per tensor; 0: all
  // bench
  int64_t steps = 200;
  // driver, opt
  std::optional<std::string> emitIr; ///< stage; "graph" when given without one
  unsigned line = 0;
  std::string mode = "train"; ///< which graph: train, evaluate, infer
  std::optional<std::string> passes;
  std::vector<std::string> printBefore, printAfter, skipPass;
  bool printAfterAll = false, verifyEach = false, checkPasses = false, timePasses = false, explainDispatch = false,
       stats = false;
  bool verifyDiagnostics = false;
  std::optional<std::string> remarks; ///< "" for all, or the name of a pass
  unsigned elide = 0;                 ///< numbers of a list that IR shows; 0: all
  bool markdown = false;
  // show
  bool config = false, emitDot = false;
  std::string values; ///< the name of a value, "linear1.weight"
  int64_t sample = 0; ///< the one that `values` is for
  std::string graphFile;
  // fmt
  bool checkOnly = false, upgrade = false;
};

/// "dlc train net.dsl [out.model]" and the like; "" is the driver (--emit-ir).
std::vector<std::string> formsOf(llvm::StringRef command);

/// Reads the command line. Nothing when it is wrong (said on stderr, exit code 2) or when it asked for help or the
/// version (printed, exit code 0); `exitCode` says which.
std::optional<Options> readOptions(int argc, char **argv, int &exitCode);

} // namespace dlc::tool
