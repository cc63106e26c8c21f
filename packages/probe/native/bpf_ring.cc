// SPDX-License-Identifier: Apache-2.0
// A BPF ring buffer as a JavaScript object. Closed is "no memory": every method checks it.
#include "bpf_ring.h"

#include <cerrno>

#include "js_handle.h"

namespace fimbul
{

namespace
{

napi_value throw_closed(const JsCall &call)
{
	return js_throw_error(call.env(), "closed", "the ring is closed");
}

} // namespace

std::span<const napi_property_descriptor> BpfRing::methods()
{
	static constexpr napi_property_descriptor kMethods[] = {
		js_method<BpfRing, &BpfRing::read>("read"),
		js_method<BpfRing, &BpfRing::pending>("pending"),
		js_method<BpfRing, &BpfRing::consumed>("consumed"),
		js_method<BpfRing, &BpfRing::on_readable>("onReadable"),
		js_method<BpfRing, &BpfRing::set_referenced>("setReferenced"),
		js_method<BpfRing, &BpfRing::close>("close"),
	};
	return kMethods;
}

napi_value BpfRing::open(napi_env env, int map_fd, size_t size_bytes)
{
	FileDescriptor fd = FileDescriptor::duplicate(map_fd);
	if (!fd.valid())
		return js_number(env, errno);
	std::optional<RingMemory> memory = RingMemory::map(fd.get(), size_bytes);
	if (!memory)
		return js_number(env, errno);
	return js_handle(env,
			 std::unique_ptr<BpfRing>(new BpfRing(std::move(fd), std::move(*memory))));
}

// read(destination, index): records copied, or minus the length of one that can never fit.
napi_value BpfRing::read(const JsCall &call)
{
	if (!memory_)
		return throw_closed(call);
	const auto destination = call.bytes(0);
	if (!destination)
		return nullptr;
	const auto index = call.words(1);
	if (!index)
		return nullptr;
	const RingBatch batch = memory_->read(*destination, *index);
	if (batch.count == 0 && batch.corrupt) {
		return js_throw_error(call.env(), "corrupt",
				      "the memory does not read as a ring buffer");
	}
	if (batch.oversized_bytes > 0)
		return js_number(call.env(), -double(batch.oversized_bytes));
	return js_number(call.env(), batch.count);
}

napi_value BpfRing::pending(const JsCall &call)
{
	if (!memory_)
		return throw_closed(call);
	return js_number(call.env(), static_cast<double>(memory_->pending()));
}

napi_value BpfRing::consumed(const JsCall &call)
{
	if (!memory_)
		return throw_closed(call);
	return js_number(call.env(), static_cast<double>(memory_->consumed()));
}

// onReadable(function | null): 0, or a positive errno when the event loop cannot watch the ring.
napi_value BpfRing::on_readable(const JsCall &call)
{
	if (!memory_)
		return throw_closed(call);
	if (!call.is(0, napi_function) && !call.is(0, napi_null)) {
		return js_throw_type_error(call.env(), "expected a function or null");
	}
	stop_polling();
	if (call.is(0, napi_null))
		return js_number(call.env(), 0);
	int error = 0;
	poll_ = RingPoll::start(call.env(), fd_.get(), call.argument(0), error);
	if (poll_)
		poll_->set_referenced(referenced_);
	return js_number(call.env(), error);
}

napi_value BpfRing::set_referenced(const JsCall &call)
{
	if (!memory_)
		return throw_closed(call);
	const auto referenced = call.boolean(0);
	if (!referenced)
		return nullptr;
	referenced_ = *referenced;
	if (poll_)
		poll_->set_referenced(referenced_);
	return js_undefined(call.env());
}

napi_value BpfRing::close(const JsCall &call)
{
	stop_polling();
	memory_.reset();
	fd_.reset();
	return js_undefined(call.env());
}

void BpfRing::stop_polling()
{
	if (poll_)
		poll_->close();
	poll_.reset();
}

} // namespace fimbul
