// The grammar of the language in Boost.Spirit X3: one logical line in, one statement or section header out.
// Nothing of Spirit leaves this file, exceptions included; what names mean is decided elsewhere.
#include "dlc/dsl/syntax/grammar.h"
#include "lines.h"
#include "words.h"

#include <boost/spirit/home/x3.hpp>
#include <utility>

namespace dlc::dsl {
namespace {

namespace x3 = boost::spirit::x3;

//===-- Terminals: words.h reads them, Spirit only sees when --===//

/// What may stand between words: blanks, line ends (a logical line may be several physical ones) and comments.
struct Skipper : x3::parser<Skipper> {
  using attribute_type = x3::unused_type;
  template <class Context, class RContext, class Attribute>
  bool parse(It &first, It const &last, Context const &, RContext &, Attribute &) const {
    It start = first;
    skipBetweenWords(first, last);
    return first != start;
  }
};

/// A terminal read by `bool Read(It &, It, T &)`, which leaves its iterator anywhere when it fails.
template <class T, bool (*Read)(It &, It, T &)> struct Word : x3::parser<Word<T, Read>> {
  using attribute_type = T;
  static bool const has_attribute = true;
  template <class Context, class RContext, class Attribute>
  bool parse(It &first, It const &last, Context const &context, RContext &, Attribute &attribute) const {
    x3::skip_over(first, last, context);
    T value{};
    It at = first;
    if (!Read(at, last, value))
      return false;
    first = at;
    x3::traits::move_to(std::move(value), attribute);
    return true;
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
    x3::traits::move_to(locBetween(first, first + text.size()), attribute);
    first += text.size();
    return true;
  }
  llvm::StringLiteral text;
  bool glued;
};

/// need(code, message)[p]: from here on there is no other way to read the text.
template <class Subject> struct Need : x3::unary_parser<Subject, Need<Subject>> {
  using base_type = x3::unary_parser<Subject, Need<Subject>>;
  static bool const is_pass_through_unary = true;
  Need(Subject const &subject, ErrorCode code, llvm::StringRef message)
      : base_type(subject), code(code), message(message) {}
  template <class Context, class RContext, class Attribute>
  bool parse(It &first, It const &last, Context const &context, RContext &rcontext, Attribute &attribute) const {
    if (this->subject.parse(first, last, context, rcontext, attribute))
      return true;
    x3::skip_over(first, last, context);
    throw SyntaxError{first, code, message};
  }
  ErrorCode code;
  llvm::StringRef message;
};
struct NeedGen {
  ErrorCode code;
  llvm::StringRef message;
  template <class Subject> auto operator[](Subject const &subject) const {
    return Need<typename x3::extension::as_parser<Subject>::value_type>(x3::as_parser(subject), code, message);
  }
};
NeedGen need(ErrorCode code, llvm::StringRef message) { return {code, message}; }

//===-- What the rules build --===//

std::shared_ptr<const Expr> box(Expr &&expr) { return std::make_shared<const Expr>(std::move(expr)); }

const auto assign = [](auto &c) { x3::_val(c) = std::move(x3::_attr(c)); };
template <auto Member> const auto into = [](auto &c) { x3::_val(c).*Member = std::move(x3::_attr(c)); };
const auto push = [](auto &c) { x3::_val(c).push_back(std::move(x3::_attr(c))); };

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
const auto stageCount = [](auto &c) { x3::_val(c).count = box(std::move(x3::_attr(c))); };
const auto stepWasCount = [](auto &c) {
  Stage &stage = x3::_val(c);
  if (!stage.step.template as<Ref>())
    throw SyntaxError{x3::_attr(c).Start.getPointer(), "E102", "expected '->' or the end of the line"};
  stage.count = box(std::exchange(stage.step, Expr{}));
};
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
const auto statementValues = [](auto &c) {
  Statement &statement = x3::_val(c);
  statement.values = std::move(x3::_attr(c));
  statement.loc = join(statement.key.loc, statement.values.back().value.loc);
};
const auto headerParams = [](auto &c) {
  x3::_val(c).params = std::move(x3::_attr(c));
  x3::_val(c).hasParams = true;
};

//===-- Rules --===//

constexpr Mark kArrow{"->"}, kComma{","}, kEquals{"="}, kOpen{"("}, kClose{")"}, kOpenList{"["}, kCloseList{"]"},
    kColon{":"}, kStar{"*"}, kGluedOpen{"(", true}, kGluedOpenList{"[", true};
const Word<Name, readName> name;
const Word<Name, readPath> path;
const Word<Name, readArgName> argNameWord;
const Word<Expr, readNumber> number;
const Word<Expr, readString> string;
const Word<Expr, readRest> restOfLine;
const Word<Loc, readMinus> minus;
const Word<OpAt, readSumOp> sumOp;
const Word<OpAt, readTermOp> termOp;

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
const auto flowParts_def = sum[into<&FlowParts::source>] >> *(kArrow[flowArrow] >> needStep[stage][flowStage]);
const auto flow_def = flowParts[flowOf];
// stage = [ count , "*" ] , ( call | path ) ;
// count = number | path | "(" , sum , ")" ;
const auto needStar = need("E103", "expected '*' and a layer or block after the count");
const auto needCounted = need("E103", "expected a layer or block after the count");
const auto stage_def = (number[stageCount] >> needStar[kStar] >> needCounted[step][into<&Stage::step>]) |
                       (kOpen >> needValue[sum][stageCount] >> need("E104", "expected ')'")[kClose] >>
                        needStar[kStar] >> needCounted[step][into<&Stage::step>]) |
                       (step[into<&Stage::step>] >> -(kStar[stepWasCount] >> needCounted[step][into<&Stage::step>]));
// sum = term , { ( "+" | "-" ) , term } ;
const auto sumParts_def = term[firstOperand] >> *(sumOp[nextOperator] >> needValue[term][nextOperand]);
const auto sum_def = sumParts[chainOf];
// term = unary , { ( "*" | "/" | "//" | "@" ) , unary } ;
const auto termParts_def = unary[firstOperand] >> *(termOp[nextOperator] >> needValue[unary][nextOperand]);
const auto term_def = termParts[chainOf];
// unary = [ "-" ] , primary ;
const auto unary_def = (minus[negative] >> needValue[primary][operand]) | primary[operand];
// primary = number | string | named | list | parens ;                (a shape is a number to the scanner)
const auto primary_def = number[assign] | string[assign] | named[assign] | list[assign] | parens[assign];
// named = path , [ "(" , args , ")" | "[" , [ sum ] , ":" , [ sum ] , "]" ] ;   (no blank before the bracket)
const auto named_def = path[refOf] >> -((kGluedOpen[callOf] >> args[callArgs] >> needClose[kClose][closeAt]) |
                                        (kGluedOpenList[sliceOf] >> -sum[sliceFrom] >>
                                         need("E102", "expected ':' (a slice is name[from:to])")[kColon] >>
                                         -sum[sliceTo] >> need("E104", "expected ']'")[kCloseList][closeAt]));
// parens = "(" , flow , ")" ;
const auto parens_def = kOpen[openAt] >> needValue[flow][inner] >> need("E104", "expected ')'")[kClose][closeAt];
// step = path , [ "(" , args , ")" ] ;
const auto step_def = path[refOf] >> -(kGluedOpen[callOf] >> args[callArgs] >> needClose[kClose][closeAt]);
// list = "[" , args , "]" ;
const auto list_def = kOpenList[openAt] >> args[listItems] >> needCloseList[kCloseList][closeAt];
// args = [ arg , { "," , arg } , [ "," ] ] ;
const auto args_def = -(arg[push] >> *(kComma >> (&(kClose | kCloseList) | needValue[arg][push])));
// arg = [ name , "=" ] , sum ;
const auto arg_def = (argNameWord[into<&Arg::name>] >> needValue[sum][into<&Arg::value>]) | sum[into<&Arg::value>];
// statement = path , "=" , rhs ;
const auto statement_def = path[into<&Statement::key>] >>
                           need("E112", "expected '=' after the name")[kEquals] >> rhs[statementValues];
// textStatement = path , "=" , ( string | rest of the line ) ;       (of keys whose value is a path)
const auto
    textStatement_def = path[into<&Statement::key>] >>
                        need("E112", "expected '=' after the name")[kEquals] >> needValue[textRhs][statementValues];
const auto textRhs_def = string[firstValue] | restOfLine[firstValue];
// header = "[" , name , [ name , [ "(" , [ param , { "," , param } ] , ")" ] ] , "]" ;
// param = name , [ "=" , sum ] ;
const auto param_def = name[into<&Param::name>] >> -(kEquals >> needValue[sum][into<&Param::fallback>]);
const auto params_def = -(param[push] >> *(kComma >> need("E110", "expected a parameter name")[param][push]));
const auto header_def = kOpenList >> need("E110", "expected the name of a section")[name][into<&Section::kind>] >>
                        -(name[into<&Section::name>] >>
                          -(kOpen >> params[headerParams] >> need("E110", "expected ',' or ')'")[kClose])) >>
                        need("E110", "expected ']'")[kCloseList];

BOOST_SPIRIT_DEFINE(rhs, flowParts, flow, stage, sumParts, sum, termParts, term, unary, primary, named, step, list,
                    parens, args, arg, statement, textStatement, textRhs, param, params, header)

//===-- Lines --===//

/// Runs `rule` over a line, which has to be consumed whole. Reports an error and returns its place; null when all is
/// well.
template <class Rule, class T> It parseLine(const Rule &rule, const Line &line, T &value, Diags &diags) {
  It first = line.text.begin(), last = line.text.end();
  SyntaxError error{};
  try {
    bool ok = x3::phrase_parse(first, last, rule, Skipper{}, value);
    if (ok && first == last)
      return nullptr;
    llvm::StringRef rest(first, static_cast<size_t>(last - first));
    if (ok && rest.starts_with("->") && !line.header) // behind one value, it would have been read
      error = {first, "E102", "an arrow cannot follow a list of values"};
    else if (ok)
      error = {first, "E102", line.header ? "expected the end of the line" : "expected '->' or the end of the line"};
    else if (rest.starts_with("->"))
      error = {first, "E102", "there is no statement for this '->' to continue"};
    else
      error = {first, "E102", "expected name = value, or a [section]"};
  } catch (const SyntaxError &thrown) {
    error = thrown;
  } catch (const x3::expectation_failure<It> &failure) {
    error = {failure.where(), "E102", "this cannot be read"};
  }
  value = T{};
  return reportSyntaxError(error, line, diags);
}

constexpr unsigned kMaxSyntaxErrors = 100; // of one text; recovery after more would only cost time

} // namespace

File parse(llvm::StringRef text, Diags &diags) {
  File file;
  file.name = diags.sources().fileOf(llvm::SMLoc::getFromPointer(text.begin()));
  file.start = locOf(text.take_front(0));
  const unsigned errorsBefore = diags.errorCount();
  LineScanner lines(text, diags);
  bool continued = false; // an arrow at the end of the line was an error: the next one may be what it leads to
  while (auto line = lines.next()) {
    if (diags.errorCount() - errorsBefore >= kMaxSyntaxErrors)
      break;
    if (!line->readable)
      continue;
    const bool belongsAbove = continued && !line->header && line->balanced && !beginsStatement(line->text);
    continued &= belongsAbove && line->text.ends_with("->");
    if (belongsAbove)
      continue;
    if (line->header) {
      Section section;
      parseLine(header, *line, section, diags);
      section.loc = locOf(line->text);
      // A header that cannot be read still ends the section above it.
      file.sections.push_back(std::move(section));
      continue;
    }
    auto &body = file.sections.empty() ? file.constants : file.sections.back().body;
    Statement statement;
    const bool text = isTextKey(line->text.take_while(isNameChar));
    It error =
        text ? parseLine(textStatement, *line, statement, diags) : parseLine(dsl::statement, *line, statement, diags);
    if (error) {
      llvm::StringRef key = line->text.take_while([](char c) { return isNameChar(c) || c == '.'; });
      (file.sections.empty() ? file.unread : file.sections.back().unread).push_back({key, locOf(key)});
      continued = line->text.ends_with("->");
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
    diags.error(locOf(text.take_front(0)), "E105") << "expected a value";
  else if (!line->readable)
    return values;
  else if (line->text.end() != llvm::StringRef(text).rtrim().end())
    diags.error(locOf(text), "E102") << "a value must be on one line";
  else
    parseLine(rhs, *line, values, diags);
  return values;
}

} // namespace dlc::dsl
