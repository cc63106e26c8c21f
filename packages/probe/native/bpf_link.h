// SPDX-License-Identifier: Apache-2.0
// One attached program. The kernel keeps it attached for as long as this object holds the link:
// detach, garbage collection and the end of the process all end it.
#pragma once

#include <bpf/libbpf.h>
#include <node_api.h>

#include <memory>
#include <optional>
#include <span>

#include "function_probe.h"
#include "js_call.h"

namespace fimbul
{

class BpfLink
{
public:
	static constexpr napi_type_tag kTypeTag = { 0x66696d62756c0001, 0x9a4c1d27e0b35f81 };
	static std::span<const napi_property_descriptor> methods();

	explicit BpfLink(bpf_link *link) : link_(link) {}
	explicit BpfLink(FunctionProbe probe) : probe_(std::move(probe)) {}

private:
	struct Destroy {
		void operator()(bpf_link *link) const { bpf_link__destroy(link); }
	};

	napi_value calls_max(const JsCall &call);
	napi_value missed(const JsCall &call);
	napi_value detach(const JsCall &call);

	// One of the two, neither once it is detached.
	std::unique_ptr<bpf_link, Destroy> link_;
	std::optional<FunctionProbe> probe_;
};

} // namespace fimbul
