// Parameters and optimizer state as a layer, loss or optimizer asks for them.
// It does not read the source text.
#include "dlc/ir/layer_builder.h"

#include "dlc/ir/op_attrs.h"
#include "dlc/ir/op_def.h"

#include "llvm/Support/xxhash.h"

namespace dlc {

Value LayerBuilder::param(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, Init init, bool decay) {
  ParamAttrs attrs;
  attrs.name = scope.empty() ? name.str() : scope + "." + name.str();
  attrs.dtype = dtype;
  attrs.shape.assign(shape.begin(), shape.end());
  attrs.init = init.text;
  attrs.fan_in = init.fanIn;
  attrs.fan_out = init.fanOut;
  attrs.decay = decay;
  std::string label = attrs.name;
  Value value = make("param", {}, std::move(attrs));
  value.op->setLabel(label);
  return value;
}

Value LayerBuilder::state(llvm::StringRef slot) { return state(slot, input.shape()); }

Value LayerBuilder::state(llvm::StringRef slot, llvm::ArrayRef<int64_t> shape) {
  const auto &of = input.op->attrs<ParamAttrs>();
  ParamAttrs attrs;
  attrs.name = slot.str() + "." + of.name;
  attrs.dtype = of.dtype;
  attrs.shape.assign(shape.begin(), shape.end());
  attrs.trainable = false;
  attrs.slot = slot.str();
  std::string label = attrs.name;
  // It comes from where the parameter does; what is computed with it comes from the optimizer.
  Origin here = origin();
  setOrigin(input.op->origin());
  Value value = make("param", {}, std::move(attrs));
  setOrigin(std::move(here));
  value.op->setLabel(label);
  return value;
}

Value LayerBuilder::stepCounter() {
  for (Op &op : graph().ops())
    if (const auto *known = op.attrsIf<InputAttrs>(); known && known->name == "step")
      return op.result();
  Op *resume = insertionPoint();
  insertBefore(graph().empty() ? nullptr : &graph().ops().front());
  Value value = make("input", {}, InputAttrs{"step", DType::I32, {}});
  value.op->setLabel("step");
  insertBefore(resume);
  return value;
}

int64_t LayerBuilder::randomStream() const {
  return static_cast<int64_t>(llvm::xxh3_64bits(llvm::StringRef(scope)) & 0xffffffffu);
}

} // namespace dlc
