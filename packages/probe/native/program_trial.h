// SPDX-License-Identifier: Apache-2.0
// Asks the kernel by trying: loads a program of two or three instructions of one kind, attaches it
// and sees whether it runs. Nothing of it stays behind.
#pragma once

#include <node_api.h>

#include "js_call.h"

namespace fimbul
{

// tryProgram(kind, target, helper): {load, attach, runs, log}. `load` and `attach` are positive
// errnos or 0; `runs` counts runs while the calling thread opened a directory, -1 when the kernel
// does not count. A helper other than 0 is called without arguments; such a trial only loads.
napi_value try_program(const JsCall &call);

} // namespace fimbul
