// Puts the functions of the steps together: for bytes and for numbers, and the two functions that a caller sees.
// Numbers are rounded to the type of the net once, behind the last step, as in training.
#include "prepare_text.h"

#include "expression.h"

#include "dlc/support/check.h"
#include "dlc/support/strings.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::deploy {
namespace {

void replaceAll(std::string &text, const std::string &from, const std::string &to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

const CStage *findStage(llvm::StringRef name) {
  for (const CStage *stage : allStages())
    if (stage->name == name)
      return stage;
  return nullptr;
}

/// What keeps compilers from warning of a parameter that a body does not read.
std::string unusedUnless(const std::string &body) {
  return !llvm::StringRef(body).contains("moved") ? "  (void)moved;\n" : "";
}

constexpr llvm::StringLiteral kCaller = R"(void @prepare$S(const $R *raw, $T *in) {
$D$Q  for (int32_t at = 0; at < $N; ++at) {
    in[at] = $C;
  }
}
)";

struct Line {
  const CStage *stage;
  llvm::StringRef numbers;
};

} // namespace

std::string doubleText(double value) { return literal(value, "@"); }

std::string tableText(llvm::ArrayRef<double> values) {
  std::string text = "{", line;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string one = doubleText(values[i]) + (i + 1 < values.size() ? ", " : "");
    if (line.size() + one.size() > 100)
      text += line + "\n      ", line.clear();
    line += one;
  }
  return text + line + "}";
}

std::vector<double> numbersBehind(llvm::StringRef text, llvm::StringRef name) {
  llvm::SmallVector<llvm::StringRef, 4> words;
  text.split(words, ' ');
  std::vector<double> values;
  for (llvm::StringRef word : words)
    if (word.consume_front(name) && word.consume_front("=")) {
      llvm::SmallVector<llvm::StringRef, 16> numbers;
      word.split(numbers, ',');
      for (llvm::StringRef number : numbers) {
        auto value = parseNumber(number);
        DLC_CHECK(value) << "a step says '" << text << "' of itself";
        values.push_back(*value);
      }
    }
  return values;
}

std::string StageWriter::previous(const std::string &index) const {
  if (place_ == 0)
    return "(double)raw[" + index + "]";
  return "@step" + std::to_string(place_ - 1) + "_$K(raw, " + (moved_ ? "moved, " : "") + index + ")";
}

void StageWriter::function(const std::string &body, const std::string &tables) {
  const std::string all = tables + (moved_ ? unusedUnless(body) : "") + body;
  text += "static double @step" + std::to_string(place_) + "_$K(" + parameters() + "int32_t at) {\n" + all + "}\n";
}

void StageWriter::whole(size_t slot, const std::string &name, const std::string &body) {
  text += "static int32_t " + named(name) + "_$K(const $R *raw, const int32_t *moved) {\n" + unusedUnless(body) + body +
          "}\n";
  setup += "  " + moved(slot) + " = " + named(name) + "_$K(raw, moved);\n";
}

std::optional<PrepareText> prepareText(const data::Prepare &prepare, const Shape &raw, llvm::StringRef real) {
  const std::string said = prepare.text();
  std::vector<Line> lines;
  llvm::SmallVector<llvm::StringRef, 8> rows;
  llvm::StringRef(said).split(rows, '\n', -1, false);
  for (llvm::StringRef row : rows) {
    auto [name, numbers] = row.split(' ');
    const CStage *stage = findStage(name);
    if (!stage)
      return std::nullopt;
    lines.push_back({stage, numbers});
  }
  const bool moved = llvm::any_of(lines, [](const Line &line) { return line.stage->usesWhole; });
  PrepareText result;
  result.raw = elementCount(raw);
  Shape shape = raw;
  std::string text, setup;
  for (size_t place = 0; place < lines.size(); ++place) {
    const std::string row = rows[place].str() + "\n";
    auto one = data::parsePrepare(row, "");
    auto after = one ? one->shapeAfter(shape) : Fallible<Shape>(Trouble{});
    if (!after)
      return std::nullopt;
    StageWriter writer(place, shape, *after, moved);
    lines[place].stage->write(writer, lines[place].numbers);
    text += "/* " + rows[place].split(' ').first.str() + " */\n" + writer.text + "\n";
    setup += writer.setup;
    result.inPlace = result.inPlace && !writer.moves;
    shape = *after;
  }
  StageWriter end(lines.size(), shape, shape, moved);
  text += kCaller;
  replaceAll(text, "$D", moved ? "  int32_t moved[" + std::to_string(2 * lines.size()) + "] = {0};\n" : "");
  replaceAll(text, "$Q", setup);
  replaceAll(text, "$N", std::to_string(elementCount(shape)));
  replaceAll(text, "$C", "(" + real.str() + ")" + end.previous("at"));
  replaceAll(text, "$T", real.str());
  for (const auto &[suffix, kind, type] : {std::tuple("", "u8", "uint8_t"), std::tuple("_f", "f", real.data())}) {
    std::string copy = text;
    replaceAll(copy, "$S", suffix);
    replaceAll(copy, "$K", kind);
    replaceAll(copy, "$R", type);
    result.code += copy + "\n";
  }
  return result;
}

} // namespace dlc::deploy
