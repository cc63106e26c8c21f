// SPDX-License-Identifier: Apache-2.0
// A signal to one process and no other, even where its pid has passed on to somebody else.
#pragma once

#include <node_api.h>

#include "js_call.h"

namespace fimbul
{

// signalProcess(pid, startTicks, signal): 0, or the errno; ESRCH when the process that started then
// is gone. `startTicks` is the 22nd field of its /proc/PID/stat, as text.
napi_value signal_process(const JsCall &call);

} // namespace fimbul
