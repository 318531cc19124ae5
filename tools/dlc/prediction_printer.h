// How `dlc infer` prints predictions: a line for each sample, its class or its numbers, plain, as CSV or as JSON.
// It runs nothing and opens nothing; .npy files are written by the command itself.
#pragma once

#include "command_line.h"
#include "trained_net.h"

#include "dlc/support/printable.h"
#include "dlc/train/metrics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace dlc::tool {

class PredictionPrinter {
public:
  enum class Form : uint8_t { Lines, Csv, Json };

  PredictionPrinter(llvm::raw_ostream &os, const Options &options, const session::Net &net, const dsl::NetOutput &part)
      : os(os), net(net), task(part.task), form(options.json || options.flags.text("format") == "json" ? Form::Json
                                                : options.flags.text("format") == "csv"                ? Form::Csv
                                                                                                       : Form::Lines),
        numbers(options.flags.flag("probs") || task == Task::Values), named(options.flags.flag("names")),
        top(static_cast<size_t>(options.flags.whole("top"))),
        digits(net.unit().settings.train.dtype.value == DType::F64 ? 17 : 9), answers(static_cast<size_t>(part.rows())),
        outputs(static_cast<size_t>(elementCount(part.shape)) / answers) {}

  /// Numbers of one sample.
  size_t size() const { return answers * outputs; }
  /// Places of a sequence that have an answer each; 1 where a sample has one.
  size_t places() const { return answers; }
  /// Samples of which a number was NaN or infinite, and the first of them.
  size_t notFinite() const { return bad; }
  size_t firstNotFinite() const { return firstBad; }

  /// A sample of which a line is printed.
  struct Sample {
    size_t index = 0;      ///< among all that are predicted
    std::string file;      ///< that it comes from
    size_t number = 0;     ///< in a file of several, from 1; 0: it has the file for itself
    bool inSource = false; ///< it stands in the source itself
    size_t first = 0;      ///< of a sequence: the places whose answers count, up to `last`
    size_t last = SIZE_MAX;
  };

  /// Counts what is not finite of a sample.
  template <class T> void look(const T *y, size_t index) {
    if (!llvm::all_of(llvm::ArrayRef(y, size()), [](T value) { return std::isfinite(value); }) && !bad++)
      firstBad = index;
  }

  /// A sample's line: of a sequence the answers for all its places. `y` are the numbers to print, and `scores` those
  /// that rank classes.
  template <class T> void row(const T *y, const T *scores, const Sample &sample) {
    look(y, sample.index);
    const size_t first = answers > 1 ? sample.first : 0, last = answers > 1 ? std::min(sample.last, answers) : 1;
    const llvm::ArrayRef<T> values(y + first * outputs, (last - first) * outputs);
    const std::optional<size_t> said = train::chosenClass(scores, outputs);
    if (form == Form::Json)
      return json(values, llvm::ArrayRef(scores + first * outputs, values.size()), sample, said);
    nameOf(sample);
    if (answers > 1 && !numbers) {
      for (size_t i = first; i < last; ++i) {
        os << (i > first ? separator() : "");
        name(train::chosenClass(scores + i * outputs, outputs));
      }
    } else if (task == Task::Labels && !numbers) {
      for (size_t i = 0; i < outputs; ++i)
        os << (i ? separator() : "") << (std::isnan(scores[i]) ? "nan" : scores[i] > T(0) ? "1" : "0");
    } else if (top) {
      for (const auto &[i, place] : llvm::enumerate(best(scores))) {
        os << (i ? separator() : "");
        name(place);
        os << separator();
        number(static_cast<double>(y[place]), os);
      }
    } else if (numbers) {
      for (const auto &[i, value] : llvm::enumerate(values)) {
        os << (i ? separator() : "");
        number(static_cast<double>(value), os);
      }
    } else {
      name(said);
    }
    os << '\n';
  }

private:
  const char *separator() const { return form == Form::Csv ? "," : " "; }
  void nameOf(const Sample &sample) {
    if (!named)
      return;
    const std::string text = sample.file + (sample.number ? ":" + std::to_string(sample.number) : "");
    os << (form == Form::Csv ? csvField(text) + "," : escaped(text) + "\t");
  }
  void name(std::optional<size_t> index) {
    if (!index)
      os << "nan";
    else if (*index >= net.names().classes.size())
      os << *index;
    else
      os << (form == Form::Csv ? csvField(net.names().classes[*index]) : escaped(net.names().classes[*index]));
  }
  llvm::json::Value className(std::optional<size_t> index) const {
    if (!index)
      return nullptr;
    return *index < net.names().classes.size() ? llvm::json::fixUTF8(net.names().classes[*index])
                                               : std::to_string(*index);
  }
  /// The places of the `top` largest of a sample's scores, the first among equals; NaN is the least.
  template <class T> std::vector<size_t> best(const T *scores) const {
    std::vector<size_t> order(outputs);
    std::iota(order.begin(), order.end(), size_t{0});
    const size_t count = std::min(top, outputs);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                      [&](size_t a, size_t b) {
                        const T x = scores[a], y = scores[b];
                        if (std::isnan(x) || std::isnan(y) || x == y)
                          return std::isnan(x) == std::isnan(y) ? a < b : std::isnan(y);
                        return x > y;
                      });
    order.resize(count);
    return order;
  }
  /// JSON has no NaN and no infinity.
  void number(double value, llvm::raw_ostream &to) const {
    if (!std::isfinite(value)) {
      to << (form == Form::Json ? "null" : std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
      return;
    }
    char text[64]; // 17 digits, sign, point and exponent take 24
    auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::general, digits).ptr;
    to << llvm::StringRef(text, static_cast<size_t>(end - text));
  }
  template <class T>
  void json(llvm::ArrayRef<T> y, llvm::ArrayRef<T> scores, const Sample &sample, std::optional<size_t> said) const {
    std::string line;
    llvm::raw_string_ostream collected(line);
    llvm::json::OStream j(collected);
    j.object([&] {
      j.attribute("v", 1);
      j.attribute("event", "predict");
      j.attribute("index", static_cast<int64_t>(sample.index));
      if (!sample.inSource)
        j.attribute("file", llvm::json::fixUTF8(sample.file));
      if (task == Task::Labels)
        j.attributeArray("labels", [&] {
          for (T score : scores)
            j.value(std::isnan(score) ? llvm::json::Value(nullptr) : llvm::json::Value(score > T(0)));
        });
      else if (task != Task::Values && answers == 1)
        j.attribute("class", className(said));
      else if (task != Task::Values)
        j.attributeArray("classes", [&] {
          for (size_t i = 0; i < scores.size(); i += outputs)
            j.value(className(train::chosenClass(scores.data() + i, outputs)));
        });
      j.attributeArray("p", [&] {
        for (T value : y)
          j.rawValue([&](llvm::raw_ostream &to) { number(static_cast<double>(value), to); });
      });
      if (top)
        j.attributeArray("top", [&] {
          for (size_t place : best(scores.data()))
            j.object([&] {
              j.attribute("class", className(place));
              j.attributeBegin("p");
              j.rawValue([&](llvm::raw_ostream &to) { number(static_cast<double>(y[place]), to); });
              j.attributeEnd();
            });
        });
    });
    j.flush();
    os << jsonSafe(collected.str()) << '\n';
  }

  llvm::raw_ostream &os;
  const session::Net &net;
  Task task;
  Form form;
  bool numbers, named;
  size_t top;
  int digits;
  size_t answers, outputs; ///< answers of a sample, numbers of an answer
  size_t bad = 0, firstBad = 0;
};

} // namespace dlc::tool
