// Which character comes next: the scores of one place made into shares, and one number drawn.
// The net has as many scores as its vocabulary is large; those that no character of training stands behind are left
// out.
#include "dlc/session/continuation.h"

#include "dlc/data/formats.h"
#include "dlc/ir/exact_math.h"
#include "dlc/support/counted.h"
#include "dlc/support/strings.h"
#include "dlc/train/finite.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <random>

namespace dlc::session {

Result<std::shared_ptr<const TextNet>> TextNet::of(Net &net) {
  DLC_PASS_ON(net.plan(dsl::Mode::Infer, 1));
  const dsl::Net &shape = net.shape();
  auto no = [&](const std::string &why) {
    return Failure{Failure::Kind::Options, "the net continues no texts: " + why};
  };
  if (net.unit().settings.data.target.value != "next")
    return no("it was not trained with target = next");
  if (shape.inputs.size() != 1 || shape.inputs.front().vocab == 0)
    return no("its input is not the characters of a text");
  const dsl::NetInput &input = shape.inputs.front();
  const dsl::NetOutput &output = shape.outputs.front();
  if (shape.outputs.size() != 1 || output.task != Task::Classes || output.rows() != input.elements())
    return no("it does not say a character for each place of the input");
  if (net.names().classes.empty())
    return no("the model file does not say which characters training saw");
  auto text = std::make_shared<TextNet>();
  text->characters = net.names().classes;
  text->context = static_cast<size_t>(input.elements());
  text->scores = static_cast<size_t>(output.shape.back());
  const int64_t seed = net.unit().settings.train.seed.value;
  text->seed = seed < 0 ? std::random_device{}() : static_cast<uint64_t>(seed); // negative: seed = random
  if (text->characters.size() > text->scores || text->characters.size() > static_cast<size_t>(input.vocab))
    return no("training saw " + counted(text->characters.size(), "character") + ", more than it has tokens");
  return std::shared_ptr<const TextNet>(std::move(text));
}

Continuation::Continuation(std::shared_ptr<const TextNet> text, std::vector<int32_t> prompt, const ContinueOptions &how)
    : net(std::move(text)), options(how), random(how.seed.value_or(net->seed), RandomUse::Text),
      tokens(std::move(prompt)), shares(net->characters.size()) {}

Fallible<Continuation> Continuation::begin(std::shared_ptr<const TextNet> net, llvm::StringRef prompt,
                                           llvm::StringRef name, const ContinueOptions &options) {
  DLC_TRY(auto tokens, data::textTokens({prompt, name}, net->characters));
  if (tokens.empty()) {
    const auto line = llvm::find(net->characters, "\n");
    tokens.push_back(line == net->characters.end() ? 0 : static_cast<int32_t>(line - net->characters.begin()));
  }
  return Continuation(std::move(net), std::move(tokens), options);
}

template <class T> void Continuation::context(T *to) const {
  const size_t count = std::min(tokens.size(), net->context);
  std::transform(tokens.end() - static_cast<std::ptrdiff_t>(count), tokens.end(), to,
                 [](int32_t token) { return static_cast<T>(token); });
  std::fill(to + count, to + net->context, T(0));
}

template <class T> bool Continuation::next(llvm::ArrayRef<T> scores) {
  if (!llvm::all_of(scores, [](T score) { return std::isfinite(score); }))
    return false;
  const llvm::ArrayRef<T> known = scores.take_front(shares.size());
  auto chosen = static_cast<size_t>(std::max_element(known.begin(), known.end()) - known.begin());
  if (options.temperature > 0) {
    const auto most = static_cast<double>(known[chosen]);
    double sum = 0;
    for (size_t i = 0; i < shares.size(); ++i)
      sum += shares[i] = exact<kernels::MapOp::Exp>((static_cast<double>(known[i]) - most) / options.temperature);
    // The most probable has a share of 1, so the sum is not 0. Rounding may leave a rest behind the last: it is that
    // one's.
    double rest = random.uniform() * sum;
    for (size_t i = 0; i < shares.size() && rest >= 0; ++i)
      if (shares[i] > 0)
        chosen = i, rest -= shares[i];
  }
  tokens.push_back(static_cast<int32_t>(chosen));
  text_ += net->characters[chosen];
  ++added;
  if (tokens.size() > 2 * net->context) // what no sample holds any more
    tokens.erase(tokens.begin(), tokens.end() - static_cast<std::ptrdiff_t>(net->context));
  return true;
}

Done continueText(Net &net, llvm::StringRef prompt, llvm::StringRef name, const ContinueOptions &options,
                  llvm::function_ref<bool(llvm::StringRef character)> take) {
  DLC_TRY(const auto text, TextNet::of(net));
  auto begun = Continuation::begin(text, prompt, name, options);
  if (!begun) {
    report(net.diags(), begun.failure());
    return Failure{Failure::Kind::Findings, ""};
  }
  auto made = net.engines().get(dsl::Mode::Infer, 1);
  if (!made.ok())
    return Failure::ofEngine(made.status());
  train::Engine &engine = **made;
  const dsl::NetInput &input = net.shape().inputs.front();
  const dsl::NetOutput &output = net.shape().outputs.front();
  auto scored = [&](auto zero) {
    const auto *scores = static_cast<const decltype(zero) *>(engine.output(output.scores));
    return begun->next(llvm::ArrayRef(scores + begun->place() * text->scores, text->scores));
  };
  for (size_t before = 0; !begun->done(); before = begun->text().size()) {
    if (void *to = engine.input(input.name)) // else nothing of the net reads it
      begun->context(static_cast<int32_t *>(to));
    engine.step();
    if (!(net.engines().dtype() == DType::F64 ? scored(double{}) : scored(float{}))) {
      const std::string bad = train::firstNotFinite(net.parameters());
      net.diags().error("E603") << "the net says NaN or infinity of the character that comes next"
                                << (bad.empty() ? "" : ": ") << bad;
      return Failure{Failure::Kind::Findings, ""};
    }
    if (!take(llvm::StringRef(begun->text()).drop_front(before)))
      break;
  }
  return done();
}

template void Continuation::context(int32_t *) const;
template void Continuation::context(float *) const;
template void Continuation::context(double *) const;
template bool Continuation::next(llvm::ArrayRef<float>);
template bool Continuation::next(llvm::ArrayRef<double>);

} // namespace dlc::session
