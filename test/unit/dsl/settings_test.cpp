// Tests of [train] and [data]: defaults, every key's value, the INI form, overrides, and the printed configuration.
// Mistakes are in test/dsl/*_keys.dsl; here only those of overrides, which have no file.
#include "dlc/compile/compile.h"
#include "dlc/dsl/names/vocabulary.h"
#include "dlc/dsl/settings/settings.h"
#include "dlc/dsl/syntax/grammar.h"
#include "dlc/dsl/syntax/include.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "gtest/gtest.h"
#include <set>

namespace dlc::dsl {
namespace {

struct Read {
  explicit Read(llvm::StringRef text, std::vector<std::string> sets = {})
      : diags(sources), file(parse(sources.add("t.dsl", text), diags)) {
    std::vector<Override> overrides;
    for (const std::string &set : sets)
      overrides.push_back({sources.add("--set", set)});
    settings = readSettings(file, overrides, compile::vocabulary(), diags);
  }
  Sources sources;
  Diags diags;
  File file;
  Settings settings;

  std::string printed() {
    std::string out;
    llvm::raw_string_ostream os(out);
    diags.flush(os);
    return out;
  }
  std::string config() {
    std::string out;
    llvm::raw_string_ostream os(out);
    printConfig(os, settings, sources);
    return out;
  }
  std::string codes() {
    std::string out;
    for (const Diagnostic *d : diags.sorted())
      out += (out.empty() ? "" : " ") + d->code;
    return out;
  }
};

TEST(Settings, Defaults) {
  Read r("");
  EXPECT_EQ(r.codes(), "");
  const TrainSettings &t = r.settings.train;
  EXPECT_EQ(t.optimizer->value.text, "Adam");
  EXPECT_EQ(t.lr, 0.001);
  EXPECT_EQ(t.epochs, 10);
  EXPECT_EQ(t.steps, 0);
  EXPECT_EQ(t.batchSize, 32);
  EXPECT_EQ(t.seed, 0);
  EXPECT_EQ(t.dtype, DType::F32);
  EXPECT_EQ(*t.init, "He");
  EXPECT_EQ(t.eps, 1e-8);
  EXPECT_EQ(*t.logEvery, (Interval{1, Unit::Epochs}));
  EXPECT_TRUE(r.settings.data.shuffle);
  EXPECT_FALSE(r.settings.data.dropLast);
  EXPECT_FALSE(*r.settings.data.train);
}

/// What the reference says is the default of a key, written into a file, gives the value that leaving it out gives.
TEST(Settings, DefaultTextsSayWhatTheDefaultsAre) {
  Read none("");
  unsigned written = 0;
  for (const KeyInfo &key : allKeys()) {
    if (key.defaultText.contains(' ') && !llvm::isDigit(key.defaultText[0]))
      continue; // "by the source" ... say in words that there is no value to write
    Read with(("[" + key.section + "]\n" + key.name + " = " + key.defaultText + "\n").str());
    EXPECT_EQ(with.printed(), "") << key.name.str();
    EXPECT_TRUE(differences(none.settings, with.settings).empty()) << key.name.str();
    ++written;
  }
  EXPECT_GE(written, allKeys().size() - 10);
}

constexpr char kEveryKind[] = R"(
rate = 0.1
[train]
LR = rate/2 -> Warmup(1 epoch) -> steps(80 epochs, 120 epochs, factor=10%)
optimizer = sgd
momentum = 0.9
nesterov = yes
weight_decay = 1e-4
epochs = 160
batch_size = 2*64
metrics = Accuracy, [F1, TopK(5)]
class_weights = [1, 2.5]
val_every = 200 steps
patience = 5
keep = LAST
checkpoint = "a.ckpt"
max_time = 1.5h
seed = random
dtype = F64
threads = auto
init = uniform(0.1)
average = 99.9%
shuffle = off
[data]
train = Csv("a.csv", label=species)
test = "b-idx3-ubyte.gz"
val = test[9000:]
prepare = Scale(1/255) -> Normalize(mean=0.5, std=2)
classes = cat, dog
limit = 100
drop_last = 1
)";

TEST(Settings, Values) {
  Read r(kEveryKind);
  EXPECT_EQ(r.printed(), "");
  const TrainSettings &t = r.settings.train;
  EXPECT_EQ(t.lr, 0.05);
  ASSERT_EQ(t.schedule.size(), 2u);
  EXPECT_EQ(t.schedule[0].name, "Warmup");
  EXPECT_EQ(t.schedule[0].find("length")->unit, Unit::Epochs);
  EXPECT_EQ(t.schedule[1].name, "Steps");
  ASSERT_EQ(t.schedule[1].args.size(), 3u);
  EXPECT_EQ(t.schedule[1].args[1].name, "at");
  EXPECT_EQ(t.schedule[1].args[1].value.number, 120);
  EXPECT_EQ(t.schedule[1].number("factor", 0), 0.1);
  EXPECT_EQ(t.optimizer->value.text, "sgd");
  EXPECT_TRUE(t.nesterov);
  EXPECT_EQ(t.batchSize, 128);
  ASSERT_EQ(t.metrics->size(), 3u);
  EXPECT_EQ((*t.metrics)[2].number("k", 0), 5);
  EXPECT_EQ(t.classWeights->items.size(), 2u);
  EXPECT_EQ(*t.valEvery, (Interval{200, Unit::Steps}));
  EXPECT_EQ(*t.keep, "last");
  EXPECT_EQ(t.maxTime, 5400);
  EXPECT_EQ(t.seed, -1);
  EXPECT_EQ(t.dtype, DType::F64);
  EXPECT_EQ(*t.init, "Uniform(0.1)");
  EXPECT_DOUBLE_EQ(t.average, 0.999);
  const DataSettings &d = r.settings.data;
  EXPECT_EQ(d.train->name, "Csv");
  EXPECT_EQ(d.train->text("file", ""), "a.csv");
  EXPECT_EQ(d.train->text("label", ""), "species");
  EXPECT_EQ(d.test->name, "Idx");
  EXPECT_EQ(d.test->text("images", ""), "b-idx3-ubyte.gz");
  EXPECT_EQ(d.val->kind, ValSplit::Kind::Slice);
  EXPECT_EQ(d.val->from, 9000);
  EXPECT_EQ(d.val->to, -1);
  ASSERT_EQ(d.prepare->size(), 2u);
  EXPECT_EQ((*d.prepare)[0].number("k", 0), 1.0 / 255);
  EXPECT_EQ((*d.prepare)[1].number("std", 0), 2);
  EXPECT_EQ(d.classes->items[1].value.text, "dog");
  EXPECT_FALSE(d.shuffle);
  EXPECT_TRUE(d.dropLast);
  EXPECT_EQ(r.sources.where(d.limit.loc), "t.dsl:30:9");
}

TEST(Settings, ValidationForms) {
  auto val = [](llvm::StringRef text) { return *Read(("[data]\nval = " + text + "\n").str()).settings.data.val; };
  EXPECT_EQ(val("10%").kind, ValSplit::Kind::Share);
  EXPECT_EQ(val("10%").share, 0.1);
  EXPECT_EQ(val("5000").kind, ValSplit::Kind::Count);
  EXPECT_EQ(val("5000").count, 5000);
  EXPECT_EQ(val("train[:100]").to, 100);
  EXPECT_EQ(val("Csv(\"v.csv\")").source.name, "Csv");
  EXPECT_EQ(val("\"v.csv\"").source.name, "Csv");
  EXPECT_EQ(val("none").kind, ValSplit::Kind::None);
}

constexpr char kIniForm[] =
    "[training]\nepochs = 100\nbatch_size = 32\nlearning_rate = 0.001\nlr_step_size = 30\nlr_gamma = 0.5\n"
    "early_stopping = true\npatience = 4\n"
    "[optimizer]\ntype = adam\nbeta1 = 0.8\nbeta2 = 0.99\nepsilon = 1e-6\n"
    "[data]\ntrain_file = data/my train.csv # here\ntrain_label_file = l.csv\ntest_file = \"t.csv\"\n"
    "val_split = 0.2\nnormalize = true\nshuffle = no\n";

/// Every word of the vocabulary, with arguments that its signature refuses.
TEST(Settings, ArgumentsAreHeldAgainstTheSignature) {
  auto said = [](llvm::StringRef line) {
    Read r(line.str() + "\n");
    auto sorted = r.diags.sorted();
    return sorted.empty() ? "" : sorted.front()->code + " " + sorted.front()->message;
  };
  for (const Word &word : compile::vocabulary().words) {
    const Signature &s = word.signature;
    const std::string key = word.kind == WordKind::Source        ? "[data]\ntrain = "
                            : word.kind == WordKind::Prepare     ? "[data]\nprepare = "
                            : word.kind == WordKind::Augment     ? "[data]\naugment = "
                            : word.kind == WordKind::Schedule    ? "[train]\nlr = 0.1 -> "
                            : word.kind == WordKind::Initialiser ? "[train]\ninit = "
                                                                 : "[train]\nmetrics = ";
    EXPECT_EQ(said(key + s.name.str() + "(frobnicate=1)"), "E251 " + s.name.str() + " has no argument 'frobnicate'");
    std::string many;
    for (size_t i = 0; i <= s.args.size(); ++i)
      many += i ? ", \"a\"" : "\"a\"";
    EXPECT_NE(said(key + s.name.str() + "(" + many + ")"), "") << s.name.str();
    auto ofWords = [](ArgKind kind) { return kind == ArgKind::Word || kind == ArgKind::Flag || kind == ArgKind::Init; };
    for (const ArgSpec &arg : s.args) {
      const std::string given = key + s.name.str() + "(" + arg.name.str() + "=";
      if (arg.kind == ArgKind::Any)
        EXPECT_EQ(said(given + "3 MB)").substr(0, 4), "E204") << s.name.str() << " " << arg.name.str();
      else if (arg.kind == ArgKind::File || arg.kind == ArgKind::Text)
        EXPECT_EQ(said(given + "3)").substr(0, 4), "E205") << s.name.str() << " " << arg.name.str();
      else
        EXPECT_EQ(said(given + "\"x\")").substr(0, 4), ofWords(arg.kind) ? "E209" : "E205")
            << s.name.str() << " " << arg.name.str();
      if (arg.kind == ArgKind::Number && arg.max < 1e300) {
        EXPECT_EQ(said(given + std::to_string(arg.max + 1) + ")").substr(0, 4), "E206") << s.name.str();
      }
      if (arg.kind == ArgKind::Size) {
        EXPECT_EQ(said(given + "1.5)"),
                  "E203 '" + arg.name.str() + "' of " + s.name.str() + " takes a whole number, found 1.5");
      }
    }
  }
  EXPECT_EQ(said("[data]\ntrain = Csv(\"t.csv\", missing=guess)"),
            "E209 'missing' of Csv takes one of error, zero, mean, drop, found the word guess");
  EXPECT_EQ(said("[data]\nprepare = Resize(0)"), "E203 'size' of Resize takes a whole number of at least 1, found 0");
  EXPECT_EQ(said("[data]\nprepare = Resize"), "E251 Resize needs the argument 'size'");
  EXPECT_EQ(said("[data]\nprepare = Scale(50%) -> Normalize\naugment = Noise(5%) -> Flip(p=20%)"), "");
  EXPECT_EQ(said("[train]\nlr = 0.1 -> Steps(3 epochs, 8 epochs, factor=0.5)"), "");
}

TEST(Settings, IniForm) {
  Read r(kIniForm);
  EXPECT_EQ(r.printed(), "");
  const TrainSettings &t = r.settings.train;
  EXPECT_EQ(t.lr, 0.001);
  EXPECT_EQ(t.optimizer->value.text, "adam");
  EXPECT_EQ(t.beta1, 0.8);
  EXPECT_EQ(t.eps, 1e-6);
  EXPECT_EQ(t.patience, 4);
  ASSERT_EQ(t.schedule.size(), 1u);
  EXPECT_EQ(t.schedule[0].name, "Decay");
  EXPECT_EQ(t.schedule[0].number("factor", 0), 0.5);
  EXPECT_EQ(t.schedule[0].find("every")->number, 30);
  const DataSettings &d = r.settings.data;
  EXPECT_EQ(d.train->name, "Csv");
  EXPECT_EQ(d.train->text("file", ""), "data/my train.csv");
  EXPECT_EQ(d.train->text("labels", ""), "l.csv");
  EXPECT_EQ(d.test->text("file", ""), "t.csv");
  EXPECT_EQ(d.val->share, 0.2);
  ASSERT_EQ(d.prepare->size(), 1u);
  EXPECT_EQ((*d.prepare)[0].name, "Normalize");
  EXPECT_FALSE(d.shuffle);
  EXPECT_EQ(Read("[data]\nval_split = 15").settings.data.val->share, 0.15);
  EXPECT_EQ(Read("[data]\nval_split = 15%").settings.data.val->share, 0.15);
}

TEST(Overrides, WinOverTheFile) {
  Read r("width = 16\n[train]\nlr = 0.1 -> Decay(0.9)\nepochs = 5\n",
         {"train.lr=0.01", "train.steps=100", "data.train=iris.csv", "width=32", "train.seed=1", "train.seed=2"});
  EXPECT_EQ(r.printed(), "");
  EXPECT_EQ(r.settings.train.lr, 0.01);
  EXPECT_TRUE(r.settings.train.schedule.empty());
  EXPECT_EQ(r.settings.train.steps, 100);
  EXPECT_FALSE(r.settings.train.epochs.given()); // steps on the command line put the file's epochs aside
  EXPECT_EQ(r.settings.data.train->text("file", ""), "iris.csv");
  EXPECT_EQ(r.settings.constant("width")->number, 32);
  EXPECT_EQ(r.settings.train.seed, 2);
  EXPECT_EQ(r.settings.train.seed.from, From::CommandLine);
  EXPECT_EQ(Read("", {"train.loss=MSE"}).settings.train.loss->value.text, "MSE");
}

/// What the printed configuration says of a key without a value may be written, and takes the file's value back.
TEST(Overrides, NoneAndOffWhereverTheyAreTheDefault) {
  unsigned keys = 0;
  for (const KeyInfo &key : allKeys()) {
    if (key.defaultText != "none" && key.defaultText != "off")
      continue;
    ++keys;
    EXPECT_EQ(Read("", {(key.section + "." + key.name + "=" + key.defaultText).str()}).printed(), "") << key.name.str();
  }
  EXPECT_GE(keys, 10u);
  Read r("[train]\nclip_norm = 1\npatience = 3\ncheckpoint = \"a.ckpt\"\nclass_weights = 1, 2\n"
         "[data]\ntrain = \"a.csv\"\nval = 10%\naugment = Flip\nlimit = 9\n",
         {"train.clip_norm=off", "train.patience=Off", "train.checkpoint=none", "train.class_weights=none",
          "data.train=none", "data.val=none", "data.augment=none", "data.limit=none"});
  EXPECT_EQ(r.printed(), "");
  const TrainSettings &t = r.settings.train;
  const DataSettings &d = r.settings.data;
  EXPECT_FALSE(t.clipNorm.given() || t.patience.given() || t.checkpoint.given() || t.classWeights.given());
  EXPECT_TRUE(t.clipNorm == 0 && t.patience == 0 && t.checkpoint->empty() && !weighsClasses(t));
  EXPECT_TRUE(!*d.train && d.val->kind == ValSplit::Kind::None && d.augment->empty() && d.limit == 0);
  EXPECT_EQ(Read("", {"train.clip_norm=none"}).codes(), "E205");
}

TEST(Settings, PatternsOfFreshTensors) {
  using Names = std::vector<std::string>;
  for (const auto &[written, names] : {std::pair<const char *, Names>{"head", {"head"}},
                                       {"\"conv*\"", {"conv*"}},
                                       {"head, \"b?\"", {"head", "b?"}},
                                       {"[head, \"b c\"]", {"head", "b c"}},
                                       {"none", {}}}) {
    Read r(std::string("[train]\nweights = \"old.model\"\nfresh = ") + written + "\n");
    EXPECT_EQ(r.printed(), "");
    EXPECT_EQ(*r.settings.train.fresh, names) << written;
    EXPECT_EQ(*r.settings.train.weights, "old.model");
    EXPECT_EQ(*Read(r.config()).settings.train.fresh, names) << r.config();
  }
  for (const char *wrong : {"3", "\"\"", "[head, 2]", "2x3", "head -> b"})
    EXPECT_EQ(Read(std::string("[train]\nfresh = ") + wrong + "\n").codes(),
              llvm::StringRef(wrong).contains("->") ? "E222" : "E205")
        << wrong;
}

TEST(Overrides, ConstantsAreReplacedBeforeTheyAreUsed) {
  Read r("a = 2\nb = a * 3\n", {"a=5"});
  EXPECT_EQ(r.settings.constant("b")->number, 15);
}

TEST(Overrides, Mistakes) {
  struct {
    const char *set, *codes;
  } cases[] = {{"train.lr", "E112"},
               {"=3", "E112"},
               {"trian.lr=1", "E111"},
               {"model.input=3", "E111"},
               {"train.epoch=3", "E260"},
               {"width=3", "E260"},
               {"epochs=3", "E260"},
               {"train.lr=", "E105"},
               {"train.epochs=2.5", "E203"},
               {"train.lr=0.1 0.2", "E102"},
               {"train.dtype=f16", "E209"},
               {"train.lr=(1", "E104"},
               {"train.learning_rate=1", "E260"}};
  for (auto [set, codes] : cases) {
    Read r("depth = 1\n", {set});
    EXPECT_EQ(r.codes(), codes) << set;
  }
  EXPECT_EQ(Read("", {"train.epochs=2.5"}).printed(),
            "--set:1:14: error[E203]: epochs takes a whole number, found 2.5\n"
            "    1 | train.epochs=2.5\n"
            "      |              ^^^\n");
}

TEST(Config, PrintsEveryKeyAndItsOrigin) {
  Read r("w = 3\n[train]\nlr = 0.1 -> Cosine\n", {"train.epochs=3"});
  const std::string out = r.config();
  EXPECT_NE(out.find("w = 3                                   # t.dsl:1:5\n"), std::string::npos);
  EXPECT_NE(out.find("lr = 0.1 -> Cosine                      # t.dsl:3:6\n"), std::string::npos);
  EXPECT_NE(out.find("epochs = 3                              # command line, --set:1:14\n"), std::string::npos);
  EXPECT_NE(out.find("batch_size = 32                         # default\n"), std::string::npos);
  EXPECT_NE(out.find("\n# metrics = by loss                     # default\n"), std::string::npos);
  for (const KeyInfo &key : allKeys()) {
    const bool inWords = key.defaultText.contains(' ') && !llvm::isDigit(key.defaultText[0]);
    EXPECT_NE(("\n" + out).find((inWords ? "\n# " : "\n") + key.name.str() + " = "), std::string::npos)
        << key.name.str();
  }
}

/// The spelling of the value is printed, not the words that it was given in.
TEST(Config, SpellsValues) {
  Read r("[training]\nlearning_rate = 0.01\nlr_step_size = 5\nlr_gamma = 0.5\nmax_time = 1.5h\n"
         "[data]\nnormalize = true\nval_split = 0.07\ntrain_file = some data/x.csv\ntrain_label_file = y.csv\n"
         "[loss]\ntype = CrossEntropy( # soft\n smoothing=10%)\n");
  EXPECT_EQ(r.printed(), "");
  const std::string out = r.config();
  for (llvm::StringRef line :
       {"lr = 0.01 -> Decay(0.5, every=5 epochs) # t.dsl:2:17", "max_time = 5400s", "prepare = Normalize ", "val = 7% ",
        "train = Csv(\"some data/x.csv\", labels=\"y.csv\") # ", "loss = CrossEntropy(smoothing=10%) "})
    EXPECT_NE(out.find(("\n" + line).str()), std::string::npos) << line.str() << "\n" << out;
  // A schedule beside the default rate.
  EXPECT_NE(Read("[training]\nlr_step_size = 5\nlr_gamma = 0.5\n").config().find("\nlr = 0.001 -> Decay(0.5, "),
            std::string::npos);
}

/// The printed configuration is a file of the same settings, for every key, every form and every example.
TEST(Config, IsReadBack) {
  std::vector<std::string> texts{
      kEveryKind, kIniForm,
      "[train]\nloss = Huber(delta=2)\noptimizer = RMSProp(alpha=0.9, eps=1e-6)\nlr = 0.1 -> OneCycle(peak=1)\n"
      "beta1 = 0.5\nbeta2 = 0.6\neps = 1e-300\nclip_norm = 0.1\nclip_value = 1e15\nsteps = 9\naccumulate = 3\n"
      "log_every = 1 step\ncheckpoint_every = 3 steps\nmonitor = train_loss\nmin_delta = 0.1\nthreads = 3\n"
      "on_nan = skip\nclass_weights = balanced\nmetrics = []\nloss_weight = 2\nseed = 4\n"
      "weights = \"old \\\"1\\\".model\"\nfresh = head, \"conv*\"\nfreeze = \"body.*\"\n"
      "loss.a = MSE\nloss.b = l1\nloss_weight.b = 0.3\n"
      "[data]\nval = Idx(\"a\", \"b\")\naugment = Flip(p=0.3) -> Crop(32x32, pad=2)\ntarget = input\ncache = disk\n"
      "broken = skip\n"
      "classes = \"names \\\"of\\\\ all.txt\"\nprepare = none\n"
      "[deploy]\nformat = onnx\nisa = avx2\nbatch = 3\nthreads = 2\nmath = fast\nweights = extern\nquantize = int8\n"
      "max_drop = 0.3%\nname = net\n",
      "[train]\nclass_weights = 1, 0.1, 1e-9\n[data]\nval = train[:100]\nclasses = [a, \"b c\", 3]\n",
      "w = 0.1\nloss_of = MSE\nname = \"a b\"\n[train]\nloss = loss_of\nlr = w * 3\ncheckpoint = \"${name}.ckpt\"\n"};
  std::error_code error;
  for (llvm::sys::fs::directory_iterator at(DLC_SOURCE_DIR "/dsl-examples", error), end; at != end && !error;
       at.increment(error))
    if (llvm::StringRef(at->path()).ends_with(".dsl") || llvm::StringRef(at->path()).ends_with(".ini"))
      texts.push_back((*llvm::MemoryBuffer::getFile(at->path()))->getBuffer().str());
  ASSERT_GE(texts.size(), 18u);
  std::set<std::string> given;
  for (const std::string &text : texts) {
    Read written(text);
    EXPECT_EQ(written.codes(), "") << text;
    const std::string config = written.config();
    Read again(config);
    EXPECT_EQ(again.printed(), "") << config;
    for (const Difference &d : differences(written.settings, again.settings))
      ADD_FAILURE() << d.key << " was " << d.before << ", is read back as " << d.now << ":\n" << config;
    EXPECT_EQ(written.settings.constants, again.settings.constants);
    for (const Difference &d : differences(Read("").settings, written.settings))
      given.insert(d.key);
  }
  for (const KeyInfo &key : allKeys())
    EXPECT_TRUE(given.count((key.section + "." + key.name).str())) << "no text gives " << key.name.str();
}

TEST(Differences, SpellingsOfOneChoiceAreNone) {
  auto differ = [](llvm::StringRef a, llvm::StringRef b) {
    return !differences(Read(("[train]\noptimizer = " + a + "\n").str()).settings,
                        Read(("[train]\noptimizer = " + b + "\n").str()).settings)
                .empty();
  };
  EXPECT_FALSE(differ("adam", "Adam") || differ("SGD(nesterov=yes)", "sgd(NESTEROV = True)"));
  EXPECT_FALSE(differ("SGD(momentum=0.5)", "SGD(momentum=1/2)"));
  EXPECT_TRUE(differ("SGD(nesterov=yes)", "SGD(nesterov=no)") && differ("SGD", "Adam"));
  EXPECT_TRUE(differ("SGD(momentum=0.5)", "SGD(momentum=0.6)"));
  EXPECT_TRUE(differ("SGD(momentum=0.5)", "SGD"));
}

TEST(Differences, OfSingleOutputs) {
  Read a("[train]\nloss.a = MSE\nloss.b = Huber(delta=2)\n"),
      b("[train]\nloss.b = huber(delta = 2.0)\nloss_weight.b = 3\n");
  auto found = differences(a.settings, b.settings);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].key + " " + found[0].before + " " + found[0].now, "train.loss.a MSE none");
  EXPECT_EQ(found[1].key + " " + found[1].before + " " + found[1].now, "train.loss_weight.b none 3");
}

