// SPDX-License-Identifier: Apache-2.0
// The kernel counts runs and time of every BPF program while somebody holds a descriptor that asks
// for it. This is that descriptor.
#pragma once

#include <node_api.h>

#include <span>

#include "file_descriptor.h"
#include "js_call.h"

namespace fimbul
{

class RunStats
{
public:
	static constexpr napi_type_tag kTypeTag = { 0x66696d62756c0004, 0xc60a9e53b7f1d428 };
	static std::span<const napi_property_descriptor> methods();

	// enableRunStats(): a handle, or a positive errno as a number.
	static napi_value enable(const JsCall &call);

	explicit RunStats(FileDescriptor fd) : fd_(std::move(fd)) {}

private:
	napi_value close(const JsCall &call);

	FileDescriptor fd_;
};

} // namespace fimbul
