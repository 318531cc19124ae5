// Implements tableOptions(): the arguments of the source, but for its files, and what the net knows of its samples.
// Labels may stand in the table; they are not read.
#include "dlc/train/table_options.h"

#include "source_loader.h"

#include "dlc/data/csv_options.h"

namespace dlc::train {

Fallible<data::CsvOptions> tableOptions(const compile::Unit &unit, const DataWish &wish, const DataNames &names) {
  const Spec &like = sourceLikeTraining(unit.settings.data);
  Spec table;
  table.name = "Csv";
  if (like.name == table.name)
    for (const ConstArg &arg : like.args)
      if (arg.name != "file" && arg.name != "labels")
        table.args.push_back(arg);
  const data::TargetWish target{data::TargetWish::Kind::None, 0};
  DataNames known = names;
  known.classes.clear(); // labels may have any names
  SourceLoader loader(unit, wish, target, std::move(known), ~uint64_t{0});
  loader.labels = names.classes;
  return data::csvOptions(loader.asRead(table), loader.context());
}

} // namespace dlc::train
