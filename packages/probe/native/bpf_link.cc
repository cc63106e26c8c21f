// SPDX-License-Identifier: Apache-2.0
// One attached program, as a JavaScript object with one method.
#include "bpf_link.h"

#include "js_handle.h"

namespace fimbul
{

std::span<const napi_property_descriptor> BpfLink::methods()
{
	static constexpr napi_property_descriptor kMethods[] = {
		js_method<BpfLink, &BpfLink::detach>("detach"),
	};
	return kMethods;
}

napi_value BpfLink::detach(const JsCall &call)
{
	link_.reset();
	return js_undefined(call.env());
}

} // namespace fimbul
