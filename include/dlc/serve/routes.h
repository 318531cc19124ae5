// Routes: which path means what. Only the form of a path is looked at; whether there is such a model is asked later.
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace dlc::serve {

struct Route {
  enum class Kind : uint8_t {
    None,
    Health,
    Metrics,
    Server,
    Live,
    Ready,
    Model,
    ModelReady,
    About,
    Models,
    Page,
    Infer,
    Predict,
    Prepare,
    Generate
  };
  Kind kind = Kind::None;
  llvm::StringRef model = ""; ///< as it is written in the path; "" where none is
  /// How it is called in a log: "/v2/models/{model}/infer".
  llvm::StringLiteral label = "";
  /// To everybody, with or without a token: whether the server runs, and the page, which says nothing of a model.
  bool open() const { return kind == Kind::Health || kind == Kind::Live || kind == Kind::Ready || kind == Kind::Page; }
  /// Of POST; all others are of GET and HEAD.
  bool posts() const {
    return kind == Kind::Infer || kind == Kind::Predict || kind == Kind::Prepare || kind == Kind::Generate;
  }
};
/// `path` must live as long as the route. Kind::None where there is nothing.
Route findRoute(llvm::StringRef path);

} // namespace dlc::serve
