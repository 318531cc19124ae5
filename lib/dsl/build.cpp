// Implements build: the model's graph, then the loss, the outputs and what training asks for.
// It decides what kind of answer the net gives; it reads no data, so labels are checked elsewhere.
#include "dlc/dsl/build.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/support/strings.h"
#include "model_builder.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

/// Losses and optimizers of the language; those the registry does not know are unsupported, not unknown.
constexpr llvm::StringLiteral kLanguageLosses[] = {"CrossEntropy", "BCE", "MSE", "L1", "Huber", "Hinge", "KL"};
constexpr llvm::StringLiteral kLanguageOptimizers[] = {"SGD", "Adam", "AdamW", "RMSProp", "AdaGrad", "Lion"};

class NetBuilder {
public:
  NetBuilder(const File &file, const Settings &settings, const Registry &registry, const BuildOptions &options,
             Diags &diags)
      : file(file), settings(settings), registry(registry), options(options), diags(diags),
        graph(std::make_unique<Graph>()), model(file, settings, registry, options, *graph, diags) {}

  Net build() {
    const unsigned before = diags.errorCount();
    auto output = model.build();
    const OpDef *optimizer = findOptimizer();
    auto loss = output ? bindLoss(*output) : std::nullopt;
    if (!output || !loss || !optimizer || diags.errorCount() != before)
      return {};
    Net net;
    net.task = taskOf(*loss->def, *output);
    net.inputShape = model.inputShape();
    net.outputShape = Shape(llvm::ArrayRef<int64_t>(output->value.shape()).drop_front());
    finish(net, *output, *loss, *optimizer);
    if (diags.errorCount() != before)
      return {};
    for (const Op &op : graph->ops())
      if (op.name() == "param" && op.attrs<ParamAttrs>().trainable)
        net.parameters += op.type().elements();
    net.summary = model.summary();
    if (net.summary.empty())
      net.summary = text(net.inputShape) + " -> " + text(net.outputShape);
    net.graph = std::move(graph);
    return net;
  }

private:
  struct Loss {
    const OpDef *def;
    Bound bound;
    Loc loc;
  };

  static std::string text(llvm::ArrayRef<int64_t> shape) {
    std::string result;
    for (int64_t size : shape) {
      result += result.empty() ? "" : "x";
      result += std::to_string(size);
    }
    return result.empty() ? "1" : result;
  }

  template <size_t N>
  const OpDef *find(Name name, Role role, llvm::StringRef what, const llvm::StringLiteral (&language)[N]) {
    if (const OpDef *def = registry.findLayer(name.text, role))
      return def;
    for (llvm::StringRef known : language)
      if (known.equals_insensitive(name.text)) {
        diags.error(name.loc, "E501") << "the " << what << " " << known << " is not supported by this version";
        return nullptr;
      }
    llvm::SmallVector<llvm::StringRef> names;
    for (const OpDef *def : registry.all())
      if (def->role == role)
        names.push_back(def->layer);
    auto d = diags.error(name.loc, "E205");
    d << "unknown " << what << " '" << name.text << "'";
    llvm::StringRef near = closest(name.text, names);
    d.help(near.empty() ? "there are " + llvm::join(names, ", ") : "did you mean " + near.str() + "?");
    return nullptr;
  }

  const OpDef *findOptimizer() {
    const auto &setting = settings.train.optimizer;
    const OpDef *def = find({setting.value, setting.loc}, Role::Optimizer, "optimizer", kLanguageOptimizers);
    if (def && model.warns())
      for (const OptimizerKey &key : optimizerKeys())
        if (key.given && !takes(*def, key.name))
          diags.warning(key.loc, "W504") << def->layer << " has no " << key.name << "; it has no effect";
    return def;
  }

