// About: what is told of a model to people and to the page: what `dlc show` says of it, and how its samples look.
// Nothing is computed here, and no page is made: the page is in page/. Private to serve.
#pragma once

#include "dlc/serve/model.h"
#include "dlc/serve/server.h"

namespace dlc::serve {

/// In which way the page takes a sample.
enum class Form : uint8_t {
  Draw,    ///< a canvas of one channel
  Picture, ///< a file, dropped or pasted
  Fields,  ///< a number for each feature
  Text,    ///< what is to be continued
  Array,   ///< numbers as JSON, of any shape
};

/// A picture to be drawn: its size, and between which values a pixel lies.
struct Canvas {
  int64_t width = 0, height = 0;
  Shape shape; ///< of the sample to send
  double paper = 0, ink = 255;
};

Form formOf(const Model &model, Ui ui);
/// Of a model whose form is Draw.
Canvas canvasOf(const Model &model, Ui ui);

/// What GET /model/{m} answers.
std::string aboutModel(const Model &model, Ui ui);
/// What GET /models answers.
std::string listOfModels(const Models &models);

} // namespace dlc::serve
