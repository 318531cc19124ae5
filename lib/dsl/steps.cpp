// The table of signatures and the binding of arguments to parameters.
// What the steps do is decided in data/ and train/.
#include "steps.h"

#include "dlc/dsl/foreign_names.h"
#include "dlc/dsl/vocabulary.h"

#include "dlc/support/strings.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace dlc::dsl {
namespace {

struct Signature {
  StepKind kind;
  llvm::StringLiteral name;
  /// "file:s label:a?": parameters in order as name:kind, `?` optional, `*` takes all further positional arguments.
  /// Kinds: s string, n number (u above 0, z not below 0, k whole and at least 1), w word, d number of epochs or steps
  /// (D above 0), x shape or pair, l list, b bool, a any.
  llvm::StringLiteral parameters;
  llvm::StringLiteral doc = ""; ///< one sentence
};

constexpr Signature kSignatures[] = {
    {StepKind::Source, "Csv", "file:s labels:s? label:a? columns:a? header:a? sep:a? missing:w? decimal:a? comment:a?"},
    {StepKind::Source, "Idx", "images:s labels:s?"},
    {StepKind::Source, "Inline", "inputs:l targets:l?"},
    {StepKind::Source, "Cifar10", "dir:s part:w?"},
    {StepKind::Source, "Images", "dir:s list:s? broken:w?"},
    {StepKind::Source, "Npz", "file:s x:w? y:w?"},
    {StepKind::Source, "Npy", "x:s y:s?"},
    {StepKind::Source, "Text", "file:s"},
    {StepKind::Source, "Raw", "file:s shape:x dtype:w labels:s?"},
    {StepKind::Prepare, "Scale", "k:n"},
    {StepKind::Prepare, "Normalize", "mean:a? std:a?"},
    {StepKind::Prepare, "MinMax", ""},
    {StepKind::Prepare, "Resize", "size:x"},
    {StepKind::Prepare, "CenterCrop", "size:x"},
    {StepKind::Prepare, "Gray", ""},
    {StepKind::Prepare, "Center", ""},
    {StepKind::Prepare, "Invert", ""},
    {StepKind::Augment, "Flip", "direction:w? p:n?"},
    {StepKind::Augment, "Crop", "size:x pad:n?"},
    {StepKind::Augment, "Rotate", "degrees:n p:n?"},
    {StepKind::Augment, "Shift", "pixels:n p:n?"},
    {StepKind::Augment, "Zoom", "factor:n p:n?"},
    {StepKind::Augment, "Brightness", "amount:n p:n?"},
    {StepKind::Augment, "Contrast", "amount:n p:n?"},
    {StepKind::Augment, "Noise", "amount:n p:n?"},
    {StepKind::Augment, "Cutout", "size:n p:n?"},
    {StepKind::Augment, "Mixup", "alpha:n"},
    {StepKind::Schedule, "Decay", "factor:u every:D?", "Times factor each epoch, or once every so often."},
    {StepKind::Schedule, "Steps", "at:d* factor:u?", "Times factor (0.1) at each of these times."},
    {StepKind::Schedule, "Cosine", "min:z?", "Falls along half a cosine to min (0) at the end of training."},
    {StepKind::Schedule, "Ramp", "to:z?", "Falls along a straight line to this value (0) at the end of training."},
    {StepKind::Schedule, "Poly", "power:z?", "Falls to 0 at the end of training as the rest of it to this power (2)."},
    {StepKind::Schedule, "OneCycle", "peak:u",
     "Rises to the peak, then falls below where it began, in one cycle over training."},
    {StepKind::Schedule, "Warmup", "length:d", "Rises from 0 over this time; may stand before one other schedule."},
    {StepKind::Schedule, "Plateau", "patience:k? factor:u?",
     "Times factor (0.5) when the monitored value has not improved for patience (5) evaluations."},
    {StepKind::Metric, "Accuracy", "", "Share of samples whose class is right."},
    {StepKind::Metric, "TopK", "k:k", "Share of samples whose class is among the k most probable."},
    {StepKind::Metric, "F1", "", "Harmonic mean of precision and recall; of several classes their mean."},
    {StepKind::Metric, "Precision", "", "Of what was called a class, the share that is; of several classes the mean."},
    {StepKind::Metric, "Recall", "", "Of what is of a class, the share that was found; of several classes the mean."},
    {StepKind::Metric, "AUC", "",
     "Area under the curve of true against false positives; of several classes the mean, each against the rest."},
    {StepKind::Metric, "MAE", "", "Mean absolute error."},
    {StepKind::Metric, "RMSE", "", "Root of the mean squared error; of several outputs the mean of theirs."},
    {StepKind::Metric, "R2", "", "Share of the variance that is explained; of several outputs the mean of theirs."},
    {StepKind::Metric, "PerClass", "", "Precision, recall, F1 and number of samples of each class."},
    {StepKind::Metric, "ConfusionMatrix", "", "How often each class was taken for each."},
};

llvm::StringRef nameOf(StepKind kind) {
  switch (kind) {
  case StepKind::Source:
    return "data source";
  case StepKind::Prepare:
    return "data step";
  case StepKind::Augment:
    return "augmentation";
  case StepKind::Schedule:
    return "schedule step";
  case StepKind::Metric:
    return "metric";
  }
  return "";
}

struct Parameter {
  llvm::StringRef name;
  char kind;
  bool optional, repeated;
};
llvm::SmallVector<Parameter, 8> parametersOf(const Signature &signature) {
  llvm::SmallVector<Parameter, 8> result;
  llvm::SmallVector<llvm::StringRef, 8> words;
  signature.parameters.split(words, ' ', -1, false);
  for (llvm::StringRef word : words) {
    auto [name, rest] = word.split(':');
    result.push_back({name, rest[0], rest.ends_with("?"), rest.ends_with("*")});
  }
  return result;
}

/// Whether no number in a value, however deep in lists, has a unit other than percent; E204 for the first that has one.
bool hasNoUnits(const Evaluator &evaluator, const Const &value, llvm::StringRef what) {
  if (value.isNumber() && value.unit != Unit::None && value.unit != Unit::Percent) {
    evaluator.diagnostics().error(value.loc, "E204")
        << what << " takes no unit, found '" << spelling(value.unit) << "'";
    return false;
  }
  return llvm::all_of(value.items, [&](const ConstArg &item) { return hasNoUnits(evaluator, item.value, what); });
}

/// Whether `value` is of the kind, with a diagnostic where it is not. Words become strings where a file is wanted.
bool checkKind(const Evaluator &evaluator, ConstArg &arg, char kind, llvm::StringRef what) {
  Const &value = arg.value;
  auto refuse = [&](llvm::StringRef wanted) {
    auto d = evaluator.diagnostics().error(value.loc, "E205");
    d << what << " takes " << wanted << ", found " << describe(value);
    if (kind == 's' && value.kind == Const::Kind::Word)
      d.help("write \"" + value.text + "\"");
    return false;
  };
  switch (kind) {
  case 's':
    return value.kind == Const::Kind::String || refuse("a string");
  case 'w':
    return value.kind == Const::Kind::Word || value.kind == Const::Kind::String || refuse("a word");
  case 'x':
    return evaluator.shape(value, 1, what).has_value();
  case 'l':
    return value.kind == Const::Kind::List ? hasNoUnits(evaluator, value, what) : refuse("a list");
  case 'a':
    return hasNoUnits(evaluator, value, what);
  case 'b':
    return evaluator.flag(value, what).has_value();
  case 'n':
  case 'u':
  case 'z':
  case 'k': {
    const Range range = kind == 'u'   ? Range{.min = 0, .minExcluded = true}
                        : kind == 'z' ? Range{.min = 0}
                        : kind == 'k' ? Range{.min = 1, .max = 1e15, .whole = true}
                                      : Range{};
    if (!value.isNumber())
      return refuse(range.text());
    if (!hasNoUnits(evaluator, value, what))
      return false;
    value.number = value.fraction();
    value.unit = Unit::None;
    return evaluator.number(value, range, what).has_value();
  }
  case 'd':
  case 'D':
    if (!value.isNumber())
      return refuse("a number of epochs or steps");
    if (value.unit != Unit::Epochs && value.unit != Unit::Steps) {
      auto d = evaluator.diagnostics().error(value.loc, "E204");
      d << what << " takes epochs or steps, found " << spelling(value);
      d.help("write " + shortNumber(value.number) + " epochs, or " + shortNumber(value.number) + " steps");
      return false;
    }
    if (kind == 'D' && value.number == 0) { // less cannot be written: a unit takes no minus
      evaluator.diagnostics().error(value.loc, "E205") << what << " takes a time above 0, found " << spelling(value);
      return false;
    }
    return true;
  default:
    return true;
  }
}

std::string usage(const Signature &signature) {
  std::string text = signature.name.str();
  const auto parameters = parametersOf(signature);
  for (const auto &[i, p] : llvm::enumerate(parameters)) {
    text += i == 0 ? "(" : ", ";
    text += p.name.str();
    text += p.repeated ? ", ..." : "";
    text += p.optional ? "=..." : "";
  }
  return parameters.empty() ? text : text + ")";
}

/// The signature that `value` names; null after E205 or E250. `nameLoc` is where the name stands.
const Signature *signatureOf(Diags &diags, const Const &value, StepKind kind, Loc &nameLoc) {
  if (value.kind != Const::Kind::Word && value.kind != Const::Kind::Call) {
    diags.error(value.loc, "E205") << "a " << nameOf(kind) << " is needed here, found " << describe(value);
    return nullptr;
  }
  nameLoc = value.kind == Const::Kind::Call ? locOf(textOf(value.loc).take_front(value.text.size())) : value.loc;
  // prepare and augment are easily taken for one another.
  const StepKind other = kind == StepKind::Prepare ? StepKind::Augment : StepKind::Prepare;
  const bool ofData = kind == StepKind::Prepare || kind == StepKind::Augment;
  llvm::StringRef elsewhere;
  llvm::SmallVector<llvm::StringRef> names;
  for (const Signature &s : kSignatures) {
    if (s.kind == kind && s.name.equals_insensitive(value.text))
      return &s;
    if (ofData && s.kind == other && s.name.equals_insensitive(value.text))
      elsewhere = s.name;
    if (s.kind == kind)
      names.push_back(s.name);
  }
  auto d = diags.error(nameLoc, "E250");
  if (elsewhere.empty()) {
    d << "unknown " << nameOf(kind) << " '" << value.text << "'";
    std::string advice = adviceOnName(NameKind::Word, value.text, names);
    d.help(advice.empty() ? "there are " + llvm::join(names, ", ") : advice);
    return nullptr;
  }
  const bool augments = other == StepKind::Augment;
  d << elsewhere << " is " << (augments ? "an augmentation" : "a data step") << ", which belongs into "
    << (augments ? "augment" : "prepare");
  d.help(augments ? "augment changes training samples at random; prepare is done to every sample, always"
                  : "prepare is done to every sample, always; augment changes training samples at random");
  return nullptr;
}

} // namespace

