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
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

namespace dlc {

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

/// How the values of one type are read, printed, compared and hashed by those who do not know the type.
struct FieldType {
  void (*print)(llvm::raw_ostream &os, const void *value);
  bool (*parse)(llvm::StringRef text, void *value);
  bool (*equal)(const void *a, const void *b); ///< equal texts: 0 and -0 differ, a NaN equals itself
  llvm::hash_code (*hash)(const void *value);
  std::span<const llvm::StringLiteral> names; ///< what an enumeration can be; empty for other types
};

namespace detail {
template <Named E>
inline constexpr FieldType kEnumField = {
    .print = [](llvm::raw_ostream &os,
                const void *value) { printAttr(os, name(*static_cast<const E *>(value)).str()); },
    .parse =
        [](llvm::StringRef text, void *value) {
          std::string name;
          const std::optional<E> found = parseAttr(text, name) ? named<E>(name) : std::nullopt;
          if (found)
            *static_cast<E *>(value) = *found;
          return found.has_value();
        },
    .equal = [](const void *a, const void *b) { return *static_cast<const E *>(a) == *static_cast<const E *>(b); },
    .hash = [](const void *value) { return llvm::hash_value(*static_cast<const E *>(value)); },
    .names = kNamesOf<E>};
extern const FieldType kIntegerField, kDoubleField, kBoolField, kDTypeField, kStringField, kShapeField;
} // namespace detail

template <class T> inline constexpr const FieldType *kFieldType = &detail::kEnumField<T>;
template <> inline constexpr const FieldType *kFieldType<int64_t> = &detail::kIntegerField;
template <> inline constexpr const FieldType *kFieldType<double> = &detail::kDoubleField;
template <> inline constexpr const FieldType *kFieldType<bool> = &detail::kBoolField;
template <> inline constexpr const FieldType *kFieldType<DType> = &detail::kDTypeField;
template <> inline constexpr const FieldType *kFieldType<std::string> = &detail::kStringField;
template <> inline constexpr const FieldType *kFieldType<Shape> = &detail::kShapeField;

/// One member of an attribute struct: its printed name, its type, and where it lies in a struct.
struct Field {
  llvm::StringRef name;
  const FieldType *type;
  const void *(*in)(const void *attrs);
};

namespace detail {
template <auto Member> struct MemberAt;
template <class A, class T, T A::*Member> struct MemberAt<Member> {
  static constexpr const FieldType *type = kFieldType<T>;
  static const void *in(const void *attrs) { return &(static_cast<const A *>(attrs)->*Member); }
};
} // namespace detail

/// `field<&GemmAttrs::k>("k")`, an element of the std::array that a struct's fields() returns.
template <auto Member, size_t N> constexpr Field field(const char (&name)[N]) {
  using At = detail::MemberAt<Member>; // clang takes a StringLiteral from a literal itself only
  return {llvm::StringRef(name, N - 1), At::type, At::in};
}

enum class AttrResult { Ok, UnknownName, BadValue };

/// What is known of one attribute struct; made by attrTable<A>(). An op without attributes has {}.
struct AttrTable {
  std::shared_ptr<void> (*make)() = nullptr;
  std::shared_ptr<void> (*copy)(const void *) = nullptr;
  const void *(*defaults)() = nullptr;
  std::span<const Field> fields;
  const char *tag = nullptr; ///< identifies the struct

  AttrResult set(void *attrs, llvm::StringRef name, llvm::StringRef text) const;
  /// `name=value, ...`, only what differs from the defaults.
  void print(const void *attrs, llvm::raw_ostream &os) const;
  bool equal(const void *a, const void *b) const;
  llvm::hash_code hash(const void *attrs) const;
  /// `: "sum", "max" or "norm"`, what an enumeration could be; "" for other attributes.
  std::string names(llvm::StringRef name) const;

  explicit operator bool() const { return make != nullptr; }
};

namespace detail {
template <class A> inline constexpr char kAttrTag = 0;
template <class A> inline constexpr auto kFields = A::fields();
template <class A> std::shared_ptr<void> makeAttrs() { return std::make_shared<A>(); }
template <class A> std::shared_ptr<void> copyAttrs(const void *a) {
  return std::make_shared<A>(*static_cast<const A *>(a));
}
template <class A> const void *attrDefaults() {
  static const A defaults{};
  return &defaults;
}
} // namespace detail

template <class A> constexpr AttrTable attrTable() {
  return {detail::makeAttrs<A>, detail::copyAttrs<A>, detail::attrDefaults<A>, detail::kFields<A>,
          &detail::kAttrTag<A>};
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
