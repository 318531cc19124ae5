// Fuzz target: requests to `dlc serve`, as bytes of HTTP or as a body of one of its forms, up to the bytes of the
// answers. There are no sockets; the models are small, and made in memory.
//
// The first byte chooses. Below 128: the rest are bytes of a connection, which arrive in pieces of so many (0: all at
// once). Else: the rest is the body of a request, whose route and type the byte and the next one choose.
// It checks that answers are JSON where they say so, that pieces change nothing, and that company changes no answer.
#include "dlc/serve/batcher.h"
#include "dlc/serve/site.h"
#include "dlc/support/check.h"

#include "llvm/Support/JSON.h"

using namespace dlc;
using namespace dlc::serve;

namespace {

std::shared_ptr<const Model> modelOf(const char *name, llvm::StringRef source) {
  session::Net net;
  DLC_CHECK(net.openSourceText("net.dsl", source)) << name;
  DLC_CHECK(net.initialise()) << name;
  auto model = Model::make(net, name, {.maxRows = 4});
  DLC_CHECK(model) << name;
  return *std::move(model);
}

Models makeModels() {
  return {modelOf("m", "[model]\ninput = 4\noutput = input -> Linear(3)\n[train]\nloss = CrossEntropy\n"),
          modelOf("two", "[model]\ninput.left = 2\ninput.right = 1\nboth = Concat(input.left, input.right)\n"
                         "output.kind = both -> Linear(2)\noutput.size = both -> Linear(1)\n"
                         "[train]\nloss.kind = CrossEntropy\nloss.size = MSE\ndtype = f64\n"),
          modelOf("words", "[model]\ninput = Tokens(3, vocab=5)\noutput = input -> Embedding(2) -> Linear(2)\n"
                           "[train]\nloss = CrossEntropy\n"),
          modelOf("grey", "[model]\ninput = 1x2x2\noutput = input -> Flatten -> Linear(2)\n[train]\nloss = BCE\n")};
}

struct World {
  Metrics metrics;
  Site site{Ui::Auto, metrics};
  Batcher batcher{{.threads = 0}, metrics};
  HttpRules rules{.line = 256, .header = 1024, .body = 4096};
  World() { site.serve(Served(makeModels(), Ui::Auto)); }
};

/// What is answered to each request of a connection, in order.
using Answers = std::vector<std::string>;

std::string checked(Reply reply) {
  DLC_CHECK(reply.status >= 200 && reply.status < 600) << reply.status;
  if (reply.type == "application/json") {
    auto value = llvm::json::parse(reply.body);
    DLC_CHECK(static_cast<bool>(value)) << llvm::toString(value.takeError()) << " in " << reply.body;
    DLC_CHECK((reply.status < 400) || value->getAsObject()->getString("error")) << reply.body;
  }
  const std::string bytes = replyBytes(reply, false, false, false);
  DLC_CHECK(llvm::StringRef(bytes).ends_with(reply.body)) << "the body is whole";
  return bytes;
}

/// `together`: what waits is computed when all has been asked, else each by itself.
Answers answer(World &world, std::vector<Request> requests, bool together) {
  Answers answers(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    const bool counts = requests[i].path == "/metrics"; // which change from one time to the next
    Decision decision = world.site.decide(std::move(requests[i]));
    if (auto *reply = std::get_if<Reply>(&decision.next)) {
      answers[i] = checked(std::move(*reply));
      if (counts)
        answers[i].clear();
      continue;
    }
    Job &job = std::get<Job>(decision.next);
    job.done = [&answers, i](Outcome outcome) { answers[i] = checked(replyOf(outcome)); };
    DLC_CHECK(world.batcher.offer(job)) << "there is room";
    if (!together)
      world.batcher.answerAll();
  }
  world.batcher.answerAll();
  return answers;
}

std::vector<Request> readAll(const World &world, llvm::StringRef bytes, size_t piece, unsigned &refused) {
  using State = RequestReader::State;
  RequestReader reader(world.rules);
  std::vector<Request> requests;
  for (; !bytes.empty() && reader.state() != State::Refused; bytes = bytes.drop_front(std::min(piece, bytes.size()))) {
    reader.feed(bytes.take_front(piece));
    reader.wantsContinue();
    while (reader.state() == State::Complete)
      requests.push_back(reader.take());
  }
  refused = reader.state() == State::Refused ? reader.refusal().status : 0;
  if (refused)
    checked(refusalReply(reader.refusal()));
  return requests;
}

constexpr const char *kPaths[] = {
    "/predict/m",    "/predict/two",       "/predict/words",       "/predict/grey",          "/prepare/m",
    "/prepare/grey", "/v2/models/m/infer", "/v2/models/two/infer", "/v2/models/words/infer", "/v2/models/grey/infer"};
constexpr const char *kTypes[] = {"", "application/json", "text/csv", "application/octet-stream", "image/png"};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static World &world = *new World; // never destroyed: no order of the end to think of
  constexpr size_t kLargest = 8192;
  if (size < 3 || size > kLargest)
    return 0;
  const llvm::StringRef rest(reinterpret_cast<const char *>(data) + 1, size - 1);
  if (data[0] >= 128) {
    Request request;
    request.method = Request::Method::Post;
    request.path = kPaths[data[0] % std::size(kPaths)];
    request.contentType = kTypes[data[1] % std::size(kTypes)];
    request.body = rest.drop_front().str();
    if (const size_t end = request.body.find('\0'); data[1] >= 128) // where the JSON ends, and bytes follow
      request.jsonBytes = std::min(end, request.body.size());
    const Answers alone = answer(world, {request}, false);
    const Answers twice = answer(world, {request, request}, true);
    DLC_CHECK(alone[0] == twice[0] && alone[0] == twice[1]) << "company changes no answer: " << alone[0] << twice[1];
    return 0;
  }
  unsigned refused = 0, refusedInPieces = 0;
  std::vector<Request> whole = readAll(world, rest, rest.size(), refused);
  std::vector<Request> pieces = readAll(world, rest, data[0] ? data[0] : rest.size(), refusedInPieces);
  // Which of several mistakes is seen first may depend on the pieces.
  DLC_CHECK(whole.size() == pieces.size() && !refused == !refusedInPieces)
      << whole.size() << " and " << pieces.size() << " requests, then " << refused << " and " << refusedInPieces;
  const Answers alone = answer(world, std::move(whole), false), together = answer(world, std::move(pieces), true);
  DLC_CHECK(alone == together) << "neither pieces nor company change an answer";
  return 0;
}
