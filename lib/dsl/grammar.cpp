// The grammar of the language in Boost.Spirit X3: one logical line in, one statement or section header out.
// Nothing of Spirit leaves this file, exceptions included; what names mean is decided elsewhere.
#include "dlc/dsl/parse.h"
#include "dlc/support/strings.h"
#include "lines.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <boost/spirit/home/x3.hpp>
#include <charconv>
#include <utility>

namespace dlc::dsl {
namespace {

namespace x3 = boost::spirit::x3;
using It = const char *; // an iterator into the buffer is a place in the source

/// Thrown where the text cannot be a statement any more; there is no backtracking across it.
struct SyntaxError {
  It at;
  llvm::StringRef code;
  llvm::StringRef message;
};

//===-- Words: hand-written terminals -----------------------------------------------------------------------------------===//

bool isNameStart(char c) { return llvm::isAlpha(c) || c == '_'; }
bool isNameChar(char c) { return llvm::isAlnum(c) || c == '_'; }
Loc locOf(It begin, It end) { return {llvm::SMLoc::getFromPointer(begin), llvm::SMLoc::getFromPointer(end)}; }

/// What may stand between words: blanks, line ends (a logical line may be several physical ones) and comments.
struct Skipper : x3::parser<Skipper> {
  using attribute_type = x3::unused_type;
  [[maybe_unused]] static bool const has_attribute = false;
  template <class Context, class RContext, class Attribute>
  bool parse(It &first, It const &last, Context const &, RContext &, Attribute &) const {
    It start = first;
    while (first != last) {
      if (*first == ' ' || *first == '\t' || *first == '\r' || *first == '\n')
        ++first;
      else if (*first == '#' || (*first == ';' && first != start && first[-1] == '\n'))
        while (first != last && *first != '\n')
          ++first;
      else
        break;
    }
    return first != start;
  }
};

/// A terminal that skips, then reads its attribute with `bool read(It &, It, T &)`; a failed read leaves the iterator where it was.
template <class Derived, class T> struct Word : x3::parser<Derived> {
  using attribute_type = T;
  static bool const has_attribute = true;
  template <class Context, class RContext, class Attribute>
  bool parse(It &first, It const &last, Context const &context, RContext &, Attribute &attribute) const {
    x3::skip_over(first, last, context);
    T value{};
    It at = first;
    if (!this->derived().read(at, last, value))
      return false;
    first = at;
    x3::traits::move_to(std::move(value), attribute);
    return true;
  }
};

It lexName(It at, It last) {
  if (at == last || !isNameStart(*at))
    return at;
  while (at != last && isNameChar(*at))
    ++at;
  return at;
}

/// name
struct NameWord : Word<NameWord, Name> {
  bool read(It &at, It last, Name &name) const {
    It begin = at;
    at = lexName(at, last);
    name = {{begin, static_cast<size_t>(at - begin)}, locOf(begin, at)};
    return at != begin;
  }
};

/// path = name , { "." , name }
struct PathWord : Word<PathWord, Name> {
  bool read(It &at, It last, Name &name) const {
    It begin = at;
    at = lexName(at, last);
    if (at == begin)
      return false;
    while (at != last && *at == '.') {
      It next = lexName(at + 1, last);
      if (next == at + 1)
        throw SyntaxError{next, "E102", "expected a name after '.'"};
      at = next;
    }
    name = {{begin, static_cast<size_t>(at - begin)}, locOf(begin, at)};
    return true;
  }
};

/// name "=", in arguments; anything else is left alone.
struct ArgNameWord : Word<ArgNameWord, Name> {
  bool read(It &at, It last, Name &name) const {
    It begin = at;
    at = lexName(at, last);
    name = {{begin, static_cast<size_t>(at - begin)}, locOf(begin, at)};
    while (at != last && (*at == ' ' || *at == '\t'))
      ++at;
    return !name.text.empty() && at != last && *at++ == '=';
  }
};

/// A punctuation mark. Glued ones stand directly behind the word before them.
struct Mark : x3::parser<Mark> {
  using attribute_type = Loc;
  static bool const has_attribute = true;
  constexpr explicit Mark(llvm::StringLiteral text, bool glued = false) : text(text), glued(glued) {}
  template <class Context, class RContext, class Attribute>
  bool parse(It &first, It const &last, Context const &context, RContext &, Attribute &attribute) const {
    if (!glued)
      x3::skip_over(first, last, context);
    if (!llvm::StringRef(first, static_cast<size_t>(last - first)).starts_with(text))
      return false;
    x3::traits::move_to(locOf(first, first + text.size()), attribute);
    first += text.size();
    return true;
  }
  llvm::StringLiteral text;
  bool glued;
};

/// "-" that is not the beginning of an arrow
struct MinusWord : Word<MinusWord, Loc> {
  bool read(It &at, It last, Loc &loc) const {
    if (at == last || *at != '-' || (at + 1 != last && at[1] == '>'))
      return false;
    loc = locOf(at, at + 1);
    ++at;
    return true;
  }
};

struct OpAt {
  ArithOp op = ArithOp::Add;
  Loc loc;
};
struct SumOpWord : Word<SumOpWord, OpAt> {
  bool read(It &at, It last, OpAt &op) const {
    if (at == last || (*at != '+' && *at != '-') || (*at == '-' && at + 1 != last && at[1] == '>'))
      return false;
    op = {*at == '+' ? ArithOp::Add : ArithOp::Sub, locOf(at, at + 1)};
    ++at;
    return true;
  }
};
struct TermOpWord : Word<TermOpWord, OpAt> {
  bool read(It &at, It last, OpAt &op) const {
    if (at == last || (*at != '*' && *at != '/' && *at != '@'))
      return false;
    It begin = at++;
    op.op = *begin == '*' ? ArithOp::Mul : *begin == '@' ? ArithOp::MatMul : ArithOp::Div;
    if (*begin == '/' && at != last && *at == '/') {
      op.op = ArithOp::FloorDiv;
      ++at;
    }
    op.loc = locOf(begin, at);
    return true;
  }
};

/// unit, as a whole word on the same physical line
Unit lexUnit(It &at, It last) {
  It begin = at;
  while (begin != last && (*begin == ' ' || *begin == '\t'))
    ++begin;
  if (begin != last && *begin == '%') {
    at = begin + 1;
    return Unit::Percent;
  }
  It end = lexName(begin, last);
  Unit unit = llvm::StringSwitch<Unit>(llvm::StringRef(begin, static_cast<size_t>(end - begin)).lower())
                  .Cases("epoch", "epochs", Unit::Epochs)
                  .Cases("step", "steps", Unit::Steps)
                  .Case("s", Unit::Seconds)
                  .Case("m", Unit::Minutes)
                  .Case("h", Unit::Hours)
                  .Case("mb", Unit::Megabytes)
                  .Case("gb", Unit::Gigabytes)
                  .Default(Unit::None);
  if (unit != Unit::None)
    at = end;
  return unit;
}

/// shape = int , "x" , int , { "x" , int }      number = real , [ unit ]
struct NumberWord : Word<NumberWord, Expr> {
  bool read(It &at, It last, Expr &expr) const {
    It begin = at;
    bool digit = at != last && llvm::isDigit(*at);
    if (!digit && !(at != last && *at == '.' && at + 1 != last && llvm::isDigit(at[1])))
      return false;
    It digits = at;
    while (digits != last && llvm::isDigit(*digits))
      ++digits;
    if (digit && isCross(digits, last)) {
      ShapeLit shape;
      shape.dims.push_back(integer(begin, digits));
      for (at = digits; isCross(at, last); at = digits) {
        digits = at + 1;
        while (digits != last && llvm::isDigit(*digits))
          ++digits;
        shape.dims.push_back(integer(at + 1, digits));
      }
      expr.node = std::move(shape);
    } else {
      Number number;
      auto result = std::from_chars(begin, last, number.value);
      if (result.ec != std::errc())
        throw SyntaxError{begin, "E205", "the number is too large or too small for a double"};
      at = result.ptr;
      number.whole = std::all_of(begin, at, [](char c) { return llvm::isDigit(c); });
      number.unit = lexUnit(at, last);
      expr.node = number;
    }
    expr.loc = locOf(begin, at);
    return true;
  }

private:
  static bool isCross(It at, It last) {
    return last - at >= 2 && (*at == 'x' || *at == 'X') && llvm::isDigit(at[1]);
  }
  static int64_t integer(It begin, It end) {
    int64_t value = 0;
    if (std::from_chars(begin, end, value).ec != std::errc())
      throw SyntaxError{begin, "E205", "the number is too large"};
    return value;
  }
};

/// "..." with the escapes \" and \\ only
struct StringWord : Word<StringWord, Expr> {
  bool read(It &at, It last, Expr &expr) const {
    if (at == last || *at != '"')
      return false;
    It begin = at++;
    String string;
    for (; at != last && *at != '"' && *at != '\n'; ++at) {
      if (*at != '\\') {
        string.value += *at;
        continue;
      }
      if (at + 1 == last || (at[1] != '"' && at[1] != '\\'))
        throw SyntaxError{at, "E101", "a backslash in a string must be written \\\\"};
      string.value += *++at;
    }
    if (at == last || *at != '"')
      throw SyntaxError{begin, "E104", "the string is not closed on its line"};
    ++at;
    expr = {locOf(begin, at), std::move(string)};
    return true;
  }
};

/// rest-of-line: what the logical line still holds, without its comment
struct RestWord : Word<RestWord, Expr> {
  bool read(It &at, It last, Expr &expr) const {
    llvm::StringRef rest = llvm::StringRef(at, static_cast<size_t>(last - at)).split('#').first.rtrim();
    if (rest.empty())
      return false;
    expr = {dlc::locOf(rest), Text{rest}};
    at = last;
    return true;
  }
};

/// need(code, message)[p]: from here on there is no other way to read the text.
template <class Subject> struct Need : x3::unary_parser<Subject, Need<Subject>> {
  using base_type = x3::unary_parser<Subject, Need<Subject>>;
  static bool const is_pass_through_unary = true;
  Need(Subject const &subject, llvm::StringRef code, llvm::StringRef message)
      : base_type(subject), code(code), message(message) {}
  template <class Context, class RContext, class Attribute>
  bool parse(It &first, It const &last, Context const &context, RContext &rcontext, Attribute &attribute) const {
    if (this->subject.parse(first, last, context, rcontext, attribute))
      return true;
    x3::skip_over(first, last, context);
    throw SyntaxError{first, code, message};
  }
  llvm::StringRef code, message;
};
struct NeedGen {
  llvm::StringRef code, message;
  template <class Subject> auto operator[](Subject const &subject) const {
    return Need<typename x3::extension::as_parser<Subject>::value_type>(x3::as_parser(subject), code, message);
  }
};
NeedGen need(llvm::StringRef code, llvm::StringRef message) { return {code, message}; }

//===-- What the rules build --------------------------------------------------------------------------------------------===//

std::unique_ptr<Expr> box(Expr &&expr) { return std::make_unique<Expr>(std::move(expr)); }

const auto assign = [](auto &c) { x3::_val(c) = std::move(x3::_attr(c)); };
const auto push = [](auto &c) { x3::_val(c).push_back(std::move(x3::_attr(c))); };

// arg
const auto argName = [](auto &c) { x3::_val(c).name = x3::_attr(c); };
const auto argValue = [](auto &c) { x3::_val(c).value = std::move(x3::_attr(c)); };

// path, call, slice
const auto refOf = [](auto &c) { x3::_val(c) = Expr{x3::_attr(c).loc, Ref{x3::_attr(c)}}; };
const auto callOf = [](auto &c) { x3::_val(c).node = Call{std::get<Ref>(x3::_val(c).node).name, {}}; };
const auto callArgs = [](auto &c) { std::get<Call>(x3::_val(c).node).args = std::move(x3::_attr(c)); };
const auto sliceOf = [](auto &c) { x3::_val(c).node = Slice{std::get<Ref>(x3::_val(c).node).name, {}, {}}; };
const auto sliceFrom = [](auto &c) { std::get<Slice>(x3::_val(c).node).from = box(std::move(x3::_attr(c))); };
const auto sliceTo = [](auto &c) { std::get<Slice>(x3::_val(c).node).to = box(std::move(x3::_attr(c))); };
const auto closeAt = [](auto &c) { x3::_val(c).loc.End = x3::_attr(c).End; };
const auto openAt = [](auto &c) { x3::_val(c).loc = x3::_attr(c); };

// list
const auto listItems = [](auto &c) { x3::_val(c).node = List{std::move(x3::_attr(c))}; };

// ( flow )
const auto inner = [](auto &c) {
  Loc open = x3::_val(c).loc;
  x3::_val(c) = std::move(x3::_attr(c));
  x3::_val(c).loc.Start = open.Start;
};

// unary
const auto negative = [](auto &c) { x3::_val(c) = Expr{x3::_attr(c), Negate{}}; };
const auto operand = [](auto &c) {
  Expr &value = x3::_val(c);
  Expr &operand = x3::_attr(c);
  if (auto *negate = std::get_if<Negate>(&value.node); negate && !negate->operand) {
    value.loc.End = operand.loc.End;
    negate->operand = box(std::move(operand));
  } else {
    value = std::move(operand);
  }
};

// one level of arithmetic
const auto firstOperand = [](auto &c) {
  x3::_val(c).emplace_back();
  x3::_val(c).back().value = std::move(x3::_attr(c));
};
const auto nextOperator = [](auto &c) {
  x3::_val(c).emplace_back();
  x3::_val(c).back().op = x3::_attr(c).op;
  x3::_val(c).back().opLoc = x3::_attr(c).loc;
};
const auto nextOperand = [](auto &c) { x3::_val(c).back().value = std::move(x3::_attr(c)); };
const auto chainOf = [](auto &c) {
  std::vector<Operand> &operands = x3::_attr(c);
  if (operands.size() == 1) {
    x3::_val(c) = std::move(operands.front().value);
    return;
  }
  Loc loc = join(operands.front().value.loc, operands.back().value.loc);
  x3::_val(c) = Expr{loc, Chain{std::move(operands)}};
};

// stage, flow
const auto stageStep = [](auto &c) { x3::_val(c).step = std::move(x3::_attr(c)); };
const auto stageCount = [](auto &c) { x3::_val(c).count = box(std::move(x3::_attr(c))); };
const auto stepWasCount = [](auto &c) {
  Stage &stage = x3::_val(c);
  if (!stage.step.template as<Ref>())
    throw SyntaxError{x3::_attr(c).Start.getPointer(), "E102", "expected '->' or the end of the line"};
  stage.count = box(std::exchange(stage.step, Expr{}));
};
const auto flowSource = [](auto &c) { x3::_val(c).source = std::move(x3::_attr(c)); };
const auto flowArrow = [](auto &c) {
  x3::_val(c).stages.emplace_back();
  x3::_val(c).stages.back().arrow = x3::_attr(c);
};
const auto flowStage = [](auto &c) {
  Loc arrow = x3::_val(c).stages.back().arrow;
  x3::_val(c).stages.back() = std::move(x3::_attr(c));
  x3::_val(c).stages.back().arrow = arrow;
};
const auto flowOf = [](auto &c) {
  auto &parts = x3::_attr(c);
  if (parts.stages.empty()) {
    x3::_val(c) = std::move(parts.source);
    return;
  }
  Loc loc = join(parts.source.loc, parts.stages.back().step.loc);
  x3::_val(c) = Expr{loc, Flow{box(std::move(parts.source)), std::move(parts.stages)}};
};

// statement, section header
const auto firstValue = [](auto &c) { x3::_val(c).push_back(Arg{{}, std::move(x3::_attr(c))}); };
const auto statementKey = [](auto &c) { x3::_val(c).key = x3::_attr(c); };
const auto statementValues = [](auto &c) {
  Statement &statement = x3::_val(c);
  statement.values = std::move(x3::_attr(c));
  statement.loc = join(statement.key.loc, statement.values.back().value.loc);
};
const auto paramName = [](auto &c) { x3::_val(c).name = x3::_attr(c); };
const auto paramFallback = [](auto &c) { x3::_val(c).fallback = std::move(x3::_attr(c)); };
const auto headerKind = [](auto &c) { x3::_val(c).kind = x3::_attr(c); };
const auto headerName = [](auto &c) { x3::_val(c).name = x3::_attr(c); };
const auto headerParams = [](auto &c) {
  x3::_val(c).params = std::move(x3::_attr(c));
  x3::_val(c).hasParams = true;
};

//===-- Rules -----------------------------------------------------------------------------------------------------------===//

constexpr Mark kArrow{"->"}, kComma{","}, kEquals{"="}, kOpen{"("}, kClose{")"}, kOpenList{"["}, kCloseList{"]"}, kColon{":"},
    kStar{"*"}, kGluedOpen{"(", true}, kGluedOpenList{"[", true};
const NameWord name;
const PathWord path;
const ArgNameWord argNameWord;
const NumberWord number;
const StringWord string;
const RestWord restOfLine;

const auto needValue = need("E105", "expected a value");
const auto needStep = need("E103", "expected a layer or block after '->'");
const auto needClose = need("E104", "expected ',' or ')'");
const auto needCloseList = need("E104", "expected ',' or ']'");

struct FlowParts {
  Expr source;
  std::vector<Stage> stages;
};

const x3::rule<struct RhsId, std::vector<Arg>> rhs = "rhs";
const x3::rule<struct FlowPartsId, FlowParts> flowParts = "flow parts";
const x3::rule<struct FlowId, Expr> flow = "flow";
const x3::rule<struct StageId, Stage> stage = "stage";
const x3::rule<struct SumPartsId, std::vector<Operand>> sumParts = "sum parts";
const x3::rule<struct SumId, Expr> sum = "sum";
const x3::rule<struct TermPartsId, std::vector<Operand>> termParts = "term parts";
const x3::rule<struct TermId, Expr> term = "term";
const x3::rule<struct UnaryId, Expr> unary = "unary";
const x3::rule<struct PrimaryId, Expr> primary = "primary";
const x3::rule<struct NamedId, Expr> named = "path, call or slice";
const x3::rule<struct StepId, Expr> step = "call or path";
const x3::rule<struct ListId, Expr> list = "list";
const x3::rule<struct ParensId, Expr> parens = "parentheses";
const x3::rule<struct ArgsId, std::vector<Arg>> args = "arguments";
const x3::rule<struct ArgId, Arg> arg = "argument";
const x3::rule<struct StatementId, Statement> statement = "statement";
const x3::rule<struct TextStatementId, Statement> textStatement = "statement with a path";
const x3::rule<struct TextRhsId, std::vector<Arg>> textRhs = "rest of the line";
const x3::rule<struct ParamId, Param> param = "parameter";
const x3::rule<struct ParamsId, std::vector<Param>> params = "parameters";
const x3::rule<struct HeaderId, Section> header = "section header";

// rhs = flow , { "," , arg } ;
const auto rhs_def = needValue[flow][firstValue] >> *(kComma >> needValue[arg][push]);
// flow = sum , { "->" , stage } ;
const auto flowParts_def = sum[flowSource] >> *(kArrow[flowArrow] >> needStep[stage][flowStage]);
const auto flow_def = flowParts[flowOf];
// stage = [ count , "*" ] , ( call | path ) ;
// count = number | path | "(" , sum , ")" ;
const auto needStar = need("E103", "expected '*' and a layer or block after the count");
const auto needCounted = need("E103", "expected a layer or block after the count");
const auto stage_def = (number[stageCount] >> needStar[kStar] >> needCounted[step][stageStep]) |
                       (kOpen >> needValue[sum][stageCount] >> need("E104", "expected ')'")[kClose] >> needStar[kStar] >>
                        needCounted[step][stageStep]) |
                       (step[stageStep] >> -(kStar[stepWasCount] >> needCounted[step][stageStep]));
// sum = term , { ( "+" | "-" ) , term } ;
const auto sumParts_def = term[firstOperand] >> *(SumOpWord()[nextOperator] >> needValue[term][nextOperand]);
const auto sum_def = sumParts[chainOf];
// term = unary , { ( "*" | "/" | "//" | "@" ) , unary } ;
const auto termParts_def = unary[firstOperand] >> *(TermOpWord()[nextOperator] >> needValue[unary][nextOperand]);
const auto term_def = termParts[chainOf];
// unary = [ "-" ] , postfix ;
const auto unary_def = (MinusWord()[negative] >> needValue[primary][operand]) | primary[operand];
// postfix = path , "[" , [ sum ] , ":" , [ sum ] , "]" | primary ;
// primary = shape | number | string | call | path | list | "(" , flow , ")" ;
const auto primary_def = number[assign] | string[assign] | named[assign] | list[assign] | parens[assign];
const auto named_def = path[refOf] >> -((kGluedOpen[callOf] >> args[callArgs] >> needClose[kClose][closeAt]) |
                                        (kGluedOpenList[sliceOf] >> -sum[sliceFrom] >>
                                         need("E102", "expected ':' (a slice is name[from:to])")[kColon] >>
                                         -sum[sliceTo] >> need("E104", "expected ']'")[kCloseList][closeAt]));
const auto parens_def = kOpen[openAt] >> needValue[flow][inner] >> need("E104", "expected ')'")[kClose][closeAt];
// call = path , "(" , args , ")" ;                    (no blank before "(")
const auto step_def = path[refOf] >> -(kGluedOpen[callOf] >> args[callArgs] >> needClose[kClose][closeAt]);
// list = "[" , args , "]" ;
const auto list_def = kOpenList[openAt] >> args[listItems] >> needCloseList[kCloseList][closeAt];
// args = [ arg , { "," , arg } , [ "," ] ] ;
const auto args_def = -(arg[push] >> *(kComma >> (&(kClose | kCloseList) | needValue[arg][push])));
// arg = [ name , "=" ] , sum ;
const auto arg_def = (argNameWord[argName] >> needValue[sum][argValue]) | sum[argValue];
// stmt = path , "=" , rhs , EOL | textkey , "=" , rest-of-line , EOL ;
const auto statement_def = path[statementKey] >> need("E112", "expected '=' after the name")[kEquals] >>
                           rhs[statementValues];
const auto textStatement_def = path[statementKey] >> need("E112", "expected '=' after the name")[kEquals] >>
                           needValue[textRhs][statementValues];
const auto textRhs_def = string[firstValue] | restOfLine[firstValue];
// header = "[" , name , [ name , [ "(" , [ param , { "," , param } ] , ")" ] ] , "]" , EOL ;
// param = name , [ "=" , sum ] ;
const auto param_def = name[paramName] >> -(kEquals >> needValue[sum][paramFallback]);
const auto params_def = -(param[push] >> *(kComma >> need("E110", "expected a parameter name")[param][push]));
const auto header_def = kOpenList >> need("E110", "expected the name of a section")[name][headerKind] >>
                        -(name[headerName] >>
                          -(kOpen >> params[headerParams] >> need("E110", "expected ',' or ')'")[kClose])) >>
                        need("E110", "expected ']'")[kCloseList];

BOOST_SPIRIT_DEFINE(rhs, flowParts, flow, stage, sumParts, sum, termParts, term, unary, primary, named, step, list, parens,
                    args, arg, statement, textStatement, textRhs, param, params, header)

//===-- Errors ----------------------------------------------------------------------------------------------------------===//

/// What stands before a place in a line: where the last word ended, and which brackets are open.
struct Before {
  It wordEnd;
  llvm::SmallVector<It, 8> open;
};
Before lookBefore(llvm::StringRef line, It place) {
  Before before{line.begin(), {}};
  for (It p = line.begin(); p < place;) {
    if (*p == '#' || (*p == ';' && p != line.begin() && p[-1] == '\n')) {
      while (p < place && *p != '\n')
        ++p;
      continue;
    }
    if (*p == '"') {
      It begin = p++;
      while (p < place && *p != '"' && *p != '\n')
        p += *p == '\\' && p + 1 < place ? 2 : 1;
      p = std::min(p + 1, place);
      before.wordEnd = std::max(begin + 1, p);
      continue;
    }
    if (*p == '(' || *p == '[')
      before.open.push_back(p);
    else if ((*p == ')' || *p == ']') && !before.open.empty())
      before.open.pop_back();
    if (*p != ' ' && *p != '\t' && *p != '\r' && *p != '\n')
      before.wordEnd = p + 1;
    ++p;
  }
  return before;
}

/// The word at a place, as far as it is on one line.
Loc wordAt(It at, It last) {
  It end = at;
  while (end != last && isNameChar(*end))
    ++end;
  if (end == at && end != last) {
    llvm::StringRef rest(at, static_cast<size_t>(last - at));
    end += rest.starts_with("->") || rest.starts_with("//") ? 2 : 1;
    if (*at == '"')
      while (end != last && *end != '\n' && end[-1] != '"')
        ++end;
  }
  return locOf(at, end);
}

/// A character that means nothing in the language. Bytes that are no text at all have been reported already.
void reportCharacter(llvm::StringRef rest, Diags &diags) {
  unsigned length = utf8Length(rest);
  unsigned char byte = static_cast<unsigned char>(rest[0]);
  if (length == 0 || byte < 0x20 || byte == 0x7F)
    return;
  llvm::StringRef character = rest.take_front(length);
  auto d = diags.error(dlc::locOf(character), "E101");
  d << "unexpected character " << (character == "'" ? "\"'\"" : ("'" + character + "'").str());
  for (llvm::StringRef quote : {"'", "`", "\u201C", "\u201D", "\u2018", "\u2019"})
    if (character == quote)
      d.help("strings take double quotes: \"...\"");
  if (character == "\u00D7")
    d.help("shapes are written with the letter x: 3x32x32");
  else if (character == "\u2192")
    d.help("an arrow is written ->");
  else if (character == ";")
    d.help("comments begin with #; a ; begins one only as the first character of a line");
  else if (character == "{" || character == "}")
    d.help("lists take [ ], arguments take ( )");
  else if (length > 1)
    d.help("letters outside ASCII may stand in comments and strings only");
}

/// Reports an error, and returns from where on the text may be read again.
It report(const SyntaxError &error, const Line &line, Diags &diags) {
  It last = line.text.end();
  if (error.at != last && !hasMeaning(*error.at) && error.code != "E101") {
    reportCharacter({error.at, static_cast<size_t>(last - error.at)}, diags);
    return error.at;
  }
  Before before = lookBefore(line.text, error.at);
  llvm::StringRef gap(before.wordEnd, static_cast<size_t>(error.at - before.wordEnd));
  // What is missing at the end of a physical line is missing there, not at the beginning of the next one.
  const bool atLineEnd = error.at == last || gap.contains('\n');
  Loc loc = atLineEnd ? locOf(before.wordEnd, before.wordEnd) : wordAt(error.at, last);
  auto d = diags.error(loc, error.code);
  d << error.message;
  llvm::StringRef rest(error.at, static_cast<size_t>(last - error.at));
  const bool arrow = !atLineEnd && rest.starts_with("->");
  if (error.code == "E104" && !before.open.empty()) {
    It open = before.open.back();
    d.note(locOf(open, open + 1), llvm::Twine("to close this '") + llvm::Twine(*open) + "'");
    if (arrow && line.balanced)
      d.help("an arrow inside brackets needs parentheses of its own: (a -> b)");
  } else if (error.code == "E102" && !atLineEnd && rest.starts_with("(") && !gap.empty() && isNameChar(before.wordEnd[-1])) {
    d.help("write the '(' directly behind the name");
  } else if (error.code == "E102" && !atLineEnd && llvm::isDigit(before.wordEnd[-1]) && isNameStart(*error.at)) {
    d.help("units are %, epochs, steps, s, m, h, MB and GB");
  } else if (error.code == "E112" && arrow) {
    d.help("bind the result to a name: output = " + textOf(locOf(line.text.begin(), before.wordEnd)) + " -> ...");
  }
  return atLineEnd ? before.wordEnd : error.at;
}

/// Runs `rule` over a line, which has to be consumed whole. Reports an error and returns its place; null when all is well.
template <class Rule, class T> It parseLine(const Rule &rule, const Line &line, T &value, Diags &diags) {
  It first = line.text.begin(), last = line.text.end();
  SyntaxError error{};
  try {
    bool ok = x3::phrase_parse(first, last, rule, Skipper{}, value);
    if (ok && first == last)
      return nullptr;
    llvm::StringRef rest(first, static_cast<size_t>(last - first));
    if (ok)
      error = {first, "E102", line.header ? "expected the end of the line" : "expected '->' or the end of the line"};
    else if (rest.starts_with("->"))
      error = {first, "E102", "there is no statement that this '->' could continue"};
    else
      error = {first, "E102", "expected name = value, or a [section]"};
  } catch (const SyntaxError &thrown) {
    error = thrown;
  } catch (const x3::expectation_failure<It> &failure) {
    error = {failure.where(), "E102", "this cannot be read"};
  }
  value = T{};
  return report(error, line, diags);
}

constexpr unsigned kMaxSyntaxErrors = 100; // of one text; recovery after more would only cost time

} // namespace

File parse(llvm::StringRef text, Diags &diags) {
  File file;
  file.name = diags.sources().fileOf(llvm::SMLoc::getFromPointer(text.begin()));
  file.start = dlc::locOf(text.take_front(0));
  const unsigned errorsBefore = diags.errorCount();
  LineScanner lines(text, diags);
  while (auto line = lines.next()) {
    if (diags.errorCount() - errorsBefore >= kMaxSyntaxErrors)
      break;
    if (!line->readable)
      continue;
    if (line->header) {
      Section section;
      parseLine(header, *line, section, diags);
      section.loc = dlc::locOf(line->text);
      // A header that cannot be read still ends the section above it.
      file.sections.push_back(std::move(section));
      continue;
    }
    auto &body = file.sections.empty() ? file.constants : file.sections.back().body;
    Statement statement;
    const bool text = isTextKey(line->text.take_while(isNameChar));
    It error = text ? parseLine(textStatement, *line, statement, diags)
                    : parseLine(dsl::statement, *line, statement, diags);
    if (error) {
      llvm::StringRef key = line->text.take_while([](char c) { return isNameChar(c) || c == '.'; });
      (file.sections.empty() ? file.unread : file.sections.back().unread).push_back({key, dlc::locOf(key)});
      lines.recover(*line, error);
    } else
      body.push_back(std::move(statement));
  }
  return file;
}

std::vector<Arg> parseValue(llvm::StringRef text, Diags &diags) {
  LineScanner lines(text, diags);
  auto line = lines.next();
  std::vector<Arg> values;
  if (!line)
    diags.error(locOf(text.begin(), text.begin()), "E105") << "expected a value";
  else if (!line->readable)
    return values;
  else if (line->text.end() != llvm::StringRef(text).rtrim().end())
    diags.error(dlc::locOf(text), "E102") << "a value is one line";
  else
    parseLine(rhs, *line, values, diags);
  return values;
}

} // namespace dlc::dsl
