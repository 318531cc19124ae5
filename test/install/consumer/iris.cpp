// A program that uses the installed library: it trains the Iris example, predicts a few samples and saves the model.
// Usage: iris iris.dsl out.model [raw samples of four numbers on standard input].
#include "dlc/session/predictor.h"
#include "dlc/session/training.h"

#include <cstdio>
#include <iostream>

using namespace dlc::session;

namespace {

struct Watch : Observer {
  void epoch(const dlc::train::EpochInfo &info) override {
    if (info.last)
      std::fprintf(stderr, "epoch %lld of %lld: loss %.4f\n", static_cast<long long>(info.epoch),
                   static_cast<long long>(info.epochs), info.train.loss);
  }
};

/// What is wrong, as the dlc tool would say it.
int fail(Net &net, const Failure &failure) {
  for (const Finding &finding : net.findings())
    std::cerr << finding.text;
  std::cerr << failure.message << '\n';
  return 1;
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  Net net;
  if (Done opened = net.openSource(argv[1]); !opened)
    return fail(net, opened.failure());
  Watch watch;
  if (Done trained = Training(net).run({.model = argv[2]}, watch); !trained)
    return fail(net, trained.failure());
  auto predictor = Predictor::make(net);
  if (!predictor)
    return fail(net, predictor.failure());
  double sample[4];
  float answer[3];
  while (std::cin >> sample[0] >> sample[1] >> sample[2] >> sample[3]) {
    if (Done asked = (*predictor)->predictRaw<float>(sample, {4}, answer); !asked)
      return fail(net, asked.failure());
    const auto &part = (*predictor)->parts().front();
    std::fprintf(stderr, "%s\n", part.classes[(*predictor)->classOf<float>(answer)].c_str());
    std::printf("%.9g %.9g %.9g\n", static_cast<double>(answer[0]), static_cast<double>(answer[1]),
                static_cast<double>(answer[2]));
  }
  return 0;
}
