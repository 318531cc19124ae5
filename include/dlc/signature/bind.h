// Binding: arguments as they are written become the parameters of a signature, each checked.
// It evaluates nothing and makes nothing of the values; every error has the place of its argument.
#pragma once

#include "dlc/signature/spec.h"
#include "dlc/signature/value_reader.h"

#include <functional>

namespace dlc {

/// Sizes of layers, of one sample and of the batch may not exceed this, so that no product of two of them, in bytes,
/// overflows.
inline constexpr double kMaxSize = 1e9;

/// One argument as it is written.
struct WrittenArg {
  llvm::StringRef name; ///< empty by position
  Loc nameLoc;
  Loc loc; ///< of the value
  /// The value; nothing after an error that was reported. Asked for once, and only of arguments that the signature has.
  std::function<std::optional<Const>()> value;
};

/// What a binding has to know beside the signature.
struct BindRules {
  Loc nameLoc;               ///< where the name stands
  bool takesName = false;    ///< `name=` names the weights, and `in=` says how many inputs there are
  bool keepsWritten = false; ///< Bound::written is wanted
};

/// Checked arguments, and where each was written.
struct Bound {
  Args args;
  std::vector<ConstArg> written; ///< with keepsWritten: what is given, in its order, under the names of the signature
  llvm::StringMap<Loc> locs;
  std::string weightName;        ///< of `name=`
  std::optional<int64_t> inputs; ///< of `in=`: how many inputs the layer is said to have
};

/// Binds `written` to the signature; nothing after an error that was reported: E251 for arguments that are too many,
/// unknown, given twice or missing, E203 to E209 for values.
std::optional<Bound> bind(const ValueReader &reader, const Signature &signature, const BindRules &rules,
                          llvm::ArrayRef<WrittenArg> written);
/// A call, or a name alone, as what `signature` describes.
std::optional<Spec> bindCall(const ValueReader &reader, const Signature &signature, const Const &call, Loc nameLoc);

/// The name that `name=` gives to the weights of a layer or block; anything but a word is E205. `what` says whose name.
std::optional<std::string> weightName(const ValueReader &reader, const Const &value, llvm::StringRef what);

} // namespace dlc
