// Runs the compiler as a child process, in a folder of its own that goes away with the object.
// A failure is a text, which the test reports.
#include "compiled.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <dlfcn.h>

namespace dlc {

CompiledC::CompiledC(llvm::StringRef source, llvm::StringRef flags) {
  llvm::SmallString<128> folder;
  if (llvm::sys::fs::createUniqueDirectory("dlc-export", folder)) {
    problem_ = "no temporary folder";
    return;
  }
  folder_ = folder.str().str();
  std::error_code error;
  llvm::raw_fd_ostream(folder_ + "/all.c", error) << source;
  const std::string object = folder_ + "/all.so", said = folder_ + "/said";
  const std::string command =
      ("cc -shared -fPIC " + flags + " -o " + object + " " + folder_ + "/all.c > " + said + " 2>&1").str();
  if (std::system(command.c_str()) != 0) {
    auto text = llvm::MemoryBuffer::getFile(said);
    problem_ = command + "\n" + (text ? (*text)->getBuffer().take_front(4000).str() : "");
    return;
  }
  library_ = dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library_)
    problem_ = dlerror();
}

CompiledC::~CompiledC() {
  if (library_)
    dlclose(library_);
  if (!folder_.empty())
    llvm::sys::fs::remove_directories(folder_);
}

void *CompiledC::address(const std::string &symbol) const {
  return library_ ? dlsym(library_, symbol.c_str()) : nullptr;
}

} // namespace dlc
