// Tests of formatting: every example keeps its meaning and is formatted once for all, and the older forms and columns
// come out as written here. Comments are in format_comments_test.cpp, the command around it in test/cli/fmt.test.
#include "format_test.h"

#include "dlc/compile/compile.h"
#include "dlc/dsl/model/build.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/ir/graph_text.h"
#include "dlc/ir/op_attrs.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

void write(llvm::raw_ostream &os, const Const &value) {
  os << int(value.kind) << ' ' << value.number << spelling(value.unit) << ' ' << value.text << ' ' << value.from << ':'
     << value.to;
  for (int64_t size : value.shape)
    os << 'x' << size;
  for (const ConstArg &item : value.items) {
    os << " [" << item.name << '=';
    write(os, item.value);
    os << ']';
  }
}
void write(llvm::raw_ostream &os, const Spec &spec) {
  os << spec.name << '(';
  for (const ConstArg &arg : spec.args) {
    os << arg.name << '=';
    // File names of the INI form are text, those of calls are strings.
    write(os, arg.value);
    os << ';';
  }
  os << ')';
}
void write(llvm::raw_ostream &os, const std::vector<Spec> &specs) {
  for (const Spec &spec : specs)
    write(os, spec);
}

/// What a source means: its settings and its training graph, without places. `errors` is all that is said of it.
std::string meaning(llvm::StringRef text, std::string &errors) {
  Sources sources;
  Diags diags(sources);
  File file = parse(sources.add("t.dsl", text), diags);
  resolveIncludes(file, "t.dsl", parts, sources, diags);
  Settings settings = readSettings(file, {}, compile::vocabulary(), diags);
  Net net = build(file, settings, compile::vocabulary(), {Mode::Train, 3}, diags);
  std::string out;
  llvm::raw_string_ostream os(out);
  if (net.graph)
    for (const Op &op : net.graph->ops()) {
      os << op.name() << ' ';
      for (const Value operand : op.operands())
        os << operand.type() << ' ';
      if (op.name() == "param")
        os << op.attrs<ParamAttrs>().name << ' ' << op.attrs<ParamAttrs>().init << ' ' << op.attrs<ParamAttrs>().decay;
      os << '\n';
    }
  if (net.graph)
    printGraph(os, *net.graph, {.line = 0, .origins = false});
  const TrainSettings &t = settings.train;
  os << llvm::StringRef(t.optimizer->value.text).lower() << ' ' << t.lr.value << ' ' << t.momentum.value << ' '
     << t.beta1.value << ' ' << t.beta2.value << ' ' << t.eps.value << ' ' << t.weightDecay.value << ' '
     << t.nesterov.value << ' ' << t.epochs.value << ' ' << t.steps.value << ' ' << t.batchSize.value << ' '
     << t.patience.value << ' ' << t.seed.value << ' ' << int(t.dtype.value) << ' ' << t.init.value << ' '
     << t.keep.value << ' ' << t.checkpoint.value << ' ' << t.maxTime.value << ' ' << t.logEvery->count
     << int(t.logEvery->unit) << ' ' << t.clipNorm.value << ' ' << t.accumulate.value << ' ' << t.average.value << ' '
     << t.monitor.value << '\n';
  write(os, t.schedule);
  write(os, t.metrics.value);
  write(os, t.classWeights.value);
  const DataSettings &d = settings.data;
  write(os, d.train.value);
  write(os, d.test.value);
  write(os, d.prepare.value);
  write(os, d.augment.value);
  write(os, d.classes.value);
  os << d.prepare.given() << d.target.value << d.shuffle.value << d.dropLast.value << d.cache.value << d.limit.value
     << int(d.val->kind) << d.val->share << ' ' << d.val->count << d.val->of << d.val->from << d.val->to;
  llvm::raw_string_ostream errorStream(errors);
  diags.flush(errorStream);
  return out;
}

/// Of a source that makes a net.
std::optional<std::string> netOf(llvm::StringRef text) {
  std::string errors, result = meaning(text, errors);
  return errors.find("error[") == std::string::npos ? std::optional(result) : std::nullopt;
}

