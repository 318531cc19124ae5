// An array of numbers in JSON, flat or nested, with its shape. Private to serve.
#pragma once

#include "dlc/serve/json_reader.h"
#include "dlc/support/type.h"

#include <vector>

namespace dlc::serve {

struct NumberArray {
  std::vector<double> values;
  Shape shape; ///< of the nesting: [[1, 2, 3]] is 1x3
};

/// Reads the array that stands next, of at most `most` numbers. False after a mistake, which `json` has: rows of
/// different lengths, something else than numbers, a number beyond `dtype`, too many of them (`tooMany`).
/// A token goes through the parser of CSV cells, so that it has the same bits from either.
bool readNumberArray(JsonReader &json, DType dtype, size_t most, NumberArray &array, bool &tooMany);

} // namespace dlc::serve
