// Holding the tensors of a file against those a net wants, and the table that says where they differ.
// Nothing is converted: a tensor of another dtype is another tensor.
#include "dlc/model/model_file.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <algorithm>
#include <array>
#include <optional>

namespace dlc::model {
namespace {

/// Lines of a table whose columns are as wide as their longest cell.
class Table {
public:
  void add(std::string name, std::string file, std::string net, std::string where) {
    rows.push_back({std::move(name), std::move(file), std::move(net), std::move(where)});
  }
  size_t size() const { return rows.size(); }
  std::string text() const {
    std::array<size_t, 3> width{};
    size_t shown = std::min(rows.size(), kMaxRows);
    for (size_t r = 0; r < shown; ++r)
      for (size_t c = 0; c < 3; ++c)
        width[c] = std::max(width[c], rows[r][c].size());
    std::string out;
    for (size_t r = 0; r < shown; ++r) {
      const auto &[name, file, net, where] = rows[r];
      std::string line = padded(name, width[0]) + "   file " + padded(file, width[1]) + "   net " +
                         (where.empty() ? net : padded(net, width[2]) + "   (from " + where + ")");
      out += (out.empty() ? "" : "\n") + line;
    }
    if (shown < rows.size())
      out += "\nand " + std::to_string(rows.size() - shown) + " more";
    return out;
  }

private:
  static constexpr size_t kMaxRows = 40;
  static std::string padded(std::string text, size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
  }
  std::vector<std::array<std::string, 4>> rows;
};

/// "head" of "head.weight".
llvm::StringRef layerOf(llvm::StringRef tensor) { return tensor.contains('.') ? tensor.rsplit('.').first : tensor; }

/// Holds tensors against each other by name, and keeps what does not fit.
class Matcher {
public:
  Matcher(const ModelFile &file, llvm::ArrayRef<WantedTensor> wanted,
          llvm::function_ref<bool(llvm::StringRef name)> isFresh) {
    llvm::StringMap<const NamedTensor *> byName;
    for (const NamedTensor &tensor : file.tensors)
      byName[tensor.name] = &tensor;
    llvm::StringSet<> taken;
    bool anyFresh = false;
    for (const WantedTensor &want : wanted) {
      const bool fresh = isFresh(want.name);
      anyFresh |= fresh;
      result.taken.push_back(fresh ? nullptr : byName.lookup(want.name));
      if (fresh)
        continue;
      taken.insert(want.name);
      compare(want, result.taken.back());
    }
    for (const NamedTensor &tensor : file.tensors) {
      if (taken.contains(tensor.name))
        continue;
      result.unused.push_back(tensor.name);
      anyFresh |= isFresh(tensor.name);
    }
    if (!anyFresh)
      for (const std::string &name : result.unused)
        misfit(name, shapeText(byName.lookup(name)->tensor.shape()), "-", "");
  }

  /// The trouble, if there is any.
  std::optional<Trouble> trouble(llvm::StringRef fileName, llvm::StringRef netName, bool mayStartAnew) const {
    if (shapes.size())
      return Trouble{.code = "E402",
                     .message = "weights do not match " + netName.str(),
                     .place = {.file = fileName.str()},
                     .detail = shapes.text(),
                     .help = mayStartAnew ? help() : ""};
    if (dtypes.size())
      return Trouble{.code = "E403",
                     .message = "dtype mismatch between the file and " + netName.str(),
                     .place = {.file = fileName.str()},
                     .detail = dtypes.text(),
                     .help = "set dtype in [train] to the file's, or train again"};
    return std::nullopt;
  }

  Beginning result;

private:
  void compare(const WantedTensor &want, const NamedTensor *have) {
    if (!have)
      misfit(want.name, "-", shapeText(want.type.shape), want.where);
    else if (have->tensor.shape() != want.type.shape)
      misfit(want.name, shapeText(have->tensor.shape()), shapeText(want.type.shape), want.where);
    else if (have->tensor.dtype() != want.type.dtype)
      dtypes.add(want.name, name(have->tensor.dtype()).str(), name(want.type.dtype).str(), want.where);
  }
  void misfit(llvm::StringRef name, std::string inFile, std::string inNet, const std::string &where) {
    if (!llvm::is_contained(layers, layerOf(name)))
      layers.push_back(layerOf(name).str());
    shapes.add(name.str(), std::move(inFile), std::move(inNet), where);
  }
  std::string help() const {
    constexpr size_t kMostNames = 8;
    std::string names;
    for (const std::string &layer : layers)
      names += (names.empty() ? "" : ",") + layer;
    return layers.size() > kMostNames
               ? "--fresh='NAME*' re-initialises tensors with such names and takes the others from the file"
               : "--fresh='" + names + "' re-initialises these and takes the others from the file";
  }

  Table shapes, dtypes;
  std::vector<std::string> layers; ///< of what does not fit
};

} // namespace

Fallible<std::vector<const NamedTensor *>> matchTensors(const ModelFile &file, llvm::StringRef fileName,
                                                        llvm::ArrayRef<WantedTensor> wanted, llvm::StringRef netName) {
  Matcher matcher(file, wanted, [](llvm::StringRef) { return false; });
  if (auto trouble = matcher.trouble(fileName, netName, false))
    return *std::move(trouble);
  return std::move(matcher.result.taken);
}

Fallible<Beginning> matchBeginning(const ModelFile &file, llvm::StringRef fileName, llvm::ArrayRef<WantedTensor> wanted,
                                   llvm::StringRef netName, llvm::function_ref<bool(llvm::StringRef name)> isFresh) {
  Matcher matcher(file, wanted, isFresh);
  if (auto trouble = matcher.trouble(fileName, netName, true))
    return *std::move(trouble);
  return std::move(matcher.result);
}

} // namespace dlc::model
