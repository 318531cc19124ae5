// The policy names style and script by their hashes, so that nothing that finds its way into the page could run.
// The page itself is made by page/embed.cmake.
#include "page.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"
#include "llvm/Support/SHA256.h"

namespace dlc::serve {

extern const llvm::StringLiteral kPage;

namespace {

/// 'sha256-...' of what stands between two tags of the page.
std::string hashOf(llvm::StringRef open, llvm::StringRef close) {
  const llvm::StringRef text = kPage.split(open).second.split(close).first;
  return "'sha256-" + llvm::encodeBase64(llvm::SHA256::hash(llvm::arrayRefFromStringRef(text))) + "'";
}

std::string fields() {
  return "Content-Security-Policy: default-src 'none'; script-src " + hashOf("<script type=\"module\">", "</script>") +
         "; style-src " + hashOf("<style>", "</style>") +
         "; img-src data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
         "Referrer-Policy: no-referrer\r\nCache-Control: no-cache\r\n";
}

} // namespace

Reply pageReply() {
  static const std::string kFields = fields();
  return {200, kPage.str(), "text/html; charset=utf-8", kFields};
}

} // namespace dlc::serve
