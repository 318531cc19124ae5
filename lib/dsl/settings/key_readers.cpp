// The readers that the rows of the key table share: the written values of one key become a typed value.
// Nothing is stored here, and nothing is said about which keys there are; an empty result has been reported.
#include "key_readers.h"

#include "dlc/support/strings.h"
#include "dlc/support/try.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <cmath>

namespace dlc::dsl {

/// Hands over each value of the key, and each item of those that are lists. False where one was no constant, which has
/// been reported.
static bool eachItem(const KeyReader &r, llvm::function_ref<void(const Const &)> take) {
  bool all = true;
  for (const Arg &arg : r.values) {
    auto value = r.evaluator.eval(arg.value);
    all &= value.has_value();
    if (value && value->kind == Const::Kind::List)
      for (const ConstArg &item : value->items)
        take(item.value);
    else if (value)
      take(*value);
  }
  return all;
}

std::optional<double> readNumber(const KeyReader &r) {
  auto value = r.single();
  return value ? r.evaluator.number(*value, r.key.range, r.what()) : std::nullopt;
}
std::optional<int64_t> readWhole(const KeyReader &r) {
  if (auto n = readNumber(r))
    return static_cast<int64_t>(*n);
  return std::nullopt;
}
std::optional<bool> readFlag(const KeyReader &r) {
  auto value = r.single();
  return value ? r.evaluator.flag(*value, r.what()) : std::nullopt;
}
std::optional<std::string> readWord(const KeyReader &r) {
  auto value = r.single();
  return value ? r.evaluator.word(*value, r.key.words, r.what()) : std::nullopt;
}
std::optional<std::string> readName(const KeyReader &r) {
  DLC_TRY(auto value, r.single());
  if (value.kind == Const::Kind::Word)
    return value.text;
  r.diags().error(value.loc, "E205") << r.key.name << " takes a word, found " << describe(value);
  return std::nullopt;
}
std::optional<Choice> readChoice(const KeyReader &r) {
  const Expr &expr = r.values.front().value;
  auto value = r.single();
  if (value && value->kind != Const::Kind::Word && value->kind != Const::Kind::Call) {
    r.diags().error(expr.loc, "E205").help("write a name, or a call with arguments")
        << r.what() << " takes a name, found " << describe(*value);
    return std::nullopt;
  }
  // An argument that could not be evaluated has been reported; that there is a choice is known all the same.
  if (!expr.as<Ref>() && !expr.as<Call>())
    return std::nullopt;
  return Choice{&expr, value.value_or(Const())};
}
std::optional<std::string> readFile(const KeyReader &r) {
  DLC_TRY(auto value, r.single());
  if ((value.kind == Const::Kind::String && !value.text.empty()) ||
      (value.kind == Const::Kind::Word && llvm::StringRef(value.text).contains('.')))
    return value.text;
  if (value.kind == Const::Kind::String) {
    r.diags().error(value.loc, "E205").help("leave the line out if you want no file")
        << r.key.name << " takes a file name, found none";
    return std::nullopt;
  }
  r.diags().error(value.loc, "E205").help("file names are quoted: \"" + textOf(value.loc) + "\"")
      << r.key.name << " takes a file name, found " << describe(value);
  return std::nullopt;
}
std::optional<std::vector<std::string>> readPatterns(const KeyReader &r) {
  std::vector<std::string> patterns;
  bool ok = true;
  auto add = [&](const Const &value) {
    const bool isName = value.kind == Const::Kind::Word || value.kind == Const::Kind::String;
    if (isName && !value.text.empty())
      return patterns.push_back(value.text);
    ok = false;
    r.diags().error(value.loc, "E205").help("write " + r.key.name + " = head, or [\"conv*\", head]")
        << r.key.name << " takes names, found " << (isName ? "an empty one" : describe(value));
  };
  if (!eachItem(r, add) || !ok)
    return std::nullopt;
  return patterns;
}
std::optional<int64_t> readWholeOrWord(const KeyReader &r, int64_t special) {
  DLC_TRY(auto value, r.single());
  if (value.kind == Const::Kind::Word && r.key.words.equals_insensitive(value.text))
    return special;
  if (auto n = r.evaluator.number(value, r.key.range, r.what()))
    return static_cast<int64_t>(*n);
  return std::nullopt;
}
std::optional<Interval> readInterval(const KeyReader &r) {
  DLC_TRY(auto value, r.single());
  if (value.isNumber() && value.unit != Unit::Epochs && value.unit != Unit::Steps) {
    auto in = [&](Unit unit) {
      return spelling(Const{.kind = Const::Kind::Number, .number = value.number, .unit = unit});
    };
    r.diags().error(value.loc, "E204").help("write " + in(Unit::Epochs) + ", or " + in(Unit::Steps))
        << r.key.name << " takes epochs or steps, found " << spelling(value);
    return std::nullopt;
  }
  Const count = value;
  count.unit = Unit::None;
  if (auto n = r.evaluator.number(count, r.key.range, r.what()))
    return Interval{*n, value.unit};
  return std::nullopt;
}
std::optional<double> readDuration(const KeyReader &r) {
  DLC_TRY(auto value, r.single());
  double factor = value.unit == Unit::Seconds   ? 1
                  : value.unit == Unit::Minutes ? 60
                  : value.unit == Unit::Hours   ? 3600
                                                : 0;
  if (value.isNumber() && factor == 0) {
    std::string n = shortNumber(value.number);
    r.diags().error(value.loc, "E204").help("write " + n + "s, " + n + "m or " + n + "h")
        << r.key.name << " takes a time in s, m or h, found " << spelling(value);
    return std::nullopt;
  }
  Const count = value;
  count.unit = Unit::None;
  if (auto n = r.evaluator.number(count, r.key.range, r.what()))
    return *n * factor;
  return std::nullopt;
}

std::optional<std::vector<Spec>> readFlow(const KeyReader &r, const Expr *first, llvm::ArrayRef<Stage> stages,
                                          WordKind kind) {
  std::vector<Spec> result;
  bool ok = true;
  auto add = [&](const Expr &expr) {
    auto value = r.evaluator.eval(expr);
    auto spec = value ? bindStep(r.evaluator, r.vocabulary, *value, kind) : std::nullopt;
    ok &= spec.has_value();
    if (spec)
      result.push_back(std::move(*spec));
  };
  if (first)
    add(*first);
  for (const Stage &stage : stages) {
    if (stage.count) {
      r.diags().error(stage.count->loc, "E223") << "only layers and blocks take a count";
      ok = false;
    }
    add(stage.step);
  }
  if (!ok)
    return std::nullopt;
  return result;
}

std::optional<std::vector<Spec>> readMetrics(const KeyReader &r) {
  std::vector<Spec> metrics;
  bool ok = true;
  auto add = [&](const Const &value) {
    auto spec = bindStep(r.evaluator, r.vocabulary, value, WordKind::Metric);
    ok &= spec.has_value();
    if (spec)
      metrics.push_back(std::move(*spec));
  };
  if (!eachItem(r, add) || !ok)
    return std::nullopt;
  return metrics;
}

std::optional<std::vector<Spec>> readSteps(const KeyReader &r, WordKind kind) {
  const Expr &expr = r.values.front().value;
  if (r.values.size() != 1) {
    (void)r.single();
    return std::nullopt;
  }
  if (const Ref *ref = expr.as<Ref>(); ref && ref->name.text.equals_insensitive("none"))
    return std::vector<Spec>();
  if (const Flow *flow = expr.as<Flow>())
    return readFlow(r, flow->source.get(), flow->stages, kind);
  return readFlow(r, &expr, {}, kind);
}

/// A call, or a bare file name. Words with a dot count as file names, so that `--set data.train=iris.csv` needs no
/// second quotes.
static std::optional<Spec> sourceOf(const KeyReader &r, const Const &value) {
  if (value.kind == Const::Kind::String ||
      (value.kind == Const::Kind::Word && llvm::StringRef(value.text).contains('.')))
    return sourceOfFile(r.evaluator, r.vocabulary, value);
  return bindStep(r.evaluator, r.vocabulary, value, WordKind::Source);
}
std::optional<Spec> readSource(const KeyReader &r) {
  auto value = r.single();
  return value ? sourceOf(r, *value) : std::nullopt;
}

std::optional<ValSplit> readValSplit(const KeyReader &r) {
  DLC_TRY(auto value, r.single());
  ValSplit split;
  if (value.isNumber()) {
    const bool percent = value.unit == Unit::Percent;
    if (!percent && value.number > 0 && value.number < 1) {
      r.diags().error(value.loc, "E204").help("write " + shortNumber(std::round(value.number * 1e8) / 1e6) + "%")
          << "val takes a percentage or a whole number of samples, found " << spelling(value);
      return std::nullopt;
    }
    Const count = value;
    count.unit = percent ? Unit::None : value.unit;
    auto n = r.evaluator.number(
        count, percent ? NumberRange{0, 100, true, true} : NumberRange{1, 9e15, false, false, true}, r.what());
    if (!n)
      return std::nullopt;
    split.kind = percent ? ValSplit::Kind::Share : ValSplit::Kind::Count;
    split.share = percent ? *n / 100 : 0;
    split.count = percent ? 0 : static_cast<int64_t>(*n);
  } else if (value.kind == Const::Kind::Slice) {
    llvm::StringRef of = value.text;
    if (!of.equals_insensitive("train") && !of.equals_insensitive("test")) {
      r.diags().error(value.loc, "E209") << "a slice must be of train or test, found " << of;
      return std::nullopt;
    }
    if (value.to >= 0 && value.to <= value.from) {
      r.diags().error(value.loc, "E206") << "the slice " << spelling(value) << " is empty";
      return std::nullopt;
    }
    split.kind = ValSplit::Kind::Slice;
    split.of = of.lower();
    split.from = value.from;
    split.to = value.to;
  } else {
    DLC_TRY(auto spec, sourceOf(r, value));
    split.kind = ValSplit::Kind::Source;
    split.source = std::move(spec);
  }
  return split;
}

std::optional<std::string> readInit(const KeyReader &r) {
  auto value = r.single();
  return value ? r.evaluator.init(*value, r.what()) : std::nullopt;
}

std::optional<DType> readDType(const KeyReader &r) {
  DLC_TRY(auto text, readWord(r));
  return text == "f64" ? DType::F64 : DType::F32;
}

static std::nullopt_t noList(const KeyReader &r, const Const &value, llvm::ArrayRef<llvm::StringRef> words = {}) {
  auto d = r.diags().error(value.loc, "E205");
  d << r.key.name << " takes " << r.key.type << ", found " << describe(value);
  if (llvm::StringRef near = closest(value.text, words); !near.empty())
    d.help("did you mean " + near + "?");
  else if (value.kind == Const::Kind::Word)
    d.help("lists take brackets: [" + value.text + ", ...]" +
           (r.key.type.contains("file") ? "; a file takes quotes: \"" + value.text + "\"" : ""));
  return std::nullopt;
}

/// One value, or all of them as a list: `a, b` and `[a, b]` are the same. Words are looked up among the key's.
static std::optional<Const> listOrWord(const KeyReader &r) {
  Const result;
  if (r.values.size() == 1) {
    DLC_TRY(auto value, r.single());
    result = std::move(value);
  } else {
    result.kind = Const::Kind::List;
    result.loc = r.loc();
    for (const Arg &arg : r.values) {
      DLC_TRY(auto item, r.evaluator.eval(arg));
      result.items.push_back(std::move(item));
    }
  }
  if (result.kind == Const::Kind::Word) {
    llvm::SmallVector<llvm::StringRef, 4> words;
    r.key.words.split(words, '|', -1, false);
    auto known = llvm::find_if(words, [&](llvm::StringRef w) { return w.equals_insensitive(result.text); });
    if (known == words.end()) {
      if (!r.evaluator.mayBeMissing(result))
        noList(r, result, words);
      return std::nullopt;
    }
    result.text = known->str();
  }
  return result;
}

std::optional<Const> readWeights(const KeyReader &r) {
  auto list = listOrWord(r);
  if (!list || list->kind == Const::Kind::Word)
    return list;
  if (list->kind != Const::Kind::List)
    return noList(r, *list);
  for (const ConstArg &item : list->items)
    if (!r.evaluator.number(item.value, {0, 1e300}, r.what()))
      return std::nullopt;
  return list;
}

std::optional<Const> readNames(const KeyReader &r) {
  auto list = listOrWord(r);
  if (!list || list->kind == Const::Kind::Word || list->kind == Const::Kind::String)
    return list;
  if (list->kind != Const::Kind::List)
    return noList(r, *list);
  for (const ConstArg &item : list->items)
    if (item.value.kind != Const::Kind::Word && item.value.kind != Const::Kind::String && !item.value.isNumber()) {
      r.diags().error(item.value.loc, "E205") << r.key.name << " takes names, found " << describe(item.value);
      return std::nullopt;
    }
  return list;
}

} // namespace dlc::dsl
