// Writes functions and calls. Nests of equal text are one function, called with other operands: the steps of a
// recurrent net, the blocks of a deep one.
#include "c_source.h"

#include "expression.h"
#include "nest.h"

#include "dlc/support/check.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

#include <cmath>

namespace dlc::deploy {
namespace {

class Writer {
public:
  Writer(const CModel &model, const CSourceOptions &options) : model_(model), options_(options) {
    for (const char *taken :
         {"run",   "prepare",  "prepare_f", "class",   "class_names", "selftest", "work",     "fma",
          "bits",  "real",     "larger",    "smaller", "sqrt",        "reduce",   "multiply", "pun32",
          "pun64", "fma_wide", "shift",     "unpack",  "weights",     "HAS_FMA",  "INLINE"})
      names_.insert(taken);
    kernels::forEachMapOp([&]<kernels::MapOp op>() { names_.insert(name(op)); });
    for (const CPort &port : model.outputs)
      place_[port.buffer] = at("out", port.offset);
    for (const CPort &port : model.inputs)
      input(port);
    for (BufferId id = 0; id < model.program.buffers.size(); ++id)
      temporary(id);
  }

  CSource run() {
    for (const Instr &instr : model_.program.step) {
      instruction(instr);
      if (!source_.refusal.empty())
        return std::move(source_);
    }
    for (Function &f : functions_) {
      std::string where;
      for (const std::string &line : f.lines)
        where += (where.empty() ? "" : "\n   ") + line;
      source_.functions += "\n" + (where.empty() ? "" : commentOf(where) + "\n") + f.text;
    }
    return std::move(source_);
  }

private:
  static std::string at(const std::string &base, int64_t offset) {
    return offset ? base + " + " + std::to_string(offset) : base;
  }

  void input(const CPort &port) {
    if (isFloat(model_.program.buffer(port.buffer).type.dtype)) {
      place_[port.buffer] = at("in", port.offset);
      return;
    }
    const std::string tokens = indices(port.elements),
                      number = port.offset ? "in[" + std::to_string(port.offset) + " + i]" : "in[i]";
    place_[port.buffer] = tokens;
    const std::string real = model_.real();
    const std::string most = (model_.isWide() ? literal(static_cast<double>(port.vocab), "@")
                                              : literal(static_cast<float>(port.vocab), "@"));
    source_.prologue += "  for (int32_t i = 0; i < " + std::to_string(port.elements) +
                        "; ++i) { /* tokens; -1: none */\n" + "    (" + tokens + ")[i] = ((" + number +
                        " >= " + (model_.isWide() ? "0.0" : "0.0F") + ") && (" + number + " < " + most +
                        ")) ? (int32_t)" + number + " : -1;\n  }\n";
  }
  /// A place for so many whole numbers.
  std::string indices(int64_t elements) {
    const std::string place = at("w->indices", source_.workIndices);
    source_.workIndices += elements;
    return place;
  }
  void temporary(BufferId id) {
    const Buffer &buffer = model_.program.buffer(id);
    if (place_.contains(id) || model_.constants.contains(id))
      return;
    if (buffer.live) {
      const auto size = static_cast<int64_t>(byteSize(model_.program.dtype));
      place_[id] = at("w->numbers", buffer.offset / size);
      source_.workNumbers = std::max(source_.workNumbers, buffer.offset / size + buffer.type.elements());
    } else if (!isFloat(buffer.type.dtype) && buffer.role == BufferRole::State) {
      place_[id] = indices(buffer.type.elements());
    }
  }

  std::string unique(llvm::StringRef wanted) {
    std::string name;
    for (char c : wanted)
      name += llvm::isAlnum(c) ? c : '_';
    while (!names_.insert(name).second)
      name += "_";
    return name;
  }

