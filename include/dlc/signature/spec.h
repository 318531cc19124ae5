// A Spec: one thing that a source calls by its name, with its arguments (a data source, a data step, a schedule, a
// metric). Its arguments have been checked against a signature; nothing here makes anything of them.
#pragma once

#include "dlc/signature/args.h"
#include "dlc/signature/const.h"

namespace dlc {

/// A source, data step or schedule step: `Csv("x.csv", label=last)`. Arguments are checked against the step's signature
/// and all carry its parameter names ("file", "label"); those left out are absent, so the consumer supplies the
/// default.
struct Spec {
  std::string name; ///< canonical case; empty: not given
  std::vector<ConstArg> args;
  Loc loc;
  bool bare = false;                       ///< a file name alone, whose extension has chosen the source
  std::span<const ArgSpec> signature = {}; ///< what the arguments were bound to

  explicit operator bool() const { return !name.empty(); }
  const Const *find(llvm::StringRef parameter) const;
  double number(llvm::StringRef parameter, double otherwise) const;
  llvm::StringRef text(llvm::StringRef parameter, llvm::StringRef otherwise) const; ///< Word or String
  friend bool operator==(const Spec &a, const Spec &b) { return a.name == b.name && a.args == b.args; }
};
/// `Csv("iris.csv", label=last)`, as it can be read again.
std::string spelling(const Spec &spec);

} // namespace dlc
