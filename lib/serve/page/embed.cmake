# Puts style and scripts into page.html and writes it as a string of C++: cmake -DFOLDER=... -DOUTPUT=... -P embed.cmake.
# Nothing is changed on the way, so that what a browser shows as source is what stands in this folder.
file(READ ${FOLDER}/page.html page)
file(READ ${FOLDER}/page.css style)
set(script "")
foreach(part drawing asking answers forms page)
  file(READ ${FOLDER}/${part}.js text)
  string(APPEND script "${text}\n")
endforeach()
string(REPLACE "<style></style>" "<style>\n${style}</style>" page "${page}")
string(REPLACE "<script type=\"module\"></script>" "<script type=\"module\">\n${script}</script>" page "${page}")
file(WRITE ${OUTPUT} "// Made of the files in lib/serve/page. Not edited by hand.
#include \"llvm/ADT/StringRef.h\"

namespace dlc::serve {
extern const llvm::StringLiteral kPage;
const llvm::StringLiteral kPage = R\"page(${page})page\";
} // namespace dlc::serve
")
