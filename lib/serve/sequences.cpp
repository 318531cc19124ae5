// Names in a table under a lock that is held for a moment only. What is silent for too long is over as soon as it is
// asked for, and its memory is taken back when room is needed.
#include "dlc/serve/sequences.h"

#include "dlc/serve/json_reader.h"
#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::serve {

using Clock = std::chrono::steady_clock;
static constexpr size_t kLongestId = 128; ///< bytes

bool readSequence(llvm::StringRef query, std::optional<SequenceWish> &wish, std::string &wrong) {
  SequenceWish read;
  auto flag = [&](llvm::StringRef name, llvm::StringRef value, bool &to) {
    to = value == "true";
    if (value != "true" && value != "false")
      wrong = name.str() + ": expected true or false";
  };
  while (!query.empty()) {
    const auto [part, rest] = query.split('&');
    const auto [name, value] = part.split('=');
    query = rest;
    if (name == "sequence_id") {
      read.id = value.str();
      if (value.empty() || value.size() > kLongestId ||
          !llvm::all_of(value, [](char c) { return llvm::isAlnum(c) || c == '-' || c == '_' || c == '.'; }))
        wrong = "sequence_id: expected 1 to 128 letters, digits or -_.";
    } else if (name == "sequence_start") {
      flag(name, value, read.start);
    } else if (name == "sequence_end") {
      flag(name, value, read.end);
    }
  }
  if (!read.id.empty())
    wish = std::move(read);
  else if (wrong.empty() && (read.start || read.end))
    wrong = "sequence_id: missing beside sequence_start and sequence_end";
  return wrong.empty();
}

std::optional<SequenceWish> readSequence(llvm::StringRef text) {
  JsonReader json(text);
  SequenceWish wish;
  std::string name;
  auto parameter = [&] {
    llvm::StringRef number;
    if (name == "sequence_start")
      return json.boolean(wish.start);
    if (name == "sequence_end")
      return json.boolean(wish.end);
    if (name != "sequence_id")
      return json.skip();
    if (json.peek() == JsonReader::Kind::String)
      return json.string(wish.id);
    if (!json.number(number))
      return false;
    wish.id = number == "0" ? "" : number.str();
    return true;
  };
  if (!json.beginObject())
    return std::nullopt;
  while (json.member(name)) {
    if (name != "parameters") {
      json.skip();
      continue;
    }
    if (json.beginObject())
      while (json.member(name))
        parameter();
  }
  return json.atEnd() && !wish.id.empty() && wish.id.size() <= kLongestId ? std::optional(wish) : std::nullopt;
}

bool Sequences::isOver(const Sequence &sequence) const {
  return !sequence.busy && std::chrono::duration<double>(Clock::now() - sequence.last).count() > limits.idle;
}

std::variant<std::shared_ptr<Sequences::Sequence>, Refusal> Sequences::take(const SequenceWish &wish) {
  std::lock_guard lock(mutex);
  auto found = all.find(wish.id);
  if (found != all.end() && found->second->busy)
    return nullptr;
  if (!wish.start && (found == all.end() || isOver(*found->second)))
    return Refusal{400, "sequence_id: no such sequence; it has not begun, has ended, or was silent for more than " +
                            shortNumber(limits.idle) + " s; begin it with sequence_start"};
  if (found == all.end()) {
    if (all.size() >= limits.most)
      for (auto it = all.begin(); it != all.end();)
        if (auto old = it++; isOver(*old->second))
          all.erase(old);
    if (all.size() >= limits.most)
      return Refusal{503, counted(limits.most, "sequence") + " of this model have begun already (--max-sequences)"};
    found = all.try_emplace(wish.id, std::make_shared<Sequence>()).first;
  }
  if (wish.start)
    found->second->state = {};
  found->second->busy = true;
  return found->second;
}

void Sequences::giveBack(const SequenceWish &wish, const std::shared_ptr<Sequence> &sequence, bool done) {
  std::lock_guard lock(mutex);
  sequence->busy = false;
  sequence->last = Clock::now();
  // What begins with a mistake has not begun.
  if ((done && wish.end) || (!done && sequence->state.steps == 0))
    all.erase(wish.id);
}

size_t Sequences::size() const {
  std::lock_guard lock(mutex);
  return all.size();
}

} // namespace dlc::serve
