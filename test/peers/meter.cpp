// Scores cases that stand on standard input, for metrics.py to hold against scikit-learn. A case is a line
// `TASK OUTPUTS ROWS BATCH DTYPE`, a line of what the net said and a line of the truth, numbers as C writes them in
// hexadecimal; the answer is one line of NAME=NUMBER.
#include "dlc/train/metrics.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

using namespace dlc;
using namespace dlc::train;

namespace {

std::vector<Spec> everyMetric() {
  std::vector<Spec> specs;
  for (const metric::MetricDef *def : metric::allMetrics()) {
    if (def->scores && def->args.empty())
      specs.push_back({.name = def->name.str()});
    for (int k = 1; k <= 3 && !def->args.empty(); ++k) {
      ConstArg argument;
      argument.name = def->args.front().name.str();
      argument.value.number = k;
      specs.push_back({.name = def->name.str(), .args = {argument}});
    }
  }
  return specs;
}

void print(const std::string &name, double value) {
  if (isDefined(value))
    std::printf("%s=%a ", name.c_str(), value);
  else
    std::printf("%s=none ", name.c_str());
}

template <class T> void score(Task task, size_t outputs, size_t rows, size_t batch) {
  auto read = [](size_t count) {
    std::vector<T> numbers(count);
    std::string word;
    for (T &x : numbers) {
      std::cin >> word;
      x = static_cast<T>(std::stod(word));
    }
    return numbers;
  };
  const bool classes = task == Task::Classes;
  const std::vector<T> said = read(rows * outputs), truth = read(rows * (classes ? 1 : outputs));
  const std::vector<int32_t> indices(truth.begin(), truth.end());
  Meter meter(task, outputs, sizeof(T) == 8 ? DType::F64 : DType::F32, everyMetric(), Meter::Depth::Full);
  for (size_t begin = 0; begin < rows; begin += batch) {
    const size_t count = std::min(batch, rows - begin);
    const void *target = classes ? static_cast<const void *>(&indices[begin]) : &truth[begin * outputs];
    meter.add(&said[begin * outputs], target, count, 0);
  }
  const Scores scores = meter.scores();
  for (const Score &s : scores.metrics)
    print(s.name, s.value);
  for (size_t c = 0; c < scores.classes.size(); ++c) {
    const std::string number = std::to_string(c);
    print("precision" + number, scores.classes[c].precision());
    print("recall" + number, scores.classes[c].recall());
    print("f1" + number, scores.classes[c].f1());
    print("support" + number, static_cast<double>(scores.classes[c].count));
  }
  std::printf("\n");
}

} // namespace

int main() {
  std::string task, dtype;
  size_t outputs = 0, rows = 0, batch = 0;
  while (std::cin >> task >> outputs >> rows >> batch >> dtype) {
    const Task kind = task == "classes" ? Task::Classes : task == "binary" ? Task::Binary : Task::Values;
    dtype == "f64" ? score<double>(kind, outputs, rows, batch) : score<float>(kind, outputs, rows, batch);
  }
}
