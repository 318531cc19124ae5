// Counter-based random numbers, drawn as an initialiser says.
// Which one a parameter has was decided by the layer and the settings.
#include "dlc/train/init.h"

#include "dlc/ir/eval.h"
#include "dlc/signature/initialiser.h"
#include "dlc/support/check.h"
#include "dlc/support/philox.h"
#include "dlc/support/strings.h"

namespace dlc::train {

void initialise(Tensor &tensor, const ParamAttrs &param, uint64_t seed) {
  llvm::StringRef text(param.init);
  llvm::StringRef name = text.take_until([](char c) { return c == '('; });
  double argument = 0;
  if (name.size() < text.size()) {
    std::optional<double> value = parseNumber(text.drop_front(name.size() + 1).drop_back().trim());
    DLC_CHECK(value && text.ends_with(")")) << "initialiser '" << param.init << "' of " << param.name;
    argument = *value;
  }
  const InitialiserDef *def = findInitialiser(name);
  DLC_CHECK(def) << "no initialiser '" << param.init << "' (of " << param.name << ")";
  const auto [kind, scale] =
      def->draw({static_cast<double>(param.fan_in), static_cast<double>(param.fan_out)}, argument);

  RandomStream random(seed, RandomUse::Init, stableHash(param.name.data(), param.name.size()));
  dispatchFloat(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (T &x : tensor.span<T>())
      x = static_cast<T>(kind == InitialDraw::Kind::Constant ? scale
                         : kind == InitialDraw::Kind::Normal ? scale * random.normal()
                                                             : scale * (2 * random.uniform() - 1));
  });
}

} // namespace dlc::train
