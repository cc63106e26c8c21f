// SPDX-License-Identifier: Apache-2.0
// glibc gives back the end of its heap by itself, but not what is free below something in use: what
// loading programs and compiling policies took for a moment, some 10 MiB.
#include "free_memory.h"

#include <malloc.h>

#include "js_value.h"

namespace fimbul
{

napi_value release_free_memory(const JsCall &call)
{
	return js_boolean(call.env(), malloc_trim(0) != 0);
}

} // namespace fimbul
