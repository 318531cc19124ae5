// What there is to say of the samples of a bundle, for people.
// What is wrong with them is said elsewhere.
#include "dlc/train/bundle.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::train {

std::vector<std::string> notesOf(const Bundle &bundle) {
  std::vector<std::string> notes = bundle.notes;
  std::vector<const data::Dataset *> seen;
  for (const auto &[samples, role] :
       {std::pair(&bundle.train, ""), std::pair(&bundle.val, "val: "), std::pair(&bundle.test, "test: ")}) {
    if (samples->empty() || llvm::is_contained(seen, samples->data.get()))
      continue;
    seen.push_back(samples->data.get());
    for (const std::string &note : samples->data->notes)
      if (!llvm::is_contained(notes, note))
        notes.push_back(role + note);
  }
  return notes;
}

std::vector<std::string> brokenIn(const Bundle &bundle) {
  std::vector<std::string> texts;
  for (const data::Samples *samples : {&bundle.train, &bundle.val, &bundle.test})
    if (!samples->empty())
      if (std::string text = data::brokenText(*samples->data); !text.empty() && !llvm::is_contained(texts, text))
        texts.push_back(std::move(text));
  return texts;
}

} // namespace dlc::train
