// What kind of answer a net gives.
// Which losses lead to which is said by the language (dsl/build.h).
#pragma once

#include <cstdint>

namespace dlc {

/// What kind of answer the net gives; decides how targets are read and what `infer` prints.
enum class Task : uint8_t {
  Classes, ///< CrossEntropy: target i32[N], class indices
  Binary,  ///< BCE on one output: target [N,1] of 0 and 1
  Labels,  ///< BCE on a vector: target [N,K] of 0 and 1, each a question of its own
  Values,  ///< MSE and its like, or BCE on an image or with target = input: target of the output's shape
};

} // namespace dlc
