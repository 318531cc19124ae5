// Fuzz target: any bytes are formatted. A text that makes a net must come out making the same net with the same
// settings, and formatting it again must change nothing; what the canonical spelling looks like is not asked here.
#include "dlc/dsl/format.h"
#include "dlc/dsl/parse.h"
#include "dlc/ir/text.h"
#include "dlc/ops/ops.h"
#include "dlc/support/check.h"

#include <cstdlib>

using namespace dlc;

namespace {

const Registry &registry() {
  static const Registry all(ops::all());
  return all;
}

/// Every file that is asked for is this one.
absl::StatusOr<std::unique_ptr<llvm::MemoryBuffer>> included(llvm::StringRef path) {
  return llvm::MemoryBuffer::getMemBufferCopy("width = 4\n[block Half(out=8, act=ReLU)]\n"
                                              "output = input -> Linear(out//2) -> act\n",
                                              path);
}

struct Read {
  explicit Read(llvm::StringRef source) : text(sources.add("fuzz.dsl", source)), file(dsl::parse(text, diags)) {
    dsl::resolveIncludes(file, "fuzz.dsl", included, sources, diags);
    settings = dsl::readSettings(file, {}, diags);
    if (!diags.hadError())
      net = dsl::build(file, settings, registry(), {dsl::Mode::Train, 3}, diags);
    if (net.graph && !diags.hadError()) {
      llvm::raw_string_ostream os(graph);
      printGraph(os, *net.graph, {.line = 0, .origins = false});
    }
  }
  Sources sources;
  Diags diags{sources};
  llvm::StringRef text;
  dsl::File file;
  dsl::Settings settings;
  dsl::Net net;
  std::string graph; ///< "" where there is none
};

std::optional<std::string> formatted(llvm::StringRef source) {
  Sources sources;
  Diags diags(sources);
  auto result = dsl::format("fuzz.dsl", sources.add("fuzz.dsl", source), included, registry(), sources, diags);
  return result ? std::optional(std::move(result->text)) : std::nullopt;
}

} // namespace

/// A failed check ends in abort() here: libFuzzer keeps the input of a signal, not of an exit.
extern "C" int LLVMFuzzerInitialize(int *, char ***) {
  setReproducerHook([](llvm::StringRef) -> std::string { std::abort(); });
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  std::optional<std::string> once = formatted(text);
  Read before(text);
  DLC_CHECK(once || before.graph.empty()) << "what makes a net can be formatted";
  if (!once)
    return 0;
  DLC_CHECK(formatted(*once) == once) << "formatting again changes nothing:\n" << *once;
  if (before.graph.empty())
    return 0;
  Read after(*once);
  DLC_CHECK(after.graph == before.graph) << "the net stays as it is:\n" << *once;
  DLC_CHECK(after.settings.constants == before.settings.constants) << "constants stay as they are:\n" << *once;
  for (const dsl::Difference &difference : dsl::differences(before.settings, after.settings))
    DLC_CHECK(llvm::StringRef(difference.key).starts_with("train.loss")) // as written; what it means is in the net
        << difference.key << " stays as it is:\n"
        << *once;
  return 0;
}
