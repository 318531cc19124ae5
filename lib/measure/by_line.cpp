// Sums of instructions by the line that they come from, printed as a listing of the source.
// Lines of other files are one sum at the end.
#include "dlc/measure/by_line.h"

#include "dlc/support/printable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <array>
#include <map>

namespace dlc::measure {
namespace {

struct Sum {
  std::array<double, 3> microseconds{}; ///< by phase
  double operations = 0, productTime = 0;

  void add(const InstrTime &time) {
    microseconds[static_cast<size_t>(time.phase)] += time.microseconds;
    operations += time.operations;
    productTime += time.operations > 0 ? time.microseconds : 0;
  }
  double total() const { return microseconds[0] + microseconds[1] + microseconds[2]; }
};

constexpr size_t kFigures = 44;

void printRow(llvm::raw_ostream &os, const Sum &sum, double whole, llvm::StringRef text) {
  std::string row;
  llvm::raw_string_ostream out(row);
  for (double time : sum.microseconds)
    if (time > 0)
      out << llvm::format("%9.1f", time);
    else
      out.indent(9);
  if (sum.total() > 0)
    out << llvm::format("%5.0f %%", 100 * sum.total() / whole);
  if (sum.operations > 0)
    out << llvm::format("%8.1f", sum.operations / sum.productTime / 1e3);
  const std::string line = padded(row, kFigures) + printable(text, Lines::One);
  os << llvm::StringRef(line).rtrim() << '\n';
}

} // namespace

std::pair<llvm::StringRef, unsigned> lineOf(llvm::StringRef origin) {
  auto [rest, column] = origin.rsplit(':');
  auto [file, line] = rest.rsplit(':');
  unsigned number = 0;
  if (column.empty() || line.getAsInteger(10, number))
    return {origin, 0};
  return {file, number};
}

void printByLine(llvm::raw_ostream &os, llvm::StringRef path, llvm::StringRef text, const StepTimes &times) {
  std::map<unsigned, Sum> lines;
  Sum others, all;
  for (const InstrTime &time : times.instrs) {
    const auto [file, line] = lineOf(time.instr->origin);
    (file == path && line > 0 ? lines[line] : others).add(time);
    all.add(time);
  }
  os << "  forward backward   update  share GFLOP/s\n       us       us       us\n";
  for (unsigned number = 1; !text.empty(); ++number) {
    auto [line, rest] = text.split('\n');
    text = rest;
    auto sum = lines.find(number);
    printRow(os, sum == lines.end() ? Sum() : sum->second, all.total(), line.rtrim('\r'));
  }
  if (others.total() > 0)
    printRow(os, others, all.total(), "(other files, the training loop)");
  printRow(os, all, all.total(), "(all)");
}

} // namespace dlc::measure
