// SPDX-License-Identifier: Apache-2.0
// Tells JavaScript that a ring has records: one call per turn of the event loop while some are
// pending, never one per record. The libuv handle must outlive its close callback, so a poll keeps
// itself alive until then, and an asynchronous clean-up hook makes the environment wait for that.
// Invariant: no JavaScript runs after close().
#pragma once

#include <node_api.h>
#include <uv.h>

#include <memory>

#include "file_descriptor.h"

namespace fimbul
{

class RingPoll : public std::enable_shared_from_this<RingPoll>
{
public:
	// nullptr, with `error` a positive errno, when the event loop cannot watch this descriptor.
	static std::shared_ptr<RingPoll> start(napi_env env, int ring_fd, napi_value callback,
					       int &error);

	// Whether a poll that waits keeps the process alive.
	void set_referenced(bool referenced);
	// Ends it; repeating this changes nothing.
	void close();

private:
	RingPoll(napi_env env, FileDescriptor fd) : env_(env), fd_(std::move(fd)) {}

	static void on_readable(uv_poll_t *handle, int status, int events);
	static void on_closed(uv_handle_t *handle);
	static void on_environment_end(napi_async_cleanup_hook_handle hook, void *poll);
	void call_back(int status);

	napi_env env_;
	FileDescriptor fd_;
	uv_poll_t handle_ = {};
	napi_ref callback_ = nullptr;
	napi_async_cleanup_hook_handle cleanup_hook_ = nullptr;
	bool closing_ = false;
	std::shared_ptr<RingPoll> self_;
};

} // namespace fimbul
