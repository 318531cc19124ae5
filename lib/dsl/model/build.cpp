// Implements build: the model's graph, then the loss, the outputs and what training asks for.
// It decides what kind of answer the net gives; it reads no data, so labels are checked elsewhere.
#include "dlc/dsl/model/build.h"

#include "dlc/ir/naming.h"
#include "dlc/ir/op_attrs.h"
#include "dlc/support/strings.h"
#include "losses.h"
#include "net_review.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

class NetBuilder {
public:
  NetBuilder(const File &file, const Settings &settings, const Vocabulary &vocabulary, const BuildOptions &options,
             Diags &diags)
      : file(file), settings(settings), registry(vocabulary.ops), options(options), diags(diags),
        graph(std::make_unique<Graph>()), model(file, settings, vocabulary, options, *graph, diags) {}

  Net build() {
    const unsigned before = diags.errorCount();
    outputs = model.build();
    auto optimizer = bindOptimizer();
    if (model.warns())
      reviewSettings(settings, diags);
    LossBinder lossBinder(file, settings, registry, model, outputs, diags);
    if (outputs.empty())
      lossBinder.checkWritten();
    bool ok = !outputs.empty() && optimizer && lossBinder.checkNames() && checkOneOutput();
    for (const ModelOutput &output : outputs) {
      auto loss = lossBinder.bind(output);
      ok &= loss.has_value();
      if (loss)
        losses.push_back(std::move(*loss));
    }
    if (!ok || diags.errorCount() != before)
      return {};
    Net net = describe();
    finish(net, *optimizer);
    if (diags.errorCount() != before)
      return {};
    for (const Op &op : graph->ops())
      if (const auto *param = op.attrsIf<ParamAttrs>(); param && param->trainable)
        net.parameters += op.type().elements();
    if (model.warns() && net.parameters == 0)
      diags.warning(outputs.front().loc, "W508").help("add a layer with weights, such as Linear")
          << "no layer has weights, so there is nothing to learn";
    net.graph = std::move(graph);
    return net;
  }

private:
  static std::string text(llvm::ArrayRef<int64_t> shape) {
    std::string result;
    for (int64_t size : shape) {
      result += result.empty() ? "" : "x";
      result += std::to_string(size);
    }
    return result.empty() ? "1" : result;
  }

  /// The optimizer with its arguments, those of its call and those of keys of [train]. W504 for a key that it does not
  /// know, E262 for an argument that is given both ways.
  std::optional<BoundChoice> bindOptimizer() {
    const auto &setting = settings.train.optimizer;
    auto chosen = bindChoice(registry, model.constants(), *setting, Role::Optimizer, "optimizer");
    if (!chosen)
      return std::nullopt;
    for (OptimizerKey &key : optimizerKeys()) {
      if (!key.given)
        continue;
      auto spec = llvm::find_if(chosen->def->args, [&](const ArgSpec &s) { return s.name == key.name; });
      if (spec == chosen->def->args.end()) {
        if (model.warns())
          diags.warning(key.loc, "W504") << chosen->def->layer << " has no " << key.name << ", so it has no effect";
        continue;
      }
      ArgValue &argument = chosen->bound.args.values[key.name];
      // The command line wins over the file without a word, as everywhere.
      if (argument.given && key.from == setting.from) {
        diags.error(key.loc, "E262").note(chosen->bound.locs.lookup(key.name), "the other one is here")
            << "'" << key.name << "' is given twice: as a key, and as an argument of " << chosen->def->layer;
        return std::nullopt;
      }
      if (!argument.given || key.from == From::CommandLine)
        argument = std::move(key.value);
    }
    if (model.warns())
      reviewOptimizer(*chosen, settings.train, diags);
    return chosen;
  }

  /// The arguments that are given, as minimize has them: "momentum=0.9, nesterov=true".
  static std::string settingsOf(const BoundChoice &optimizer) {
    std::string text;
    for (const ArgSpec &spec : optimizer.def->args)
      if (auto at = optimizer.bound.args.values.find(spec.name);
          at != optimizer.bound.args.values.end() && at->second.given) {
        DLC_CHECK(spec.kind == ArgKind::Number || spec.kind == ArgKind::Flag)
            << optimizer.def->layer.str() << " has an argument that minimize cannot carry";
        text += (text.empty() ? "" : ", ") + spec.name.str() + "=";
        text += spec.kind == ArgKind::Number ? shortNumber(at->second.number) : at->second.flag ? "true" : "false";
      }
    return text;
  }