constexpr size_t kEvery = 5; // character of an example that is left out in turn

/// As many blanks as there may be around commas and arrows.
std::string roughened(llvm::StringRef text) {
  std::string rough;
  for (llvm::StringRef rest = text; !rest.empty();) {
    auto [line, after] = rest.split('\n');
    rest = after;
    bool quoted = line.contains('"') || line.contains('#');
    std::string out;
    for (size_t i = 0; i < line.size(); ++i) {
      if (!quoted && line[i] == ',')
        out += "  ,\t";
      else if (!quoted && line.substr(i).starts_with("->"))
        out += "   ->", ++i;
      else
        out += line[i];
    }
    rough += out + "  \n\n";
  }
  return rough;
}

class Examples : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Examples, KeepTheirMeaningAndSettle) {
  std::string text = contents(GetParam()), errors;
  std::string before = meaning(text, errors);
  ASSERT_EQ(errors.find("error"), std::string::npos) << errors;
  std::string once = formatted(text);
  EXPECT_EQ(meaning(once, errors), before) << once << errors;
  EXPECT_EQ(formatted(once), once);
  std::string rough = roughened(text);
  std::string smooth = formatted(rough);
  EXPECT_EQ(meaning(smooth, errors), before) << smooth << errors;
  EXPECT_EQ(formatted(smooth), smooth);
}
INSTANTIATE_TEST_SUITE_P(All, Examples, ::testing::ValuesIn(examples()),
                         [](const auto &info) { return nameOf(info.param); });

/// Whatever still parses is formatted once for all, and what still makes a net makes the same one.
TEST_P(Examples, SettleWhereverACharacterIsMissing) {
  const std::string text = contents(GetParam());
  size_t formattedTexts = 0, nets = 0;
  for (size_t i = 0; i < text.size(); i += kEvery) {
    std::string damaged = text.substr(0, i) + text.substr(i + 1);
    std::optional<std::string> once = tryFormat(damaged), net = netOf(damaged);
    ASSERT_TRUE(once || !net) << "without character " << i;
    if (!once)
      continue;
    ++formattedTexts;
    ASSERT_EQ(tryFormat(*once), once) << "without character " << i;
    nets += net.has_value();
    if (net) {
      ASSERT_EQ(netOf(*once), net) << "without character " << i << ":\n" << *once;
    }
  }
  EXPECT_GT(formattedTexts, 0u);
  EXPECT_GT(nets, 0u);
}

/// Every name outside of strings and comments in capital and in small letters, one at a time: it is the user's, and the
/// net is another one or none, or it is spelt as its table has it.
TEST_P(Examples, NamesOfTheLanguageAreSpeltOneWay) {
  const std::string text = contents(GetParam()), canonical = formatted(text);
  const std::optional<std::string> before = netOf(canonical);
  ASSERT_TRUE(before);
  auto isName = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  size_t builtIn = 0;
  for (size_t at = 0; at < canonical.size(); ++at) {
    if (canonical[at] == '#' || canonical[at] == '"') {
      at = canonical.find(canonical[at] == '#' ? '\n' : '"', at + 1);
      continue;
    }
    const size_t begin = at;
    while (at < canonical.size() && isName(canonical[at]))
      ++at;
    llvm::StringRef name = llvm::StringRef(canonical).slice(begin, at);
    for (const std::string &spelt : {name.upper(), name.lower()}) {
      std::string changed = canonical.substr(0, begin) + spelt + canonical.substr(at);
      std::optional<std::string> now = changed == canonical ? std::nullopt : netOf(changed);
      if (!now)
        continue;
      std::optional<std::string> once = tryFormat(changed);
      ASSERT_TRUE(once) << changed;
      ASSERT_EQ(netOf(*once), now) << changed;
      if (now != before)
        continue;
      ++builtIn;
      ASSERT_EQ(*once, canonical) << spelt;
    }
  }
  EXPECT_GT(builtIn, 5u);
}

