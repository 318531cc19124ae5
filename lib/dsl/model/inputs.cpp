// What a net is fed: the inputs of [model], shapes of numbers or sequences of tokens.
// Where samples come from is not known here.
#include "model_builder.h"

#include "dlc/support/strings.h"

namespace dlc::dsl {

/// Tokens(length, vocab=n)
std::optional<NetInput> ModelBuilder::tokens(const Const &call) {
  static constexpr llvm::StringLiteral kUsage = "write input = Tokens(64, vocab=65)";
  const Const *length = nullptr, *vocab = nullptr;
  size_t position = 0;
  for (const ConstArg &arg : call.items) {
    const bool named = !arg.name.empty();
    const Const **slot = nullptr;
    if (named ? arg.name == "length" : position == 0)
      slot = &length;
    else if (named ? arg.name == "vocab" : position == 1)
      slot = &vocab;
    position += !named;
    if (!slot || *slot) {
      auto d = diags.error(arg.value.loc, "E251");
      d.help(kUsage);
      if (slot)
        d << "argument '" << (slot == &length ? "length" : "vocab") << "' is given twice";
      else if (named)
        d << "Tokens has no argument '" << arg.name << "'";
      else
        d << "Tokens takes 2 arguments, found more";
      return std::nullopt;
    }
    *slot = &arg.value;
  }
  if (!length || !vocab) {
    diags.error(call.loc, "E251").help(kUsage) << "Tokens needs the argument '" << (length ? "vocab" : "length") << "'";
    return std::nullopt;
  }
  // A token is an i32, and a vocabulary is the first size of a weight.
  const NumberRange size{1, kMaxSize, false, false, true};
  auto n = evaluator.number(*length, size, "the length of Tokens");
  auto v = evaluator.number(*vocab, size, "vocab");
  if (!n || !v)
    return std::nullopt;
  return NetInput{"", Shape{static_cast<int64_t>(*n)}, static_cast<int64_t>(*v)};
}

std::optional<Shape> ModelBuilder::inputShape(const Const &value) {
  if (evaluator.mayBeMissing(value))
    return std::nullopt;
  if (value.kind == Const::Kind::Call || value.kind == Const::Kind::Word) {
    diags.error(value.loc, "E205").help("write input = 784, input = 3x32x32, or input = Tokens(64, vocab=65)")
        << "input takes the shape of one sample, found " << describe(value);
    return std::nullopt;
  }
  auto shape = evaluator.shape(value, 1, "input");
  if (!shape)
    return std::nullopt;
  double elements = 1;
  for (int64_t size : *shape)
    elements *= static_cast<double>(size);
  if (shape->size() > 8 || elements > kMaxSize) {
    diags.error(value.loc, "E208") << "one sample has " << shortNumber(elements) << " values in " << shape->size()
                                   << " dimensions; at most 8 dimensions and "
                                   << grouped(static_cast<int64_t>(kMaxSize)) << " values are allowed";
    return std::nullopt;
  }
  return shape;
}

std::optional<Traced> ModelBuilder::declareInput(llvm::StringRef name, const Const &value, Loc statement) {
  std::optional<NetInput> input;
  if ((value.kind == Const::Kind::Call || value.kind == Const::Kind::Word) &&
      llvm::StringRef(value.text).equals_insensitive("Tokens"))
    input = tokens(value);
  else if (auto shape = inputShape(value))
    input = NetInput{"", *shape, 0};
  if (!input)
    return std::nullopt;
  if (settings.train.batchSize > static_cast<int64_t>(kMaxSize)) {
    diags.error(settings.train.batchSize.loc, "E208")
        << "batch_size can be at most " << grouped(static_cast<int64_t>(kMaxSize));
    return std::nullopt;
  }
  input->name = name.str();
  if (input->shape.size() == 1 && !input->vocab && inputs_.empty())
    tracer.addWidth(input->shape.front());
  else
    tracer.changeShape();
  Shape full{options.batch};
  full.append(input->shape);
  LayerBuilder b = tracer.makeBuilder(statement, nullptr);
  Value made =
      b.make("input", {}, InputAttrs{name.str(), input->vocab ? DType::I32 : settings.train.dtype.value, full});
  made.op->setLabel(name);
  if (tracer.tooLarge(value.loc, made))
    return std::nullopt;
  Traced result = tracer.traced(made, statement, nullptr);
  result.vocab = input->vocab;
  inputs_.push_back(*std::move(input));
  return result;
}

} // namespace dlc::dsl
