// Implements ProgressBar.
// Whatever is longer than what comes after it is covered with blanks.
#include "dlc/support/progress_bar.h"

#include <algorithm>

namespace dlc {

void ProgressBar::draw(const std::string &before, double share, const std::string &behind) {
  drawn = std::chrono::steady_clock::now();
  const std::string left = before + " [", right = "] " + behind;
  const size_t text = left.size() + right.size(), width = text < 49 ? 30 : text < 74 ? 79 - text : 5;
  const auto full = static_cast<size_t>(static_cast<double>(width) * std::clamp(share, 0.0, 1.0) + 1e-9);
  const size_t columns = text + width;
  os << '\r' << left << std::string(full, '=') << std::string(width - full, ' ') << right
     << std::string(shown > columns ? shown - columns : 0, ' ');
  os.flush();
  shown = std::max(shown, columns);
}

void ProgressBar::clear() {
  if (!shown)
    return;
  os << '\r' << std::string(shown, ' ') << '\r';
  os.flush();
  shown = 0;
}

} // namespace dlc
