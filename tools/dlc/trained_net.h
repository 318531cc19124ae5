// A trained net as a command sees it: its source, its weights, how its data are prepared.
// From a model file alone, or from a source and a model file.
#pragma once

#include "tool.h"

#include "dlc/model/model_file.h"
#include "dlc/train/beginning.h"
#include "dlc/train/bundle.h"
#include "dlc/train/engine.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::tool {

struct TrainedNet {
  std::unique_ptr<compile::Unit> unit;
  model::ModelFile model;
  train::DataWish wish;
  data::Prepare prepare;
  bool prepared = false; ///< `prepare` is known; without a trailer it may have to be fitted
  train::DataNames names;
  bool validates = false; ///< openSamples() took the validation samples, for want of test data
  bool heldOut = true;    ///< with `validates`: as far as is known, training has not seen them
  std::unique_ptr<train::Engines> engines;
};

/// The files of `infer` and `eval`, told apart by what is in them.
struct NetFiles {
  std::string config; ///< may be empty
  std::string model;
  std::vector<std::string> data; ///< the others, in order; none: the source's test data
};
/// Finds the model. What is a source among the others, openNet() tells.
std::optional<NetFiles> sortFiles(const Options &options, int &exitCode);

/// Reads the files and checks that they fit; a source among `files.data` becomes `files.config`. Null after errors,
/// which have been printed.
std::unique_ptr<TrainedNet> openNet(const Options &options, NetFiles &files, int &exitCode);

/// The samples of one file, with labels of their own in a second one; "": what the command line or the source names.
/// E309 where there are none, unless the file stands `amongOthers`, which may have some.
std::optional<data::Samples> openSamples(const Options &options, TrainedNet &net, const std::string &file,
                                         const std::string &labels, train::SampleUse use, int &exitCode,
                                         bool amongOthers = false);

/// Files of the command line (--test among them) instead of what [data] names; the exit code.
int replaceSources(const Options &options, compile::Unit &unit, const std::string &data, const std::string &labels,
                   const train::DataWish &wish);

/// Reads the weights that [train] or the command line names as the beginning of a run. Nothing where none are named,
/// and after an error.
std::optional<train::Beginning> openBeginning(const Options &options, train::Engines &engines, int &exitCode);
/// E603 for a net that says NaN or infinity of `count` samples, with the weights that may be why; the exit code.
/// `first` is the number of the first such sample, from 1; 0 where it is not known.
int failNotFinite(const Options &options, compile::Unit &unit, train::Engines &engines, size_t count, size_t first = 0);

/// Engine options from flags and settings; nothing after an error.
std::optional<train::EngineOptions> engineOptions(const Options &options, const compile::Unit &unit,
                                                  std::vector<std::pair<std::string, double>> &times, int &exitCode);
/// Tells what an engine's status means; returns the exit code.
int failEngine(const Options &options, compile::Unit &unit, const absl::Status &status);

} // namespace dlc::tool
