// Implements the binding of written arguments to an op's argument table.
// Defaults come from the table, so that the documentation cannot say anything else.
#include "arguments.h"

#include "dlc/dsl/foreign_names.h"
#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

std::string usage(llvm::StringRef layer, std::span<const ArgSpec> specs) {
  std::string text = layer.str();
  for (size_t i = 0; i < specs.size(); ++i) {
    text += i == 0 ? "(" : ", ";
    text += specs[i].name.str();
    if (!specs[i].defaultText.empty())
      text += "=" + specs[i].defaultText.str();
  }
  return specs.empty() ? text + " takes no arguments" : "usage: " + text + ")";
}

/// The same in a layer list, where `order` are the arguments by position.
std::string usageInList(llvm::StringRef layer, llvm::ArrayRef<llvm::StringRef> order, std::span<const ArgSpec> specs) {
  std::string text = "usage: layer=" + layer.str();
  for (llvm::StringRef name : order) {
    auto spec = llvm::find_if(specs, [&](const ArgSpec &s) { return s.name == name; });
    text += "," + name.str() + (spec == specs.end() || spec->defaultText.empty() ? "" : "=" + spec->defaultText.str());
  }
  return text;
}

bool convert(const Evaluator &evaluator, const ArgSpec &spec, const Const &value, llvm::StringRef what, ArgValue &out) {
  const auto min = spec.min > -1e300 ? static_cast<int64_t>(spec.min) : 1;
  auto shape = [&](size_t most) {
    auto sizes = evaluator.shape(value, min, what);
    if (!sizes)
      return false;
    if (sizes->size() > most || llvm::any_of(*sizes, [](int64_t s) { return s > static_cast<int64_t>(kMaxSize); })) {
      evaluator.diagnostics().error(value.loc, "E205")
          << what << " takes at most " << most << " sizes up to " << grouped(static_cast<int64_t>(kMaxSize))
          << ", found " << describe(value);
      return false;
    }
    out.shape = *sizes;
    return true;
  };
  switch (spec.kind) {
  case ArgKind::Size:
  case ArgKind::Number: {
    Range range{spec.min, spec.max, spec.minExcluded, spec.maxExcluded};
    if (spec.kind == ArgKind::Size)
      range = {static_cast<double>(min), kMaxSize, false, false, true};
    if (spec.kind == ArgKind::Size && value.isNumber() && value.number < range.min && value.unit == Unit::None) {
      evaluator.diagnostics().error(value.loc, "E203")
          << what << " takes a whole number of at least " << min << ", found " << spelling(value);
      return false;
    }
    auto number = evaluator.number(value, range, what);
    out.number = number.value_or(0);
    return number.has_value();
  }
  case ArgKind::Flag: {
    auto flag = evaluator.flag(value, what);
    out.flag = flag.value_or(false);
    return flag.has_value();
  }
  case ArgKind::Word: {
    auto word = evaluator.word(value, spec.words, what);
    out.text = word.value_or("");
    return word.has_value();
  }
  case ArgKind::Pair:
    if (value.kind == Const::Kind::Word || value.kind == Const::Kind::String) {
      const bool known = llvm::StringRef(value.text).equals_insensitive(spec.words) && !spec.words.empty();
      if (known && value.kind == Const::Kind::Word) {
        out.text = spec.words.str();
        return true;
      }
      if (evaluator.mayBeMissing(value))
        return false;
      auto d = evaluator.diagnostics().error(value.loc, "E205");
      d << what << " takes a number" << (spec.words.empty() ? " or " : ", ") << "a pair such as 3x5"
        << (spec.words.empty() ? "" : ", or ") << spec.words << ", found " << describe(value);
      if (known)
        d.help("write " + spec.words);
      return false;
    }
    if (!shape(2))
      return false;
    if (out.shape.size() == 1)
      out.shape.push_back(out.shape.front());
    return true;
  case ArgKind::Shape:
    return shape(8);
  case ArgKind::Init: {
    auto init = evaluator.init(value, what);
    out.text = init.value_or("");
    return init.has_value();
  }
  case ArgKind::Name: {
    auto name = weightName(evaluator, value, what);
    out.text = name.value_or("");
    return name.has_value();
  }
  }
  return false;
}

