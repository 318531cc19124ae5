// Typed attributes described once: a struct with a static fields() gets parsing, printing, equality and copying.
// Attributes are immutable once made and know nothing of the op or instruction that carries them.
#pragma once

#include "dlc/support/check.h"
#include "dlc/support/type.h"

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>

namespace dlc {

/// One member of an attribute struct under its printed name.
template <class A, class T> struct Field {
  llvm::StringRef name;
  T A::*member;
};
template <size_t N, class A, class T> constexpr Field<A, T> field(const char (&name)[N], T A::*member) {
  return {llvm::StringRef(name, N - 1), member}; // clang takes a StringLiteral from a literal itself only
}

/// The names of an enumeration's values, in their order: std::to_array<llvm::StringLiteral> as a specialisation beside
/// it. Attributes hold the value, and text has the name as a string.
template <class E> inline constexpr std::nullptr_t kNamesOf = nullptr;
template <class E>
concept Named = std::is_enum_v<E> && requires { kNamesOf<E>.size(); };
template <Named E> llvm::StringRef name(E value) { return kNamesOf<E>[static_cast<size_t>(value)]; }
template <Named E> std::optional<E> named(llvm::StringRef name) {
  const auto *at = llvm::find(kNamesOf<E>, name);
  return at == kNamesOf<E>.end() ? std::nullopt : std::optional(static_cast<E>(at - kNamesOf<E>.begin()));
}

/// Text forms of the field types. Doubles print as the shortest text that reads back to the same bits.
void printAttr(llvm::raw_ostream &os, int64_t value);
void printAttr(llvm::raw_ostream &os, double value);
void printAttr(llvm::raw_ostream &os, bool value);
void printAttr(llvm::raw_ostream &os, DType value);
void printAttr(llvm::raw_ostream &os, const std::string &value); ///< quoted
void printAttr(llvm::raw_ostream &os, const Shape &value);       ///< [1,2,3]
bool parseAttr(llvm::StringRef text, int64_t &value);
bool parseAttr(llvm::StringRef text, double &value);
bool parseAttr(llvm::StringRef text, bool &value);
bool parseAttr(llvm::StringRef text, DType &value);
bool parseAttr(llvm::StringRef text, std::string &value);
bool parseAttr(llvm::StringRef text, Shape &value);
template <Named E> void printAttr(llvm::raw_ostream &os, E value) { printAttr(os, name(value).str()); }
template <Named E> bool parseAttr(llvm::StringRef text, E &value) {
  std::string name;
  std::optional<E> found = parseAttr(text, name) ? named<E>(name) : std::nullopt;
  value = found.value_or(value);
  return found.has_value();
}

/// Equal texts: 0 and -0 differ, a NaN equals itself.
template <class T> bool equalAttr(const T &a, const T &b) {
  if constexpr (std::is_same_v<T, double>)
    return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
  else
    return a == b;
}
template <class T> llvm::hash_code hashAttr(const T &value) {
  if constexpr (std::is_same_v<T, double>)
    return llvm::hash_value(std::bit_cast<uint64_t>(value));
  else if constexpr (std::is_same_v<T, Shape>)
    return llvm::hash_combine_range(value.begin(), value.end());
  else
    return llvm::hash_value(value);
}

enum class AttrResult { Ok, UnknownName, BadValue };

/// The type-erased operations of one attribute struct; made by attrTable<A>(). An op without attributes has {}.
struct AttrTable {
  std::shared_ptr<void> (*make)() = nullptr;
  std::shared_ptr<void> (*copy)(const void *) = nullptr;
  AttrResult (*set)(void *, llvm::StringRef name, llvm::StringRef text) = nullptr;
  /// `name=value, ...`, only what differs from the defaults.
  void (*print)(const void *, llvm::raw_ostream &) = nullptr;
  bool (*equal)(const void *, const void *) = nullptr;
  llvm::hash_code (*hash)(const void *) = nullptr;
  /// `: "sum", "max" or "norm"`, what an enumeration could be; "" for other attributes.
  std::string (*names)(llvm::StringRef name) = nullptr;
  const char *tag = nullptr; ///< identifies A