TEST(Keys, AreDocumentedAndDistinct) {
  std::set<std::string> seen;
  for (const KeyInfo &key : allKeys()) {
    EXPECT_TRUE(seen.insert((key.section + "." + key.name).str()).second) << key.name.str();
    EXPECT_FALSE(key.doc.empty() || key.type.empty() || key.defaultText.empty()) << key.name.str();
    for (llvm::StringRef alias : key.aliases)
      EXPECT_TRUE(seen.insert(alias.str()).second) << alias.str();
  }
}

TEST(Include, LeavesOutEverySectionButBlocks) {
  std::string text;
  for (llvm::StringRef name : sectionNames())
    text += ("[" + name + (name == "block" ? " Two" : "") + "]\n").str();
  ASSERT_GT(sectionNames().size(), 10u);
  Sources sources;
  Diags diags(sources);
  File file = parse(sources.add("t.dsl", "include = \"all.dsl\"\n"), diags);
  resolveIncludes(
      file, "t.dsl", [&](llvm::StringRef) { return llvm::MemoryBuffer::getMemBufferCopy(text, "all.dsl"); }, sources,
      diags);
  EXPECT_EQ(diags.errorCount(), 0u);
  ASSERT_EQ(file.sections.size(), 1u);
  EXPECT_EQ(file.sections.front().name.text, "Two");
}

