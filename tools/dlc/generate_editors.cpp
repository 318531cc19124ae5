// The editors' grammars: Vim syntax and a TextMate grammar, both from the same lists of words.
// They colour what is written; whether it makes sense is the compiler's business.
#include "generators.h"

#include "dlc/compile/compile.h"
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/dsl/settings/settings.h"
#include "dlc/signature/value_reader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

#include <set>

namespace dlc::tool {
namespace {

using Words = std::set<std::string>;

struct Lists {
  Words layers, words, keys, sections, units;
};
Lists lists() {
  Lists l;
  for (const OpDef *def : compile::registry().all())
    if (def->role != Role::Op)
      (def->role == Role::Layer ? l.layers : l.words).insert(def->layer.str());
  for (const dsl::Word &word : compile::vocabulary().words)
    l.words.insert(word.signature.name.str());
  l.words.insert("Tokens");
  for (const dsl::KeyInfo &key : dsl::allKeys()) {
    l.keys.insert(key.name.str());
    for (llvm::StringRef alias : key.aliases)
      l.keys.insert(alias.split('.').second.str());
  }
  for (const dsl::OlderKey &key : dsl::olderKeys())
    l.keys.insert(key.name.str());
  l.keys.insert({"input", "output", "include"}); // which are names, but not the user's
  for (llvm::StringRef name : dsl::sectionNames())
    l.sections.insert(name.str());
  for (llvm::StringRef name : dsl::unitNames())
    if (name != "%")
      l.units.insert(name.str());
  l.units.insert({"epoch", "step"});
  return l;
}

void vimKeywords(llvm::raw_ostream &os, llvm::StringRef group, const Words &words) {
  std::string line;
  for (const std::string &word : words) {
    if (line.size() + word.size() > 90) {
      os << "syntax keyword " << group << line << '\n';
      line.clear();
    }
    line += " " + word;
  }
  os << "syntax keyword " << group << line << '\n';
}

std::string alternatives(const Words &words) { return llvm::join(words, "|"); }

} // namespace

void generateVim(llvm::raw_ostream &os) {
  Lists l = lists();
  os << "\" Vim syntax of dlc's language: nets, data and training in one text file.\n"
        "\" Made by `dlc generate vim`; tools/make-docs writes it anew.\n"
        "if exists('b:current_syntax')\n  finish\nendif\n\nsyntax case ignore\n";
  vimKeywords(os, "dlcLayer", l.layers);
  vimKeywords(os, "dlcWord", l.words);
  vimKeywords(os, "dlcBool", {"true", "false", "yes", "no", "on", "off"});
  os << "syntax match dlcKey /^\\s*\\zs\\h[a-z0-9_.]*\\ze\\s*=/\n";
  os << "syntax match dlcKnownKey /^\\s*\\zs\\%(" << llvm::join(l.keys, "\\|") << "\\)\\ze\\%(\\.\\h\\w*\\)\\?\\s*=/\n";
  os << "syntax match dlcNumber /\\<\\d\\+\\%(x\\d\\+\\)\\+\\>/\n"
        "syntax match dlcNumber /\\%(\\<\\d\\+\\|\\.\\d\\+\\)\\%(\\.\\d*\\)\\?\\%(e[-+]\\?\\d\\+\\)\\?\\%(%\\|\\s*\\%("
     << llvm::join(l.units, "\\|")
     << "\\)\\>\\)\\?/\n"
        "syntax match dlcArrow /->/\n"
        "syntax match dlcOperator /[+*\\/@=]/\n"
        "syntax region dlcString start=/\"/ skip=/\\\\[\"\\\\]/ end=/\"/ oneline contains=dlcConstant\n"
        "syntax match dlcConstant /\\${\\h\\w*}/ contained\n"
        "syntax match dlcSection /^\\s*\\[\\%("
     << llvm::join(l.sections, "\\|")
     << "\\)\\>[^]]*\\]/ contains=dlcNumber,dlcLayer,dlcWord,dlcBool\n"
        "syntax match dlcComment /#.*$/ contains=@Spell\n"
        "syntax match dlcComment /^;.*$/ contains=@Spell\n\n";
  for (auto [group, link] : {std::pair("dlcLayer", "Function"),
                             {"dlcWord", "Type"},
                             {"dlcBool", "Boolean"},
                             {"dlcKey", "Identifier"},
                             {"dlcKnownKey", "Keyword"},
                             {"dlcNumber", "Number"},
                             {"dlcArrow", "Operator"},
                             {"dlcOperator", "Operator"},
                             {"dlcString", "String"},
                             {"dlcConstant", "Special"},
                             {"dlcSection", "Structure"},
                             {"dlcComment", "Comment"}})
    os << "highlight default link " << group << ' ' << link << '\n';
  os << "\nlet b:current_syntax = 'dlc'\n";
}

void generateTextMate(llvm::raw_ostream &os) {
  Lists l = lists();
  llvm::json::OStream json(os, 2);
  auto match = [&](llvm::StringRef name, const std::string &pattern) {
    json.object([&] {
      json.attribute("name", name);
      json.attribute("match", pattern);
    });
  };
  auto include = [&](llvm::StringRef name) { json.object([&] { json.attribute("include", name); }); };
  json.object([&] {
    json.attribute("comment", "Made by `dlc generate textmate`; tools/make-docs writes it anew.");
    json.attribute("name", "dlc");
    json.attribute("scopeName", "source.dlc");
    json.attributeArray("fileTypes", [&] { json.value("dsl"); });
    json.attributeArray("patterns", [&] {
      match("comment.line.number-sign.dlc", "#.*$");
      match("comment.line.semicolon.dlc", "^;.*$");
      json.object([&] {
        json.attribute("name", "meta.section.dlc");
        json.attribute("begin", "(?i)^\\s*(\\[)\\s*(" + alternatives(l.sections) + ")\\b\\s*([A-Za-z_][A-Za-z0-9_]*)?");
        json.attribute("end", "\\]|$");
        json.attributeObject("beginCaptures", [&] {
          json.attributeObject("2", [&] { json.attribute("name", "keyword.control.section.dlc"); });
          json.attributeObject("3", [&] { json.attribute("name", "entity.name.type.block.dlc"); });
        });
        json.attributeArray("patterns", [&] { include("#value"); });
      });
      json.object([&] {
        json.attribute("match", "(?i)^\\s*(" + alternatives(l.keys) + ")((?:\\.[A-Za-z_][A-Za-z0-9_]*)?)\\s*(=)");
        json.attributeObject("captures", [&] {
          json.attributeObject("1", [&] { json.attribute("name", "keyword.other.key.dlc"); });
          json.attributeObject("2", [&] { json.attribute("name", "variable.other.dlc"); });
          json.attributeObject("3", [&] { json.attribute("name", "keyword.operator.assignment.dlc"); });
        });
      });
      json.object([&] {
        json.attribute("match", "^\\s*([A-Za-z_][A-Za-z0-9_.]*)\\s*(=)");
        json.attributeObject("captures", [&] {
          json.attributeObject("1", [&] { json.attribute("name", "variable.other.definition.dlc"); });
          json.attributeObject("2", [&] { json.attribute("name", "keyword.operator.assignment.dlc"); });
        });
      });
      include("#value");
    });
    json.attributeObject("repository", [&] {
      json.attributeObject("value", [&] {
        json.attributeArray("patterns", [&] {
          match("comment.line.number-sign.dlc", "#.*$");
          json.object([&] {
            json.attribute("name", "string.quoted.double.dlc");
            json.attribute("begin", "\"");
            json.attribute("end", "\"|$");
            json.attributeArray("patterns", [&] {
              match("constant.character.escape.dlc", "\\\\[\"\\\\]");
              match("variable.other.interpolated.dlc", "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}");
            });
          });
          match("keyword.operator.arrow.dlc", "->");
          match("constant.numeric.shape.dlc", "\\b\\d+(?:x\\d+)+\\b");
          match("constant.numeric.dlc",
                "(?i)(?:\\b\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?(?:%|\\s*(?:" + alternatives(l.units) + ")\\b)?");
          match("constant.language.boolean.dlc", "(?i)\\b(?:true|false|yes|no|on|off)\\b");
          match("entity.name.function.layer.dlc", "(?i)\\b(?:" + alternatives(l.layers) + ")\\b(?!\\s*=)");
          match("support.type.dlc", "(?i)\\b(?:" + alternatives(l.words) + ")\\b(?!\\s*=)");
          json.object([&] {
            json.attribute("match", "\\b([A-Za-z_][A-Za-z0-9_]*)\\s*(=)");
            json.attributeObject("captures", [&] {
              json.attributeObject("1", [&] { json.attribute("name", "variable.parameter.dlc"); });
              json.attributeObject("2", [&] { json.attribute("name", "keyword.operator.assignment.dlc"); });
            });
          });
          match("keyword.operator.arithmetic.dlc", "//|[-+*/@]");
        });
      });
    });
  });
  os << '\n';
}

} // namespace dlc::tool
