// A trained net as a command sees it: which of the files of the command line is the model, which the source, which the
// data. Opening it, and its samples, are the session's business.
#pragma once

#include "tool.h"

#include <memory>
#include <string>
#include <vector>

namespace dlc::tool {

/// The files of `infer` and `eval`, told apart by what is in them.
struct NetFiles {
  std::string config; ///< may be empty
  std::string model;
  std::vector<std::string> data; ///< the others, in order; none: the source's test data
};
/// Finds the model. What is a source among the others, openNet() tells.
OrExit<NetFiles> sortFiles(const Options &options);

/// Reads the files and checks that they fit; a source among `files.data` becomes `files.config`. Null after errors,
/// which have been printed.
OrExit<std::unique_ptr<session::Net>> openNet(const Options &options, NetFiles &files);

/// The samples of one file, with labels of their own in a second one; "": what the command line or the source names.
/// Nothing after an error. Without samples only where the file stands `amongOthers`, which may have some.
OrExit<data::Samples> openSamples(const Options &options, session::Net &net, const std::string &file,
                                  const std::string &labels, train::SampleUse use, bool amongOthers = false);

/// Files of the command line (--test among them) instead of what [data] names; the exit code.
int replaceSources(const Options &options, session::Net &net, const std::string &data, const std::string &labels);

/// E603 for a net that says NaN or infinity of `count` samples, with the weights that may be why; the exit code.
/// `first` is the number of the first such sample, from 1; 0 where it is not known.
int failNotFinite(const Options &options, session::Net &net, size_t count, size_t first = 0);

} // namespace dlc::tool