class Binder {
public:
  Binder(const Evaluator &evaluator, std::span<const ArgSpec> specs, std::span<const llvm::StringLiteral> classicOrder,
         llvm::StringRef layer, Loc nameLoc, bool takesName)
      : evaluator(evaluator), specs(specs), layer(layer), nameLoc(nameLoc), takesName(takesName) {
    inList = !classicOrder.empty();
    if (inList)
      order.assign(classicOrder.begin(), classicOrder.end());
    else
      for (const ArgSpec &spec : specs)
        if (!spec.keywordOnly)
          order.push_back(spec.name);
  }

  std::optional<Bound> bind(llvm::ArrayRef<Arg> written) {
    if (!chooseOrder(written))
      return std::nullopt;
    std::string reason;
    auto defaults = argsFromText(specs, "", reason);
    DLC_CHECK(defaults) << reason;
    bound.args = std::move(*defaults);
    size_t position = 0;
    bool named = false;
    for (const Arg &arg : written) {
      if (!arg.name.text.empty()) {
        named = true;
        take(arg, arg.name.text, arg.name.loc);
      } else if (named) {
        refuse(arg.value.loc, "arguments by position come before those by name");
      } else if (position == order.size()) {
        refuseSurplus(arg.value.loc, written);
        ++position;
      } else if (position < order.size()) {
        take(arg, order[position++], arg.value.loc);
      }
    }
    for (const ArgSpec &spec : specs)
      if (ok && spec.defaultText.empty() && !bound.args.given(spec.name))
        refuse(nameLoc, layer + " needs the argument '" + spec.name + "'");
    if (!ok)
      return std::nullopt;
    return std::move(bound);
  }

private:
  /// The layer-list form may write a pair as two numbers ("kernel_h", "kernel_w"). Then two arguments by position are
  /// those of the arrow form, four and more those of the list, and what could be read either way is refused.
  bool chooseOrder(llvm::ArrayRef<Arg> written) {
    auto height = llvm::find_if(order, [](llvm::StringRef name) { return name.ends_with("_h"); });
    if (height == order.end())
      return true;
    const size_t positional = llvm::count_if(written, [](const Arg &arg) { return arg.name.text.empty(); });
    const size_t least = static_cast<size_t>(height - order.begin()) + 2;
    if (positional >= least)
      return true;
    if (positional != 2) {
      refuse(nameLoc, layer + " takes 2 arguments by position, or " + llvm::Twine(least) + " to " +
                          llvm::Twine(order.size()) + " (" + llvm::join(order, ", ") + "), found " +
                          llvm::Twine(positional));
      return false;
    }
    inList = false;
    order.clear();
    for (const ArgSpec &spec : specs)
      order.push_back(spec.name);
    return true;
  }

  InFlight refuse(Loc loc, const llvm::Twine &message) {
    ok = false;
    auto d = evaluator.diagnostics().error(loc, "E251");
    d << message;
    d.help(inList ? usageInList(layer, order, specs) : usage(layer, specs));
    return d;
  }

  void refuseSurplus(Loc loc, llvm::ArrayRef<Arg> written) {
    const size_t most = order.size();
    auto d =
        refuse(loc, most == 0 ? layer + " takes no arguments by position"
                              : layer + " takes " + (most == 1 ? "one argument" : llvm::Twine(most) + " arguments") +
                                    " by position (" + llvm::join(order, ", ") + ")");
    if (std::string inferred = inList ? "" : withoutInputs(written); !inferred.empty())
      d.help("sizes of what comes in are inferred: write " + inferred);
  }

  /// The layer as it is written here, where the arguments are those of another framework: the number of inputs, and
  /// then ours in their order. "" where they are not.
  std::string withoutInputs(llvm::ArrayRef<Arg> written) const {
    const bool sized =
        !specs.empty() && (specs.front().keywordOnly || llvm::is_contained({"out", "dim", "size"}, specs.front().name));
    if (!takesName || !sized || written.size() > specs.size() + 1)
      return "";
    std::string text;
    for (const auto &[i, arg] : llvm::enumerate(written)) {
      const auto *number = arg.value.as<Number>();
      if (!arg.name.text.empty() || !number)
        return "";
      if (i == 0)
        continue;
      const ArgSpec &spec = specs[i - 1];
      text += (i > 1 ? ", " : "") + (spec.keywordOnly ? spec.name.str() + "=" : "") + textOf(arg.value.loc).str();
    }
    return layer.str() + (text.empty() ? "" : "(" + text + ")");
  }