  /// The expression for a constant in an order of its own; it is written once for each.
  std::string weight(BufferId id, const CLayout *layout) {
    const std::string key = std::to_string(id) + (layout ? "/" + layout->name : "");
    auto known = weightOf_.find(key);
    if (known != weightOf_.end())
      return known->second;
    const Buffer &buffer = model_.program.buffer(id);
    const Tensor &from = model_.constants.at(id);
    CWeight weight{unique(buffer.external.empty() ? buffer.name : buffer.external), "", from, 0};
    weight.comment = (buffer.external.empty() ? buffer.name : buffer.external) + ": " + toString(buffer.type) +
                     (layout ? ", in the order in which it is read" : "");
    if (layout) {
      weight.numbers = Tensor(Type{from.dtype(), {static_cast<int64_t>(layout->order.size())}});
      const size_t size = byteSize(from.dtype());
      for (size_t i = 0; i < layout->order.size(); ++i)
        std::memcpy(weight.numbers.data() + i * size, from.data() + static_cast<size_t>(layout->order[i]) * size, size);
    }
    weight.offset = externalNumbers_;
    std::string text = "@" + weight.name;
    if (options_.external && isFloat(from.dtype())) {
      text = at("weights", weight.offset);
      externalNumbers_ += weight.numbers.type().elements();
    }
    source_.weights.push_back(std::move(weight));
    return weightOf_[key] = text;
  }

  std::string operand(BufferId id, const CLayout *layout, int64_t start) {
    if (model_.constants.contains(id))
      return at(weight(id, layout), start);
    auto found = place_.find(id);
    DLC_CHECK(found != place_.end()) << "'" << model_.program.buffer(id).name << "' has no place";
    return at(found->second, start);
  }

  void instruction(const Instr &instr) {
    const CFamily *family = findFamily(instr.family);
    Nest nest(model_, instr);
    source_.refusal = family ? family->write(nest) : "there is no C for " + instr.family->name.str();
    if (!source_.refusal.empty()) {
      source_.refusedAt = instr.origin;
      return;
    }
    std::string parameters, arguments;
    auto add = [&](BufferId id, const std::string &name, bool reads, const std::string &argument) {
      const bool whole = !isFloat(model_.program.buffer(id).type.dtype);
      const std::string type = whole ? "int32_t" : model_.real();
      parameters += (parameters.empty() ? "" : ", ") + (reads ? "const " + type : type) + " *" + name;
      arguments += (arguments.empty() ? "" : ", ") + argument;
    };
    for (size_t r = 0; r < instr.reads.size(); ++r) {
      auto layout = nest.layouts().find(r);
      add(instr.reads[r], nest.read(r), true,
          operand(instr.reads[r], layout == nest.layouts().end() ? nullptr : &layout->second, nest.start(r)));
    }
    for (size_t w = 0; w < instr.writes.size(); ++w)
      add(instr.writes[w], nest.write(w), false, operand(instr.writes[w], nullptr, 0));
    call(instr, "(" + parameters + ") {\n" + nest.body() + "}\n", arguments);
    source_.frame = std::max(source_.frame, nest.frameBytes);
    if (instr.family->multiplyAdds)
      source_.multiplyAdds += instr.family->multiplyAdds(instr);
  }

  void call(const Instr &instr, const std::string &text, const std::string &arguments) {
    const std::string line = options_.line ? options_.line(instr.origin) : "";
    const std::string said = instr.origin.empty() ? line : line.empty() ? instr.origin : line;
    auto [known, isNew] = functionOf_.try_emplace(text, functions_.size());
    if (isNew) {
      const std::string name = unique(model_.program.buffer(instr.writes[0]).name);
      functions_.push_back({name, "static void @" + name + text, {}});
    }
    Function &f = functions_[known->second];
    if (!said.empty() && !llvm::is_contained(f.lines, said) && f.lines.size() < 4)
      f.lines.push_back(said);
    source_.calls.push_back({"@" + f.name + "(" + arguments + ");", said});
  }

