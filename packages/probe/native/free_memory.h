// SPDX-License-Identifier: Apache-2.0
// Memory that is free inside of the heap goes back to the kernel when it is asked to.
#pragma once

#include <node_api.h>

#include "js_call.h"

namespace fimbul
{

// releaseFreeMemory(): whether any went back.
napi_value release_free_memory(const JsCall &call);

} // namespace fimbul
