// ClassicKeys: the keys of [data] and [training] that only the INI form has. Each stands for a key of the table, in
// words or in numbers that no row of it could read; older names of the same value are rows' aliases instead.
#pragma once

#include "keys.h"
#include "llvm/ADT/StringMap.h"

#include <array>

namespace dlc::dsl {

/// Which keys a file has given, and where.
class GivenKeys {
public:
  /// Notes that the key of the table is given at `loc`. Where it has been given before, the place of that.
  std::optional<Loc> give(llvm::StringRef section, llvm::StringRef key, llvm::StringRef output, Loc loc) {
    auto [first, isNew] = firstOf.try_emplace((section + "." + key + "." + output).str(), loc);
    return isNew ? std::nullopt : std::optional(first->second);
  }

private:
  llvm::StringMap<Loc> firstOf;
};

/// E261: a key is given a second time.
void reportTwice(Diags &diags, Name key, Loc first);

class ClassicKeys {
public:
  /// All of them must outlive the object.
  ClassicKeys(const Evaluator &evaluator, const Vocabulary &vocabulary, Settings &settings, GivenKeys &given)
      : evaluator(evaluator), vocabulary(vocabulary), diags(evaluator.diagnostics()), settings(settings), given(given) {
  }

  /// Whether `s` is such a key of this section; if so, it is kept for finish(), which needs those that belong together.
  bool take(llvm::StringRef section, const Statement &s);
  /// Puts what was kept into the settings. To be called when every other key of the file has been read: E262 says what
  /// excludes one of them, or is missing beside it.
  void finish();

private:
  enum Which : uint8_t {
    TrainFile,
    TestFile,
    TrainLabels,
    TestLabels,
    ValShare,
    Normalize,
    EarlyStopping,
    StepSize,
    StepGamma,
    kCount
  };

  /// What a word of the vocabulary stands for, without arguments.
  Spec named(WordKind kind, llvm::StringRef name, Loc loc) const;
  std::optional<Const> value(const Statement *s) const;
  std::optional<bool> flag(Which which) const;
  bool claim(llvm::StringRef dataKey, const Statement *s);
  void files(const Statement *samples, const Statement *labels, llvm::StringRef key, Setting<Spec> &setting);
  void valShare(const Statement *s);
  void stepSchedule(const Statement *size, const Statement *gamma);

  const Evaluator &evaluator;
  const Vocabulary &vocabulary;
  Diags &diags;
  Settings &settings;
  GivenKeys &given;
  std::array<const Statement *, kCount> kept{}; ///< null: not given
};

} // namespace dlc::dsl
