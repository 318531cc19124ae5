// Csv(file), Csv(file, labels): tables of text.
// The reading itself is parse_csv.cpp, which knows no files.
#include "spec_args.h"

#include "dlc/data/csv_options.h"

#include "llvm/ADT/StringSwitch.h"

#include <utility>

namespace dlc::data {
namespace {

Fallible<char> separatorOf(const Spec &spec) {
  const Const *value = spec.find("sep");
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
                 .help = "use auto, comma, semicolon, tab, space, or one character in quotes"};
}

Fallible<CsvOptions::Header> headerOf(const Spec &spec) {
  using Header = CsvOptions::Header;
  const Const *value = spec.find("header");
  auto said = value ? llvm::StringSwitch<std::optional<Header>>(llvm::StringRef(textOf(value)).lower())
                          .Case("auto", Header::Auto)
                          .Cases("yes", "true", "on", "1", Header::Yes)
                          .Cases("no", "false", "off", "0", Header::No)
                          .Default(std::nullopt)
                    : Header::Auto;
  if (said)
    return *said;
  return Trouble{.code = "E309",
                 .message = "'" + textOf(value) + "' is not a value of header",
                 .loc = value->loc,
                 .help = "use auto, yes or no"};
}

/// One character that has no other meaning in a table; `otherwise` if the argument is absent.
Fallible<char> characterOf(const Spec &spec, llvm::StringRef name, llvm::StringRef possible, char otherwise) {
  const Const *value = spec.find(name);
  if (!value)
    return otherwise;
  const std::string text = textOf(value);
  if (text.size() == 1 && (possible.empty() ? llvm::isPrint(text[0]) && !llvm::isAlnum(text[0]) && text[0] != '"'
                                            : possible.contains(text[0])))
    return text[0];
  return Trouble{.code = "E309",
                 .message = ("'" + text + "' is not a value of " + name).str(),
                 .loc = value->loc,
                 .help = possible.empty() ? "use one character in quotes, as in Csv(..., comment=\"#\")"
                                          : "use \".\" or \",\""};
}

} // namespace

Fallible<CsvOptions> csvOptions(const Spec &spec, const LoadContext &context) {
  CsvOptions options;
  options.dtype = context.dtype;
  options.classNames = context.classNames;
  options.sampleSize = context.sampleSize;
  options.labelMayLack = context.labelMayLack;
  options.labels = context.labels;
  options.columnNames = context.columnNames;
  options.targetNames = context.targetNames;
  options.ownTargets = context.ownTargets;
  options.targetColumns = context.targetColumns;
  options.means = context.featureMeans;

  DLC_TRY(options.header, headerOf(spec));
  options.missing =
      static_cast<CsvOptions::Missing>(wordArgument(spec, "missing", {"error", "zero", "mean", "drop"}, 0));
  DLC_TRY(options.separator, separatorOf(spec));
  auto decimal = characterOf(spec, "decimal", ".,", '.'), comment = characterOf(spec, "comment", "", '\0');
  for (const auto *character : {&decimal, &comment})
    if (!*character)
      return character->failure();
  options.decimal = *decimal;
  options.comment = *comment;
  for (auto [name, character] : {std::pair("decimal", options.decimal), std::pair("comment", options.comment)})
    if (character && character == options.separator)
      return Trouble{.code = "E309",
                     .message = std::string("'") + character + "' cannot be both sep and " + name,
                     .loc = spec.find(name) ? spec.find(name)->loc : spec.loc};
  if (const Const *label = spec.find("label")) {
    options.labelLoc = label->loc;
    if (label->kind == Const::Kind::List)
      for (const ConstArg &item : label->items)
        options.targets.push_back(textOf(&item.value));
    options.label = label->kind == Const::Kind::List ? "none" : textOf(label);
    const bool noTargets = label->kind == Const::Kind::List && options.targets.empty();
    if (noTargets || options.label.empty() || llvm::is_contained(options.targets, ""))
      return Trouble{.code = "E309",
                     .message = "label must be the name or number of a column, a list of these, or last, first or none",
                     .loc = label->loc};
    if (options.targets.size() == 1)
      options.label = std::exchange(options.targets, {}).front();
  }
  const Const *columns = spec.find("columns");
  if (columns && !llvm::StringRef(textOf(columns)).equals_insensitive("all")) {
    options.columnsLoc = columns->loc;
    if (columns->kind != Const::Kind::List) {
      options.columns.push_back(textOf(columns));
    } else {
      for (const ConstArg &item : columns->items)
        options.columns.push_back(textOf(&item.value));
    }
    if (options.columns.empty() || llvm::is_contained(options.columns, ""))
      return Trouble{
          .code = "E309", .message = "columns must be all, or a list of column names or numbers", .loc = columns->loc};
  }
  return options;
}

namespace {

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto options, csvOptions(spec, context));
  DLC_TRY(auto name, fileArgument(spec, "file"));
  DLC_TRY(auto table, readTextFile(name, context, spec.loc));
  if (looksLikeIdx(table.text()))
    return Trouble{.code = "E306",
                   .message = table.path + " is an IDX file, not a table",
                   .loc = spec.loc,
                   .help = "write Idx(images, labels)"};
  const Const *labelsArg = spec.find("labels");
  if (!labelsArg)
    return parseCsv({table.text(), table.path}, std::nullopt, options);
  auto labels = readTextFile(textOf(labelsArg), context, labelsArg->loc.isValid() ? labelsArg->loc : spec.loc);
  if (!labels)
    return labels.failure();
  return parseCsv({table.text(), table.path}, TextFile{labels->text(), labels->path}, options);
}

constexpr ArgSpec kArgs[] = {
    arg::file("file", "", "the table"),
    arg::file("labels", "none", "a second table with only the labels"),
    arg::any(
        "label", "last",
        "the column of the label: a name, a number from 1, last, first or none; or a list of columns with targets"),
    arg::any("columns", "all", "the columns of the features, in this order: names or numbers from 1"),
    arg::any("header", "auto", "whether the first row is a header: auto, yes or no"),
    arg::any("sep", "auto", "what separates cells: comma, semicolon, tab, space, or one character in quotes"),
    arg::word("missing", "error", "error|zero|mean|drop", "what to do with an empty cell"),
    arg::any("decimal", "\".\"", "the decimal separator: \".\" or \",\""),
    arg::any("comment", "none", "the character that begins a comment")};

} // namespace

extern const SourceDef source_csv;
const SourceDef source_csv = {
    .name = "Csv",
    .doc = "A text table, one sample per row; labels in one or more columns, or in a second file.",
    .args = kArgs,
    .extensions = {"csv", "tsv", "txt", "data", "dat"},
    .recognises = nullptr,
    .load = load,
    .fileArgument = "file",
    .labelsArgument = "labels"};
} // namespace dlc::data