std::optional<Spec> bindStep(const Evaluator &evaluator, const Const &value, StepKind kind) {
  Diags &diags = evaluator.diagnostics();
  Loc nameLoc;
  const Signature *signature = signatureOf(diags, value, kind, nameLoc);
  if (!signature)
    return std::nullopt;
  Spec spec;
  spec.name = signature->name.str();
  spec.loc = value.loc;
  const auto parameters = parametersOf(*signature);
  size_t position = 0;
  bool ok = true;
  auto refuse = [&](Loc loc, const llvm::Twine &message, llvm::StringRef meant = "") {
    InFlight d = diags.error(loc, "E251");
    d << message;
    d.help("usage: " + usage(*signature));
    if (!meant.empty())
      d.help("did you mean " + meant + "?");
    ok = false;
  };
  for (const ConstArg &given : value.items) {
    const Parameter *parameter = nullptr;
    if (given.name.empty()) {
      if (position < parameters.size())
        parameter = &parameters[position];
      if (parameter && !parameter->repeated)
        ++position;
    } else {
      for (const Parameter &p : parameters)
        if (p.name.equals_insensitive(given.name))
          parameter = &p;
    }
    if (!parameter && given.name.empty()) {
      refuse(given.value.loc, signature->name + " takes fewer arguments");
      continue;
    }
    if (!parameter) {
      llvm::SmallVector<llvm::StringRef> known;
      for (const Parameter &p : parameters)
        known.push_back(p.name);
      refuse(given.nameLoc, signature->name + " has no argument '" + given.name + "'", closest(given.name, known));
      continue;
    }
    if (!parameter->repeated && spec.find(parameter->name)) {
      refuse(given.value.loc, "argument '" + parameter->name + "' is given twice");
      continue;
    }
    ConstArg arg{parameter->name.str(), given.value, given.nameLoc};
    if (checkKind(evaluator, arg, parameter->kind, ("'" + parameter->name + "' of " + signature->name).str()))
      spec.args.push_back(std::move(arg));
    else
      ok = false;
  }
  for (const Parameter &p : parameters)
    if (ok && !p.optional && !spec.find(p.name))
      refuse(nameLoc, signature->name + " needs the argument '" + p.name + "'");
  if (!ok)
    return std::nullopt;
  return spec;
}

