// Libsvm(file): text of lines `label index:value index:value ... # comment`, of which only what is not 0 is written.
// Samples are dense afterwards; several labels of one line and query numbers (qid:) are refused.
#include "csv_scanner.h"
#include "spec_args.h"

#include "dlc/support/checked_size.h"
#include "dlc/support/counted.h"
#include "dlc/support/strings.h"

namespace dlc::data {
namespace {

/// A line as it is read: its label, and where its features are.
struct Line {
  std::optional<double> label;
  size_t begin = 0, end = 0; ///< of Lines::indices and Lines::numbers
};
struct Lines {
  std::vector<Line> all;
  std::vector<uint32_t> indices; ///< from 0
  std::vector<double> numbers;
  std::vector<uint32_t> places; ///< of each line, from 1
  size_t width = 0;
};

/// An index that stands more than once, in whatever order they are.
std::optional<uint32_t> repeated(llvm::ArrayRef<uint32_t> indices) {
  llvm::SmallVector<uint32_t, 0> sorted;
  if (!llvm::is_sorted(indices)) {
    sorted.assign(indices.begin(), indices.end());
    llvm::sort(sorted);
    indices = sorted;
  }
  const auto *twice = std::adjacent_find(indices.begin(), indices.end());
  return twice == indices.end() ? std::nullopt : std::optional(*twice);
}

class Reader {
public:
  Reader(llvm::StringRef path, int64_t first, bool labelMayLack)
      : path(path), first(first), labelMayLack(labelMayLack) {}

  Fallible<Lines> read(llvm::StringRef text) {
    text.consume_front("\xef\xbb\xbf"); // byte order mark
    for (uint32_t number = 1; !text.empty(); ++number) {
      auto [line, rest] = text.split('\n');
      text = rest;
      whole = line.rtrim('\r');
      place = number;
      if (llvm::StringRef written = whole.split('#').first.trim(); !written.empty())
        DLC_PASS_ON(readLine(written));
    }
    return std::move(lines);
  }

private:
  Trouble trouble(llvm::StringRef at, const llvm::Twine &message, llvm::StringRef help = "") const {
    const auto column = static_cast<uint64_t>(at.begin() - whole.begin()) + 1;
    return {.code = "E303",
            .message = message.str(),
            .place = {.file = path.str(),
                      .line = place,
                      .column = column,
                      .endColumn = column + at.size(),
                      .lineText = whole.take_front(160).str()},
            .help = help.str()};
  }

  Checked readLine(llvm::StringRef written) {
    Line line{std::nullopt, lines.indices.size(), 0};
    auto next = [&] {
      llvm::StringRef word = written.take_until([](char c) { return c == ' ' || c == '\t'; });
      written = written.drop_front(word.size()).ltrim();
      return word;
    };
    if (!labelMayLack || !written.take_until([](char c) { return c == ' ' || c == '\t'; }).contains(':')) {
      const llvm::StringRef word = next();
      line.label = cellNumber(word);
      if (!line.label)
        return trouble(word, "'" + word + "' is not a label: a line is one number, then the features");
    }
    while (!written.empty()) {
      const llvm::StringRef word = next();
      auto [index, value] = word.split(':');
      const std::optional<double> number = cellNumber(value);
      int64_t feature = 0;
      if (index.getAsInteger(10, feature) || !number)
        return trouble(word, "'" + word + "' is not a feature such as 3:0.25");
      if (feature < first)
        return trouble(word, "features are counted from " + llvm::Twine(first) + " here, found " + llvm::Twine(feature),
                       feature == 0 ? "write Libsvm(..., first=0)" : "");
      if (feature - first >= int64_t{1} << 31)
        return trouble(word, "feature " + llvm::Twine(feature) + " is beyond 2^31");
      const auto place = static_cast<uint32_t>(feature - first);
      lines.indices.push_back(place);
      lines.numbers.push_back(*number);
      lines.width = std::max<size_t>(lines.width, size_t{place} + 1);
    }
    line.end = lines.indices.size();
    if (const std::optional<uint32_t> twice = repeated(llvm::ArrayRef(lines.indices).drop_front(line.begin)))
      return trouble(whole, "feature " + llvm::Twine(first + *twice) + " appears twice in the line");
    lines.all.push_back(line);
    lines.places.push_back(place);
    return allGood();
  }

  llvm::StringRef path, whole;
  int64_t first;
  bool labelMayLack;
  uint32_t place = 0;
  Lines lines;
};

/// E310 where all samples, with their zeros, are more than the memory that is allowed.
Checked fitsInMemory(const Lines &lines, size_t width, const LoadContext &context, llvm::StringRef path) {
  const CheckedSize bytes = CheckedSize(lines.all.size()) * width * sizeof(double);
  if (bytes.fitsIn(context.maxBytes))
    return allGood();
  return Trouble{.code = "E310",
                 .message = (path + " has " + counted(lines.all.size(), "sample") + " of " + counted(width, "feature") +
                             "; with their zeros they exceed the allowed memory (--max-memory)")
                                .str()};
}

Fallible<Dataset> load(const Spec &spec, const LoadContext &context) {
  DLC_TRY(auto name, fileArgument(spec, "file"));
  DLC_TRY(auto file, readTextFile(name, context, spec.loc));
  Reader reader(file.path, static_cast<int64_t>(spec.number("first", 1)), context.labelMayLack);
  DLC_TRY(auto lines, reader.read(file.text()));
  // What stands behind the last number that is not 0 shows in no file: the net knows.
  const size_t width = std::max(lines.width, context.sampleSize.value_or(0));
  DLC_PASS_ON(fitsInMemory(lines, width, context, file.path));
  Dataset data;
  data.origin = file.path;
  data.count = lines.all.size();
  data.sampleShape = {static_cast<int64_t>(width)};
  NumberStore store;
  store.reserve(data.count * width);
  std::vector<double> row(width);
  for (const Line &line : lines.all) {
    std::fill(row.begin(), row.end(), 0);
    for (size_t i = line.begin; i < line.end; ++i)
      row[lines.indices[i]] = lines.numbers[i];
    store.append(row);
    if (line.label)
      data.numbers.push_back(*line.label);
  }
  data.values = store.take();
  data.lines = std::move(lines.places);
  data.targetKind = TargetKind::Numbers;
  data.targetSize = 1;
  if (context.labelMayLack) { // nobody asked for labels
    data.numbers.clear();
    data.targetSize = 0;
    data.targetKind = TargetKind::None;
  } else {
    DLC_PASS_ON(useClassNames(data, spec.loc, context));
  }
  return data;
}

constexpr ArgSpec kArgs[] = {arg::file("file", "", "the samples, one per line"),
                             arg::size("first", "1", "the number of the first feature").from(0).upTo(1)};

} // namespace

extern const SourceDef source_libsvm;
const SourceDef source_libsvm = {.name = "Libsvm",
                                 .doc = "Text with only nonzero features, one sample per line: 1 3:0.25 17:1.",
                                 .args = kArgs,
                                 .extensions = {"libsvm", "svm", "svmlight"},
                                 .recognises = nullptr,
                                 .load = load};
} // namespace dlc::data
