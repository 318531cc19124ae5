// Tests of building: the example nets of the language reference, the three spellings, the ops a net is made of, hostile
// nets. Mistakes and their diagnostics are in test/dsl/*.dsl.
#include "dlc/compile/compile.h"
#include "dlc/dsl/model/build.h"
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/ops/ops.h"

#include "dlc/signature/value_reader.h"

#include "gtest/gtest.h"

namespace dlc::dsl {
namespace {

struct Built {
  explicit Built(llvm::StringRef text, Mode mode = Mode::Train, int64_t batch = 4)
      : diags(sources), file(parse(sources.add("t.dsl", text), diags)) {
    settings = readSettings(file, {}, compile::vocabulary(), diags);
    net = build(file, settings, compile::vocabulary(), {mode, batch}, diags);
  }
  Sources sources;
  Diags diags;
  File file;
  Settings settings;
  Net net;

  std::string printed() {
    std::string out;
    llvm::raw_string_ostream os(out);
    diags.flush(os);
    return out;
  }
  /// Names of all ops but params, in order.
  std::string ops() {
    std::string out;
    for (const Op &op : net.graph->ops())
      if (op.name() != "param")
        out += (out.empty() ? "" : " ") + op.name().str();
    return out;
  }
  /// The op of this name; null unless there is exactly one.
  const Op *only(llvm::StringRef name) const {
    const Op *found = nullptr;
    for (const Op &op : net.graph->ops()) {
      if (op.name() != name)
        continue;
      if (found)
        return nullptr;
      found = &op;
    }
    return found;
  }
  std::vector<std::string> params() {
    std::vector<std::string> names;
    for (const Op &op : net.graph->ops())
      if (op.name() == "param")
        names.push_back(op.attrs<ParamAttrs>().name + " " + op.attrs<ParamAttrs>().init);
    return names;
  }
};

struct Example {
  const char *name, *text;
  int64_t parameters;
  const char *summary;
  Task task;
};
const Example kExamples[] = {
    {"xor", "[model]\ninput = 2\noutput = input -> Linear(4) -> Tanh -> Linear(1) -> Sigmoid\n[train]\nloss = BCE\n",
     17, "2-4-1", Task::Binary},
    {"iris",
     "[model]\ninput = 4\noutput = input -> 2 * Hidden(16) -> Linear(3)\n[block Hidden(width)]\n"
     "output = input -> Linear(width) -> ReLU -> Dropout(10%)\n[train]\nloss = CrossEntropy\n",
     403, "4-16-16-3", Task::Classes},
    {"mnist mlp",
     "[model]\ninput = 784\noutput = input\n  -> Linear(256) -> ReLU\n  -> Linear(128) -> ReLU\n  -> Linear(64)  -> "
     "ReLU\n"
     "  -> Linear(10)  -> Softmax\n[train]\nloss = CrossEntropy\n",
     242762, "784-256-128-64-10", Task::Classes},
    {"mnist f64",
     "[model]\ninput = 784\noutput = input\n  -> Linear(32, init=Uniform(0.0815)) -> Sigmoid\n"
     "  -> Linear(10, init=Uniform(0.378)) -> Softmax\n[train]\ndtype = f64\nloss = CrossEntropy\n",
     25450, "784-32-10", Task::Classes},
    {"autoencoder",
     "[model]\ninput = 784\nlatent = input -> Linear(256) -> ReLU -> Linear(32)\n"
     "output = latent -> ReLU -> Linear(256) -> ReLU -> Linear(784) -> Sigmoid\n[data]\ntarget = input\n[train]\nloss "
     "= MSE\n",
     419120, "784-256-32-256-784", Task::Values},
    {"layer list",
     "[model]\ninput_dim=784\nlayer=Linear,784,64\nactivation=ReLU\nlayer=Linear,64,10\nactivation=Softmax\n\n[train]\n"
     "optimizer=Adam\nlr=0.001\nepochs=10\nbatch_size=64\nloss=CrossEntropy\n",
     50890, "784-64-10", Task::Classes},
    {"INI form",
     "[model]\ninput_size = 784\nhidden_size = 128\noutput_size = 10\nactivation = relu\n[training]\nlearning_rate = "
     "0.001\n"
     "[optimizer]\ntype = adam\n[train_]\n",
     101770, "784-128-10", Task::Classes},
    {"INI form, XOR",
     "[model]\ninput_size = 2\nhidden_size = 4\noutput_size = 1\nactivation = sigmoid\n[training]\nlearning_rate = "
     "0.1\n"
     "[optimizer]\ntype = sgd\nmomentum = 0.9\n",
     17, "2-4-1", Task::Binary},
};

TEST(Build, Examples) {
  for (const Example &example : kExamples) {
    std::string text = llvm::StringRef(example.text).split("[train_]").first.str();
    for (Mode mode : {Mode::Train, Mode::Evaluate, Mode::Infer}) {
      Built b(text, mode);
      ASSERT_TRUE(b.net.graph) << example.name << b.printed();
      EXPECT_EQ(b.net.parameters, example.parameters) << example.name;
      EXPECT_EQ(b.net.summary, example.summary) << example.name;
      EXPECT_EQ(b.net.task, example.task) << example.name;
      EXPECT_EQ(b.params(), Built(text).params()) << example.name; // the same weights in every mode
    }
  }
}

TEST(Build, OpsOfTheModes) {
  const char *text = "[model]\ninput = 4\noutput = input -> Linear(3) -> Dropout(0.5) -> Softmax\n"
                     "[train]\nloss = CrossEntropy\noptimizer = SGD\nmomentum = 0.9\nnesterov = true\n";
  EXPECT_EQ(Built(text, Mode::Train).ops(),
            "input input linear dropout softmax output output input cross_entropy output input minimize");
  EXPECT_EQ(Built(text, Mode::Evaluate).ops(), "input linear softmax output output input cross_entropy output");
  EXPECT_EQ(Built(text, Mode::Infer).ops(), "input linear softmax output output"); // probabilities and logits
  Built b(text);
  const Op *minimize = b.only("minimize");
  ASSERT_TRUE(minimize);
  EXPECT_EQ(minimize->attrs<MinimizeAttrs>().optimizer, "sgd");
  EXPECT_EQ(minimize->attrs<MinimizeAttrs>().settings, "momentum=0.9, nesterov=true");
}

/// Whatever the tables print of an optimizer may be written, and reaches the update.
TEST(Build, EveryArgumentOfEveryOptimizer) {
  unsigned optimizers = 0;
  for (const OpDef *def : compile::registry().all()) {
    if (def->role != Role::Optimizer)
      continue;
    ++optimizers;
    std::string all;
    for (const ArgSpec &spec : def->args)
      all += (all.empty() ? "" : ", ") + spec.name.str() +
             (spec.kind == ArgKind::Flag ? "=true"
              : spec.max < 0.25          ? "=-0.25"
                                         : "=0.25");
    Built b("[model]\ninput = 4\noutput = input -> Linear(3)\n[train]\nloss = CrossEntropy\noptimizer = " +
            def->layer.str() + "(" + all + ")\n");
    ASSERT_TRUE(b.net.graph) << b.printed();
    const Op *minimize = b.only("minimize");
    ASSERT_TRUE(minimize) << def->name.str();
    EXPECT_EQ(minimize->attrs<MinimizeAttrs>().optimizer, def->name);
    EXPECT_EQ(minimize->attrs<MinimizeAttrs>().settings, all);
  }
  EXPECT_GE(optimizers, 6u);
}

/// The operand of the loss and of `output`, for a written, a missing and another final function.
TEST(Build, ProbabilitiesAreAppliedOnce) {
  auto operands = [](llvm::StringRef last, llvm::StringRef loss) {
    Built b(("[model]\ninput = 4\noutput = input -> Linear(" + llvm::Twine(loss == "BCE" ? 1 : 3) + ")" + last +
             "\n[train]\nloss = " + loss + "\n")
                .str());
    std::string out;
    for (const Op &op : b.net.graph->ops())
      if (op.name() == "output" && op.attrs<OutputAttrs>().name == "output")
        out = "output(" + op.operand(0).op->name().str() + ") ";
      else if (op.def().role == Role::Loss)
        out += op.name().str() + "(" + op.operand(0).op->name().str() + ")";
    return out;
  };
  EXPECT_EQ(operands(" -> Softmax", "CrossEntropy"), "output(softmax) cross_entropy(linear)");
  EXPECT_EQ(operands("", "CrossEntropy"), "output(softmax) cross_entropy(linear)");
  EXPECT_EQ(operands(" -> LogSoftmax", "CrossEntropy"), "output(softmax) cross_entropy(linear)");
  EXPECT_EQ(operands(" -> Tanh", "CrossEntropy"), "output(softmax) cross_entropy(tanh)");
  EXPECT_EQ(operands(" -> Sigmoid", "BCE"), "output(sigmoid) bce(linear)");
  EXPECT_EQ(operands("", "BCE"), "output(sigmoid) bce(linear)");
  EXPECT_EQ(operands(" -> Sigmoid", "MSE"), "output(sigmoid) mse(sigmoid)");
}

TEST(Build, WeightNames) {
  Built b(
      "[model]\ninput = 4\nh = input -> Linear(4) -> 2 * B -> Linear(3, name=head)\noutput = h -> B(name=tail) -> "
      "Linear(2)\n"
      "[block B]\noutput = input -> Linear(4, bias=false) -> C\n[block C]\noutput = input -> Linear(4, init=Xavier)\n"
      "[train]\ninit = Normal(0.1)\n");
  EXPECT_EQ(b.params(),
            (std::vector<std::string>{
                "linear1.weight Normal(0.1)", "linear1.bias Constant(0)", "b1.linear1.weight Normal(0.1)",
                "b1.c1.linear1.weight Xavier", "b1.c1.linear1.bias Constant(0)", "b2.linear1.weight Normal(0.1)",
                "b2.c1.linear1.weight Xavier", "b2.c1.linear1.bias Constant(0)", "head.weight Normal(0.1)",
                "head.bias Constant(0)", "tail.linear1.weight Normal(0.1)", "tail.c1.linear1.weight Xavier",
                "tail.c1.linear1.bias Constant(0)", "linear2.weight Normal(0.1)", "linear2.bias Constant(0)"}))
      << b.printed();
}

TEST(Build, NamesOfTheLanguageAreTaken) {
  std::vector<std::string> names = {"true", "No", "Tokens", "INPUT", "output"};
  for (const OpDef *def : ops::all())
    if (def->role != Role::Op)
      names.push_back(llvm::StringRef(def->layer).upper());
  for (const Word &word : compile::vocabulary().words)
    names.push_back(word.signature.name.lower());
  for (const std::string &name : names) {
    Built constant(name + " = 3\n[model]\ninput = 4\noutput = input -> Linear(2)\n[train]\nloss = MSE\n");
    Built block("[model]\ninput = 4\noutput = input -> Linear(2) -> B\n[block " + name +
                "]\noutput = input -> ReLU\n[block B(" + name + "=1)]\noutput = input -> ReLU\n[train]\nloss = MSE\n");
    auto refusals = [](Built &b) {
      return llvm::count_if(b.diags.sorted(), [](auto *d) { return d->code == "E212"; });
    };
    EXPECT_EQ(refusals(constant), 1) << name << '\n' << constant.printed();
    EXPECT_EQ(refusals(block), 2) << name << '\n' << block.printed();
    if (!llvm::StringRef(name).equals_insensitive("input") && name != "output") {
      Built value("[model]\ninput = 4\n" + name + " = input -> Linear(2)\noutput = " + name +
                  "\n[train]\nloss = MSE\n");
      EXPECT_EQ(refusals(value), 1) << name << '\n' << value.printed();
    }
  }
}

TEST(Build, NamesOfBlocksAreNames) {
  auto message = [](llvm::StringRef args) {
    Built b(("[model]\ninput = 4\noutput = input -> B(" + args +
             ")\n[block B(out=8)]\noutput = input -> Linear(out)\n"
             "[train]\nloss = MSE\n")
                .str());
    auto sorted = b.diags.sorted();
    return sorted.empty() ? b.params().front() : sorted.front()->code + " " + sorted.front()->message;
  };
  EXPECT_EQ(message("3, name=tail"), "tail.linear1.weight He");
  EXPECT_EQ(message("3, name=5"), "E205 'name' of B takes a name, found 5");
  EXPECT_EQ(message("3, name=\"a b\""), "E205 'name' of B takes a name, found the string \"a b\"");
  EXPECT_EQ(message("name=x, name=y"), "E251 argument 'name' is given twice");
}

TEST(Build, ArgumentsOfBlocksMayBeLayersWithTheirOwn) {
  auto ops = [](llvm::StringRef model) {
    Built b((model + "\n[train]\nloss = MSE\n").str(), Mode::Infer);
    return b.net.graph ? b.ops() : b.printed();
  };
  const std::string block = "[block B(n, act=LeakyReLU(0.2))]\noutput = input -> Linear(n) -> act";
  EXPECT_EQ(ops("[model]\ninput = 4\noutput = input -> B(3)\n" + block), "input linear leaky_relu output");
  EXPECT_EQ(ops("[model]\ninput = 4\noutput = input -> B(3, act=ELU(alpha=0.5))\n" + block), "input linear elu output");
  EXPECT_EQ(ops("[model]\ninput = 4\noutput = input -> B(3, act=Tanh)\n" + block), "input linear tanh output");
  EXPECT_EQ(ops("last = Linear(2, bias=false)\n[model]\ninput = 4\noutput = input -> last"), "input matmul output");
  EXPECT_EQ(ops("[model]\ninput = 4\noutput = input -> Twice(B(3, Tanh))\n[block Twice(body)]\n"
                "output = input -> body -> body\n" +
                block),
            "input linear tanh linear tanh output");
  std::string twice = ops("last = Linear(2)\n[model]\ninput = 4\noutput = input -> last(3)");
  EXPECT_NE(twice.find("E251]: 'last' is Linear(2) and takes no further arguments"), std::string::npos) << twice;
}

TEST(Build, BlocksThatNothingUsesAddNoLayers) {
  std::string text = "[model]\ninput = 4\noutput = input -> 99990 * ReLU -> Linear(2)\n[train]\nloss = MSE\n";
  for (int i = 0; i < 20; ++i)
    text += "[block B" + std::to_string(i) + "]\noutput = input -> ReLU -> Tanh\n";
  Built b(text);
  EXPECT_TRUE(b.net.graph) << b.printed();
}

TEST(Build, ValuesMadeOfValuesAreBounded) {
  for (auto [first, next] : {std::pair("\"aaaaaaaaaaaaaaaa\"", "\"${v%}${v%}\""), std::pair("[1, 2]", "[v%, v%]"),
                             std::pair("F(1, 2)", "F(v%, v%)")}) {
    std::string text = std::string("v0 = ") + first + "\n";
    for (int i = 1; i < 40; ++i) {
      std::string line = next;
      for (size_t at = line.find('%'); at != std::string::npos; at = line.find('%'))
        line.replace(at, 1, std::to_string(i - 1));
      text += "v" + std::to_string(i) + " = " + line + "\n";
    }
    Built b(text + "[model]\ninput = 4\noutput = input -> Linear(2)\n[train]\nloss = MSE\n");
    auto sorted = b.diags.sorted();
    ASSERT_EQ(sorted.size(), 1u) << b.printed();
    EXPECT_EQ(sorted.front()->code + " " + sorted.front()->message,
              "E208 values built from other values take more than 64 MiB here");
  }
}

TEST(Build, SpellingsGiveTheSameGraph) {
  auto graph = [](llvm::StringRef model) {
    Built b((model + "\n[train]\nloss = CrossEntropy\n").str());
    EXPECT_TRUE(b.net.graph) << b.printed();
    std::string text;
    llvm::raw_string_ostream os(text);
    if (b.net.graph)
      printGraph(os, *b.net.graph, {.origins = false});
    return text;
  };
  std::string arrows =
      graph("[model]\ninput = 784\noutput = input -> Linear(64) -> ReLU -> Linear(64) -> ReLU -> Linear(10)");
  EXPECT_EQ(arrows,
            graph("[model]\ninput_dim=784\nlayer=linear,784,64\nactivation=relu\nlayer=Linear,64,64\nlayer=ReLU\n"
                  "layer=Linear,64,10"));
  EXPECT_EQ(arrows, graph("[model]\ninput_size=784\nhidden_size=64\noutput_size=10\nactivation=relu\nnum_layers=2"));
}

TEST(Build, ShapeTrailOfAnError) {
  Built b("[model]\ninput  = 2x8x8\nh = input -> ReLU -> Tanh -> Flatten\n  -> Linear(5) -> ReLU -> Sigmoid\noutput = "
          "h + input\n"
          "[train]\nloss = CrossEntropy\n");
  EXPECT_EQ(b.printed(), "t.dsl:5:10: error[E230]: cannot apply '+' to shapes 5 and 2x8x8\n"
                         "    5 | output = h + input\n"
                         "      |          ^^^^^^^^^\n"
                         "note: 5\n"
                         "    5 | output = h + input\n"
                         "      |          ~\n"
                         "note: 2x8x8\n"
                         "    5 | output = h + input\n"
                         "      |              ~~~~~\n"
                         "note: how this value got its shape\n"
                         "    2 | input  = 2x8x8                         2x8x8\n"
                         "    3 |           -> ReLU -> Tanh -> Flatten   128\n"
                         "    4 |   -> Linear(5)                         5\n"
                         "note: how this value got its shape\n"
                         "    2 | input  = 2x8x8   2x8x8\n");
}

TEST(Build, OriginsPointAtTheLayer) {
  Built b("[model]\ninput = 4\noutput = input\n  -> Linear(3)\n[train]\nloss = CrossEntropy\n");
  const Op *linear = b.only("linear");
  ASSERT_TRUE(linear);
  EXPECT_EQ(linear->origin().text, "t.dsl:4:6");
  EXPECT_EQ(textOf(linear->origin().range), "Linear(3)");
}

/// Nets that would be enormous are refused, and quickly.
TEST(Build, HostileNets) {
  std::string chain = "[model]\ninput = 4\noutput = input" + [] {
    std::string text;
    for (int i = 0; i < 150000; ++i)
      text += " -> ReLU";
    return text;
  }();
  std::string doubling = "[model]\ninput = 4\noutput = input -> B0\n";
  for (int i = 0; i < 60; ++i)
    doubling += "[block B" + std::to_string(i) + "]\noutput = input -> 2 * B" + std::to_string(i + 1) + "\n";
  doubling += "[block B60]\noutput = input -> ReLU\n";
  std::string deep = "[model]\ninput = 4\noutput = input -> B0\n";
  for (int i = 0; i < 20000; ++i)
    deep += "[block B" + std::to_string(i) + "]\noutput = input -> B" + std::to_string(i + 1) + "\n";
  std::string names = "[model]\ninput = 4\n";
  for (int i = 0; i < 50000; ++i)
    names += "h" + std::to_string(i) + " = input\n";
  for (const std::string &text :
       {chain, doubling, deep, names, std::string("[model]\ninput = 1000000x1000000x1000000\noutput = input"),
        std::string("[model]\ninput = 1000000000\noutput = input -> 3 * Linear(1000000000)"),
        std::string("[model]\ninput = 9223372036854775807\noutput = input"),
        std::string("[model]\ninput = 1e18\noutput = input"),
        std::string("[model]\ninput = 2\noutput = input -> 99999999999999999 * ReLU"),
        std::string("[model]\ninput = 2\noutput = input -> Linear(1e300)")}) {
    Built b(text);
    EXPECT_LT(b.printed().size(), size_t(64) << 10);
  }
  Built large("[model]\ninput = 1000000000\noutput = input -> Linear(1000000000)", Mode::Train, 1000000000);
  EXPECT_FALSE(large.net.graph);
}

//===-- A layer that says what it was given, for arguments that no op of the folder has yet ---===//

Value probeBuild(LayerBuilder &b) {
  b.error("E233").at("kernel") << "out " << b.args.integer("out") << " kernel " << b.args.shape("kernel")[0] << "x"
                               << b.args.shape("kernel")[1] << " padding "
                               << (b.args.word("padding") == "same" ? "same" : shapeText(b.args.shape("padding")));
  return {};
}
void probeInfer(OpView &op) { op.result(op.type(0)); }
Values probeDecompose(const Op &op, Builder &) { return {op.operand(0)}; }
constexpr ArgSpec kProbeArgs[] = {
    {"out", ArgKind::Size, "", "outputs"},
    {"kernel", ArgKind::Pair, "", "window"},
    {.name = "padding", .kind = ArgKind::Pair, .defaultText = "0", .doc = "zeros", .min = 0, .words = "same"}};
constexpr OpDef kProbe = {.name = "probe",
                          .role = Role::Layer,
                          .layer = "Probe",
                          .doc = "Says what it was given.",
                          .operands = {"x"},
                          .args = kProbeArgs,
                          .infer = probeInfer,
                          .build = probeBuild,
                          .decompose = probeDecompose,
                          .examples = {"probe(f32[2,3])"},
                          .classicArgs = {"in", "out", "kernel_h", "kernel_w", "padding"}};

TEST(Arguments, PairsInEverySpelling) {
  llvm::SmallVector<const OpDef *> defs(ops::all());
  defs.push_back(&kProbe);
  const Registry with(defs);
  auto message = [&](llvm::StringRef model) {
    Sources sources;
    Diags diags(sources);
    File file = parse(sources.add("t.dsl", ("[model]\n" + model + "\n").str()), diags);
    const Vocabulary vocabulary{with, compile::vocabulary().words};
    build(file, readSettings(file, {}, vocabulary, diags), vocabulary, {Mode::Infer, 2}, diags);
    auto sorted = diags.sorted();
    return sorted.empty() ? "" : sorted.front()->code + " " + sorted.front()->message;
  };
  auto arrow = [&](llvm::StringRef step) { return message(("input = 3x8x8\noutput = input -> " + step).str()); };
  auto list = [&](llvm::StringRef step) { return message(("input_dim=3,8,8\nlayer=" + step).str()); };
  EXPECT_EQ(arrow("Probe(8, 3)"), "E233 out 8 kernel 3x3 padding 0x0");
  EXPECT_EQ(arrow("Probe(8, 3x5, padding=same)"), "E233 out 8 kernel 3x5 padding same");
  EXPECT_EQ(arrow("Probe(8, [1, 2], padding=1x0)"), "E233 out 8 kernel 1x2 padding 1x0");
  EXPECT_EQ(list("Probe,3,8,3,5,1"), "E233 out 8 kernel 3x5 padding 1x1");
  EXPECT_EQ(list("Probe,3,8,3,5,padding=same"), "E233 out 8 kernel 3x5 padding same");
  EXPECT_EQ(list("Probe,8,3"), "E233 out 8 kernel 3x3 padding 0x0");
  EXPECT_EQ(list("Probe(8, 3)"), "E233 out 8 kernel 3x3 padding 0x0");
  EXPECT_EQ(list("Probe(8, 3),3"), "E205 'layer' takes the name of a layer and its arguments");
  EXPECT_EQ(list("Probe,4,8,3,5"), "E232 Probe declares 4 inputs, but its input has 3");
  EXPECT_TRUE(llvm::StringRef(list("Probe,8")).starts_with("E251 Probe takes 2 positional arguments, or 4 to 5"));
  EXPECT_TRUE(llvm::StringRef(list("Probe,3,8,3")).starts_with("E251 Probe takes 2 positional arguments"));
  EXPECT_EQ(list("Probe,3,8,0,5"), "E203 'kernel_h' of Probe takes a whole number from 1 to 1000000000, found 0");
  EXPECT_EQ(list("Probe,3,8,3,5,kernel_h=7"), "E251 argument 'kernel_h' is given twice");
  EXPECT_EQ(list("Probe,3,8,3,5,kernel=7"), "E251 argument 'kernel' is given twice");
  EXPECT_TRUE(llvm::StringRef(arrow("Probe(8, kernel_h=3)")).starts_with("E251 Probe has no argument 'kernel_h'"));
  EXPECT_TRUE(llvm::StringRef(arrow("Probe(8, 3x3x3)")).starts_with("E206"));
  EXPECT_TRUE(llvm::StringRef(arrow("Probe(8, same)")).starts_with("E205"));
  EXPECT_TRUE(llvm::StringRef(arrow("Probe(8, 3, padding=some)")).starts_with("E205"));
  EXPECT_TRUE(llvm::StringRef(arrow("Probe(8, 0)")).starts_with("E203"));
}

TEST(Build, AnySettingsErrorLeavesTheModelChecked) {
  Built b("[model]\ninput = 4\noutput = input -> Linaer(3)\n[train]\nlr = -1\n");
  EXPECT_FALSE(b.net.graph);
  EXPECT_EQ(b.diags.errorCount(), 2u);
}

} // namespace
} // namespace dlc::dsl
