// The table of all keys of [train], [data] and [deploy]: one row says name, type, default, documentation and how to
// read the value. The rows are in keys.cpp; which sections and spellings exist beside them, in key_search.cpp.
#pragma once

#include "evaluator.h"
#include "steps.h"

#include <span>

namespace dlc::dsl {

struct Key;

/// What a row's reader sees: the written values of one key, and where to put them.
class KeyReader {
public:
  KeyReader(const Evaluator &evaluator, const Vocabulary &vocabulary, Settings &settings, const Key &key,
            llvm::StringRef output, llvm::ArrayRef<Arg> values, From from)
      : evaluator(evaluator), vocabulary(vocabulary), settings(settings), key(key), output(output), values(values),
        from(from) {}

  const Evaluator &evaluator;
  const Vocabulary &vocabulary;
  Settings &settings;
  const Key &key;
  llvm::StringRef output; ///< of keys that are said for one output: "mask" of loss.mask; otherwise empty
  llvm::ArrayRef<Arg> values;
  From from;

  Diags &diags() const { return evaluator.diagnostics(); }
  Loc loc() const { return join(values.front().loc(), values.back().loc()); }
  std::string what() const;
  /// The only value, evaluated; E207 where there are several or a named one.
  std::optional<Const> single() const;
  template <class T> void store(Setting<T> &setting, T value) const {
    setting.value = std::move(value);
    setting.loc = loc();
    setting.from = from;
  }
};

/// What the value of a key is made of, for those who look at how it is written.
enum class ValueKind : uint8_t {
  Plain, ///< numbers, names of the user's, and the words of the row
  Flag,
  Initialiser,
  Loss,
  Optimizer,
  Steps ///< a source, or steps of data, of a schedule, of measuring
};

struct Key {
  llvm::StringLiteral section; ///< "train", "data", "deploy"
  llvm::StringLiteral name;
  llvm::StringLiteral type;
  llvm::StringLiteral defaultText; ///< as in the reference; "none" where there is none
  llvm::StringLiteral doc;
  void (*read)(const KeyReader &);
  /// Where the current value came from.
  std::pair<Loc, From> (*state)(const Settings &);
  /// Whether two settings have the same value.
  bool (*same)(const Settings &, const Settings &);
  /// The current value as it may be written under this key, whatever spelling it was given in. Of a value that is
  /// given.
  std::string (*text)(const Settings &);
  NumberRange range = {};
  llvm::StringLiteral words = "";
  /// Older spellings: "training.learning_rate optimizer.type".
  llvm::StringLiteral aliases = "";
  /// The key may also be said for one of several outputs: loss.mask.
  bool perOutput = false;
  ValueKind kind = ValueKind::Plain;

  /// The default is said in words ("by loss") that are no value of the key.
  bool hasWordyDefault() const {
    return defaultText.contains(' ') && !(defaultText[0] >= '0' && defaultText[0] <= '9');
  }
};

/// What the settings say for a key: its value, or the default as the reference has it.
std::string valueText(const Key &key, const Settings &settings);

std::span<const Key> keyTable();

} // namespace dlc::dsl
