// The grammar of RFC 8259, read from front to back. Values that nobody asks for are checked all the same.
#include "dlc/serve/json_reader.h"

#include "dlc/support/strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"

namespace dlc::serve {

bool JsonReader::fail(const std::string &what) {
  if (wrong.empty())
    wrong = "byte " + std::to_string(at - begin) + ": " + what;
  at = end;
  return false;
}

void JsonReader::blanks() {
  while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
    ++at;
}

JsonReader::Kind JsonReader::peek() {
  blanks();
  if (at == end)
    return Kind::Nothing;
  switch (*at) {
  case '{':
    return Kind::Object;
  case '[':
    return Kind::Array;
  case '"':
    return Kind::String;
  case 't':
    return Kind::True;
  case 'f':
    return Kind::False;
  case 'n':
    return Kind::Null;
  default:
    return *at == '-' || llvm::isDigit(*at) ? Kind::Number : Kind::Nothing;
  }
}

bool JsonReader::enter(Kind kind, const char *what) {
  if (peek() != kind)
    return fail(std::string("expected ") + what);
  if (++depth > kMostDepth)
    return fail("arrays and objects are nested more than " + std::to_string(kMostDepth) + " deep");
  ++at;
  first = true;
  return true;
}

bool JsonReader::beginObject() { return enter(Kind::Object, "an object"); }
bool JsonReader::beginArray() { return enter(Kind::Array, "an array"); }

/// Whether a further element or member stands here; behind the last, the bracket is read.
bool JsonReader::next(char closing, const char *expected) {
  blanks();
  if (!good())
    return false;
  if (at == end)
    return fail("the text ends in the middle of an array or object");
  if (*at == closing) {
    ++at;
    --depth;
    first = false;
    return false;
  }
  if (first) {
    first = false;
    return true;
  }
  if (*at != ',')
    return fail(expected);
  ++at;
  blanks();
  if (at != end && *at == closing)
    return fail("a comma before the end");
  return true;
}

bool JsonReader::element() { return next(']', "expected ',' or ']'"); }

bool JsonReader::member(std::string &name) {
  if (!next('}', "expected ',' or '}'") || !string(name))
    return false;
  blanks();
  if (at == end || *at != ':')
    return fail("expected ':'");
  ++at;
  return true;
}

/// The four hexadecimal digits of \uXXXX.
bool JsonReader::unit(unsigned &value) {
  value = 0;
  if (end - at < 4)
    return fail("\\u takes four hexadecimal digits");
  for (int i = 0; i < 4; ++i, ++at) {
    if (!llvm::isHexDigit(*at))
      return fail("\\u takes four hexadecimal digits");
    value = value * 16 + llvm::hexDigitValue(*at);
  }
  return true;
}

bool JsonReader::escape(std::string &text) {
  ++at; // the backslash
  if (at == end)
    return fail("the text ends in the middle of a string");
  static constexpr llvm::StringLiteral kLetters = "\"\\/bfnrt", kMeaning = "\"\\/\b\f\n\r\t";
  if (size_t place = kLetters.find(*at); place != llvm::StringRef::npos) {
    text += kMeaning[place];
    ++at;
    return true;
  }
  if (*at++ != 'u')
    return fail("no escape of JSON");
  unsigned code = 0;
  if (!unit(code))
    return false;
  if (code >= 0xDC00 && code <= 0xDFFF)
    return fail("half a surrogate pair");
  if (code >= 0xD800 && code <= 0xDBFF) {
    unsigned low = 0;
    if (end - at < 2 || at[0] != '\\' || at[1] != 'u')
      return fail("half a surrogate pair");
    at += 2;
    if (!unit(low))
      return false;
    if (low < 0xDC00 || low > 0xDFFF)
      return fail("half a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  char bytes[UNI_MAX_UTF8_BYTES_PER_CODE_POINT], *last = bytes;
  llvm::ConvertCodePointToUTF8(code, last);
  text.append(bytes, last);
  return true;
}

bool JsonReader::string(std::string &text) {
  text.clear();
  if (peek() != Kind::String)
    return fail("expected a string");
  ++at;
  while (at != end && *at != '"') {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte < 0x20)
      return fail("a control character in a string");
    if (byte == '\\') {
      if (!escape(text))
        return false;
      continue;
    }
    const unsigned length = utf8Length(llvm::StringRef(at, static_cast<size_t>(end - at)));
    if (length == 0)
      return fail("a string that is not UTF-8");
    text.append(at, length);
    at += length;
  }
  if (at == end)
    return fail("the text ends in the middle of a string");
  ++at;
  return true;
}

bool JsonReader::number(llvm::StringRef &text) {
  if (peek() != Kind::Number)
    return fail("expected a number");
  const char *from = at;
  auto digits = [&] {
    const char *before = at;
    while (at != end && llvm::isDigit(*at))
      ++at;
    return at != before;
  };
  if (*at == '-')
    ++at;
  if (at != end && *at == '0')
    ++at;
  else if (!digits())
    return fail("a minus without a number");
  if (at != end && *at == '.') {
    ++at;
    if (!digits())
      return fail("a point without digits behind it");
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-'))
      ++at;
    if (!digits())
      return fail("an exponent without digits");
  }
  if (at != end && (llvm::isAlnum(*at) || *at == '.'))
    return fail("no number of JSON");
  text = llvm::StringRef(from, static_cast<size_t>(at - from));
  return true;
}

bool JsonReader::word(llvm::StringRef text) {
  if (!llvm::StringRef(at, static_cast<size_t>(end - at)).starts_with(text))
    return fail("expected a value");
  at += text.size();
  return true;
}

bool JsonReader::boolean(bool &value) {
  const Kind kind = peek();
  if (kind != Kind::True && kind != Kind::False)
    return fail("expected true or false");
  value = kind == Kind::True;
  return word(value ? "true" : "false");
}

bool JsonReader::skip() {
  // A bit for each array or object that is open: whether it is an object.
  uint64_t objects = 0;
  static_assert(kMostDepth <= 64);
  const unsigned outside = depth;
  std::string ignored;
  llvm::StringRef token;
  do {
    switch (peek()) {
    case Kind::Object:
      objects = objects << 1 | 1;
      if (!beginObject())
        return false;
      break;
    case Kind::Array:
      objects <<= 1;
      if (!beginArray())
        return false;
      break;
    case Kind::String:
      string(ignored);
      break;
    case Kind::Number:
      number(token);
      break;
    case Kind::True:
      word("true");
      break;
    case Kind::False:
      word("false");
      break;
    case Kind::Null:
      word("null");
      break;
    case Kind::Nothing:
      return fail("expected a value");
    }
    while (good() && depth > outside && !((objects & 1) ? member(ignored) : element()))
      objects >>= 1;
  } while (good() && depth > outside);
  return good();
}

bool JsonReader::atEnd() {
  blanks();
  return good() && (at == end || fail("something follows the value"));
}

} // namespace dlc::serve
