// The header and the functions behind net_run(). The files that only build and find them are in package_files.cpp.
// Constants of the header are capitals: NET_WORK_BYTES and the like.
#include "package.h"

#include "expression.h"

#include "llvm/ADT/StringExtras.h"

namespace dlc::deploy {
namespace {

std::string macro(const char *name, int64_t value, const char *comment) {
  std::string line = "#define $U_" + std::string(name) + " " + std::to_string(value);
  line.resize(std::max<size_t>(line.size() + 1, 34), ' ');
  return line + "/* " + comment + " */\n";
}

constexpr llvm::StringLiteral kBegin = R"(#ifndef $U_H
#define $U_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

)";
constexpr llvm::StringLiteral kEnd = R"(
#ifdef __cplusplus
}
#endif

#endif
)";

std::string macros(const PackageFacts &facts) {
  const ExportReport &r = facts.report;
  std::string text = macro("BATCH", facts.batch, "samples of a call") +
                     macro("INPUTS", facts.model.inputElements, "numbers that a call reads") +
                     macro("OUTPUTS", facts.model.outputElements, "numbers that a call writes");
  if (facts.classCount)
    text += macro("CLASSES", facts.classCount, "of them, of one sample: probabilities or scores of classes");
  if (facts.prepare)
    text += macro("RAW_INPUTS", facts.prepare->raw, "numbers of a sample before it is prepared");
  text += macro("WORK_BYTES", r.work, "size of @work: all memory of a call but its stack") +
          macro("STACK_BYTES", r.stack, "stack of a call, at most") +
          macro("ROM_BYTES", r.rom, "weights; code comes on top");
  if (facts.options.external)
    text += macro(
        "WEIGHTS",
        [&] {
          int64_t all = 0;
          for (const CWeight &weight : facts.source.weights)
            all += isFloat(weight.numbers.dtype()) ? weight.numbers.type().elements() : 0;
          return all;
        }(),
        "numbers in $N.weights");
  return text;
}

} // namespace

std::string named(llvm::StringRef text, llvm::StringRef prefix) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : ' ';
    if (text[i] == '@') // macros are capitals throughout
      result += (llvm::isUpper(next) ? prefix.upper() : prefix.str()) + "_";
    else if (text[i] == '$' && next == 'N')
      result += prefix, ++i;
    else if (text[i] == '$' && next == 'U')
      result += prefix.upper(), ++i;
    else
      result += text[i];
  }
  return result;
}

std::string quoted(llvm::StringRef text) {
  std::string result = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || c == '?') {
      result += '\\';
      result += c;
    } else if (byte < ' ' || byte == 127 || c == '@' || c == '$') { // @ and $ mean something in these texts
      result += '\\';
      for (int shift : {6, 3, 0})
        result += static_cast<char>('0' + ((byte >> shift) & 7));
    } else {
      result += c;
    }
  }
  return result + "\"";
}

uint32_t hashOf(const Tensor &numbers, uint32_t hash) {
  for (size_t at = 0; at + 4 <= numbers.bytes(); at += 4) {
    uint32_t word;
    std::memcpy(&word, numbers.data() + at, 4);
    hash = (hash ^ word) * 16777619u;
  }
  return hash;
}

std::string headerText(const PackageFacts &facts) {
  const std::string real = facts.model.real();
  std::string text = commentOf(facts.title) + "\n" + kBegin.str() + macros(facts) + "\n";
  text += "/* Where a call keeps its values. Nothing in it outlives the call: one does for any number of nets in turn. "
          "*/\n" +
          workType(facts.model, facts.source) + "\n";
  text += "/* in[$U_INPUTS] to out[$U_OUTPUTS]. Reentrant: all memory is the caller's. */\n" +
          runDeclaration(facts.model, facts.options) + ";\n";
  if (facts.prepare) {
    text += "\n/* A raw sample as training prepared its samples";
    text += facts.prepare->inPlace ? "; raw and in may be one array. */\n" : ". raw and in must not overlap. */\n";
    text += "void @prepare(const uint8_t *raw, " + real + " *in);\nvoid @prepare_f(const " + real + " *raw, " + real +
            " *in);\n";
  }
  if (facts.classCount)
    text += "\n/* The class of the largest number of an answer, the first among equals. */\nint32_t @class(const " +
            real + " *out);\n";
  if (!facts.classes.empty())
    text += "extern const char *const @class_names[$U_CLASSES];\n";
  text += "\n/* 0: three samples give the bits that they gave when this was exported. 1: the weights are damaged. 2: "
          "other\n"
          "   bits. in[$U_INPUTS] and out[$U_OUTPUTS] are overwritten. */\nint32_t @selftest(" +
          real + " *in, " + real + " *out, @work *w" +
          (facts.options.external ? ", const " + real + " *weights" : std::string()) + ");\n";
  return named(text + kEnd.str(), facts.options.prefix);
}

std::string othersText(const PackageFacts &facts) {
  const std::string real = facts.model.real();
  std::string text;
  if (facts.prepare)
    text += facts.prepare->code;
  if (facts.classCount)
    text += "int32_t @class(const " + real + " *out) {\n  int32_t best = 0;\n  for (int32_t i = 1; i < " +
            std::to_string(facts.classCount) +
            "; ++i) {\n    if (out[i] > out[best]) {\n      best = i;\n    }\n  }\n  return best;\n}\n\n";
  if (!facts.classes.empty()) {
    text += "const char *const @class_names[$U_CLASSES] = {";
    for (size_t i = 0; i < facts.classes.size(); ++i)
      text += (i ? ", " : "") + quoted(facts.classes[i]);
    text += "};\n\n";
  }
  const bool wide = facts.model.isWide();
  text += "static uint32_t @hash(const " + real +
          " *numbers, int32_t count, uint32_t hash) {\n  for (int32_t i = 0; i < count; ++i) {\n";
  if (wide)
    text += "    hash = (hash ^ (uint32_t)(@bits(numbers[i]) & 0xffffffffU)) * 16777619U;\n"
            "    hash = (hash ^ (uint32_t)(@bits(numbers[i]) >> 32)) * 16777619U;\n";
  else
    text += "    hash = (hash ^ @bits(numbers[i])) * 16777619U;\n";
  text += "  }\n  return hash;\n}\n\n";
  const std::string weights = facts.options.external ? ", const " + real + " *weights" : "";
  text += "int32_t @selftest(" + real + " *in, " + real + " *out, @work *w" + weights +
          ") {\n  uint32_t hash = 2166136261U;\n  uint32_t state = 1U;\n";
  if (facts.options.external)
    text += "  hash = @hash(weights, $U_WEIGHTS, hash);\n";
  else
    for (const CWeight &weight : facts.source.weights)
      if (isFloat(weight.numbers.dtype()))
        text +=
            "  hash = @hash(@" + weight.name + ", " + std::to_string(weight.numbers.type().elements()) + ", hash);\n";
  text += "  if (hash != " + std::to_string(facts.weightsHash) + "U) {\n    return 1;\n  }\n  hash = 2166136261U;\n";
  text += "  for (int32_t sample = 0; sample < 3; ++sample) {\n" + facts.inputsOfTest;
  text += "    @run(in, out, w" + std::string(facts.options.external ? ", weights" : "") +
          ");\n    hash = @hash(out, $U_OUTPUTS, hash);\n  }\n";
  text += "  return (hash == " + std::to_string(facts.answersHash) + "U) ? 0 : 2;\n}\n";
  return text;
}

} // namespace dlc::deploy
