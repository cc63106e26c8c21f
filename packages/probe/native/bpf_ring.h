// SPDX-License-Identifier: Apache-2.0
// A BPF ring buffer as a JavaScript object: read in batches, be woken when there is something to
// read. It holds a descriptor of its own, so it outlives the object whose map it reads.
#pragma once

#include <node_api.h>

#include <memory>
#include <optional>
#include <span>

#include "file_descriptor.h"
#include "js_call.h"
#include "ring_memory.h"
#include "ring_poll.h"

namespace fimbul
{

class BpfRing
{
public:
	static constexpr napi_type_tag kTypeTag = { 0x66696d62756c0002, 0x3f0e6b94c8d2a715 };
	static std::span<const napi_property_descriptor> methods();

	// A ring handle, or a positive errno as a number.
	static napi_value open(napi_env env, int map_fd, size_t size_bytes);

	~BpfRing() { stop_polling(); }

private:
	BpfRing(FileDescriptor fd, RingMemory memory)
		: fd_(std::move(fd)), memory_(std::move(memory))
	{
	}

	napi_value read(const JsCall &call);
	napi_value pending(const JsCall &call);
	napi_value consumed(const JsCall &call);
	napi_value on_readable(const JsCall &call);
	napi_value set_referenced(const JsCall &call);
	napi_value close(const JsCall &call);
	void stop_polling();

	FileDescriptor fd_;
	std::optional<RingMemory> memory_;
	std::shared_ptr<RingPoll> poll_;
	bool referenced_ = true;
};

} // namespace fimbul