  /// A key of [train] that says an argument of the optimizer.
  struct OptimizerKey {
    llvm::StringLiteral name;
    ArgValue value;
    bool given;
    From from;
    Loc loc;
  };
  llvm::SmallVector<OptimizerKey, 6> optimizerKeys() const {
    const TrainSettings &t = settings.train;
    llvm::SmallVector<OptimizerKey, 6> keys;
    auto add = [&](llvm::StringLiteral name, const auto &setting) {
      ArgValue value;
      value.given = true;
      if constexpr (std::is_same_v<decltype(setting), const Setting<bool> &>)
        value.flag = setting;
      else
        value.number = setting;
      keys.push_back({name, std::move(value), setting.given(), setting.from, setting.loc});
    };
    add("momentum", t.momentum);
    add("nesterov", t.nesterov);
    add("beta1", t.beta1);
    add("beta2", t.beta2);
    add("eps", t.eps);
    add("weight_decay", t.weightDecay);
    return keys;
  }

  /// What speaks of the classes of a sample has one output in mind.
  bool checkOneOutput() {
    if (outputs.size() < 2)
      return true;
    const bool weighs = weighsClasses(settings.train), mixed = mixes(settings.data);
    if (weighs || mixed)
      diags.error(weighs ? settings.train.classWeights.loc : settings.data.augment.loc, "E262")
              .note(outputs[1].loc, "a second output is here")
          << (weighs ? "class_weights" : "Mixup") << " needs a net with one output";
    return !weighs && !mixed;
  }

  static Task taskOf(const OpDef &loss, const ModelOutput &output, bool ofItself) {
    if (loss.target == LossTarget::Class)
      return Task::Classes;
    if (loss.target != LossTarget::Answers)
      return Task::Values;
    if (elements(output) == 1)
      return Task::Binary;
    return ofItself || sampleShape(output.value.value).size() > 1 ? Task::Values : Task::Labels;
  }

  /// Everything about the net but its graph.
  Net describe() const {
    Net net;
    net.inputs = model.inputs();
    int64_t in = 0;
    for (const NetInput &input : net.inputs)
      in += input.elements();
    net.inputShape = net.inputs.size() == 1 ? net.inputs.front().shape : Shape{in};
    for (size_t i = 0; i < outputs.size(); ++i) {
      const ResultRange range = rangeOf(outputs[i].value.value);
      const std::string part = partOf(outputs[i]).empty() ? "" : "." + partOf(outputs[i]).str();
      const Task task = taskOf(*losses[i].def, outputs[i], settings.data.target.value == "input");
      net.outputs.push_back({outputs[i].name, "target" + part, "loss" + part,
                             task == Task::Values ? outputs[i].name : "scores" + part, task,
                             sampleShape(outputs[i].value.value), losses[i].weight, losses[i].def->target,
                             losses[i].def->layer, range.low, range.high, lastLayerOf(outputs[i].value.value)});
    }
    net.task = net.outputs.front().task;
    net.outputShape = net.outputs.front().shape;
    net.batchNorm = batchNorm();
    net.summary = model.summary();
    if (net.summary.empty() || net.outputs.size() > 1) {
      auto list = [](const auto &items) {
        std::string all;
        for (const auto &item : items)
          all += (all.empty() ? "" : ", ") + text(item.shape);
        return all;
      };
      net.summary = list(net.inputs) + " -> " + list(net.outputs);
    }
    return net;
  }

  /// Of a BatchNorm that has one number of each sample, so that a batch of one sample leaves nothing.
  Loc batchNorm() const {
    for (const Op &op : graph->ops())
      if (op.def().acrossSamples && op.type().elements() == options.batch * op.type(1).elements())
        return op.origin().range;
    return {};
  }

