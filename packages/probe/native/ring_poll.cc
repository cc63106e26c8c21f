// SPDX-License-Identifier: Apache-2.0
// Tells JavaScript that a ring has records. The poll is level-triggered: what a callback leaves in
// the ring calls it again on the next turn, so no record waits for the one after it.
#include "ring_poll.h"

#include <cerrno>

#include "js_value.h"

namespace fimbul
{

std::shared_ptr<RingPoll> RingPoll::start(napi_env env, int ring_fd, napi_value callback,
					  int &error)
{
	error = 0;
	uv_loop_t *loop = nullptr;
	// A descriptor of its own: libuv wants it open until the handle is closed, whatever the
	// ring does.
	FileDescriptor fd = FileDescriptor::duplicate(ring_fd);
	if (!fd.valid()) {
		error = errno;
		return nullptr;
	}
	if (napi_get_uv_event_loop(env, &loop) != napi_ok) {
		error = ECANCELED;
		return nullptr;
	}
	std::shared_ptr<RingPoll> poll(new RingPoll(env, std::move(fd)));
	const int status = uv_poll_init(loop, &poll->handle_, poll->fd_.get());
	if (status != 0) {
		error = -status;
		return nullptr;
	}
	poll->handle_.data = poll.get();
	poll->self_ = poll;
	napi_create_reference(env, callback, 1, &poll->callback_);
	napi_add_async_cleanup_hook(env, on_environment_end, poll.get(), &poll->cleanup_hook_);
	uv_poll_start(&poll->handle_, UV_READABLE, on_readable);
	return poll;
}

void RingPoll::set_referenced(bool referenced)
{
	if (closing_)
		return;
	auto *handle = reinterpret_cast<uv_handle_t *>(&handle_);
	if (referenced) {
		uv_ref(handle);
	} else {
		uv_unref(handle);
	}
}

void RingPoll::close()
{
	if (closing_)
		return;
	closing_ = true;
	if (callback_ != nullptr)
		napi_delete_reference(env_, callback_);
	callback_ = nullptr;
	uv_close(reinterpret_cast<uv_handle_t *>(&handle_), on_closed);
}

void RingPoll::on_closed(uv_handle_t *handle)
{
	auto *poll = static_cast<RingPoll *>(handle->data);
	if (poll->cleanup_hook_ != nullptr)
		napi_remove_async_cleanup_hook(poll->cleanup_hook_);
	const std::shared_ptr<RingPoll> last = std::move(poll->self_);
}

void RingPoll::on_environment_end(napi_async_cleanup_hook_handle, void *poll)
{
	// The environment waits until on_closed removes the hook.
	static_cast<RingPoll *>(poll)->close();
}

void RingPoll::on_readable(uv_poll_t *handle, int status, int)
{
	// The callback may close the ring: this copy keeps the poll until we are done with it.
	const std::shared_ptr<RingPoll> poll = static_cast<RingPoll *>(handle->data)->self_;
	if (!poll->closing_)
		poll->call_back(status);
}

void RingPoll::call_back(int status)
{
	napi_env env = env_;
	napi_handle_scope scope = nullptr;
	if (napi_open_handle_scope(env, &scope) != napi_ok)
		return;
	napi_value callback = nullptr;
	napi_value global = nullptr;
	napi_get_reference_value(env, callback_, &callback);
	napi_get_global(env, &global);
	napi_value argument = js_number(env, -status);
	if (callback != nullptr && global != nullptr && argument != nullptr) {
		const napi_status called =
			napi_make_callback(env, nullptr, global, callback, 1, &argument, nullptr);
		napi_value thrown = nullptr;
		if (called == napi_pending_exception &&
		    napi_get_and_clear_last_exception(env, &thrown) == napi_ok) {
			napi_fatal_exception(env, thrown);
		}
	}
	napi_close_handle_scope(env, scope);
}

} // namespace fimbul
