// `dlc kernels`: which instruction sets there are, which this machine has, and the kernel families that programs are
// made of, down to the micro-operations of tile programs. It times nothing; `dlc bench` does.
#include "command.h"
#include "json_line.h"
#include "tool.h"

#include "dlc/program/instr_def.h"
#include "dlc/program/map_code.h"
#include "dlc/support/printable.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::tool {

namespace {
void printJson() {
  for (kernels::Isa isa : kernels::isas())
    printJsonLine("isa", [&](llvm::json::OStream &json) {
      json.attribute("name", isa->name);
      json.attribute("supported", kernels::supported(isa));
      json.attribute("used", isa == kernels::best());
      json.attribute("why_not", kernels::supported(isa) ? "" : kernels::whyNot(isa));
    });
  for (const InstrDef *def : instrDefs())
    printJsonLine("kernel", [&](llvm::json::OStream &json) {
      json.attribute("name", def->name);
      json.attribute("doc", def->doc);
      printJsonWords(json, "reads", def->reads);
      printJsonWords(json, "writes", def->writes);
      json.attribute("tile_program", def->takesCode);
    });
  for (unsigned op = 0; op < kernels::kNumMapOps; ++op)
    printJsonLine("micro_op", [&](llvm::json::OStream &json) {
      json.attribute("name", name(static_cast<kernels::MapOp>(op)));
      json.attribute("operands", kernels::arity(static_cast<kernels::MapOp>(op)));
    });
}
} // namespace

static int runKernels(const Options &options) {
  if (!options.files.empty())
    return usage(options, "kernels takes no files");
  if (options.json) {
    printJson();
    return kDone;
  }
  kernels::Isa best = kernels::best();
  for (kernels::Isa isa : kernels::isas())
    llvm::outs() << llvm::formatv("{0,-9}", isa->name)
                 << (isa == best               ? "used on this machine"
                     : kernels::supported(isa) ? "supported"
                                               : kernels::whyNot(isa))
                 << '\n';
  llvm::outs() << '\n';
  for (const InstrDef *def : instrDefs()) {
    llvm::outs() << listRow(def->name, 11, def->doc);
    auto all = [](std::span<const llvm::StringLiteral> names) { return llvm::join(names, " "); };
    llvm::outs() << listRow("", 11,
                            "reads " + all(def->reads) + "; writes " + all(def->writes) +
                                (def->takesCode ? "; takes a tile program" : ""));
  }
  llvm::outs() << "\nTile programs are made of";
  for (unsigned op = 0; op < kernels::kNumMapOps; ++op)
    llvm::outs() << (op % 12 == 0 ? "\n  " : " ") << name(static_cast<kernels::MapOp>(op));
  llvm::outs() << '\n';
  return kDone;
}

extern const Command cmd_kernels;
constexpr Command cmd_kernels = {.name = "kernels",
                                 .arguments = "",
                                 .doc = "list instruction sets and kernel families",
                                 .place = 160,
                                 .run = runKernels};

} // namespace dlc::tool
