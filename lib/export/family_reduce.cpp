// reduce: sums, maxima and norms over the middle dimension, in the order that is part of their meaning.
// A norm is taken again of quotients where its plain sum of squares is not to be trusted.
#include "sums.h"

namespace dlc::deploy {
namespace {

using kernels::MapOp;
using kernels::ReduceOp;

void writeSum(Nest &nest, const ReduceInstrAttrs &a, llvm::StringRef name, Term term) {
  a.inner == 1 ? writeRunSum(nest, name, a.reduce, term) : writeColumnSum(nest, name, a.reduce, term);
}

template <class T> double lowest() { return static_cast<double>(kernels::kNormLow<T>); }

void writeNorm(Nest &nest, const ReduceInstrAttrs &a, Term at, const std::string &to) {
  const bool wide = nest.dtype() == DType::F64;
  const double greatest = wide ? kernels::Poly<double>::kLargest : static_cast<double>(kernels::Poly<float>::kLargest);
  const std::string low = nest.number(wide ? lowest<double>() : lowest<float>()), high = nest.number(greatest);
  writeSum(nest, a, "squares", [&](const std::string &j) { return at(j) + " * " + at(j); });
  nest.open("if ((squares >= " + low + ") && (squares <= " + high + "))");
  nest.line(to + " = @sqrt(squares);");
  nest.close();
  nest.open("else");
  nest.line(nest.real() + " most = " + nest.number(0) + ";");
  nest.loop("j", a.reduce);
  nest.declare("x_abs", nest.micro(MapOp::Abs, {at("j")}));
  nest.line("most = ((most != most) || (x_abs <= most)) ? most : x_abs;");
  nest.close();
  nest.open("if ((most > " + nest.number(0) + ") && (most <= " + high + "))");
  writeSum(nest, a, "quotients", [&](const std::string &j) {
    nest.declare("q", at(j) + " / most");
    return std::string("q * q");
  });
  nest.line("most *= @sqrt(quotients);");
  nest.close();
  nest.line(to + " = most;");
  nest.close();
}

std::string write(Nest &nest) {
  const auto &a = nest.attrs<ReduceInstrAttrs>();
  nest.loop("o", a.outer);
  if (a.inner > 1)
    nest.loop("i", a.inner);
  const std::string base = "o * " + Nest::text(a.reduce * a.inner) + (a.inner > 1 ? " + i + " : " + ");
  auto at = [&](const std::string &j) {
    return nest.read(0) + "[" + base + (a.inner > 1 ? j + " * " + Nest::text(a.inner) : j) + "]";
  };
  const std::string to = nest.write(0) + "[" + (a.inner > 1 ? "o * " + Nest::text(a.inner) + " + i" : "o") + "]";
  switch (a.op) {
  case ReduceOp::Sum:
    writeSum(nest, a, "sum", at);
    nest.line(to + " = sum;");
    break;
  case ReduceOp::Max:
    writeMaximum(nest, "most", Nest::text(a.reduce), at);
    nest.line(to + " = most;");
    break;
  case ReduceOp::Norm:
    writeNorm(nest, a, at, to);
    break;
  }
  if (a.inner > 1)
    nest.close();
  nest.close();
  return "";
}

} // namespace

extern const CFamily family_reduce;
constexpr CFamily family_reduce = {&reduceInstr, write};
} // namespace dlc::deploy