TEST_P(Examples, KeepEveryComment) {
  llvm::SmallVector<llvm::StringRef> lines;
  const std::string text = contents(GetParam());
  llvm::StringRef(text).split(lines, '\n');
  std::string commented, errors;
  for (const auto &[i, line] : llvm::enumerate(lines))
    commented += (line + " # c" + llvm::Twine(i) + ".\n# d" + llvm::Twine(i) + ".\n").str();
  std::optional<std::string> result = tryFormat(commented, errors);
  ASSERT_TRUE(result) << errors;
  EXPECT_EQ(netOf(*result), netOf(text));
  for (size_t i = 0; i < lines.size(); ++i)
    for (char kind : {'c', 'd'}) {
      const std::string comment = "# " + std::string(1, kind) + std::to_string(i) + ".";
      EXPECT_EQ(llvm::StringRef(*result).count(comment), 1u) << comment << '\n' << *result;
    }
}

struct Case {
  const char *name, *text, *expected;
};
const Case kCases[] = {
    {"LayerList",
     "# a net\n[model]\ninput_dim=1,28,28\nlayer=Conv2d,1,8,3,3,1,1\nactivation=ReLU   # sharp\n# then\n"
     "layer=MaxPool2d,2\nlayer=Flatten\nlayer=Linear,1568,10\nactivation=softmax\n\n[train]\n; as before\nlr=0.01\n"
     "shuffle=no\nLoss=crossentropy\n",
     "# a net\n[model]\ninput  = 1x28x28\noutput = input\n  -> Conv2d(8, 3x3, stride=1, padding=1) -> ReLU  # sharp\n"
     "  # then\n  -> MaxPool2d(2)\n  -> Flatten\n  -> Linear(10) -> Softmax\n\n[data]\nshuffle = false\n\n[train]\n"
     "# as before\nlr   = 0.01\nloss = CrossEntropy\n"},
    {"Ini",
     "; two layers\n[model]\nhidden_size = 8   # small\nnum_layers = 2\ndropout_rate = 0.5\noutput_size = 3\n"
     "input_size = 4\nactivation = TANH\n\n[training]\nlearning_rate = 0.1\nearly_stopping = false\npatience = 3\n"
     "lr_step_size = 5\nlr_gamma = 0.5\n[optimizer]\n# plain\ntype = sgd\nmomentum=0.9\n\n[data]\n"
     "train_file = some data/a.csv\ntrain_label_file = b.csv\nval_split = 0.2\nnormalize = true\n",
     "# two layers\n[model]\ninput  = 4\noutput = input\n  -> Linear(8) -> Tanh -> Dropout(0.5)  # small\n"
     "  -> Linear(8) -> Tanh -> Dropout(0.5)\n  -> Linear(3)\n\n[train]\nlr        = 0.1 -> Decay(0.5, every=5 "
     "epochs)\n"
     "# plain\noptimizer = SGD\nmomentum  = 0.9\n\n[data]\ntrain   = Csv(\"some data/a.csv\", \"b.csv\")\nval     = "
     "20%\n"
     "prepare = Normalize\n"},
    {"Architecture",
     "[model]\narchitecture = 2, 16, 16, 1  # sizes\nhidden_activation = tanh\noutput_activation = sigmoid\n\n[loss]\n"
     "type = bce\n[optimizer]\ntype = adam\n[options]\nseed = 4\n[training]\nepochs = 5\n",
     "[model]\ninput  = 2  # sizes\noutput = input\n  -> Linear(16) -> Tanh\n  -> Linear(16) -> Tanh\n"
     "  -> Linear(1) -> Sigmoid\n\n[train]\nepochs    = 5\nloss      = BCE\noptimizer = Adam\nseed      = 4\n"},
    {"Sequential",
     "[model]\narchitecture = Sequential(Linear(2,8), relu(), Dropout(0.1), Linear(8,1))\n[train]\nloss=mse\n",
     "[model]\ninput  = 2\noutput = input\n  -> Linear(8)\n  -> ReLU\n  -> Dropout(0.1)\n  -> Linear(1)\n\n[train]\n"
     "loss = MSE\n"},
    {"Arrows",
     "[block Two ( n ,act = relu )]\noutput=input->linear( n )  ->act\n[Model]\n\ninput=4 # four\nrelu6_is_no_name = "
     "input\n"
     "hidden = relu6_is_no_name -> "
     "Two(8,act=TANH)\noutput=hidden+-1*hidden->2*Two(8)->LINEAR(2,BIAS=yes,INIT=uniform(.1))\n\n\n\n"
     "[TRAIN]\nEPOCHS=3\nlog_every=2EPOCHS\nMetrics=accuracy,f1\n",
     "[block Two(n, act=ReLU)]\noutput = input -> Linear(n) -> act\n\n[model]\n"
     "input            = 4  # four\nrelu6_is_no_name = input\nhidden           = relu6_is_no_name -> Two(8, act=Tanh)\n"
     "output           = hidden + -1 * hidden -> 2 * Two(8) -> Linear(2, bias=true, init=Uniform(.1))\n\n"
     "[train]\nepochs    = 3\nlog_every = 2 epochs\nmetrics   = Accuracy, F1\n"},
    {"Columns",
     "[model]\ninput = 4\noutput = input\n  -> Linear(32)  -> ReLU     # a\n  -> Linear(128) -> ReLU -> Dropout  # "
     "b\n\n\n"
     "  # last\n  -> Linear(2)\n[data]\ntrain = Inline([[0, 0, 0, 0],\n [1, 1, 1, 1]], # ones\n   [0, 1])\n",
     "[model]\ninput  = 4\noutput = input\n  -> Linear(32)  -> ReLU             # a\n"
     "  -> Linear(128) -> ReLU -> Dropout  # b\n\n  # last\n  -> Linear(2)\n\n[data]\n"
     "train = Inline([[0, 0, 0, 0],\n                [1, 1, 1, 1]],  # ones\n               [0, 1])\n"},
    {"BlankLinesInBrackets", "[model]\ninput=4\noutput=input->Linear(2\n\n, bias=no)->Linear(3,\n\n\n bias=no)\n",
     "[model]\ninput  = 4\noutput = input -> Linear(2, bias=false) -> Linear(3,\n"
     "                                                  bias=false)\n"},
};
// The older forms beside what they may stand with.
const Case kOlderCases[] = {
    {"BlocksInALayerList",
     "width=16\nkind=Linear\n[block Basic(out=8)]\noutput=input->Linear(out)\n[model]\ninput_dim=4\nlayer=Basic,width\n"
     "layer=kind,16,5,bias=no,name=Last\nlayer=Basic,out=3\nactivation=softmax\n",
     "width = 16\nkind  = Linear\n\n[block Basic(out=8)]\noutput = input -> Linear(out)\n\n[model]\ninput  = 4\n"
     "output = input\n  -> Basic(width)\n  -> kind(5, bias=no, name=Last)\n  -> Basic(out=3) -> Softmax\n"},
    {"CallsInALayerList",
     "[model]\ninput_dim=1,8,8\nlayer=Conv2d(4,3,padding=same)\nlayer=Flatten\nlayer=linear(10)\nactivation=leakyrelu("
     "0.1)\n",
     "[model]\ninput  = 1x8x8\noutput = input\n  -> Conv2d(4, 3, padding=same)\n  -> Flatten\n  -> Linear(10) -> "
     "LeakyReLU(0.1)\n"},
    {"BlocksInASequence",
     "[block Basic(out)]\noutput=input->Linear(out)\n[model]\narchitecture=Sequential( # top\n  Linear(2,8), # first\n"
     "; half\n  Basic(16),\n  # last\n  Linear(16,3,bias=no)) # end\n",
     "[block Basic(out)]\noutput = input -> Linear(out)\n\n[model]\ninput  = 2      # end\noutput = input\n  # top\n"
     "  -> Linear(8)  # first\n  # half\n  -> Basic(16)\n  # last\n  -> Linear(3, bias=false)\n"},
    {"IncludedBlocks",
     "include = \"parts.dsl\"\n[model]\ninput_dim=4\nlayer=Basic,wide\nlayer=Basic\n[training]\nepochs=3\n",
     "include = \"parts.dsl\"\n\n[model]\ninput  = 4\noutput = input\n  -> Basic(wide)\n  -> Basic\n\n[train]\n"
     "epochs = 3\n"},
    {"RateAndStepsApart",
     "[model]\ninput_size=4\nhidden_size=5\noutput_size=3\n[optimizer] # how\ntype=SGD\nlr=0.01  # rate\n[training]\n"
     "lr_step_size=5\nlr_gamma=0.5  # half\n",
     "[model]\ninput  = 4\noutput = input\n  -> Linear(5) -> ReLU\n  -> Linear(3)\n\n[train]\n# half\n# how\n"
     "optimizer = SGD\nlr        = 0.01 -> Decay(0.5, every=5 epochs)  # rate\n"},
    {"StepsWithoutARate", "[model]\narchitecture=4,3\n[training]\nlr_step_size=5\nlr_gamma=0.5\n",
     "[model]\ninput  = 4\noutput = input\n  -> Linear(3)\n\n[train]\nlr = 0.001 -> Decay(0.5, every=5 epochs)\n"},
    {"LossOfAnOutput", "[model]\ninput=4\noutput.a=input->Linear(3)\noutput.b=input->Linear(2)\n[loss]\ntype.b=mse\n",
     "[model]\ninput    = 4\noutput.a = input -> Linear(3)\noutput.b = input -> Linear(2)\n\n[train]\nloss.b = MSE\n"},
    {"ClassNames", "[model]\ninput_dim=4\nlayer=Linear,4,2\n[data]\nclasses=[text,noise]\n[train]\nshuffle=no\n",
     "[model]\ninput  = 4\noutput = input\n  -> Linear(2)\n\n[data]\nclasses = [text, noise]\nshuffle = false\n\n"
     "[train]\n"},
    {"FilesThatAreNoStrings",
     "[model]\ninput_dim=4\nlayer=Linear,4,2\n[data]\ntrain_file=a ${b}.csv\ntest_file=a \"b\\c\".csv\nval_split=7\n",
     "[model]\ninput  = 4\noutput = input\n  -> Linear(2)\n\n[data]\ntrain_file = a ${b}.csv\n"
     "test       = Csv(\"a \\\"b\\\\c\\\".csv\")\nval        = 7%\n"},
};
// Names of the user's that are spelt like words.
const Case kNameCases[] = {
    {"ClassesAfterWords", "[model]\ninput=4\noutput=input->Linear(3)\n[data]\nclasses=Text,AUTO,NoNe\n",
     "[model]\ninput  = 4\noutput = input -> Linear(3)\n\n[data]\nclasses = Text, AUTO, NoNe\n"},
    {"WordsThatAreBound",
     "none = disk\n[model]\ninput=4\noutput=input->Linear(3)\n[data]\ncache=none\n[train]\nsteps=NONE\n",
     "none = disk\n\n[model]\ninput  = 4\noutput = input -> Linear(3)\n\n[data]\ncache = none\n\n[train]\n"
     "steps = NONE\n"},
    {"WordsThatNameWeights",
     "[block "
     "B(n,act=RELU)]\noutput=input->Linear(3,name=n)->act\n[model]\ninput=4\noutput=input->B(mse)->B(RELU,act=tanh)\n",
     "[block B(n, act=RELU)]\noutput = input -> Linear(3, name=n) -> act\n\n[model]\ninput  = 4\n"
     "output = input -> B(mse) -> B(RELU, act=tanh)\n"},
    {"NamesOfWeights",
     "[block B]\noutput=input->Linear(3)\n[model]\ninput=4\noutput=input->B(name=relu)->Linear(2,NAME=Input)\n",
     "[block B]\noutput = input -> Linear(3)\n\n[model]\ninput  = 4\n"
     "output = input -> B(name=relu) -> Linear(2, name=Input)\n"},
    {"InputsAndOutputs", "[model]\nINPUT.image=4\nInput.Text=3\nOutput=concat(INPUT.image,input.Text)->linear(2)\n",
     "[model]\ninput.image = 4\ninput.Text  = 3\noutput      = Concat(input.image, input.Text) -> Linear(2)\n"},
};
class Cases : public ::testing::TestWithParam<Case> {};
TEST_P(Cases, ComeOutAsWritten) {
  std::string errors, before = meaning(GetParam().text, errors);
  std::string result = formatted(GetParam().text);
  EXPECT_EQ(result, GetParam().expected);
  EXPECT_EQ(meaning(result, errors), before) << errors;
  EXPECT_EQ(formatted(result), result);
}
constexpr auto kCaseName = [](const auto &info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Forms, Cases, ::testing::ValuesIn(kCases), kCaseName);
INSTANTIATE_TEST_SUITE_P(OlderForms, Cases, ::testing::ValuesIn(kOlderCases), kCaseName);
INSTANTIATE_TEST_SUITE_P(Names, Cases, ::testing::ValuesIn(kNameCases), kCaseName);

