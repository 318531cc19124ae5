// Implements ranking.
// Sums run over sorted numbers, so that samples with the same logits in another order get the same odds.
#include "dlc/metric/ranking.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <limits>

namespace dlc::metric {

template <class T> void logOdds(llvm::ArrayRef<T> logits, std::vector<double> &odds, std::vector<double> &sorted) {
  const size_t n = logits.size();
  odds.assign(logits.begin(), logits.end());
  sorted.assign(logits.begin(), logits.end());
  if (n < 2 || !llvm::all_of(sorted, [](double z) { return std::isfinite(z); })) {
    odds.assign(n, std::numeric_limits<double>::quiet_NaN());
    return;
  }
  llvm::sort(sorted);
  const double largest = sorted[n - 1], second = sorted[n - 2];
  double all = 0,
         others = 0; // of exponentials, as parts of that of the largest, and of the others as parts of the second
  for (size_t i = 0; i < n; ++i)
    all += std::exp(sorted[i] - largest);
  for (size_t i = 0; i + 1 < n; ++i)
    others += std::exp(sorted[i] - second);
  for (double &z : odds) // without the largest, what is left of `all` is at least 1: nothing cancels
    z = z == largest ? (z - second) - std::log(others) : (z - largest) - std::log(all - std::exp(z - largest));
}
template void logOdds<float>(llvm::ArrayRef<float>, std::vector<double> &, std::vector<double> &);
template void logOdds<double>(llvm::ArrayRef<double>, std::vector<double> &, std::vector<double> &);

std::optional<double> areaUnderCurve(std::vector<std::pair<double, bool>> ranked) {
  if (llvm::any_of(ranked, [](const auto &sample) { return std::isnan(sample.first); }))
    return std::nullopt;
  llvm::sort(ranked);
  double positives = 0, rankSum = 0;
  for (size_t i = 0; i < ranked.size();) {
    size_t end = i;
    while (end < ranked.size() && ranked[end].first == ranked[i].first)
      ++end;
    double rank = (static_cast<double>(i + 1) + static_cast<double>(end)) / 2;
    for (; i < end; ++i)
      if (ranked[i].second) {
        positives += 1;
        rankSum += rank;
      }
  }
  double negatives = static_cast<double>(ranked.size()) - positives;
  if (!positives || !negatives)
    return std::nullopt;
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives);
}

} // namespace dlc::metric