  struct OptimizerKey {
    llvm::StringLiteral name;
    std::string value;
    bool given;
    Loc loc;
  };
  llvm::SmallVector<OptimizerKey, 6> optimizerKeys() const {
    const TrainSettings &t = settings.train;
    llvm::SmallVector<OptimizerKey, 6> keys;
    auto number = [&](llvm::StringLiteral name, const Setting<double> &s) {
      keys.push_back({name, shortNumber(s.value), s.given(), s.loc});
    };
    number("momentum", t.momentum);
    keys.push_back({"nesterov", t.nesterov ? "true" : "false", t.nesterov.given(), t.nesterov.loc});
    number("beta1", t.beta1);
    number("beta2", t.beta2);
    number("eps", t.eps);
    number("weight_decay", t.weightDecay);
    return keys;
  }
  static bool takes(const OpDef &def, llvm::StringRef name) {
    for (const ArgSpec &spec : def.args)
      if (spec.name == name)
        return true;
    return false;
  }

  static int64_t outputs(const Traced &output) {
    int64_t count = 1;
    for (int64_t size : llvm::ArrayRef<int64_t>(output.value.shape()).drop_front())
      count *= size;
    return count;
  }

  std::optional<Loss> bindLoss(const Traced &output) {
    const auto &setting = settings.train.loss;
    const int64_t count = outputs(output);
    if (!setting.value) {
      const bool binary = count == 1;
      const OpDef *def = registry.findLayer(binary ? "BCE" : "CrossEntropy", Role::Loss);
      DLC_CHECK(def) << "the registry lacks a default loss";
      if (model.warns())
        diags.warning(trainHeader(), "W506").help("write loss = " + def->layer.str())
            << "no loss is given: " << def->layer << " is taken for " << (binary ? "one output" : "several outputs");
      auto bound = bindArguments(model.constants(), def->args, {}, {}, def->layer, {}, false);
      if (!bound || !fits(*def, output, model.outputLoc()))
        return std::nullopt;
      return Loss{def, std::move(*bound), model.outputLoc()};
    }
    const Expr &expr = *setting.value;
    const Call *call = expr.as<Call>();
    Name name = call ? call->callee : expr.as<Ref>()->name;
    if (const Const *word = model.constants().constant(name.text); word && word->kind == Const::Kind::Word)
      name.text = word->text;
    const OpDef *def = find(name, Role::Loss, "loss", kLanguageLosses);
    if (!def)
      return std::nullopt;
    auto bound = bindArguments(model.constants(), def->args, {},
                               call ? llvm::ArrayRef(call->args) : llvm::ArrayRef<Arg>(), def->layer, name.loc, false);
    if (!bound || !fits(*def, output, name.loc))
      return std::nullopt;
    return Loss{def, std::move(*bound), expr.loc};
  }

  Loc trainHeader() const {
    for (const Section &section : file.sections)
      if (section.kind.text.equals_insensitive("train") || section.kind.text.equals_insensitive("training"))
        return section.loc;
    return model.outputLoc();
  }

  /// E270: what can be known of a loss and its outputs without data.
  bool fits(const OpDef &def, const Traced &output, Loc loc) {
    const int64_t count = outputs(output);
    auto refuse = [&](const llvm::Twine &message, const llvm::Twine &help) {
      auto d = diags.error(loc, "E270");
      d << message;
      d.help(help).note(model.outputLoc(), "the output is here: " + ModelBuilder::shapeOf(output.value));
      return false;
    };
    const bool vector = output.value.shape().size() == 2;
    if (def.name == "cross_entropy") {
      if (!vector)
        return refuse("CrossEntropy needs one number for each class, but the output is " +
                          ModelBuilder::shapeOf(output.value),
                      "put -> Flatten -> Linear(classes) at the end");
      if (count == 1)
        return refuse("CrossEntropy needs an output for each class, but there is one output",
                      "write loss = BCE, or -> Linear(2) for two classes");
    }
    if (def.name == "bce" && count > 1 && settings.data.target.value != "input")
      return refuse("BCE takes one output, but there are " + llvm::Twine(count),
                    "write loss = CrossEntropy for classes");
    if (settings.data.target.value == "input") {
      int64_t in = 1;
      for (int64_t size : model.inputShape())
        in *= size;
      if (def.name == "cross_entropy")
        return refuse("with target = input the loss compares numbers, which CrossEntropy does not", "write loss = MSE");
      if (in != count)
        return refuse("with target = input there must be as many outputs as inputs, " + llvm::Twine(in),
                      "change the last layer");
    }
    return true;
  }