  void take(const Arg &arg, llvm::StringRef name, Loc loc) {
    const bool isName = takesName && name.equals_insensitive("name");
    const bool isInputs = name == "in";
    if ((name.ends_with("_h") || name.ends_with("_w")) && llvm::is_contained(order, name)) {
      takeHalf(arg, name);
      return;
    }
    auto spec = llvm::find_if(specs, [&](const ArgSpec &s) { return s.name.equals_insensitive(name); });
    if (!isName && !isInputs && spec == specs.end()) {
      llvm::SmallVector<llvm::StringRef> names;
      for (const ArgSpec &s : specs)
        names.push_back(s.name);
      auto d = refuse(loc, layer + " has no argument '" + name + "'");
      if (std::string advice = adviceOnName(NameKind::Argument, name, names); !advice.empty())
        d.help(advice);
      return;
    }
    std::string key = isName ? "name" : isInputs ? "in" : spec->name.str();
    if (givenTwice(key, arg))
      return;
    std::string what = "'" + key + "' of " + layer.str();
    auto value = evaluator.eval(arg.value);
    if (!value) {
      ok = false;
      return;
    }
    if (isInputs) {
      auto n = evaluator.number(*value, {1, kMaxSize, false, false, true}, what);
      ok &= n.has_value();
      if (n)
        bound.inputs = static_cast<int64_t>(*n);
      return;
    }
    static constexpr ArgSpec kName{"name", ArgKind::Name, "", "", -1e300, 1e300, false, false, "", true};
    ArgValue converted;
    if (!convert(evaluator, isName ? kName : *spec, *value, what, converted)) {
      ok = false;
      return;
    }
    converted.given = true;
    if (isName)
      bound.weightName = converted.text;
    else
      bound.args.values[key] = std::move(converted);
  }

  bool givenTwice(llvm::StringRef key, const Arg &arg) {
    auto [first, isNew] = bound.locs.try_emplace(key, arg.value.loc);
    if (!isNew)
      refuse(arg.loc(), "argument '" + llvm::Twine(key) + "' is given twice")
          .note(first->second, "the first one is here");
    return !isNew;
  }

  /// "kernel_h" and "kernel_w" of the layer-list form are the pair "kernel".
  void takeHalf(const Arg &arg, llvm::StringRef name) {
    if (givenTwice(name, arg))
      return;
    llvm::StringRef pair = name.drop_back(2);
    auto value = evaluator.eval(arg.value);
    auto size = value
                    ? evaluator.number(*value, {1, kMaxSize, false, false, true}, ("'" + name + "' of " + layer).str())
                    : std::nullopt;
    ok &= size.has_value();
    auto [loc, isNew] = bound.locs.try_emplace(pair, arg.value.loc);
    loc->second = join(loc->second, arg.value.loc);
    ArgValue &both = bound.args.values[pair];
    if (isNew)
      both = {};
    both.given = true;
    both.shape.push_back(static_cast<int64_t>(size.value_or(1)));
  }

  const Evaluator &evaluator;
  std::span<const ArgSpec> specs;
  llvm::StringRef layer;
  Loc nameLoc;
  bool takesName;
  bool inList = false; ///< in the order of the layer-list form
  llvm::SmallVector<llvm::StringRef, 8> order;
  Bound bound;
  bool ok = true;
};

} // namespace

std::optional<std::string> weightName(const Evaluator &evaluator, const Const &value, llvm::StringRef what) {
  if (value.kind == Const::Kind::Word)
    return value.text;
  evaluator.diagnostics().error(value.loc, "E205") << what << " takes a name, found " << describe(value);
  return std::nullopt;
}

std::optional<Bound> bindArguments(const Evaluator &evaluator, std::span<const ArgSpec> specs,
                                   std::span<const llvm::StringLiteral> classicOrder, llvm::ArrayRef<Arg> written,
                                   llvm::StringRef layer, Loc nameLoc, bool takesName) {
  return Binder(evaluator, specs, classicOrder, layer, nameLoc, takesName).bind(written);
}

} // namespace dlc::dsl