  explicit operator bool() const { return make != nullptr; }
};

namespace detail {
template <class A> inline constexpr char kAttrTag = 0;
template <class A> const A &attrDefaults() {
  static const A defaults{};
  return defaults;
}
template <class A> std::shared_ptr<void> makeAttrs() { return std::make_shared<A>(); }
template <class A> std::shared_ptr<void> copyAttrs(const void *a) {
  return std::make_shared<A>(*static_cast<const A *>(a));
}
template <class A> AttrResult setAttr(void *attrs, llvm::StringRef name, llvm::StringRef text) {
  AttrResult result = AttrResult::UnknownName;
  std::apply(
      [&](const auto &...f) {
        ((f.name == name ? void(result = parseAttr(text, static_cast<A *>(attrs)->*f.member) ? AttrResult::Ok
                                                                                             : AttrResult::BadValue)
                         : void()),
         ...);
      },
      A::fields());
  return result;
}
template <class A> void printAttrs(const void *attrs, llvm::raw_ostream &os) {
  bool first = true;
  auto one = [&](const auto &f) {
    const auto &value = static_cast<const A *>(attrs)->*f.member;
    if (equalAttr(value, attrDefaults<A>().*f.member))
      return;
    os << (first ? "" : ", ") << f.name << '=';
    printAttr(os, value);
    first = false;
  };
  std::apply([&](const auto &...f) { (one(f), ...); }, A::fields());
}
template <class A> bool equalAttrs(const void *a, const void *b) {
  return std::apply(
      [&](const auto &...f) {
        return (equalAttr(static_cast<const A *>(a)->*f.member, static_cast<const A *>(b)->*f.member) && ...);
      },
      A::fields());
}
template <class A> llvm::hash_code hashAttrs(const void *a) {
  return std::apply(
      [&](const auto &...f) { return llvm::hash_combine(hashAttr(static_cast<const A *>(a)->*f.member)...); },
      A::fields());
}
template <class A> std::string namesOfAttr(llvm::StringRef name) {
  std::string text;
  auto one = [&]<class T>(const Field<A, T> &f) {
    if constexpr (Named<T>)
      for (size_t i = 0, n = kNamesOf<T>.size(); f.name == name && i < n; ++i)
        text += (i == 0 ? ": \"" : i + 1 == n ? " or \"" : ", \"") + kNamesOf<T>[i].str() + '"';
  };
  std::apply([&](const auto &...f) { (one(f), ...); }, A::fields());
  return text;
}
} // namespace detail

template <class A> constexpr AttrTable attrTable() {
  return {detail::makeAttrs<A>,  detail::copyAttrs<A>, detail::setAttr<A>,     detail::printAttrs<A>,
          detail::equalAttrs<A>, detail::hashAttrs<A>, detail::namesOfAttr<A>, &detail::kAttrTag<A>};
}
namespace detail {
template <class A> inline constexpr AttrTable kAttrTable = attrTable<A>();
}

/// A shared, immutable attribute value of any attribute struct (or none).
class Attrs {
public:
  Attrs() = default;
  template <class A> static Attrs of(A value) {
    return Attrs(detail::kAttrTable<A>, std::make_shared<A>(std::move(value)));
  }
  /// `table` lives as long as the program runs: it belongs to the definition of an op or an instruction.
  Attrs(const AttrTable &table, std::shared_ptr<void> value) : table_(&table), value_(std::move(value)) {}

  explicit operator bool() const { return value_ != nullptr; }
  template <class A> const A &as() const {
    DLC_CHECK(getIf<A>()) << "attributes of another struct";
    return *static_cast<const A *>(value_.get());
  }
  /// Null where the attributes are those of another struct, or none.
  template <class A> const A *getIf() const {
    return value_ && table_->tag == &detail::kAttrTag<A> ? static_cast<const A *>(value_.get()) : nullptr;
  }
  void print(llvm::raw_ostream &os) const {
    if (value_)
      table_->print(value_.get(), os);
  }
  std::string text() const {
    std::string result;
    llvm::raw_string_ostream os(result);
    print(os);
    return result;
  }
  friend bool operator==(const Attrs &a, const Attrs &b) {
    if (!a.value_ || !b.value_)
      return !a.value_ && !b.value_;
    return a.table_->tag == b.table_->tag && a.table_->equal(a.value_.get(), b.value_.get());
  }

  friend llvm::hash_code hash_value(const Attrs &a) {
    return a.value_ ? a.table_->hash(a.value_.get()) : llvm::hash_code(0);
  }

private:
  const AttrTable *table_ = nullptr;
  std::shared_ptr<void> value_;
};

} // namespace dlc
