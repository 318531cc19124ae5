// One object with four members, whose names are told apart strictly: a misspelt one would be a silent default.
// The prompt is held against the characters of training, and named by its place.
#include "dlc/serve/texts.h"

#include "dlc/serve/json_reader.h"
#include "dlc/support/strings.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::serve {
namespace {

struct Reader {
  JsonReader json;
  std::string prompt;
  session::ContinueOptions options{.count = 100};

  /// False after a mistake.
  bool member(llvm::StringRef name) {
    if (name == "prompt")
      return json.string(prompt);
    llvm::StringRef text;
    auto wrong = [&](const char *expected) {
      return json.fail(name.str() + ": expected " + expected + ", got " + text.str());
    };
    if (name == "n") {
      if (!json.number(text))
        return false;
      return (!text.getAsInteger(10, options.count) && options.count <= kMostCharacters) ||
             wrong("a whole number from 0 to 10000");
    }
    if (name == "temperature") {
      if (!json.number(text))
        return false;
      const std::optional<double> number = parseNumber(text);
      options.temperature = number.value_or(-1);
      return options.temperature >= 0 || wrong("a number of at least 0");
    }
    if (name == "seed") {
      if (!json.number(text))
        return false;
      return !text.getAsInteger(10, options.seed.emplace()) || wrong("a whole number from 0 to 2^64 - 1");
    }
    return json.fail(llvm::json::fixUTF8(name.take_front(40)) +
                     ": no such member; expected prompt, n, temperature or seed");
  }
};

} // namespace

std::optional<Refusal> readTextQuestion(llvm::StringRef body, const Model &model,
                                        std::optional<session::Continuation> &text) {
  Reader reader{JsonReader(body)};
  JsonReader &json = reader.json;
  std::string name;
  if (json.peek() != JsonReader::Kind::Object)
    return Refusal{400, R"(expected a JSON object: {"prompt": "...", "n": 100, "temperature": 1, "seed": 0})"};
  json.beginObject();
  while (json.member(name))
    reader.member(name);
  if (!json.atEnd())
    return Refusal{400, json.error()};
  auto begun = session::Continuation::begin(model.text(), reader.prompt, "prompt", reader.options);
  if (!begun)
    return Refusal{400, "prompt: " + begun.failure().message};
  text.emplace(*std::move(begun));
  return std::nullopt;
}

std::string textAnswer(const session::Continuation &text) {
  std::string out = "{\"text\":";
  llvm::raw_string_ostream(out) << llvm::json::Value(llvm::json::fixUTF8(text.text()));
  return out + "}\n";
}

} // namespace dlc::serve
