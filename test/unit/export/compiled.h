// Written C, compiled by the C compiler of this machine and loaded into this process.
// Comparing what it computes is up to the tests.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace dlc {

class CompiledC {
public:
  /// The source must compile without a warning of any kind that a careful user asks for.
  CompiledC(llvm::StringRef source, llvm::StringRef flags);
  ~CompiledC();
  CompiledC(const CompiledC &) = delete;
  CompiledC &operator=(const CompiledC &) = delete;

  const std::string &problem() const { return problem_; } ///< "" when it is loaded
  template <class F> F *find(const std::string &symbol) const { return reinterpret_cast<F *>(address(symbol)); }

private:
  void *address(const std::string &symbol) const;
  std::string folder_, problem_;
  void *library_ = nullptr;
};

/// Flags under which there must be no warning.
inline constexpr const char *kStrict =
    "-Wall -Wextra -pedantic -Wconversion -Wsign-conversion -Wshadow -Wdouble-promotion -Wcast-align -Wundef -Wvla "
    "-Werror";

} // namespace dlc
