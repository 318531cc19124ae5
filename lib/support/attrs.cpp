// Text forms of attribute values, the same on every machine and in every locale.
// It does not know any attribute struct.
#include "dlc/support/attrs.h"

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

} // namespace dlc
