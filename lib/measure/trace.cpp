// Spans of a step as trace events (docs: "Trace Event Format", the JSON that chrome://tracing and Perfetto read).
// Times are microseconds from the beginning of the step.
#include "dlc/measure/by_line.h"

#include "dlc/program/instr_def.h"
#include "dlc/program/program_text.h"

#include "llvm/Support/JSON.h"

namespace dlc::measure {
namespace {

/// What a track shows of an instruction: its family, and what it writes first.
std::string titleOf(const Program &program, const Instr &instr) {
  return instr.family->name.str() + (instr.writes.empty() ? "" : " " + program.buffer(instr.writes.front()).name);
}

void nameOfThread(llvm::json::OStream &json, unsigned thread) {
  json.object([&] {
    json.attribute("ph", "M");
    json.attribute("name", "thread_name");
    json.attribute("pid", 1);
    json.attribute("tid", thread);
    json.attributeObject("args", [&] { json.attribute("name", "thread " + std::to_string(thread)); });
  });
}

} // namespace

void writeTrace(llvm::raw_ostream &os, const Program &program, llvm::ArrayRef<InstrTime> instrs,
                llvm::ArrayRef<Executor::Span> spans) {
  llvm::json::OStream json(os);
  json.object([&] {
    json.attribute("displayTimeUnit", "ns");
    json.attributeArray("traceEvents", [&] {
      for (size_t i = 0; i < spans.size(); ++i)
        if (i == 0 || spans[i].thread != spans[i - 1].thread)
          nameOfThread(json, spans[i].thread);
      for (const Executor::Span &span : spans)
        json.object([&] {
          const bool waits = span.instr == Executor::Span::kWait;
          json.attribute("ph", "X");
          json.attribute("name", waits ? "wait" : titleOf(program, program.step[span.instr]));
          json.attribute("cat", waits ? "wait" : nameOf(instrs[span.instr].phase));
          json.attribute("pid", 1);
          json.attribute("tid", span.thread);
          json.attribute("ts", static_cast<double>(span.begin) / 1e3);
          json.attribute("dur", static_cast<double>(span.end - span.begin) / 1e3);
          if (!waits)
            json.attributeObject("args", [&] {
              const Instr &instr = program.step[span.instr];
              json.attribute("line", instr.origin);
              json.attribute("instruction", toString(program, instr));
            });
        });
    });
  });
  os << '\n';
}

} // namespace dlc::measure
