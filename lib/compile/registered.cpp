// The vocabulary of dlc: what the folders of sources, steps, schedules, metrics and initialisers register.
// Nothing is named here.
#include "dlc/compile/compile.h"
#include "dlc/data/prepare.h"
#include "dlc/data/source.h"
#include "dlc/metric/metric_def.h"
#include "dlc/schedule/schedule_def.h"
#include "dlc/signature/initialiser.h"

namespace dlc::compile {

const dsl::Vocabulary &vocabulary() {
  static const dsl::Vocabulary all = [] {
    using dsl::WordKind;
    dsl::Vocabulary v{registry(), {}};
    for (const data::SourceDef *def : data::allSources())
      v.words.push_back({.kind = WordKind::Source,
                         .signature = {def->name, def->doc, def->args},
                         .extensions = def->extensions,
                         .tokenExtensions = def->tokenExtensions,
                         .folderOf = def->folderOf,
                         .namePart = def->namePart});
    for (WordKind kind : {WordKind::Prepare, WordKind::Augment})
      for (const data::StepDef *def : data::allSteps())
        if (def->augments == (kind == WordKind::Augment))
          v.words.push_back({.kind = kind, .signature = {def->name, def->doc, def->args}});
    for (const schedule::ScheduleDef *def : schedule::allSchedules())
      v.words.push_back({.kind = WordKind::Schedule, .signature = {def->name, def->doc, def->args}});
    for (const metric::MetricDef *def : metric::allMetrics())
      v.words.push_back({.kind = WordKind::Metric, .signature = {def->name, def->doc, def->args}});
    for (const InitialiserDef *def : allInitialisers())
      v.words.push_back({.kind = WordKind::Initialiser, .signature = {def->name, def->doc, def->args}});
    return v;
  }();
  return all;
}

} // namespace dlc::compile
