// Two nets in two threads at once, and a third net that several threads ask: what a server or a search over settings
// does. It compares every model with the one that the same source gives alone, and ends with 1 where one differs.
#include "dlc/session/predictor.h"
#include "dlc/session/training.h"

#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

using namespace dlc::session;

namespace {

std::string source(int width, int seed) {
  return "[model]\ninput = 2\noutput = input -> Linear(" + std::to_string(width) +
         ") -> Tanh -> Dropout(10%) -> Linear(2)\n"
         "[data]\ntrain = Inline([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])\nprepare = Normalize\n"
         "[train]\nloss = CrossEntropy\noptimizer = Adam\nlr = 0.05\nepochs = 50\nbatch_size = 2\nseed = " +
         std::to_string(seed) + "\n";
}

std::string train(int width, int seed) {
  Observer silent;
  Net net;
  if (!net.openSourceText("net.dsl", source(width, seed)) || !Training(net).run({}, silent))
    return "";
  return net.bytes();
}

bool predictFromFourThreads(const std::string &model) {
  Net net;
  if (!net.openModelBytes("net.model", model))
    return false;
  auto predictor = Predictor::make(net, {.maxBatch = 4, .callers = 2});
  if (!predictor)
    return false;
  const double samples[] = {0, 0, 0, 1, 1, 0, 1, 1};
  float expected[8];
  if (!(*predictor)->predictRaw<float>(samples, {2}, expected))
    return false;
  std::atomic<bool> same = true;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int call = 0; call < 200; ++call)
        for (size_t row = 0; row < 4; ++row) {
          float answer[2];
          const bool asked = static_cast<bool>((*predictor)->predictRaw<float>({samples + 2 * row, 2}, {2}, answer));
          if (!asked || answer[0] != expected[2 * row] || answer[1] != expected[2 * row + 1])
            same = false;
        }
    });
  for (std::thread &caller : callers)
    caller.join();
  return same;
}

} // namespace

int main() {
  const std::string first = train(8, 1), second = train(12, 2);
  bool good = !first.empty() && !second.empty() && first != second;
  for (int round = 0; round < 10 && good; ++round) {
    std::string one, other;
    std::thread beside([&] { other = train(12, 2); });
    one = train(8, 1);
    beside.join();
    good = one == first && other == second;
  }
  good = good && predictFromFourThreads(first);
  std::puts(good ? "the same bits" : "different bits");
  return good ? 0 : 1;
}
