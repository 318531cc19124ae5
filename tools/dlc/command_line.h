// What every command asks of the command line, as plain values, and by name what only one does.
// Reading argv is all that happens here; what the values mean is up to the commands.
#pragma once

#include "flags.h"
#include "or_exit.h"

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
  FlagValues flags; ///< all of them; those of a single command are read from here

  // What the source is changed to, in order of the command line: {"--epochs", "train.epochs=5"}.
  std::vector<std::pair<std::string, std::string>> overrides;
  std::optional<std::string> data, labels, test;
  std::string output; ///< -o
  bool quiet = false, verbose = false, json = false, werror = false, color = false;
  LogFormat log = LogFormat::Auto;
  std::string isa = "auto";
  bool isaOfEnvironment = false; ///< by DLC_ISA, not by --isa
  int64_t threads = 0;           ///< 0: as the source says
  uint64_t maxMemory = 0;        ///< bytes; 0: the default share of the machine
  bool verifyEach = false;
};

/// Reads the command line. No options when it is wrong (said on stderr, exit code 2) or when it asked for help or the
/// version (printed, exit code 0).
OrExit<Options> readOptions(int argc, char **argv);

} // namespace dlc::tool
