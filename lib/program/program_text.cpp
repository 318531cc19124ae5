// Printing Programs.
// parse.cpp reads them back.
#include "dlc/program/program_text.h"

#include "dlc/program/instr_def.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"

namespace dlc {

static void printBuffer(llvm::raw_ostream &os, const Buffer &buffer) {
  os << "  buffer " << buffer.name << ' ' << name(buffer.role);
  if (!buffer.external.empty()) {
    os << ' ';
    printAttr(os, buffer.external);
  }
  os << ' ' << buffer.type;
  if (buffer.live)
    os << " live=[" << buffer.live->begin << ',' << buffer.live->end << "] offset=" << buffer.offset;
  os << '\n';
}

static void printInstr(llvm::raw_ostream &os, const Program &program, const Instr &instr) {
  auto buffers = [&](llvm::ArrayRef<BufferId> ids) {
    llvm::interleaveComma(ids, os, [&](BufferId id) { os << program.buffer(id).name; });
  };
  os << instr.family->name << ' ';
  buffers(instr.writes);
  os << " <-";
  if (!instr.reads.empty())
    os << ' ';
  buffers(instr.reads);
  std::string attrs = instr.attrs.text();
  if (!attrs.empty())
    os << " {" << attrs << '}';
  if (instr.code)
    os << ' ' << *instr.code;
}

std::string toString(const Program &program, const Instr &instr) {
  std::string result;
  llvm::raw_string_ostream os(result);
  printInstr(os, program, instr);
  return result;
}

/// "net.dsl:3:7" comes from line 3 of net.dsl.
static bool comesFrom(llvm::StringRef origin, const ProgramPrintOptions &options) {
  auto [name, number] = origin.rsplit(':').first.rsplit(':');
  unsigned found = 0;
  return !number.getAsInteger(10, found) && found == options.line && (options.file.empty() || options.file == name);
}

void printProgram(llvm::raw_ostream &os, const Program &program, const ProgramPrintOptions &options) {
  os << "program @" << program.name << " dtype=" << name(program.dtype) << " isa=" << program.isa->name;
  if (program.caches != kernels::Caches{})
    os << " caches=[" << program.caches.first << ',' << program.caches.second << ']';
  if (program.planned) {
    os << " arena=" << program.arena << " peak-live=" << program.peakLive << " scratch=" << program.scratch;
    double efficiency =
        program.arena == 0 ? 100.0 : 100.0 * static_cast<double>(program.peakLive) / static_cast<double>(program.arena);
    os << " efficiency=" << llvm::format("%.1f%%", efficiency);
  }
  os << " {\n";
  auto wanted = [&](const Instr &instr) { return options.line == 0 || comesFrom(instr.origin, options); };
  std::vector<bool> shown(program.buffers.size(), options.line == 0);
  for (size_t i = 0; i < program.size(); ++i)
    if (wanted(program.at(i)))
      for (BufferId id : llvm::concat<const BufferId>(program.at(i).reads, program.at(i).writes))
        shown[id] = true;
  for (size_t id = 0; id < program.buffers.size(); ++id)
    if (shown[id])
      printBuffer(os, program.buffers[id]);
  auto list = [&](llvm::StringRef title, llvm::ArrayRef<Instr> instrs, size_t number) {
    os << "  " << title << " {\n";
    for (const Instr &instr : instrs) {
      if (wanted(instr)) {
        os << "    " << number << ": ";
        printInstr(os, program, instr);
        if (options.origins && (!instr.origin.empty() || !instr.note.empty())) {
          os << "  // " << instr.origin;
          if (!instr.note.empty())
            os << "; " << instr.note;
        }
        os << '\n';
      }
      ++number;
    }
    os << "  }\n";
  };
  if (!program.init.empty())
    list("init", program.init, 0);
  list("step", program.step, program.init.size());
  os << "}\n";
}

std::string toString(const Program &program) {
  std::string result;
  llvm::raw_string_ostream os(result);
  printProgram(os, program);
  return result;
}

} // namespace dlc
