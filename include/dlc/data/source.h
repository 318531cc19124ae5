// Sources: from `Csv("iris.csv", label=species)` to a Dataset. One file per format, lib/data/source_*.cpp; that folder
// is the registry. Nothing is prepared, split or batched here, and no source prints: they return a Dataset or a
// Trouble.
#pragma once

#include "dlc/data/dataset.h"
#include "dlc/signature/spec.h"
#include "dlc/support/trouble.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dlc::data {

/// What a source needs to know besides its own arguments.
struct LoadContext {
  std::string folder;       ///< of the .dsl file: data files are looked for there first, then in the current folder
  DType dtype = DType::F32; ///< in which numbers are kept (bytes stay bytes)
  /// Class names in order, from `classes =`, the model file or the training set; text labels must be among them (E304).
  /// Empty: from the data, sorted.
  std::vector<std::string> classNames;
  /// What the features are called that the net was or is trained with, in order. A table with a header must call its
  /// features so (E302). Empty: not known, any will do.
  std::vector<std::string> columnNames;
  /// What missing=mean puts into empty cells, by feature; E303 for one that has no mean here. Nothing: such cells are
  /// left for fillGaps(), as those of the table that the means are taken from.
  std::optional<std::vector<double>> featureMeans;
  /// What the columns of targets were called in training, for help where a table does not say which they are.
  std::vector<std::string> targetNames;
  /// The samples are their own targets: columns that hold others are left out unread.
  bool ownTargets = false;
  /// Columns of targets that may stand behind the features of a table without a label column.
  size_t targetColumns = 0;
  /// Values per sample that the model takes, if known: a table with exactly so many columns then has no label column
  /// unless `label` says so.
  std::optional<size_t> sampleSize;
  /// Channels of the picture that the model takes; 3 makes grey pictures colour. 0: not known.
  int64_t channels = 0;
  /// Predictions are wanted, one for each row: a table of features alone will do, whatever `label` says, labels are not
  /// read, and missing=drop leaves nothing out (E303).
  bool labelMayLack = false;
  /// With labelMayLack: what a column may hold that is left out as the label of a table without names.
  LabelKind labels;
  /// For bare files: the source that the model was trained or tested with. What it says of tables and texts (label,
  /// columns, separator, missing cells) holds for them too. May be null.
  const Spec *like = nullptr;
  bool tokens = false; ///< for bare files: the net reads tokens, so a *.txt is a text and not a table
  /// Predictions are printed without names, one line for each sample in its order: none may be left out.
  bool everySample = false;
  bool flat = false; ///< for bare files: a sample of the net has one dimension and is no picture by its shape
  /// Damaged pictures among others are trouble, or left out and named.
  enum class Broken : uint8_t { Error, Skip } broken = Broken::Error;
  enum class Cache : uint8_t { Memory, Disk, None } cache = Cache::Memory; ///< of samples that have to be decoded
  /// What decoded samples may take in memory (E310), those of other sources, `keptBytes`, included.
  uint64_t maxBytes = ~uint64_t{0}, keptBytes = 0;
};

/// One source format.
struct SourceDef {
  llvm::StringRef name; ///< as in the language: "Csv"
  llvm::StringRef doc;  ///< one sentence
  std::span<const ArgSpec> args;
  std::vector<llvm::StringRef> extensions;           ///< of bare file names, without the dot and without .gz
  std::vector<llvm::StringRef> tokenExtensions = {}; ///< likewise where the net reads tokens
  std::vector<llvm::StringRef> folderOf = {};        ///< of files that it reads from a folder
  llvm::StringRef namePart = "";                     ///< of bare file names where the extension tells nothing
  /// Whether a file that begins with these bytes (unpacked) is surely of this format; may be null.
  bool (*recognises)(llvm::StringRef bytes);
  Fallible<Dataset> (*load)(const Spec &spec, const LoadContext &context);
  /// The arguments that take the two files of the command line; "" where there is no second one.
  llvm::StringRef fileArgument = "file", labelsArgument = "";
  llvm::StringRef labelHelp = ""; ///< what to write where labels lack; "" for a table, which may name a column
};

/// All sources, sorted by name (from the file names of lib/data).
llvm::ArrayRef<const SourceDef *> allSources();
const SourceDef *findSource(llvm::StringRef name);

/// Loads a source. An unknown one is E250 with a suggestion.
Fallible<std::shared_ptr<Dataset>> load(const Spec &spec, const LoadContext &context);

/// The source that stands for bare files (`train net.dsl data labels out`, `infer net.model data`): by the content of
/// the first file if that is telling, otherwise by its extension, otherwise Csv. `labels` may be empty. The argument
/// names are those of the language. A net that was trained with pictures takes nothing for a table or a text, and one
/// that was trained with tables or texts nothing for a picture: E309. E306 for a format of pictures that is not read.
Fallible<Spec> sourceForFiles(llvm::StringRef data, llvm::StringRef labels, const LoadContext &context);

/// Gives samples that are decoded on the way a lasting place, as the context says: memory, or a file without a name in
/// the context's folder, mapped. With Broken::Skip samples that cannot be decoded are taken out, whatever place they
/// have. E310 where they do not fit, saying how much they need.
Checked cacheSamples(Dataset &dataset, const LoadContext &context);

/// Where the file or folder called `name` is: absolute, in context.folder, or in the current folder; `name`.gz where
/// `name` is missing; `-` is standard input. E301 at `loc` when there is none.
Fallible<std::string> findDataFile(llvm::StringRef name, const LoadContext &context, Loc loc);

/// A data file, found and unpacked.
struct DataFile {
  std::string path; ///< where it was found
  std::shared_ptr<const llvm::MemoryBuffer> bytes;
  bool packed = false; ///< it was a gzip file
  llvm::StringRef text() const { return bytes->getBuffer(); }
};
/// Finds `name` by findDataFile() and reads it, unpacking gzip whatever the name. E301 when it is not found or not
/// readable, E306 when the gzip is damaged; both point at `loc`.
Fallible<DataFile> readDataFile(llvm::StringRef name, const LoadContext &context, Loc loc);
/// The same of a text, which is UTF-8 afterwards whatever it was: UTF-16 is told by its byte order mark or by its zero
/// bytes. E306 for UTF-32.
Fallible<DataFile> readTextFile(llvm::StringRef name, const LoadContext &context, Loc loc);

} // namespace dlc::data
