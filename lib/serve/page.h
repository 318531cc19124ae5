// The page of `dlc serve` as a reply. What it does is in page/; what it asks is answered as whatever anybody asks.
// Private to serve.
#pragma once

#include "dlc/serve/http.h"

namespace dlc::serve {

/// The page, with a policy that lets a browser run nothing but its own script and load nothing from elsewhere.
Reply pageReply();

} // namespace dlc::serve
