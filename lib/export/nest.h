// Nest: the loop nest of one instruction while it is written, and what every kernel family writes it with. Which loops
// an instruction becomes is said in family_<name>.cpp, one file each; the folder is the registry.
#pragma once

#include "c_model.h"

#include "dlc/program/instrs.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/Twine.h"

#include <string>
#include <vector>

namespace dlc::deploy {

/// What a weight becomes for the loops that read it: element i of the result is element order[i] of the buffer; -1 is
/// 0.
struct CLayout {
  std::string name; ///< equal for equal orders: "panels32"
  std::vector<int64_t> order;
};

class Nest {
public:
  Nest(const CModel &model, const Instr &instr);

  const Program &program() const { return model_.program; }
  const Instr &instr() const { return instr_; }
  template <class A> const A &attrs() const { return instr_.attrs.as<A>(); }
  DType dtype() const { return program().dtype; }
  /// "float" or "double".
  llvm::StringRef real() const { return dtype() == DType::F64 ? "double" : "float"; }
  /// A number of this type: "0.0F".
  std::string number(double value) const;
  static std::string text(int64_t value) { return std::to_string(value); }

  /// The parameters of the written function that stand for operands: "x", "weight", "y".
  const std::string &read(size_t i) const { return reads_[i]; }
  const std::string &write(size_t i) const { return writes_[i]; }
  bool isConstant(size_t read) const { return model_.constants.contains(instr_.reads[read]); }
  /// Read i, which is a constant, is handed over in another order.
  void layOut(size_t read, CLayout layout) { layouts_[read] = std::move(layout); }

  /// Read i is handed over from this element on, so that nests which differ in nothing else are one.
  void startAt(size_t read, int64_t element) { starts_[read] = element; }

  // Lines of the body. open() ends in "{"; loop() is for (v = from; v < to; ++v).
  void line(const llvm::Twine &text);
  void open(const llvm::Twine &head);
  void close();
  void loop(llvm::StringRef variable, int64_t to) { loop(variable, "0", text(to)); }
  void loop(llvm::StringRef variable, const llvm::Twine &from, const llvm::Twine &to);
  void declare(llvm::StringRef name, const llvm::Twine &value) { // a number
    line("const " + real() + " " + name + " = " + value + ";");
  }
  void index(llvm::StringRef name, const llvm::Twine &value) { line("const int32_t " + name + " = " + value + ";"); }
  /// An array of `count` numbers in the frame of the function.
  void array(llvm::StringRef name, int64_t count) {
    line(real() + " " + name + "[" + text(count) + "];");
    frameBytes += count * static_cast<int64_t>(byteSize(dtype()));
  }

  /// The steps of a tile program for one element: `load` says how input i is read there, `store` takes output o.
  void code(const MapCode &code, llvm::function_ref<std::string(size_t)> load,
            llvm::function_ref<void(size_t, const std::string &)> store);
  /// How element `element` of the flat index space finds its number in an input of a tile program.
  static std::string element(const MapInputKind &kind, const std::string &element);
  /// A micro-operation over expressions: in place where it is short, else a call.
  std::string micro(kernels::MapOp op, llvm::ArrayRef<std::string> operands) const;

  // What was written.
  const std::string &body() const { return body_; }
  const std::map<size_t, CLayout> &layouts() const { return layouts_; }
  int64_t start(size_t read) const {
    auto found = starts_.find(read);
    return found == starts_.end() ? 0 : found->second;
  }
  int64_t frameBytes = 0; ///< of the arrays

private:
  const CModel &model_;
  const Instr &instr_;
  std::vector<std::string> reads_, writes_;
  std::map<size_t, CLayout> layouts_;
  std::map<size_t, int64_t> starts_;
  std::string body_;
  unsigned depth_ = 1;
};

/// How a kernel family becomes C.
struct CFamily {
  const InstrDef *family;
  /// "" when the nest is written, else why there is no C for this instruction.
  std::string (*write)(Nest &nest);
};
llvm::ArrayRef<const CFamily *> allFamilies();
/// Null if there is none.
const CFamily *findFamily(const InstrDef *family);

/// Of a gemm or a conv: what becomes of the finished number `acc` that is element `element` of the result. `channel` is
/// the index of what has one number for each channel.
void writeEpilogue(Nest &nest, bool keep, const MapInputKind &channel, const std::string &acc,
                   const std::string &element, const std::string &channelIndex);

} // namespace dlc::deploy
