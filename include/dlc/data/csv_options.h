// From `Csv("iris.csv", sep=semicolon)` to the options of parseCsv(), for whoever has the bytes of a table already.
// No file is opened.
#pragma once

#include "dlc/data/formats.h"
#include "dlc/data/source.h"

namespace dlc::data {

/// What the arguments of a Csv(...) and the context say of a table. E309 for an argument that means nothing.
Fallible<CsvOptions> csvOptions(const Spec &spec, const LoadContext &context);

} // namespace dlc::data