std::string spelling(const Spec &spec) {
  const auto *signature = llvm::find_if(kSignatures, [&](const Signature &s) { return s.name == spec.name; });
  const auto parameters =
      signature == std::end(kSignatures) ? llvm::SmallVector<Parameter, 8>() : parametersOf(*signature);
  std::string text;
  size_t position = 0;
  bool byPosition = true; // as people write it: what must be given has no name
  for (const ConstArg &arg : spec.args) {
    byPosition &=
        position < parameters.size() && parameters[position].name == arg.name && !parameters[position].optional;
    if (byPosition && !parameters[position].repeated)
      ++position;
    text += text.empty() ? "(" : ", ";
    text += (byPosition ? "" : arg.name + "=") + spelling(arg.value);
  }
  return spec.name + text + (text.empty() ? "" : ")");
}

std::optional<Spec> sourceOfFile(const Evaluator &evaluator, const Const &file) {
  llvm::StringRef name = file.text;
  name.consume_back(".gz");
  const llvm::StringRef last = name.substr(name.find_last_of('/') + 1); // npos + 1 is 0
  llvm::StringRef extension = last.contains('.') ? last.rsplit('.').second : "";
  const bool table = llvm::is_contained({"csv", "tsv", "txt", "data", "dat"}, extension.lower());
  const bool array = extension.equals_insensitive("npy"), archive = extension.equals_insensitive("npz");
  const bool batch = extension.equals_insensitive("bin"); // of CIFAR-10
  const bool idx = last.contains("idx") && !table && !array && !archive && !batch;
  if (!idx && !table && !array && !archive && !batch) {
    const bool pictures =
        extension.empty() || llvm::is_contained({"png", "jpg", "jpeg", "bmp", "pgm", "ppm"}, extension.lower());
    auto d = evaluator.diagnostics().error(file.loc, "E205");
    d.help(std::string(pictures ? "a folder of pictures is read by Images(" : "say how to read it: Csv(") +
           spelling(file) + ")");
    if (extension.empty())
      d << "no data source reads " << spelling(file) << " by its name";
    else
      d << "no data source reads files called *." << extension;
    return std::nullopt;
  }
  Const call;
  call.kind = Const::Kind::Call;
  call.text = idx ? "Idx" : table ? "Csv" : array ? "Npy" : batch ? "Cifar10" : "Npz";
  call.loc = file.loc;
  call.items.push_back({"", file});
  call.items.front().value.kind = Const::Kind::String;
  auto spec = bindStep(evaluator, call, StepKind::Source);
  if (spec)
    spec->bare = true;
  return spec;
}

