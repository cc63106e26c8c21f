// SPDX-License-Identifier: Apache-2.0
// Waiting until every BPF program that is running now has ended.
#pragma once

#include <node_api.h>

#include "js_call.h"

namespace fimbul
{

// waitForPrograms(): a promise of 0, or of a positive errno when the kernel refuses.
napi_value wait_for_programs(const JsCall &call);

} // namespace fimbul