  Task taskOf(const OpDef &loss, const Traced &output) const {
    if (loss.name == "cross_entropy")
      return Task::Classes;
    return loss.name == "bce" && outputs(output) == 1 ? Task::Binary : Task::Values;
  }

  void finish(Net &net, const Traced &output, const Loss &loss, const OpDef &optimizer) {
    Value last = output.value, scores = last, answer = last;
    LayerBuilder b = model.makeBuilder(model.outputLoc(), output.trail);
    if (model.warns() && last.op->name() == "dropout")
      diags.warning(last.op->origin().range, "W503") << "Dropout is the last layer";
    if (model.warns() && settings.train.batchSize == 1)
      for (const Op &op : graph->ops())
        if (op.name() == "batch_norm") {
          diags.warning(settings.train.batchSize.loc, "W502").note(op.origin().range, "BatchNorm is here")
              << "BatchNorm learns nothing from batches of one sample";
          break;
        }
    // The probability function is part of the loss: a written one is not applied twice, a missing one is added to the
    // answer.
    if (loss.def->name == "cross_entropy") {
      if (last.op->name() == "softmax" || last.op->name() == "log_softmax")
        scores = last.op->operand(0);
      if (last.op->name() != "softmax")
        answer = b.make("softmax", {scores});
    } else if (loss.def->name == "bce") {
      if (last.op->name() == "sigmoid")
        scores = last.op->operand(0);
      else
        answer = b.make("sigmoid", {last});
    }
    b.makeOp("output", {answer}, Attrs::of(OutputAttrs{"output"}));
    if (options.mode == Mode::Infer)
      return;

    LayerBuilder l = model.makeBuilder(loss.loc, output.trail);
    Type targetType = scores.type();
    if (net.task == Task::Classes)
      targetType = {DType::I32, {options.batch}};
    Value target = l.make("input", {}, InputAttrs{"target", targetType.dtype, targetType.shape});
    target.op->setLabel("target");
    l.input = scores;
    l.target = target;
    l.args = loss.bound.args;
    const unsigned before = diags.errorCount();
    Value value = loss.def->build(l);
    if (l.failed() || !value) {
      if (diags.errorCount() == before)
        diags.error(loss.loc, l.pendingError().code.empty() ? "E270" : l.pendingError().code)
            << l.pendingError().message;
      return;
    }
    l.makeOp("output", {value}, Attrs::of(OutputAttrs{"loss"}));
    if (options.mode != Mode::Train)
      return;

    LayerBuilder o =
        model.makeBuilder(settings.train.optimizer.given() ? settings.train.optimizer.loc : loss.loc, output.trail);
    Value lr = o.make("input", {}, InputAttrs{"lr", settings.train.dtype, {}});
    lr.op->setLabel("lr");
    std::string text;
    for (const OptimizerKey &key : optimizerKeys())
      if (key.given && takes(optimizer, key.name)) {
        text += text.empty() ? "" : ", ";
        text += key.name.str() + "=" + key.value;
      }
    o.makeOp("minimize", {value, lr}, Attrs::of(MinimizeAttrs{optimizer.name.str(), text}));
  }

  const File &file;
  const Settings &settings;
  const Registry &registry;
  const BuildOptions &options;
  Diags &diags;
  std::unique_ptr<Graph> graph;
  ModelBuilder model;
};

} // namespace

Net build(const File &file, const Settings &settings, const Registry &registry, const BuildOptions &options,
          Diags &diags) {
  return NetBuilder(file, settings, registry, options, diags).build();
}

} // namespace dlc::dsl
