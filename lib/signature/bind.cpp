// Implements the binding of written arguments to a signature.
// Defaults come from the signature, so that the documentation cannot say anything else.
#include "dlc/signature/bind.h"

#include "dlc/support/strings.h"
#include "dlc/support/try.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc {
namespace {

/// A constant as what an argument needs.
class Converter {
public:
  Converter(const ValueReader &reader, const ArgSpec &spec, const Const &value, llvm::StringRef what, ArgValue &out)
      : reader(reader), spec(spec), value(value), what(what), out(out), least(static_cast<int64_t>(spec.least())),
        largest(static_cast<int64_t>(spec.max < kMaxSize ? spec.max : kMaxSize)) {}

  /// False after an error that was reported.
  bool run() {
    const bool word = value.kind == Const::Kind::Word, text = value.kind == Const::Kind::String;
    switch (spec.kind) {
    case ArgKind::Size:
    case ArgKind::Number:
      return keep(number(), out.number);
    case ArgKind::Flag:
      return keep(reader.flag(value, what), out.flag);
    case ArgKind::Word:
      return keep(reader.word(value, spec.words, what), out.text);
    case ArgKind::Pair:
      return word || text ? pairInWords() : shape(2) && square();
    case ArgKind::Shape:
      return shape(8);
    case ArgKind::Init:
      return keep(reader.init(value, what), out.text);
    case ArgKind::Name:
      return keep(weightName(reader, value, what), out.text);
    case ArgKind::File:
      return text || refuse("a string", word ? "write " + inQuotes(value.text) : "");
    case ArgKind::Text:
      return word || text || refuse("a word");
    case ArgKind::Time:
      return time();
    case ArgKind::List:
      return value.kind == Const::Kind::List ? reader.hasNoUnits(value, what) : refuse("a list");
    case ArgKind::Any:
      return reader.hasNoUnits(value, what);
    }
    return false;
  }

private:
  template <class T> static bool keep(const std::optional<T> &read, T &into) {
    if (read)
      into = *read;
    return read.has_value();
  }

  bool refuse(const llvm::Twine &wanted, const std::string &help = "", ErrorCode code = "E205") {
    auto d = reader.diagnostics().error(value.loc, code);
    d << what << " takes " << wanted << ", found " << describe(value);
    if (!help.empty())
      d.help(help);
    return false;
  }

  std::optional<double> number() {
    NumberRange range{spec.min, spec.max, spec.minExcluded, spec.maxExcluded};
    if (spec.kind == ArgKind::Size) {
      range = {static_cast<double>(least), static_cast<double>(largest), false, false, true};
      if (value.isNumber() && value.number < range.min && value.unit == Unit::None) {
        refuse("a whole number of at least " + llvm::Twine(least), "", "E203");
        return std::nullopt;
      }
    }
    Const plain = value;
    if (spec.percent && value.isNumber() && value.unit == Unit::Percent)
      plain.number = value.fraction(), plain.unit = Unit::None;
    return reader.number(plain, range, what);
  }

  bool shape(size_t most) {
    auto sizes = reader.shape(value, least, what);
    if (!sizes)
      return false;
    if (sizes->size() > most || llvm::any_of(*sizes, [&](int64_t s) { return s > largest; }))
      return refuse("at most " + llvm::Twine(most) + " sizes up to " + grouped(largest), "", "E206");
    out.shape = *sizes;
    return true;
  }

  bool square() {
    if (out.shape.size() == 1)
      out.shape.push_back(out.shape.front());
    return true;
  }

  /// The one word that may stand for a pair: "same".
  bool pairInWords() {
    const bool known = llvm::StringRef(value.text).equals_insensitive(spec.words) && !spec.words.empty();
    if (known && value.kind == Const::Kind::Word) {
      out.text = spec.words.str();
      return true;
    }
    if (reader.mayBeMissing(value))
      return false;
    return refuse(spec.words.empty() ? "a number or a pair such as 3x5"
                                     : "a number, a pair such as 3x5, or " + llvm::Twine(spec.words),
                  known ? "write " + spec.words.str() : "");
  }

