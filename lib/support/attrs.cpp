// Text forms of attribute values, the same on every machine and in every locale.
// Structs are known by the tables of their fields alone.
#include "dlc/support/attrs.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace dlc {

void printAttr(llvm::raw_ostream &os, int64_t value) { os << value; }

void printAttr(llvm::raw_ostream &os, double value) {
  char buffer[32];
  auto [end, ec] = std::to_chars(buffer, buffer + sizeof buffer, value);
  DLC_CHECK(ec == std::errc()) << "double does not print";
  os << llvm::StringRef(buffer, static_cast<size_t>(end - buffer));
}

void printAttr(llvm::raw_ostream &os, bool value) { os << (value ? "true" : "false"); }
void printAttr(llvm::raw_ostream &os, DType value) { os << name(value); }

void printAttr(llvm::raw_ostream &os, const std::string &value) {
  os << '"';
  os.write_escaped(value, /*UseHexEscapes=*/true);
  os << '"';
}

void printAttr(llvm::raw_ostream &os, const Shape &value) {
  os << '[';
  for (size_t i = 0; i < value.size(); ++i)
    os << (i ? "," : "") << value[i];
  os << ']';
}

bool parseAttr(llvm::StringRef text, int64_t &value) { return !text.getAsInteger(10, value); }

bool parseAttr(llvm::StringRef text, double &value) {
  auto [end, ec] = std::from_chars(text.begin(), text.end(), value);
  return ec == std::errc() && end == text.end();
}

bool parseAttr(llvm::StringRef text, bool &value) {
  value = text == "true";
  return value || text == "false";
}

bool parseAttr(llvm::StringRef text, DType &value) {
  std::optional<DType> dtype = parseDType(text);
  value = dtype.value_or(DType::F32);
  return dtype.has_value();
}

bool parseAttr(llvm::StringRef text, std::string &value) {
  if (text.size() < 2 || !text.consume_front("\"") || !text.consume_back("\""))
    return false;
  value.clear();
  while (!text.empty()) {
    char c = text.front();
    text = text.drop_front();
    if (c != '\\') {
      value.push_back(c);
      continue;
    }
    if (text.empty())
      return false;
    char escaped = text.front();
    text = text.drop_front();
    unsigned code = 0;
    if (escaped == 'n')
      value.push_back('\n');
    else if (escaped == 't')
      value.push_back('\t');
    else if (escaped == '\\' || escaped == '"')
      value.push_back(escaped);
    else if (escaped == 'x' && text.size() >= 2 && !text.take_front(2).getAsInteger(16, code)) {
      value.push_back(static_cast<char>(code)); // write_escaped prints other bytes as \xHH
      text = text.drop_front(2);
    } else
      return false;
  }
  return true;
}

bool parseAttr(llvm::StringRef text, Shape &value) {
  value.clear();
  if (!text.consume_front("[") || !text.consume_back("]"))
    return false;
  text = text.trim();
  while (!text.empty()) {
    int64_t size = 0;
    if (text.consumeInteger(10, size))
      return false;
    value.push_back(size);
    text = text.ltrim();
    if (!text.empty() && !text.consume_front(","))
      return false;
    text = text.ltrim();
  }
  return true;
}

namespace {

template <class T> llvm::hash_code hashOf(const T &value) { return llvm::hash_value(value); }
llvm::hash_code hashOf(const double &value) { return llvm::hash_value(std::bit_cast<uint64_t>(value)); }
llvm::hash_code hashOf(const Shape &value) { return llvm::hash_combine_range(value.begin(), value.end()); }

template <class T> bool same(const T &a, const T &b) { return a == b; }
bool same(const double &a, const double &b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

template <class T>
constexpr FieldType kPlain = {
    .print = [](llvm::raw_ostream &os, const void *value) { printAttr(os, *static_cast<const T *>(value)); },
    .parse = [](llvm::StringRef text, void *value) { return parseAttr(text, *static_cast<T *>(value)); },
    .equal = [](const void *a, const void *b) { return same(*static_cast<const T *>(a), *static_cast<const T *>(b)); },
    .hash = [](const void *value) { return hashOf(*static_cast<const T *>(value)); },
    .names = {}};

} // namespace

namespace detail {
constinit const FieldType kIntegerField = kPlain<int64_t>, kDoubleField = kPlain<double>, kBoolField = kPlain<bool>,
                          kDTypeField = kPlain<DType>, kStringField = kPlain<std::string>, kShapeField = kPlain<Shape>;
} // namespace detail

AttrResult AttrTable::set(void *attrs, llvm::StringRef name, llvm::StringRef text) const {
  for (const Field &field : fields)
    if (field.name == name)
      return field.type->parse(text, const_cast<void *>(field.in(attrs))) ? AttrResult::Ok : AttrResult::BadValue;
  return AttrResult::UnknownName;
}

void AttrTable::print(const void *attrs, llvm::raw_ostream &os) const {
  bool first = true;
  for (const Field &field : fields) {
    const void *value = field.in(attrs);
    if (field.type->equal(value, field.in(defaults())))
      continue;
    os << (first ? "" : ", ") << field.name << '=';
    field.type->print(os, value);
    first = false;
  }
}

bool AttrTable::equal(const void *a, const void *b) const {
  return llvm::all_of(fields, [&](const Field &field) { return field.type->equal(field.in(a), field.in(b)); });
}

llvm::hash_code AttrTable::hash(const void *attrs) const {
  llvm::hash_code all(0);
  for (const Field &field : fields)
    all = llvm::hash_combine(all, field.type->hash(field.in(attrs)));
  return all;
}

std::string AttrTable::names(llvm::StringRef name) const {
  std::string text;
  for (const Field &field : fields)
    if (field.name == name)
      for (size_t i = 0, n = field.type->names.size(); i < n; ++i)
        text += (i == 0 ? ": \"" : i + 1 == n ? " or \"" : ", \"") + field.type->names[i].str() + '"';
  return text;
}

} // namespace dlc