  struct Function {
    std::string name, text;
    std::vector<std::string> lines;
  };
  const CModel &model_;
  const CSourceOptions &options_;
  CSource source_;
  llvm::StringSet<> names_;
  std::map<BufferId, std::string> place_;
  std::map<std::string, std::string> weightOf_;
  std::map<std::string, size_t> functionOf_;
  std::vector<Function> functions_;
  int64_t externalNumbers_ = 0;
};

template <class T> std::string numbersText(const Tensor &tensor) {
  std::string text, line = "    ";
  for (T value : tensor.span<T>()) {
    std::string one;
    if constexpr (std::is_same_v<T, int32_t>)
      one = value == INT32_MIN ? "(-2147483647 - 1)" : std::to_string(value);
    else
      one = literal(value, "@");
    if (line.size() + one.size() > 118)
      text += line + "\n", line = "    ";
    line += (line.size() > 4 ? " " : "") + one + ",";
  }
  return text + line;
}

std::string weightText(const CWeight &weight) {
  const DType dtype = weight.numbers.dtype();
  const std::string type = dtype == DType::F64 ? "double" : dtype == DType::F32 ? "float" : "int32_t";
  std::string numbers = dtype == DType::F64   ? numbersText<double>(weight.numbers)
                        : dtype == DType::F32 ? numbersText<float>(weight.numbers)
                                              : numbersText<int32_t>(weight.numbers);
  return commentOf(weight.comment) + "\nstatic @CONST " + type + " @" + weight.name + "[" +
         std::to_string(weight.numbers.type().elements()) + "] = {\n" + numbers + "\n};\n";
}

constexpr llvm::StringLiteral kHead = R"(#include "$N.h"

#if defined(__FAST_MATH__)
#error "-ffast-math changes what a number is: compile this file without it"
#endif
#if defined(__FLT_EVAL_METHOD__)
#if (__FLT_EVAL_METHOD__ != 0) && (__FLT_EVAL_METHOD__ != 16)
#error "this target computes with more digits than a type has: on x86, add -msse2 -mfpmath=sse"
#endif
#endif
/* Every operation is rounded by itself, and loops stay loops: nothing outside of this file is called. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((no_builtin("memcpy", "memset", "memmove"))), apply_to = function)
#define @INLINE static inline __attribute__((unused))
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off", "no-tree-loop-distribute-patterns")
#define @INLINE static inline __attribute__((unused))
#else
#define @INLINE static inline
#endif
/* Where constants lie: a section of flash, for example. */
#ifndef @CONST
#define @CONST const
#endif
)";
constexpr llvm::StringLiteral kFoot = R"(
#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif
)";

} // namespace

std::string commentOf(llvm::StringRef text) {
  std::string safe;
  for (char c : text) {
    const char last = safe.empty() ? ' ' : safe.back();
    if ((last == '*' && c == '/') || (last == '/' && c == '*') || (last == '?' && c == '?'))
      safe += ' ';
    safe += c;
  }
  return "/* " + safe + " */";
}

CSource writeSource(const CModel &model, const CSourceOptions &options) { return Writer(model, options).run(); }

std::string runDeclaration(const CModel &model, const CSourceOptions &options) {
  const std::string real = model.real();
  return "void @run(const " + real + " *in, " + real + " *out, @work *w" +
         (options.external ? ", const " + real + " *weights" : "") + ")";
}

std::string workType(const CModel &model, const CSource &source) {
  std::string text = "typedef struct {\n";
  if (source.workNumbers || !source.workIndices)
    text += "  " + model.real() + " numbers[" + std::to_string(std::max<int64_t>(1, source.workNumbers)) + "];\n";
  if (source.workIndices)
    text += "  int32_t indices[" + std::to_string(source.workIndices) + "];\n";
  return text + "} @work;\n";
}

std::string sourceText(const CModel &model, const CSource &source, const CSourceOptions &options,
                       const std::string &more) {
  std::string weights;
  for (const CWeight &weight : source.weights)
    if (!options.external || !isFloat(weight.numbers.dtype()))
      weights += "\n" + weightText(weight);
  std::string run = "\n" + runDeclaration(model, options) + " {\n";
  run += source.prologue;
  std::string said;
  for (const CCall &call : source.calls) {
    if (call.comment != said && !call.comment.empty())
      run += "  " + commentOf(call.comment) + "\n";
    said = call.comment;
    run += "  " + call.text + "\n";
  }
  for (const char *parameter : {"in", "w", "weights"}) {
    const std::string word = std::string(parameter);
    const bool there = word != "weights" || options.external;
    const bool used = word == "w"
                          ? run.find("w->") != std::string::npos
                          : llvm::any_of(llvm::ArrayRef<std::string>{"(" + word + ",", " " + word + ",",
                                                                     "(" + word + " ", ", " + word + " ", word + "["},
                                         [&](const std::string &way) {
                                           return run.find(way, run.find(") {\n")) != std::string::npos;
                                         });
    if (there && !used)
      run += "  (void)" + word + ";\n";
  }
  run += "}\n";
  std::string helpers;
  for (const CHelper &helper : helpersFor(weights + source.functions + run + more, model.program.dtype, options.fast))
    helpers += "\n" + helper.text;
  return kHead.str() + helpers + weights + source.functions + run + (more.empty() ? "" : "\n" + more) + kFoot.str();
}

} // namespace dlc::deploy