void readAsText(Spec &source) {
  llvm::StringRef name = source.text("file", "");
  name.consume_back(".gz");
  if (source.bare && name.ends_with_insensitive(".txt"))
    source.name = "Text";
}

bool weighsClasses(const TrainSettings &train) {
  return train.classWeights->kind == Const::Kind::List ||
         (train.classWeights->kind == Const::Kind::Word && train.classWeights->text == "balanced");
}
bool isPartOfTrain(const ValSplit &val) {
  using Kind = ValSplit::Kind;
  return val.kind == Kind::Share || val.kind == Kind::Count || (val.kind == Kind::Slice && val.of != "test");
}
bool mixes(const DataSettings &data) { return !data.augment->empty() && data.augment->back().name == "Mixup"; }

const Const *Spec::find(llvm::StringRef parameter) const {
  for (const ConstArg &arg : args)
    if (arg.name == parameter)
      return &arg.value;
  return nullptr;
}
double Spec::number(llvm::StringRef parameter, double otherwise) const {
  const Const *value = find(parameter);
  return value ? value->fraction() : otherwise;
}
llvm::StringRef Spec::text(llvm::StringRef parameter, llvm::StringRef otherwise) const {
  const Const *value = find(parameter);
  return value ? llvm::StringRef(value->text) : otherwise;
}

llvm::ArrayRef<StepInfo> allSteps() {
  static const std::vector<StepInfo> steps = [] {
    std::vector<StepInfo> all;
    for (const Signature &signature : kSignatures) {
      StepInfo info{nameOf(signature.kind), signature.name, {}, usage(signature), signature.doc};
      for (const Parameter &parameter : parametersOf(signature))
        info.arguments.push_back(parameter.name);
      all.push_back(std::move(info));
    }
    return all;
  }();
  return steps;
}

} // namespace dlc::dsl
