// OpView: what infer() sees of an op about to be made: operand types and attributes in, result types or an error out.
// It cannot change the graph.
#pragma once

#include "dlc/support/attrs.h"
#include "dlc/support/diag_code.h"
#include "dlc/support/type.h"

#include "llvm/ADT/SmallVector.h"

#include <string>

namespace dlc {

/// A user's mistake found by an op: code of the diagnostics table, text, and the argument to put the caret under.
struct OpError {
  ErrorCode code;
  std::string message;
  std::string help;
  std::string argument; ///< name of the offending argument in the source, or "" for the op's name
};

/// Streams into an OpError: op.error("E232") << "..." ; then .help("...") and .at("out").
class OpErrorText {
public:
  explicit OpErrorText(OpError &error) : error_(&error) {}
  template <class T> OpErrorText &operator<<(const T &part) {
    llvm::raw_string_ostream(error_->message) << part;
    return *this;
  }
  OpErrorText &help(llvm::StringRef text) { return error_->help = text.str(), *this; }
  OpErrorText &at(llvm::StringRef argument) { return error_->argument = argument.str(), *this; }

private:
  OpError *error_;
};

class OpView {
public:
  OpView(llvm::ArrayRef<Type> operands, const Attrs &attrs) : operands_(operands), attrs_(attrs) {}

  size_t count() const { return operands_.size(); }
  const Type &type(size_t i) const { return operands_[i]; }
  const Shape &shape(size_t i) const { return operands_[i].shape; }
  template <class A> const A &attrs() const { return attrs_.as<A>(); }

  void result(Type type) { results_.push_back(std::move(type)); }
  OpErrorText error(ErrorCode code) {
    failed_ = true;
    error_.code = code;
    return OpErrorText(error_);
  }

  bool failed() const { return failed_; }
  const OpError &error() const { return error_; }
  llvm::ArrayRef<Type> results() const { return results_; }

private:
  llvm::ArrayRef<Type> operands_;
  const Attrs &attrs_;
  llvm::SmallVector<Type, 2> results_;
  OpError error_;
  bool failed_ = false;
};

} // namespace dlc
