// Tests of [train] and [data]: defaults, every key's value, the INI form, overrides, and the printed configuration.
// Mistakes are in test/dsl/*_keys.dsl; here only those of overrides, which have no file.
#include "dlc/dsl/include.h"
#include "dlc/dsl/parse.h"
#include "dlc/dsl/settings.h"
#include "dlc/dsl/vocabulary.h"

#include "llvm/ADT/StringExtras.h"
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
    settings = readSettings(file, overrides, diags);
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
  EXPECT_EQ(*t.optimizer, "Adam");
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

/// The default text of every key, written into a file, gives the value that leaving the key out gives.
TEST(Settings, DefaultTextsSayWhatTheDefaultsAre) {
  Read none("");
  for (const KeyInfo &key : allKeys()) {
    // "off", "none", "by the source" ... say that there is no value to write.
    bool value =
        llvm::isDigit(key.defaultText[0]) ||
        llvm::is_contained({"Adam", "false", "true", "auto", "f32", "He", "stop", "label", "memory"}, key.defaultText);
    if (!value || key.section == "deploy")
      continue;
    Read with(("[" + key.section + "]\n" + key.name + " = " + key.defaultText + "\n").str());
    EXPECT_EQ(with.printed(), "") << key.name.str();
    const TrainSettings &a = none.settings.train, &b = with.settings.train;
    const DataSettings &c = none.settings.data, &d = with.settings.data;
    EXPECT_TRUE(*a.optimizer == *b.optimizer && a.lr.value == b.lr.value && a.momentum.value == b.momentum.value &&
                a.beta1.value == b.beta1.value && a.beta2.value == b.beta2.value && a.eps.value == b.eps.value &&
                a.weightDecay.value == b.weightDecay.value && a.nesterov.value == b.nesterov.value &&
                a.epochs.value == b.epochs.value && a.batchSize.value == b.batchSize.value &&
                a.accumulate.value == b.accumulate.value && *a.valEvery == *b.valEvery && *a.logEvery == *b.logEvery &&
                *a.checkpointEvery == *b.checkpointEvery && a.minDelta.value == b.minDelta.value &&
                a.seed.value == b.seed.value && a.dtype.value == b.dtype.value && a.threads.value == b.threads.value &&
                *a.init == *b.init && *a.onNan == *b.onNan && *c.target == *d.target &&
                c.shuffle.value == d.shuffle.value && c.dropLast.value == d.dropLast.value && *c.cache == *d.cache)
        << key.name.str();
  }
}

TEST(Settings, Values) {
  Read r(R"(
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
)");
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
  EXPECT_EQ(*t.optimizer, "sgd");
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

TEST(Settings, IniForm) {
  Read r("[training]\nepochs = 100\nbatch_size = 32\nlearning_rate = 0.001\nlr_step_size = 30\nlr_gamma = 0.5\n"
         "early_stopping = true\npatience = 4\n"
         "[optimizer]\ntype = adam\nbeta1 = 0.8\nbeta2 = 0.99\nepsilon = 1e-6\n"
         "[data]\ntrain_file = data/my train.csv # here\ntrain_label_file = l.csv\ntest_file = \"t.csv\"\n"
         "val_split = 0.2\nnormalize = true\nshuffle = no\n");
  EXPECT_EQ(r.printed(), "");
  const TrainSettings &t = r.settings.train;
  EXPECT_EQ(t.lr, 0.001);
  EXPECT_EQ(*t.optimizer, "adam");
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
  ASSERT_TRUE(Read("", {"train.loss=MSE"}).settings.train.loss.value);
}

/// What the printed configuration says of a key without a value may be written, and takes the file's value back.
TEST(Overrides, NoneAndOffWhereverTheyAreTheDefault) {
  unsigned keys = 0;
  for (const KeyInfo &key : allKeys()) {
    if (key.section == "deploy" || (key.defaultText != "none" && key.defaultText != "off"))
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
               {"train.dtype=f16", "E205"},
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
  std::string out;
  llvm::raw_string_ostream os(out);
  printConfig(os, r.settings, r.sources);
  EXPECT_NE(out.find("w = 3  # t.dsl:1:5\n"), std::string::npos);
  EXPECT_NE(out.find("lr = 0.1 -> Cosine                      # t.dsl:3:6\n"), std::string::npos);
  EXPECT_NE(out.find("epochs = 3                              # command line, --set:1:14\n"), std::string::npos);
  EXPECT_NE(out.find("batch_size = 32                         # default\n"), std::string::npos);
  for (const KeyInfo &key : allKeys())
    if (key.section != "deploy") {
      EXPECT_NE(("\n" + out).find("\n" + key.name.str() + " = "), std::string::npos) << key.name.str();
    }
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