  void warnOfBatch(Loc norm) {
    if (norm.isValid() && settings.train.batchSize == 1)
      diags.warning(settings.train.batchSize.loc, "W502").help("write batch_size = 32").note(norm, "BatchNorm is here")
          << "BatchNorm learns nothing from batches of one sample";
  }

  /// Makes the ops `output` of one output, and returns what its loss reads. The probability function is part of the
  /// loss: a written one is not applied twice, a missing one is added to the answer.
  Value answer(const ModelOutput &output, const OpDef &loss, const NetOutput &net) {
    Value last = output.value.value, scores = last, said = last;
    LayerBuilder b = model.makeBuilder(output.loc, output.value.trail);
    const Probability probability = last.op->def().probability;
    if (loss.target == LossTarget::Class) {
      if (probability == Probability::OfClasses || probability == Probability::LogOfClasses)
        scores = last.op->operand(0);
      if (probability != Probability::OfClasses)
        said = b.make("softmax", {scores}), said.op->setLabel(output.name);
    } else if (loss.target == LossTarget::Answers) {
      if (probability == Probability::OfAnswers)
        scores = last.op->operand(0);
      else
        said = b.make("sigmoid", {last}), said.op->setLabel(output.name);
    }
    b.makeOp("output", {said}, Attrs::of(OutputAttrs{output.name}));
    if (net.scores != output.name)
      b.makeOp("output", {scores}, Attrs::of(OutputAttrs{net.scores}));
    return scores;
  }

  /// E262 where classes are to be weighed or mixed and there are none, or several in one sample.
  bool weighable(const NetOutput &net) {
    const bool weighs = weighsClasses(settings.train), mixed = mixes(settings.data) && net.task == Task::Classes;
    if (weighs && (net.task == Task::Values || net.task == Task::Labels))
      diags.error(settings.train.classWeights.loc, "E262")
              .help("write loss = CrossEntropy, or loss = BCE with one output")
          << "class_weights needs a loss over classes";
    else if ((weighs || mixed) && net.rows() != 1)
      diags.error(weighs ? settings.train.classWeights.loc : settings.data.augment.loc, "E262")
          << (weighs ? "class_weights" : "Mixup") << " needs one class per sample, found " << net.rows();
    else
      return true;
    return false;
  }

  /// The loss of one output alone; null after an error.
  Value lossOf(const NetOutput &net, const ModelOutput &output, const BoundLoss &loss, Value scores) {
    LayerBuilder l = model.makeBuilder(loss.loc, output.value.trail);
    Op *last = opBefore(*graph, nullptr);
    Type targetType = scores.type();
    if (net.task == Task::Classes) {
      targetType = {DType::I32, {options.batch * net.rows()}};
      if (scores.shape().size() > 2) // a sequence: every place is a sample of its own
        scores = l.reshape(scores, {targetType.shape[0], scores.shape().back()});
    }
    Value target = l.make("input", {}, InputAttrs{net.target, targetType.dtype, targetType.shape});
    target.op->setLabel(net.target);
    l.input = scores;
    l.target = target;
    l.args = loss.bound.args;
    const unsigned before = diags.errorCount();
    auto weigh = [&](llvm::StringLiteral name) {
      l.weight = l.make("input", {}, InputAttrs{name.str(), scores.dtype(), {options.batch}});
      l.weight.op->setLabel(name);
    };
    const bool mixed = net.task == Task::Classes && trains(options.mode) && mixes(settings.data);
    if ((mixed || weighsClasses(settings.train)) && trains(options.mode))
      weigh("weight");
    Value value = loss.def->build(l);
    if (mixed && value) { // the loss of the classes that the samples were mixed with
      l.target = l.make("input", {}, InputAttrs{"target2", targetType.dtype, targetType.shape});
      l.target.op->setLabel("target2");
      weigh("weight2");
      if (Value other = loss.def->build(l))
        value = l.add(value, other);
    }
    if (l.failed() || !value) {
      if (diags.errorCount() == before)
        diags.error(loss.loc, l.pendingError().code.empty() ? ErrorCode("E270") : l.pendingError().code)
            << l.pendingError().message;
      return {};
    }
    if (value.op->label().empty())
      value.op->setLabel(net.loss);
    nameParts(*graph, last, nullptr, net.loss);
    return value;
  }

