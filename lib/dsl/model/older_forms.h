// The older spellings of [model] as the arrows that they stand for: the layer list (one `layer=` a line) and the INI
// form (sizes of one kind of hidden layer, or an architecture). From tree to tree: no value and no op is made here.
#pragma once

#include "dlc/ir/op_def.h"
#include "settings/evaluator.h"

namespace dlc::dsl {

/// What an older body says, as `input = ...` and `output = input -> ...`.
struct ArrowForm {
  Section section;     ///< every node has the place of what it stands for in the older text
  bool isList = false; ///< it was a layer list
};

/// The arrow form of a body; nothing where it is none of the older ones. What is wrong with the form itself is
/// reported: E203 to E209, E210, E213, E251, E260 to E262. Behind such a mistake stands a step without a node, and an
/// input or output that is missing counts as unread, so that nothing else is said of them.
std::optional<ArrowForm> arrowForm(const Section &model, const Evaluator &evaluator, const Registry &registry);

/// The layer that a name means: a constant may stand for the word. Null where there is none.
const OpDef *layerMeant(llvm::StringRef name, const Evaluator &evaluator, const Registry &registry);

/// Gives the arguments by position the names that they have in a layer list; "in" is what comes in, and a pair may be
/// two numbers ("kernel_h", "kernel_w"). Then two arguments by position are those of an arrow, four and more those of
/// the list, and what could be read either way is refused. False after E251, E203 or E206.
bool nameByPlace(const OpDef &def, Name layer, std::vector<Arg> &args, const Evaluator &evaluator);

} // namespace dlc::dsl
