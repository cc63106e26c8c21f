// SPDX-License-Identifier: Apache-2.0
// A grace period of RCU, asked for in the one way that bpf(2) promises: an update of a map of maps
// returns when no program that began before it is running (since 4.20; also where membarrier(2)
// does nothing, on a single CPU). It takes milliseconds and more, so another thread waits.
#include "grace_period.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include <cerrno>
#include <cstdint>

#include "file_descriptor.h"
#include "js_value.h"

namespace fimbul
{

namespace
{

struct Wait {
	napi_deferred deferred = nullptr;
	napi_async_work work = nullptr;
	int error = 0;
};

// 0 or a positive errno.
int wait_for_grace_period()
{
	constexpr uint32_t kKey = 0;
	const FileDescriptor inner(bpf_map_create(BPF_MAP_TYPE_ARRAY, "fimbul_grace", sizeof(kKey),
						  sizeof(uint32_t), 1, nullptr));
	if (!inner.valid())
		return errno;
	LIBBPF_OPTS(bpf_map_create_opts, options,
		    .inner_map_fd = static_cast<uint32_t>(inner.get()));
	const FileDescriptor outer(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "fimbul_grace",
						  sizeof(kKey), sizeof(uint32_t), 1, &options));
	if (!outer.valid())
		return errno;
	const int value = inner.get();
	return bpf_map_update_elem(outer.get(), &kKey, &value, BPF_ANY) == 0 ? 0 : errno;
}

void execute(napi_env /*env*/, void *context)
{
	auto *wait = static_cast<Wait *>(context);
	wait->error = wait_for_grace_period();
}

void complete(napi_env env, napi_status status, void *context)
{
	auto *wait = static_cast<Wait *>(context);
	const int error = status == napi_ok ? wait->error : ECANCELED;
	napi_resolve_deferred(env, wait->deferred, js_number(env, error));
	napi_delete_async_work(env, wait->work);
	delete wait;
}

} // namespace

napi_value wait_for_programs(const JsCall &call)
{
	napi_env env = call.env();
	auto *wait = new Wait();
	napi_value promise = nullptr;
	napi_value name = js_text(env, "fimbul:waitForPrograms");
	napi_create_promise(env, &wait->deferred, &promise);
	napi_create_async_work(env, nullptr, name, execute, complete, wait, &wait->work);
	napi_queue_async_work(env, wait->work);
	return promise;
}

} // namespace fimbul