  void finish(const Net &net, const BoundChoice &optimizer) {
    if (model.warns()) {
      warnOfBatch(net.batchNorm);
      reviewGraph(*graph, diags);
    }
    Value total;
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!weighable(net.outputs[i]))
        return;
      Value scores = answer(outputs[i], *losses[i].def, net.outputs[i]);
      if (model.warns())
        reviewScores(*losses[i].def, outputs[i].value.value, scores, diags);
      if (options.mode == Mode::Infer)
        continue;
      Value value = lossOf(net.outputs[i], outputs[i], losses[i], scores);
      if (!value)
        return;
      LayerBuilder l = model.makeBuilder(losses[i].loc, outputs[i].value.trail);
      if (outputs.size() > 1)
        l.makeOp("output", {value}, Attrs::of(OutputAttrs{net.outputs[i].loss}));
      if (losses[i].weight != 1)
        value = l.mul(value, l.scalar(losses[i].weight, value));
      total = total ? l.add(total, value) : value;
    }
    nameParts(*graph, nullptr, nullptr, "total");
    makeLabelsUnique(*graph);
    if (options.mode == Mode::Infer)
      return;
    LayerBuilder l = model.makeBuilder(losses.front().loc, outputs.front().value.trail);
    l.makeOp("output", {total}, Attrs::of(OutputAttrs{"loss"}));
    if (trains(options.mode))
      minimize(total, optimizer);
  }

  void minimize(Value loss, const BoundChoice &optimizer) {
    LayerBuilder o =
        model.makeBuilder(settings.train.optimizer.given() ? settings.train.optimizer.loc : losses.front().loc,
                          outputs.front().value.trail);
    Value lr = o.make("input", {}, InputAttrs{"lr", settings.train.dtype, {}});
    lr.op->setLabel("lr");
    const TrainSettings &t = settings.train;
    MinimizeAttrs attrs{optimizer.def->name.str(), settingsOf(optimizer), t.clipValue, t.clipNorm};
    attrs.accumulate = t.accumulate > 1;
    attrs.update = options.mode == Mode::Train;
    attrs.average = t.average;
    attrs.frozen = frozen();
    o.makeOp("minimize", {loss, lr}, Attrs::of(attrs));
  }

  /// MinimizeAttrs::frozen: what `freeze` names, but for layers that start anew, which would stay random for ever.
  /// A pattern that matches no weight is E252.
  std::string frozen() {
    const TrainSettings &t = settings.train;
    llvm::SmallVector<llvm::StringRef, 32> names;
    for (const Op &op : graph->ops())
      if (const auto *param = op.attrsIf<ParamAttrs>(); param && param->trainable)
        names.push_back(param->name);
    for (const std::string &pattern : *t.freeze)
      if (llvm::none_of(names, [&](llvm::StringRef name) { return matchesName(name, pattern); })) {
        auto error = diags.error(t.freeze.loc, "E252");
        error << "freeze = " << pattern << " matches no weight";
        llvm::StringRef near = closest(pattern, names);
        error.help(near.empty() ? "`dlc show` lists the layer names" : "did you mean " + near.str() + "?");
      }
    std::string patterns = llvm::join(*t.freeze, ",");
    if (!patterns.empty() && !t.weights->empty())
      for (const std::string &pattern : *t.fresh)
        patterns += ",!" + pattern;
    if (!names.empty() && llvm::all_of(names, [&](llvm::StringRef name) { return isFrozen(name, patterns); }))
      diags.warning(t.freeze.loc, "W508").help("freeze only the layers that should stay as they are")
          << "all weights are frozen, so nothing is trained";
    return patterns;
  }

  const File &file;
  const Settings &settings;
  const Registry &registry;
  const BuildOptions &options;
  Diags &diags;
  std::unique_ptr<Graph> graph;
  ModelBuilder model;
  std::vector<ModelOutput> outputs;
  std::vector<BoundLoss> losses; ///< of the outputs
};

} // namespace

Net build(const File &file, const Settings &settings, const Vocabulary &vocabulary, const BuildOptions &options,
          Diags &diags) {
  return NetBuilder(file, settings, vocabulary, options, diags).build();
}

} // namespace dlc::dsl
