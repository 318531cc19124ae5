// `dlc kernels`: which instruction sets there are, which this machine has, and the kernel families that programs are
// made of. It times nothing; `dlc bench` does.
#include "tool.h"

#include "dlc/program/instr_def.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

int runKernels(const Options &options) {
  if (!options.files.empty())
    return usage(options, "kernels takes no files");
  kernels::Isa best = kernels::best();
  for (kernels::Isa isa : kernels::kIsas)
    llvm::outs() << llvm::formatv("{0,-9}", kernels::name(isa))
                 << (isa == best               ? "used on this machine"
                     : kernels::supported(isa) ? "supported"
                                               : kernels::whyNot(isa))
                 << '\n';
  llvm::outs() << '\n';
  for (const InstrDef *def : instrDefs()) {
    llvm::outs() << llvm::formatv("{0,-11}{1}\n", def->name, def->doc);
    llvm::outs() << "           reads";
    for (llvm::StringRef name : def->reads)
      llvm::outs() << ' ' << name;
    llvm::outs() << "; writes";
    for (llvm::StringRef name : def->writes)
      llvm::outs() << ' ' << name;
    llvm::outs() << (def->takesCode ? "; takes a tile program\n" : "\n");
  }
  return kDone;
}

} // namespace dlc::tool
