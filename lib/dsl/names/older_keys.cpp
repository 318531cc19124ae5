// The table of the keys that only the older forms have: the layer list's and the INI form's.
// What they mean is read by model/older_forms.cpp ([model]) and settings/classic_keys.cpp ([data], [training]).
#include "dlc/dsl/names/vocabulary.h"

#include "llvm/ADT/STLExtras.h"

namespace dlc::dsl {
namespace {

constexpr OlderKey kOlderKeys[] = {
    {"model", "input_dim", "input"},
    {"model", "layer", "-> of a layer, with its arguments in order"},
    {"model", "activation", "-> of a layer; in the INI form after each hidden layer"},
    {"model", "input_size", "input"},
    {"model", "hidden_size", "-> Linear(size)"},
    {"model", "output_size", "-> Linear(size), the last"},
    {"model", "num_layers", "how many times the hidden layer is repeated"},
    {"model", "dropout_rate", "-> Dropout(rate) after each hidden layer"},
    {"model", "architecture", "input, and -> Linear(size) for each further size; or the layers of Sequential(...)"},
    {"model", "hidden_activation", "-> of a layer, after each Linear of architecture but the last"},
    {"model", "output_activation", "-> of a layer, after the last Linear of architecture"},
    {"data", "train_file", "train = Csv(file)", true},
    {"data", "test_file", "test = Csv(file)", true},
    {"data", "train_label_file", "the second file of train = Csv(file, labels)", true},
    {"data", "test_label_file", "the second file of test = Csv(file, labels)", true},
    {"data", "val_split", "val = n%"},
    {"data", "normalize", "prepare = Normalize"},
    {"training", "early_stopping", "whether patience applies; false disables it, true without it warns (W504)"},
    {"training", "lr_step_size", "lr -> Decay(gamma, every=size epochs)"},
    {"training", "lr_gamma", "lr -> Decay(gamma, every=size epochs)"},
};

} // namespace

llvm::ArrayRef<OlderKey> olderKeys() { return kOlderKeys; }

bool isOlderKey(llvm::StringRef section, llvm::StringRef name) {
  return llvm::any_of(kOlderKeys, [&](const OlderKey &key) {
    return key.section.equals_insensitive(section) && key.name.equals_insensitive(name);
  });
}

} // namespace dlc::dsl