  bool time() {
    if (!value.isNumber())
      return refuse("a number of epochs or steps");
    auto in = [&](Unit unit) {
      return spelling(Const{.kind = Const::Kind::Number, .number = value.number, .unit = unit});
    };
    if (value.unit != Unit::Epochs && value.unit != Unit::Steps)
      return refuse("epochs or steps", "write " + in(Unit::Epochs) + ", or " + in(Unit::Steps), "E204");
    // Less than 0 cannot be written: a unit takes no minus.
    return !spec.minExcluded || value.number != 0 || refuse("a time above 0", "", "E206");
  }

  const ValueReader &reader;
  const ArgSpec &spec;
  const Const &value;
  llvm::StringRef what;
  ArgValue &out;
  const int64_t least, largest; ///< of sizes
};

class Binder {
public:
  Binder(const ValueReader &reader, const Signature &signature, const BindRules &rules)
      : reader(reader), specs(signature.args), layer(signature.name), rules(rules) {
    for (const ArgSpec &spec : specs)
      if (!spec.keywordOnly)
        order.push_back(&spec);
  }

  std::optional<Bound> bind(llvm::ArrayRef<WrittenArg> written) {
    std::string reason;
    auto defaults = argsFromText(specs, "", reason);
    DLC_CHECK(defaults) << reason;
    bound.args = std::move(*defaults);
    size_t position = 0;
    bool named = false;
    for (const WrittenArg &arg : written) {
      if (!arg.name.empty()) {
        named = true;
        take(arg, arg.name, arg.nameLoc);
      } else if (named) {
        refuse(arg.loc, "positional arguments come before named ones");
      } else if (position == order.size()) {
        refuseSurplus(arg.loc, written);
        ++position;
      } else if (position < order.size()) {
        take(arg, order[position]->name, arg.loc);
        position += !order[position]->repeated;
      }
    }
    for (const ArgSpec &spec : specs)
      if (ok && spec.defaultText.empty() && !bound.args.given(spec.name))
        refuse(rules.nameLoc, layer + " needs the argument '" + spec.name + "'");
    if (!ok)
      return std::nullopt;
    return std::move(bound);
  }

private:
  InFlight refuse(Loc loc, const llvm::Twine &message) {
    ok = false;
    auto d = reader.diagnostics().error(loc, "E251");
    d << message;
    if (!specs.empty())
      d.help("usage: " + usage(layer, specs));
    return d;
  }

  void refuseSurplus(Loc loc, llvm::ArrayRef<WrittenArg> written) {
    const size_t most = order.size();
    auto names = llvm::map_range(order, [](const ArgSpec *spec) { return llvm::StringRef(spec->name); });
    auto d = refuse(
        loc, most == 0 ? layer + (specs.empty() ? " takes no arguments" : " takes no positional arguments")
                       : layer + " takes " +
                             (most == 1 ? "one positional argument" : llvm::Twine(most) + " positional arguments") +
                             " (" + llvm::join(names, ", ") + ")");
    if (std::string inferred = withoutInputs(written); !inferred.empty())
      d.help("input sizes are inferred: write " + inferred);
  }

  /// The layer as it is written here, where the arguments are those of another framework: the number of inputs, and
  /// then ours in their order. "" where they are not.
  std::string withoutInputs(llvm::ArrayRef<WrittenArg> written) const {
    const bool sized =
        !specs.empty() && (specs.front().keywordOnly || llvm::is_contained({"out", "dim", "size"}, specs.front().name));
    if (!rules.takesName || !sized || written.size() > specs.size() + 1)
      return "";
    std::string text;
    for (const auto &[i, arg] : llvm::enumerate(written)) {
      if (!arg.name.empty() || !parseNumber(textOf(arg.loc)))
        return "";
      if (i == 0)
        continue;
      const ArgSpec &spec = specs[i - 1];
      text += (i > 1 ? ", " : "") + (spec.keywordOnly ? spec.name.str() + "=" : "") + textOf(arg.loc).str();
    }
    return layer.str() + (text.empty() ? "" : "(" + text + ")");
  }

