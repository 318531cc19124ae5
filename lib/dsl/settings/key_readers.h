// The readers that the rows of the key table share: the written values of one key become a typed value.
// They store nothing. An empty result means that the mistake has been reported.
#pragma once

#include "keys.h"

namespace dlc::dsl {

/// A number in the key's range; percent counts as a share.
std::optional<double> readNumber(const KeyReader &r);
/// The same, where the key's range is one of whole numbers.
std::optional<int64_t> readWhole(const KeyReader &r);
/// A whole number, or the key's only word, which stands for `special`.
std::optional<int64_t> readWholeOrWord(const KeyReader &r, int64_t special);
std::optional<bool> readFlag(const KeyReader &r);
/// One of the key's words, in their spelling.
std::optional<std::string> readWord(const KeyReader &r);
/// A name that is looked up elsewhere.
std::optional<std::string> readName(const KeyReader &r);
/// A name, or a call of one, that build looks up among the ops.
std::optional<Choice> readChoice(const KeyReader &r);
/// A file; without quotes only where the name has a dot in it, so that no misspelt word is taken for one.
std::optional<std::string> readFile(const KeyReader &r);
/// Words and strings, one or several, as a list or without brackets.
std::optional<std::vector<std::string>> readPatterns(const KeyReader &r);
/// `2 epochs`, `100 steps`.
std::optional<Interval> readInterval(const KeyReader &r);
/// `30s`, `2m`, `1h`; in seconds.
std::optional<double> readDuration(const KeyReader &r);
std::optional<DType> readDType(const KeyReader &r);
/// Canonical text of an initialiser: "He", "Uniform(0.1)".
std::optional<std::string> readInit(const KeyReader &r);

/// The steps of `first -> b -> c`, where `stages` are those after the first, which may be null. Counts are refused.
std::optional<std::vector<Spec>> readFlow(const KeyReader &r, const Expr *first, llvm::ArrayRef<Stage> stages,
                                          WordKind kind);
/// `A -> B(1)`, or `none`.
std::optional<std::vector<Spec>> readSteps(const KeyReader &r, WordKind kind);
/// `accuracy, top5`, or the same as a list.
std::optional<std::vector<Spec>> readMetrics(const KeyReader &r);
/// A source, or a bare file name.
std::optional<Spec> readSource(const KeyReader &r);
/// A share, a number of samples, a slice or a source.
std::optional<ValSplit> readValSplit(const KeyReader &r);
/// A word of the key's, or a list of numbers that are not negative.
std::optional<Const> readWeights(const KeyReader &r);
/// A word of the key's, a file, or a list of names.
std::optional<Const> readNames(const KeyReader &r);

} // namespace dlc::dsl
