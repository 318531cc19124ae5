// Fuzz target: any bytes are formatted. That the result means the same is checked by format() itself; here, that what
// makes a net can be formatted, and that formatting it again changes nothing.
#include "dlc/compile/compile.h"
#include "dlc/dsl/format/format.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/support/check.h"

using namespace dlc;

namespace {

/// Every file that is asked for is this one.
absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> included(llvm::StringRef path) {
  return llvm::MemoryBuffer::getMemBufferCopy("width = 4\n[block Half(out=8, act=ReLU)]\n"
                                              "output = input -> Linear(out//2) -> act\n",
                                              path);
}

/// Whether the text makes a net.
bool isNet(llvm::StringRef source) {
  Sources sources;
  Diags diags(sources);
  dsl::File file = dsl::parse(sources.add("fuzz.dsl", source), diags);
  dsl::resolveIncludes(file, "fuzz.dsl", included, sources, diags);
  const dsl::Settings settings = dsl::readSettings(file, {}, compile::vocabulary(), diags);
  return !diags.hadError() &&
         dsl::build(file, settings, compile::vocabulary(), {dsl::Mode::Train, 3}, diags).graph != nullptr &&
         !diags.hadError();
}

std::optional<std::string> formatted(llvm::StringRef source) {
  Sources sources;
  Diags diags(sources);
  auto result =
      dsl::format("fuzz.dsl", sources.add("fuzz.dsl", source), included, compile::vocabulary(), sources, diags);
  return result ? std::optional(std::move(result->text)) : std::nullopt;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  std::optional<std::string> once = formatted(text);
  DLC_CHECK(once || !isNet(text)) << "what makes a net can be formatted";
  if (once)
    DLC_CHECK(formatted(*once) == once) << "formatting again changes nothing:\n" << *once;
  return 0;
}