/// Every word of every key, in capital letters.
TEST(Format, WordsOfKeysInTheirCase) {
  size_t words = 0;
  for (const KeyInfo &key : allKeys()) {
    llvm::SmallVector<llvm::StringRef> all;
    key.words.split(all, '|', -1, false);
    if (key.defaultText == "none" || key.defaultText == "off" || key.defaultText == "true" ||
        key.defaultText == "false")
      all.push_back(key.defaultText);
    for (llvm::StringRef word : all) {
      const std::string line = ("[" + key.section + "]\n" + key.name + " = ").str();
      EXPECT_EQ(formatted(line + word.upper() + "\n"), (line + word + "\n").str());
      ++words;
    }
  }
  EXPECT_GT(words, 40u);
}

/// Of the net a reader wants to know everything; of the files that it includes, only that they are there.
TEST(Format, WhatCannotBeIncludedIsInTheWayOfAnOlderFormOnly) {
  const std::string include = "include = \"missing.dsl\"\n\n";
  const std::string arrows = include + "[model]\ninput  = 4\noutput = input -> Basic\n";
  EXPECT_EQ(formatted(arrows), arrows);
  std::string errors;
  EXPECT_FALSE(tryFormat(include + "[model]\ninput_dim=4\nlayer=Basic\n", errors));
  EXPECT_NE(errors.find("error[E214]"), std::string::npos) << errors;
}

