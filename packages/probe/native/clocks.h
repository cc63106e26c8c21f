// SPDX-License-Identifier: Apache-2.0
// The kernel's clocks, read together, so that a record's boot time can become a wall-clock time.
#pragma once

#include <node_api.h>

#include "js_call.h"

namespace fimbul
{

// clocks(): {boottimeNs, realtimeNs, monotonicNs}, as bigints.
napi_value read_clocks(const JsCall &call);

} // namespace fimbul
