// The table of facts.
// A unit test holds its names against the registry, and its ranges against the interpreter.
#include "dlc/dsl/op_facts.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();
constexpr OpFacts kFacts[] = {
    {.op = "sigmoid", .range = {0, 1}},
    {.op = "hard_sigmoid", .range = {0, 1, true}},
    {.op = "tanh", .range = {-1, 1}},
    {.op = "relu", .range = {0, kNone, true}},
    {.op = "relu6", .range = {0, 6, true}},
    {.op = "softplus", .range = {0, kNone}},
    {.op = "softmax", .range = {0, 1}},
    {.op = "log_softmax", .range = {-kNone, 0}},
    {.op = "linear", .places = Places::FeaturesLast},
    {.op = "embedding", .places = Places::FeaturesLast},
    {.op = "position", .places = Places::FeaturesLast},
    {.op = "attention", .places = Places::FeaturesLast},
    {.op = "gru", .places = Places::FeaturesLast},
    {.op = "lstm", .places = Places::FeaturesLast},
    {.op = "conv1d", .places = Places::ChannelsFirst},
    {.op = "max_pool1d", .takesChannels = true},
    {.op = "avg_pool1d", .takesChannels = true},
    {.op = "global_avg_pool", .takesChannels = true},
    {.op = "global_max_pool", .takesChannels = true},
    {.op = "flatten", .places = Places::ChannelsFirst},
    {.op = "reshape", .places = Places::ChannelsFirst},
    {.op = "transpose", .places = Places::ChannelsFirst},
};

} // namespace

llvm::ArrayRef<OpFacts> allFacts() { return kFacts; }

const OpFacts &factsOf(llvm::StringRef op) {
  static constexpr OpFacts kNothing = {.op = ""};
  const auto *row = llvm::find_if(kFacts, [&](const OpFacts &facts) { return facts.op == op; });
  return row == std::end(kFacts) ? kNothing : *row;
}

int64_t heldTogether(const Op &op) {
  const llvm::StringRef name = op.name();
  const Shape &shape = op.type().shape;
  if (name == "softmax" || name == "log_softmax" || name == "layer_norm" || name == "rms_norm")
    return shape.back();
  if (name == "instance_norm")
    return shape[2] * shape[3];
  if (name == "group_norm") {
    std::string attrs; // the struct is the op's own
    llvm::raw_string_ostream os(attrs);
    op.attrs().print(os);
    int64_t groups = 1;
    llvm::StringRef(attrs).split("groups=").second.consumeInteger(10, groups);
    return op.type().elements() / shape[0] / std::max<int64_t>(groups, 1);
  }
  return 0;
}

} // namespace dlc::dsl
