// SPDX-License-Identifier: Apache-2.0
// One attached program, as a JavaScript object.
#include "bpf_link.h"

#include "js_handle.h"

namespace fimbul
{

std::span<const napi_property_descriptor> BpfLink::methods()
{
	static constexpr napi_property_descriptor kMethods[] = {
		js_method<BpfLink, &BpfLink::calls_max>("callsMax"),
		js_method<BpfLink, &BpfLink::missed>("missed"),
		js_method<BpfLink, &BpfLink::detach>("detach"),
	};
	return kMethods;
}

// callsMax(): a number, or null when it is not a probe at a return or its number is not known.
napi_value BpfLink::calls_max(const JsCall &call)
{
	const auto count = probe_ ? probe_->calls_max() : std::nullopt;
	return count ? js_number(call.env(), *count) : js_null(call.env());
}

// missed(): a bigint, or null when the kernel does not count for this kind.
napi_value BpfLink::missed(const JsCall &call)
{
	const auto count = probe_ ? probe_->missed() : std::nullopt;
	return count ? js_bigint(call.env(), *count) : js_null(call.env());
}

napi_value BpfLink::detach(const JsCall &call)
{
	link_.reset();
	probe_.reset();
	return js_undefined(call.env());
}

} // namespace fimbul
