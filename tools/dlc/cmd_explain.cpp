// `dlc explain E232`: the page of a diagnostic; without a code, the list of all.
// The texts are in support/diagnostics.def.
#include "command.h"
#include "json_line.h"
#include "tool.h"

#include "dlc/support/strings.h"

#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

namespace {
void printJson(const DiagInfo &info) {
  printJsonLine("explain", [&](llvm::json::OStream &json) {
    json.attribute("code", info.code);
    json.attribute("title", info.title);
    json.attribute("text", info.page.trim('\n'));
  });
}
} // namespace

static int runExplain(const Options &options) {
  if (options.files.empty()) {
    for (const DiagInfo &info : allDiagInfos())
      if (options.json)
        printJson(info);
      else
        llvm::outs() << info.code << "  " << info.title << '\n';
    return kDone;
  }
  for (const std::string &code : options.files) {
    const DiagInfo *info = findDiagInfo(code);
    if (!info) {
      llvm::SmallVector<llvm::StringRef, 64> codes;
      for (const DiagInfo &d : allDiagInfos())
        codes.push_back(d.code);
      llvm::StringRef near = closest(code, codes);
      return fail(options, kUsage,
                  "no diagnostic is named '" + code + "'; " +
                      (near.empty() ? std::string() : "did you mean " + near.str() + "? ") +
                      "`dlc explain` lists all of them");
    }
    if (options.json)
      printJson(*info);
    else
      llvm::outs() << info->code << ": " << info->title << "\n\n" << info->page.trim('\n') << '\n';
  }
  return kDone;
}

extern const Command cmd_explain;
constexpr Command cmd_explain = {.name = "explain",
                                 .arguments = "E232",
                                 .doc = "explain an error or warning in full",
                                 .place = 170,
                                 .run = runExplain};

} // namespace dlc::tool
