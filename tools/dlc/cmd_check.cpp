// `dlc check net.dsl`: everything that can fail before training: syntax, settings, shapes, data, the plan.
// It trains nothing and writes nothing.
#include "command.h"
#include "ir_input.h"
#include "json_line.h"
#include "run_files.h"
#include "trained_net.h"

#include "dlc/data/batches.h"
#include "dlc/session/beginning.h"
#include "dlc/support/files.h"
#include "dlc/support/printable.h"
#include "dlc/support/strings.h"
#include "dlc/train/review.h"

#include "llvm/Support/BuryPointer.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

namespace dlc::tool {
namespace {

/// The trouble with the first batch of a part, which pictures that are decoded each time may have.
Checked readFirstBatch(const data::Samples &samples, const compile::Unit &unit, uint64_t seed, bool trains) {
  if (samples.empty())
    return allGood();
  data::BatchPlan plan(samples.size(), static_cast<size_t>(unit.settings.train.batchSize.value),
                       trains && unit.settings.data.shuffle.value, false);
  plan.startEpoch(seed, 0);
  std::vector<double> values;
  for (uint32_t position : plan.batch(0)) {
    values.resize(static_cast<size_t>(elementCount(samples.data->shapeOf(samples.rows[position]))));
    if (Checked good = data::gatherInputs(samples, position, {}, values.data()); !good)
      return good;
  }
  return allGood();
}

/// What was checked, in a line, and what there is to say of its data.
void printChecked(const Options &options, const compile::Unit &unit, const std::string &summary, int64_t parameters,
                  const train::Bundle &bundle) {
  const std::vector<std::string> notes = train::notesOf(bundle);
  if (options.json) {
    printJsonLine("check", [&](llvm::json::OStream &json) {
      json.attribute("file", llvm::json::fixUTF8(unit.path));
      json.attribute("net", summary);
      json.attribute("params", parameters);
      json.attribute("train", bundle.train.size());
      json.attribute("val", bundle.val.size());
      json.attribute("test", bundle.test.size());
      printJsonWords(json, "notes", notes);
    });
  } else if (!options.quiet) {
    llvm::outs() << escaped(unit.path) << ": " << summary << ", " << grouped(parameters) << " parameters; ";
    if (bundle.train.size() + bundle.val.size() + bundle.test.size())
      llvm::outs() << grouped(static_cast<int64_t>(bundle.train.size())) << " training, "
                   << grouped(static_cast<int64_t>(bundle.val.size())) << " validation, "
                   << grouped(static_cast<int64_t>(bundle.test.size())) << " test samples\n";
    else
      llvm::outs() << "no data named\n";
    for (const std::string &note : notes)
      llvm::outs() << "  " << printable(note, Lines::All) << '\n';
  }
}

} // namespace

static int runCheck(const Options &options) {
  if (options.files.size() != 1)
    return usage(options, "check takes one file, got " + llvm::Twine(options.files.size()));
  DLC_TRY(IrInput input, readIr(options, options.files.front()));
  PassTimes times;
  DLC_TRY(const session::Options how, sessionOptions(options, times));
  session::Net net(how);
  (void)net.open(std::move(input.unit)); // its findings are counted below
  compile::Unit *unit = &net.unit();
  auto end = [&] { return finish(options, *unit); };
  if (unit->diags.hadError() || input.kind != IrInput::Kind::Source)
    return end();
  auto built = net.build(dsl::Mode::Train, unit->settings.train.batchSize);
  if (!built)
    return end();
  std::string summary = built->summary;
  int64_t parameters = built->parameters;
  train::Bundle bundle;
  if (int bad = replaceSources(options, net, options.data.value_or(""), options.labels.value_or("")))
    return bad;
  if (unit->settings.data.train.value || unit->settings.data.test.value) {
    const auto seed = static_cast<uint64_t>(std::max<int64_t>(0, unit->settings.train.seed.value));
    auto loaded = net.loadData();
    if (!loaded)
      return end();
    bundle = *std::move(loaded);
    for (const data::Samples *samples : {&bundle.train, &bundle.val, &bundle.test})
      if (Checked good = readFirstBatch(*samples, *unit, seed, samples == &bundle.train); !good)
        report(unit->diags, good.failure());
  }
  train::reviewRun(*unit, *built, bundle);
  if (options.flags.flag("verify-diagnostics") || unit->diags.hadError())
    return end();
  const std::string &checkpoint = unit->settings.train.checkpoint.value;
  RunFiles files;
  files.reads("the source", unit->path);
  files.readsOf(*unit, true);
  files.reads("the weights to start from", train::weightsFile(*unit));
  files.writes("the checkpoint", checkpoint);
  if (int bad = files.refuse(options))
    return bad;
  if (!checkpoint.empty())
    if (absl::Status status = checkWritable(checkpoint); !status.ok())
      return fail(options, status);
  const int64_t batch = bundle.planSize(unit->settings.train.batchSize);
  if (batch == unit->settings.train.batchSize) // else it is built for another size, and its warnings are said already
    net.engines().take(dsl::Mode::Train, batch, *std::move(built));
  if (auto planned = net.plan(dsl::Mode::Train, batch); !planned)
    return fail(options, net, planned.failure());
  auto beginning = session::openBeginning(net);
  if (!beginning)
    return fail(options, net, beginning.failure());
  if (*beginning && !bundle.train.empty())
    (*beginning)->meet(bundle, *unit);
  flush(options, unit->diags);
  printChecked(options, *unit, summary, parameters, bundle);
  llvm::BuryPointer(std::make_unique<session::Net>(std::move(net))); // nobody needs the memory that it would give back
  return kDone;
}

extern const Command cmd_check;
constexpr Command cmd_check = {.name = "check",
                               .arguments = "net.dsl",
                               .doc = "find everything that can fail before training",
                               .takes = kSource | kPlans | kMemory | kData | kTraining | kVerifying,
                               .place = 50,
                               .run = runCheck};

} // namespace dlc::tool