  void take(const WrittenArg &arg, llvm::StringRef name, Loc loc) {
    const bool isName = rules.takesName && name.equals_insensitive("name");
    const bool isInputs = name == "in" && rules.takesName;
    const ArgSpec *spec = specOf(name);
    if (!isName && !isInputs && !spec) {
      llvm::SmallVector<llvm::StringRef> names;
      for (const ArgSpec &s : specs)
        names.push_back(s.name);
      auto d = refuse(loc, layer + " has no argument '" + name + "'");
      if (std::string advice = reader.adviceOnArgument(name, names); !advice.empty())
        d.help(advice);
      return;
    }
    std::string key = isName ? "name" : isInputs ? "in" : spec->name.str();
    if (!(spec && spec->repeated) && givenTwice(key, arg))
      return;
    std::string what = "'" + key + "' of " + layer.str();
    auto value = arg.value();
    if (!value) {
      ok = false;
      return;
    }
    if (isInputs) {
      auto n = reader.number(*value, {1, kMaxSize, false, false, true}, what);
      ok &= n.has_value();
      if (n)
        bound.inputs = static_cast<int64_t>(*n);
      return;
    }
    static constexpr ArgSpec kName{"name", ArgKind::Name, "", "", -1e300, 1e300, false, false, "", true};
    ArgValue converted;
    if (!Converter(reader, isName ? kName : *spec, *value, what, converted).run()) {
      ok = false;
      return;
    }
    converted.given = true;
    if (isName) {
      bound.weightName = converted.text;
      return;
    }
    if (rules.keepsWritten) {
      if (spec->kind == ArgKind::Number)
        value->number = value->fraction(), value->unit = Unit::None;
      bound.written.push_back({key, std::move(*value), arg.nameLoc});
    }
    bound.args.values[key] = std::move(converted);
  }

  const ArgSpec *specOf(llvm::StringRef name) const {
    auto spec = llvm::find_if(specs, [&](const ArgSpec &s) { return s.name.equals_insensitive(name); });
    return spec == specs.end() ? nullptr : &*spec;
  }

  bool givenTwice(llvm::StringRef key, const WrittenArg &arg) {
    auto [first, isNew] = bound.locs.try_emplace(key, arg.loc);
    if (!isNew)
      refuse(join(arg.nameLoc.isValid() ? arg.nameLoc : arg.loc, arg.loc),
             "argument '" + llvm::Twine(key) + "' is given twice")
          .note(first->second, "the first one is here");
    return !isNew;
  }

  const ValueReader &reader;
  std::span<const ArgSpec> specs;
  llvm::StringRef layer;
  const BindRules &rules;
  llvm::SmallVector<const ArgSpec *, 8> order; ///< by position
  Bound bound;
  bool ok = true;
};

} // namespace

std::optional<std::string> weightName(const ValueReader &reader, const Const &value, llvm::StringRef what) {
  if (value.kind == Const::Kind::Word)
    return value.text;
  reader.diagnostics().error(value.loc, "E205") << what << " takes a name, found " << describe(value);
  return std::nullopt;
}

std::optional<Bound> bind(const ValueReader &reader, const Signature &signature, const BindRules &rules,
                          llvm::ArrayRef<WrittenArg> written) {
  return Binder(reader, signature, rules).bind(written);
}

std::optional<Spec> bindCall(const ValueReader &reader, const Signature &signature, const Const &call, Loc nameLoc) {
  llvm::SmallVector<WrittenArg, 8> written;
  for (const ConstArg &item : call.items)
    written.push_back({item.name, item.nameLoc, item.value.loc, [&item] { return item.value; }});
  DLC_TRY(auto bound, bind(reader, signature, {.nameLoc = nameLoc, .keepsWritten = true}, written));
  return Spec{signature.name.str(), std::move(bound.written), call.loc, false, signature.args};
}

} // namespace dlc
