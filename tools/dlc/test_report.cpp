// Implements TestReport.
// Lines go to stdout, the bar to stderr, and only where both are a terminal or --log-format asks for it.
#include "test_report.h"

#include "exit_codes.h"
#include "json_line.h"

#include "dlc/support/strings.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Process.h"

#include <algorithm>
#include <cmath>

namespace dlc::tool {
namespace {

/// "[2, 17]"; "" for a tensor of one number.
std::string placeOf(int64_t index, const Shape &shape) {
  std::string text;
  for (size_t axis = shape.size(); axis-- > 0;) {
    text = std::to_string(index % shape[axis]) + (text.empty() ? "" : ", ") + text;
    index /= shape[axis];
  }
  return text.empty() ? "" : "[" + text + "]";
}

/// As many digits as tell two numbers of the type apart.
std::string number(double value, DType dtype) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format(dtype == DType::F64 ? "%.17g" : "%.9g", value);
  return text;
}

} // namespace

TestReport::TestReport(const Options &options) : options(options) {
  const bool wanted = options.log == LogFormat::Bar ||
                      (options.log == LogFormat::Auto && llvm::sys::Process::StandardErrIsDisplayed() &&
                       llvm::sys::Process::StandardOutIsDisplayed());
  if (wanted && plain())
    bar.emplace(llvm::errs());
}

void TestReport::progress(const std::string &stage, double share) {
  if (!bar)
    return;
  std::lock_guard lock(drawing);
  if (bar->due())
    bar->draw("  " + stage, share, llvm::formatv("{0}%", static_cast<int>(100 * share)).str());
}

void TestReport::kernelsHeading(llvm::StringRef isas, bool bits, Lines which) {
  lines = which;
  if (plain())
    llvm::outs() << "kernels (" << isas << ") against the interpreter, "
                 << (bits ? "bit for bit" : "outputs to 1e-4 (f32) or 1e-11 (f64)") << ", on drawn samples\n";
}

void TestReport::leftOut(kernels::Isa isa, const std::string &why) {
  if (options.json)
    printJsonLine("kernels", [&](llvm::json::OStream &json) {
      json.attribute("isa", isa->name);
      json.attribute("ran", false);
      json.attribute("why_not", why);
    });
  else if (!options.quiet)
    llvm::outs() << "  " << isa->name << " not compared: " << why << '\n';
}

void TestReport::kernels(const KernelRun &run, const train::KernelCheck &check) {
  ++runs;
  const bool ok = check.differences.empty();
  different += !ok;
  if (options.json) {
    printJsonLine("kernels", [&](llvm::json::OStream &json) {
      json.attribute("isa", run.isa->name);
      json.attribute("ran", true);
      json.attribute("what", run.what);
      json.attribute("dtype", name(run.dtype));
      if (run.batch)
        json.attribute("batch", run.batch);
      json.attribute("steps", run.steps);
      json.attribute("tensors", check.tensors);
      json.attribute("numbers", check.numbers);
      json.attributeArray("differences", [&] {
        for (const train::KernelDifference &d : check.differences)
          json.object([&] {
            json.attribute("tensor", d.tensor);
            json.attribute("step", d.step);
            json.attribute("differ", d.differ);
            json.attribute("index", d.index);
            printJsonNumber(json, "kernels", d.kernels);
            printJsonNumber(json, "interpreter", d.interpreter);
          });
      });
      json.attribute("ok", ok);
    });
    return;
  }
  if (ok && (options.quiet || lines == Lines::Failures))
    return;
  if (bar)
    bar->clear();
  std::string how = name(run.dtype).str();
  if (run.batch)
    how += " batch " + std::to_string(run.batch);
  if (run.steps > 1)
    how += ", " + std::to_string(run.steps) + " steps";
  llvm::outs() << llvm::formatv("  {0,-12} {1,-21} {2,-7} ", run.what, how, run.isa->name);
  if (ok)
    llvm::outs() << grouped(check.numbers) << " numbers of " << check.tensors
                 << (check.tensors == 1 ? " tensor" : " tensors") << "   ok\n";
  else
    llvm::outs() << check.differences.size() << " of " << check.tensors << " tensors FAILED\n";
  for (const train::KernelDifference &d : check.differences)
    llvm::outs() << "    " << d.tensor << ' ' << shapeText(d.type.shape) << ": " << grouped(d.differ) << " of "
                 << grouped(d.type.elements()) << " numbers differ" << (run.steps > 1 ? " after step " : "")
                 << (run.steps > 1 ? std::to_string(d.step) : "") << ", first at " << placeOf(d.index, d.type.shape)
                 << " (index " << d.index << "): kernels " << number(d.kernels, d.type.dtype) << ", interpreter "
                 << number(d.interpreter, d.type.dtype) << '\n';
}

void TestReport::kernelsEnd(llvm::StringRef isas) {
  if (bar)
    bar->clear();
  if (plain() && lines == Lines::Failures && !different)
    llvm::outs() << "  " << grouped(runs) << " runs on " << isas << " ok\n";
}

void TestReport::gradientsHeading(int64_t samples, bool compiled) {
  if (plain())
    llvm::outs() << "gradient check, f64" << (compiled ? " on kernels" : "") << ", differences of 1e-5, "
                 << (samples ? std::to_string(samples) : std::string("all")) << (samples == 1 ? " entry" : " entries")
                 << " per tensor; kinks skipped\n";
}

void TestReport::gradients(llvm::StringRef name, const GradCheckRow &r) {
  ++tensors;
  failed += !r.ok;
  kinks += r.kinks;
  if (options.json) {
    printJsonLine("gradcheck", [&](llvm::json::OStream &json) {
      json.attribute("tensor", name);
      printJsonNumber(json, "max_rel_error", r.maxRelativeError);
      json.attribute("worst_index", r.worstIndex);
      json.attribute("checked", r.checked);
      json.attribute("between_kinks", r.betweenKinks);
      printJsonNumber(json, "max_rel_error_between_kinks", r.errorBetweenKinks);
      json.attribute("kinks", r.kinks);
      json.attribute("ok", r.ok);
    });
    return;
  }
  if (options.quiet && r.ok)
    return;
  if (bar)
    bar->clear();
  llvm::outs() << llvm::formatv("  {0,-28} {1,-12}", name, shapeText(r.shape))
               << llvm::format("max rel %.1e   ", std::isnan(r.maxRelativeError)
                                                      ? r.maxRelativeError
                                                      : std::max(r.maxRelativeError, r.errorBetweenKinks))
               << (r.ok ? "ok" : "FAILED");
  if (!r.ok)
    llvm::outs() << (r.largest == 0   ? ": the gradient is zero everywhere"
                     : r.checked == 0 ? ": every entry tried lies at a kink"
                                      : ", worst at index " + std::to_string(r.worstIndex));
  else if (r.betweenKinks)
    llvm::outs() << " (" << r.betweenKinks << " of " << r.checked << " between kinks)";
  llvm::outs() << '\n';
}

int TestReport::end() {
  if (bar)
    bar->clear();
  if (!options.json) {
    if (different)
      llvm::outs() << different << " of " << runs << " runs on kernels FAILED\n";
    if (failed)
      llvm::outs() << failed << " of " << tensors << " tensors FAILED (" << kinks << " entries at a kink)\n";
    else if (!options.quiet)
      llvm::outs() << "all " << tensors << " tensors ok (" << kinks << " entries at a kink)\n";
  }
  return failed || different ? kCheckFailed : kDone;
}

} // namespace dlc::tool
