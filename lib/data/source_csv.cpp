// Csv(file), Csv(file, labels): tables of text.
// The reading itself is parse_csv.cpp, which knows no files.
#include "spec_args.h"

#include "dlc/data/formats.h"

namespace dlc::data {
namespace {

Fallible<char> separatorOf(const dsl::Spec &spec) {
  const dsl::Const *value = spec.find("sep");
  std::string text = textOf(value);
  if (!value || llvm::StringRef(text).equals_insensitive("auto"))
    return '\0';
  for (auto [word, separator] : {std::pair("tab", '\t'), std::pair("\\t", '\t'), std::pair("space", ' '),
                                 std::pair("comma", ','), std::pair("semicolon", ';')})
    if (llvm::StringRef(text).equals_insensitive(word))
      return separator;
  if (text.size() == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r' && !llvm::isAlnum(text[0]))
    return text[0];
  return Trouble{.code = "E309",
                 .message = "'" + text + "' cannot separate cells",
                 .loc = value->loc,
                 .help = "possible are auto, comma, semicolon, tab, space, or one character in quotes"};
}

/// One character that has no other meaning in a table; `otherwise` if the argument is absent.
Fallible<char> characterOf(const dsl::Spec &spec, llvm::StringRef name, llvm::StringRef possible, char otherwise) {
  const dsl::Const *value = spec.find(name);
  if (!value)
    return otherwise;
  const std::string text = textOf(value);
  if (text.size() == 1 && (possible.empty() ? llvm::isPrint(text[0]) && !llvm::isAlnum(text[0]) && text[0] != '"'
                                            : possible.contains(text[0])))
    return text[0];
  return Trouble{.code = "E309",
                 .message = ("'" + text + "' is not a value of " + name).str(),
                 .loc = value->loc,
                 .help = possible.empty() ? "it is one character in quotes, as in Csv(..., comment=\"#\")"
                                          : "possible are \".\" and \",\""};
}

Fallible<CsvOptions> optionsOf(const dsl::Spec &spec, const LoadContext &context) {
  CsvOptions options;
  options.dtype = context.dtype;
  options.classNames = context.classNames;
  options.sampleSize = context.sampleSize;
  options.labelMayLack = context.labelMayLack;
  options.labels = context.labels;
  options.columnNames = context.columnNames;
  options.targetColumns = context.targetColumns;
  options.means = context.featureMeans;

  auto chosen = wordArgument(spec, "header", {"auto", "yes", "no", "true", "false", "on", "off", "1", "0"}, 0);
  if (!chosen)
    return chosen.trouble();
  options.header = *chosen == 0  ? CsvOptions::Header::Auto
                   : *chosen % 2 ? CsvOptions::Header::Yes
                                 : CsvOptions::Header::No;
  auto missing = wordArgument(spec, "missing", {"error", "zero", "mean", "drop"}, 0);
  if (!missing)
    return missing.trouble();
  options.missing = static_cast<CsvOptions::Missing>(*missing);
  auto separator = separatorOf(spec);
  if (!separator)
    return separator.trouble();
  options.separator = *separator;
  auto decimal = characterOf(spec, "decimal", ".,", '.'), comment = characterOf(spec, "comment", "", '\0');
  for (const auto *character : {&decimal, &comment})
    if (!*character)
      return character->trouble();
  options.decimal = *decimal;
  options.comment = *comment;
  for (auto [name, character] : {std::pair("decimal", options.decimal), std::pair("comment", options.comment)})
    if (character && character == options.separator)
      return Trouble{.code = "E309",
                     .message = std::string("'") + character + "' cannot be both sep and " + name,
                     .loc = spec.find(name) ? spec.find(name)->loc : spec.loc};
  if (const dsl::Const *label = spec.find("label")) {
    options.label = textOf(label);
    options.labelLoc = label->loc;
    if (options.label.empty())
      return Trouble{.code = "E309",
                     .message = "label is the name or the number of a column, or last, first or none",
                     .loc = label->loc};
  }
  const dsl::Const *columns = spec.find("columns");
  if (columns && !llvm::StringRef(textOf(columns)).equals_insensitive("all")) {
    options.columnsLoc = columns->loc;
    if (columns->kind != dsl::Const::Kind::List) {
      options.columns.push_back(textOf(columns));
    } else {
      for (const dsl::ConstArg &item : columns->items)
        options.columns.push_back(textOf(&item.value));
    }
    if (options.columns.empty() || llvm::is_contained(options.columns, ""))
      return Trouble{
          .code = "E309", .message = "columns is all, or a list of names or numbers of columns", .loc = columns->loc};
  }
  return options;
}

Fallible<Dataset> load(const dsl::Spec &spec, const LoadContext &context) {
  auto options = optionsOf(spec, context);
  if (!options)
    return options.trouble();
  auto name = fileArgument(spec, "file");
  if (!name)
    return name.trouble();
  auto table = readTextFile(*name, context, spec.loc);
  if (!table)
    return table.trouble();
  if (looksLikeIdx(table->text()))
    return Trouble{.code = "E306",
                   .message = table->path + " is an IDX file, not a table",
                   .loc = spec.loc,
                   .help = "write Idx(images, labels)"};
  const dsl::Const *labelsArg = spec.find("labels");
  if (!labelsArg)
    return parseCsv({table->text(), table->path}, std::nullopt, *options);
  auto labels = readTextFile(textOf(labelsArg), context, labelsArg->loc.isValid() ? labelsArg->loc : spec.loc);
  if (!labels)
    return labels.trouble();
  return parseCsv({table->text(), table->path}, TextFile{labels->text(), labels->path}, *options);
}

} // namespace

extern const SourceDef source_csv;
const SourceDef source_csv = {.name = "Csv",
                              .doc = "A table of text, one sample a row; labels in a column or in a second file.",
                              .extensions = {"csv", "tsv", "txt", "data", "dat"},
                              .recognises = nullptr,
                              .load = load,
                              .fileArgument = "file",
                              .labelsArgument = "labels"};
} // namespace dlc::data