TEST(Format, LineEndsAndMarksOfOtherSystems) {
  EXPECT_EQ(formatted("\xEF\xBB\xBF[model]\r\ninput=2\r\noutput=input->ReLU"),
            "[model]\ninput  = 2\noutput = input -> ReLU\n");
}

TEST(Format, LongLinesTakeTimeInProportion) {
  std::string text = "[model]\ninput = 2\noutput = input", lines = text;
  for (int i = 0; i < 20000; ++i) {
    text += " -> Linear(2)";
    lines += "\n  -> Linear(2)";
  }
  EXPECT_EQ(formatted(text).size(), text.size() + 2); // one blank behind input, one line end
  EXPECT_EQ(formatted(lines).size(), lines.size() + 2);
}

TEST(Format, MistakesInAnOlderFormAreReported) {
  Sources sources;
  Diags diags(sources);
  llvm::StringRef text = sources.add("t.dsl", "[model]\ninput_dim=784\nlayer=Linear,784,64\nlayer=Linear,128,10\n");
  EXPECT_FALSE(format("t.dsl", text, parts, compile::vocabulary(), sources, diags));
  ASSERT_EQ(diags.sorted().size(), 1u);
  EXPECT_EQ(diags.sorted().front()->code, "E232");
}

} // namespace
} // namespace dlc::dsl
