// The initialisers of the language, over counter-based random numbers.
// Which one a parameter has was decided by the layer and the settings.
#include "dlc/train/init.h"

#include "dlc/ir/eval.h"
#include "dlc/support/check.h"
#include "dlc/support/philox.h"
#include "dlc/support/strings.h"

#include <cmath>

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
  double in = static_cast<double>(param.fan_in), out = static_cast<double>(param.fan_out);
  bool normal = false, constant = false;
  double scale = argument;
  if (name == "He")
    scale = std::sqrt(6 / in);
  else if (name == "HeNormal")
    scale = std::sqrt(2 / in), normal = true;
  else if (name == "Xavier")
    scale = std::sqrt(6 / (in + out));
  else if (name == "XavierNormal")
    scale = std::sqrt(2 / (in + out)), normal = true;
  else if (name == "Torch")
    scale = 1 / std::sqrt(in);
  else if (name == "Normal")
    normal = true;
  else if (name == "Constant")
    constant = true;
  else
    DLC_CHECK(name == "Uniform") << "no initialiser '" << param.init << "' (of " << param.name << ")";

  RandomStream random(seed, RandomUse::Init, stableHash(param.name.data(), param.name.size()));
  dispatchFloat(tensor.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (T &x : tensor.span<T>())
      x = static_cast<T>(constant ? scale : scale * (normal ? random.normal() : 2 * random.uniform() - 1));
  });
}

} // namespace dlc::train
