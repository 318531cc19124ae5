// Hands the arguments of a call to the binding, each to be evaluated when it is wanted.
// What fits is said by the signature.
#include "arguments.h"

namespace dlc::dsl {

std::optional<Bound> bindArguments(const Evaluator &evaluator, std::span<const ArgSpec> specs,
                                   llvm::ArrayRef<Arg> written, llvm::StringRef layer, Loc nameLoc, bool takesName) {
  llvm::SmallVector<WrittenArg, 8> args;
  for (const Arg &arg : written)
    args.push_back(
        {arg.name.text, arg.name.loc, arg.value.loc, [&evaluator, &arg] { return evaluator.eval(arg.value); }});
  return bind(evaluator, {layer, "", specs}, {nameLoc, takesName}, args);
}

} // namespace dlc::dsl
