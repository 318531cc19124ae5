// Holding the tensors of a file against those a net wants, and the table that says where they differ.
// Nothing is converted: a tensor of another dtype is another tensor.
#include "dlc/model/model_file.h"

#include "llvm/ADT/StringMap.h"

#include <algorithm>
#include <array>

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

} // namespace

Fallible<std::vector<const NamedTensor *>> matchTensors(const ModelFile &file, llvm::StringRef fileName,
                                                        llvm::ArrayRef<WantedTensor> wanted, llvm::StringRef netName) {
  llvm::StringMap<const NamedTensor *> byName;
  for (const NamedTensor &tensor : file.tensors)
    byName[tensor.name] = &tensor;

  std::vector<const NamedTensor *> result;
  Table shapes, dtypes;
  llvm::StringMap<bool> isWanted;
  for (const WantedTensor &want : wanted) {
    isWanted[want.name] = true;
    const NamedTensor *have = byName.lookup(want.name);
    result.push_back(have);
    if (!have)
      shapes.add(want.name, "-", shapeText(want.type.shape), want.where);
    else if (have->tensor.shape() != want.type.shape)
      shapes.add(want.name, shapeText(have->tensor.shape()), shapeText(want.type.shape), want.where);
    else if (have->tensor.dtype() != want.type.dtype)
      dtypes.add(want.name, name(have->tensor.dtype()).str(), name(want.type.dtype).str(), want.where);
  }
  for (const NamedTensor &tensor : file.tensors)
    if (!isWanted.count(tensor.name))
      shapes.add(tensor.name, shapeText(tensor.tensor.shape()), "-", "");

  if (shapes.size())
    return Trouble{.code = "E402",
                   .message = "weights do not fit " + netName.str(),
                   .place = {.file = fileName.str()},
                   .detail = shapes.text()};
  if (dtypes.size())
    return Trouble{.code = "E403",
                   .message = "the numbers are of another dtype than those of " + netName.str(),
                   .place = {.file = fileName.str()},
                   .detail = dtypes.text(),
                   .help = "set dtype in [train] to that of the file, or train again"};
  return result;
}

} // namespace dlc::model
