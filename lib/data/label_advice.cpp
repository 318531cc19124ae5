// Implements the advice on labels.
// It guesses from the data, and stays silent if no guess fits.
#include "label_advice.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

namespace dlc::data {

std::optional<std::pair<size_t, llvm::StringRef>> misspelt(const Dataset &data, size_t extra) {
  if (extra > 100) // nobody slips so often; names are compared with all others
    return std::nullopt;
  std::vector<size_t> count(data.classCount()), first(data.classCount());
  for (size_t row = data.count; row-- > 0;) {
    ++count[static_cast<size_t>(data.classes[row])];
    first[static_cast<size_t>(data.classes[row])] = row;
  }
  std::vector<llvm::StringRef> often;
  for (size_t c = 0; c < data.classNames.size(); ++c)
    if (count[c] > 1)
      often.push_back(data.classNames[c]);
  std::optional<std::pair<size_t, llvm::StringRef>> found;
  size_t slips = 0;
  for (size_t c = 0; c < data.classNames.size(); ++c)
    if (llvm::StringRef near = count[c] == 1 ? closest(data.classNames[c], often) : ""; !near.empty()) {
      if (++slips > extra)
        return std::nullopt;
      if (!found || first[c] < found->first)
        found = {first[c], near};
    }
  return slips == extra ? found : std::nullopt;
}

/// Numbers of which hardly one comes twice are measured, not classes.
static bool looksMeasured(const Dataset &data, size_t different) {
  constexpr size_t kFew = 20;
  return data.count >= kFew && 2 * different > data.count;
}

std::string classesHelp(const Dataset &data) {
  const std::string classes = std::to_string(data.classNames.size());
  constexpr size_t kFew = 20;
  if (data.classNames.size() == data.count && data.count >= kFew)
    return "every row has its own class, so these are probably identifiers: exclude the column with columns=, "
           "or name the class column with label=";
  return "for so many classes the last layer is -> Linear(" + classes + ")";
}

std::string notAmong(size_t classes) {
  return classes == 1 ? "is not the only class" : "is not one of the " + std::to_string(classes) + " classes";
}

std::string classesAre(llvm::ArrayRef<std::string> names) {
  constexpr size_t kMost = 12;
  return (names.size() == 1 ? "it is " : "they are ") + llvm::join(names.take_front(kMost), ", ") +
         (names.size() > kMost ? ", ..." : "");
}

std::string namesHelp(const std::set<double> &labels) {
  constexpr size_t kMost = 8;
  std::string names;
  for (const auto &[i, label] : llvm::enumerate(labels))
    if (i < kMost)
      names += (i ? ", " : "") + shortNumber(label);
  return "if they are names, list them under [data]: classes = [" + names + (labels.size() > kMost ? ", ..." : "") +
         "]";
}

std::string countingHelp(const Dataset &data, size_t outputs) {
  constexpr int32_t kMostClasses = 10000;
  const std::set<int32_t> labels(data.classes.begin(), data.classes.end());
  if (labels.size() != outputs && looksMeasured(data, labels.size()))
    return "if these are measurements, not classes, write loss = MSE and -> Linear(1) at the end";
  if (labels.size() != outputs)
    return *labels.rbegin() >= kMostClasses
               ? ""
               : "for labels up to " + std::to_string(*labels.rbegin()) + " the last layer is -> Linear(" +
                     std::to_string(*labels.rbegin() + 1) + ")";
  return namesHelp({labels.begin(), labels.end()});
}

} // namespace dlc::data
