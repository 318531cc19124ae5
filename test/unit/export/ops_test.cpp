// Every example of every op as C, in f32 and f64, with and without a fused multiply-add in hardware, against the
// interpreter: equal bits, or a refusal that says why. How nets as a whole become files is tested beside this.
#include "compiled.h"

#include "c_model.h"
#include "c_source.h"
#include "package.h"

#include "dlc/ir/example.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/interpreter.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/lower/fuse.h"
#include "dlc/lower/lower.h"
#include "dlc/ops/ops.h"
#include "dlc/passes/pipeline.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <map>
#include <set>

using namespace dlc;

namespace {

const Registry &registry() {
  static const Registry all(ops::all());
  return all;
}

struct Example {
  std::string prefix, text;
  std::map<std::string, Tensor> expected; ///< by output
  std::vector<deploy::CPort> inputs, outputs;
  std::vector<double> in;
  int64_t out = 0;
  std::vector<std::string> names; ///< of the outputs
};

/// What of an example becomes C; nothing where there is none, and then `refusal` says why.
struct Written {
  Example example;
  std::string code, refusal;
};

Written written(const OpDef &def, llvm::StringRef text, DType dtype, const std::string &prefix) {
  std::unique_ptr<Graph> graph = parseExample(text, registry(), dtype);
  Interpreter reference(*graph, registry());
  Written result;
  Example &e = result.example;
  e.prefix = prefix, e.text = text.str();
  std::vector<std::pair<deploy::CPortName, int64_t>> inputs;
  uint32_t stream = 0;
  for (const Op &op : graph->ops()) {
    if (const auto *input = op.attrsIf<InputAttrs>()) {
      Tensor numbers = exampleNumbers(def, op.type(), ++stream);
      constexpr int64_t kAny = 1 << 20;
      inputs.push_back({{input->name, isFloat(op.type().dtype) ? 0 : kAny}, op.type().elements()});
      for (int64_t i = 0; i < op.type().elements(); ++i) {
        const auto at = static_cast<size_t>(i);
        e.in.push_back(op.type().dtype == DType::I32   ? numbers.span<int32_t>()[at]
                       : op.type().dtype == DType::F64 ? numbers.span<double>()[at]
                                                       : static_cast<double>(numbers.span<float>()[at]));
      }
      reference.input(input->name) = std::move(numbers);
    } else if (const auto *output = op.attrsIf<OutputAttrs>()) {
      e.names.push_back(output->name);
      if (op.operand(0).type().dtype != dtype)
        result.refusal = "an output of another type";
    }
  }
  reference.run();
  for (const std::string &name : e.names)
    e.expected[name] = reference.output(name);
  if (!result.refusal.empty())
    return result;
  EXPECT_TRUE(runPasses(*graph, "infer,simplify,expand,simplify,cse,dce", {registry()}).ok());
  Program program = lowerGraph(*graph, registry(), {kernels::kScalar, dtype});
  fuseProgram(program);
  std::map<std::string, Tensor> params;
  auto model = deploy::makeCModel(
      std::move(program),
      [&](const Buffer &b) -> Tensor & { return params.try_emplace(b.external, b.type).first->second; }, inputs,
      e.names);
  EXPECT_TRUE(model.ok());
  const deploy::CSourceOptions options{.prefix = prefix, .line = {}};
  const deploy::CSource source = deploy::writeSource(*model, options);
  result.refusal = source.refusal;
  if (!source.refusal.empty())
    return result;
  e.outputs = model->outputs, e.out = model->outputElements;
  // Without its header: the type of the work stands in front, and a function that tells its size behind.
  std::string code = deploy::sourceText(
      *model, source, options, "int32_t @bytes(void);\nint32_t @bytes(void) { return (int32_t)sizeof(@work); }\n");
  const std::string include = "#include \"$N.h\"\n";
  code.replace(code.find(include), include.size(),
               "#include <stdint.h>\n" + deploy::workType(*model, source) + deploy::runDeclaration(*model, options) +
                   ";\n");
  result.code = deploy::named(code, prefix);
  return result;
}

template <class T> void compare(const Example &e, const CompiledC &compiled) {
  auto *run = compiled.find<void(const T *, T *, void *)>(e.prefix + "_run");
  auto *bytes = compiled.find<int32_t()>(e.prefix + "_bytes");
  ASSERT_TRUE(run && bytes) << e.text;
  std::vector<T> in(e.in.begin(), e.in.end()), out(static_cast<size_t>(e.out));
  in.resize(in.size() + 1);
  std::vector<uint64_t> work(static_cast<size_t>(bytes()) / 8 + 1);
  run(in.data(), out.data(), work.data());
  for (const deploy::CPort &port : e.outputs) {
    const Tensor &expected = e.expected.at(port.name);
    for (int64_t i = 0; i < port.elements; ++i) {
      const T a = expected.span<T>()[static_cast<size_t>(i)], b = out[static_cast<size_t>(port.offset + i)];
      if (std::isnan(a) && std::isnan(b))
        continue;
      EXPECT_EQ(std::memcmp(&a, &b, sizeof a), 0)
          << e.text << ": " << port.name << "[" << i << "] is " << b << ", not " << a;
    }
  }
}

class EveryOpAsC : public testing::TestWithParam<DType> {};
INSTANTIATE_TEST_SUITE_P(Dtypes, EveryOpAsC, testing::Values(DType::F32, DType::F64),
                         [](const auto &info) { return name(info.param).str(); });

TEST_P(EveryOpAsC, AgreesWithTheInterpreter) {
  std::string all;
  std::vector<Example> examples;
  std::set<std::string> refusals;
  size_t count = 0;
  for (const OpDef *def : registry().all())
    for (llvm::StringRef text : def->examples) {
      if (def->effect)
        continue;
      ++count;
      Written w = written(*def, text, GetParam(), "c" + std::to_string(count));
      if (!w.refusal.empty()) {
        refusals.insert(w.refusal);
        continue;
      }
      all += w.code;
      examples.push_back(std::move(w.example));
    }
  EXPECT_GT(examples.size() * 20, count * 19) << "nearly all have a C";
  const std::set<std::string> known = {"an output of another type", "random numbers are drawn in training only",
                                       "the gradient of a convolution's weights is for training only"};
  for (const std::string &refusal : refusals)
    EXPECT_TRUE(known.contains(refusal)) << refusal;
  for (const char *flags : {"-std=c99 -O1 -mno-fma", "-std=gnu11 -O3 -march=native"}) {
    CompiledC compiled(all, std::string(kStrict) + " " + flags);
    ASSERT_EQ(compiled.problem(), "");
    for (const Example &e : examples)
      GetParam() == DType::F64 ? compare<double>(e, compiled) : compare<float>(e, compiled);
  }
}

} // namespace