/// Every key of the older forms is read in its section and by nobody else.
TEST(OlderKeys, AreReadInTheirSections) {
  for (const OlderKey &key : olderKeys()) {
    EXPECT_TRUE(isOlderKey(key.section.upper(), key.name.upper())) << key.name.str();
    EXPECT_FALSE(key.meaning.empty()) << key.name.str();
    if (key.section == "model")
      continue; // build reads these
    llvm::StringRef value = key.restOfLine ? "some file.csv" : "1";
    const std::string line = (key.name + " = " + value + "\n").str();
    EXPECT_EQ(Read(("[" + key.section + "]\n" + line + line).str()).codes().find("E260"), std::string::npos)
        << key.name.str();
    EXPECT_NE(Read(("[" + key.section + "]\n" + line + line).str()).codes().find("E261"), std::string::npos)
        << key.name.str();
    EXPECT_EQ(Read(("[deploy]\n" + line)).codes(), "E260") << key.name.str();
  }
}

/// A million lines of one kind cost what a million lines cost.
TEST(Settings, LargeFiles) {
  auto repeat = [](llvm::StringRef unit, int n) {
    std::string text;
    for (int i = 0; i < n; ++i)
      text += unit;
    return text;
  };
  std::string constants;
  for (int i = 0; i < 100000; ++i)
    constants += "c" + std::to_string(i) + " = " + (i ? "c" + std::to_string(i - 1) : "1") + "\n";
  Read many(constants);
  EXPECT_EQ(many.codes(), "");
  EXPECT_EQ(many.settings.constants.back().value.number, 1);
  for (llvm::StringRef unit : {"[train]\n", "[x]\n", "xx = 1\n", "[train]\nlr = -1\n"}) {
    Read r("[train]\n" + repeat(unit, 100000));
    EXPECT_NE(r.codes(), "");
    EXPECT_LT(r.printed().size(), size_t(64) << 10);
  }
}

} // namespace
} // namespace dlc::dsl
