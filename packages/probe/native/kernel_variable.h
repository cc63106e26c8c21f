// SPDX-License-Identifier: Apache-2.0
// Reads a variable of the running kernel by its name. Where lockdown forbids all files that would
// tell, a BPF program may still read kernel memory; ours runs once, on our own request.
#pragma once

#include <node_api.h>

#include "js_call.h"

namespace fimbul
{

// findKernelSymbol(name): {errno, address}
napi_value find_kernel_symbol(const JsCall &call);

// readKernelVariable(name): {errno, value}; the value is a signed 32-bit integer.
napi_value read_kernel_variable(const JsCall &call);

} // namespace fimbul
