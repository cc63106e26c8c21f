// SPDX-License-Identifier: Apache-2.0
// The descriptor that makes the kernel count runs and time of BPF programs.
#include "run_stats.h"

#include <bpf/bpf.h>

#include <cerrno>

#include "js_handle.h"

namespace fimbul
{

std::span<const napi_property_descriptor> RunStats::methods()
{
	static constexpr napi_property_descriptor kMethods[] = {
		js_method<RunStats, &RunStats::close>("close"),
	};
	return kMethods;
}

napi_value RunStats::enable(const JsCall &call)
{
	FileDescriptor fd(bpf_enable_stats(BPF_STATS_RUN_TIME));
	if (!fd.valid())
		return js_number(call.env(), errno);
	return js_handle(call.env(), std::make_unique<RunStats>(std::move(fd)));
}

napi_value RunStats::close(const JsCall &call)
{
	fd_.reset();
	return js_undefined(call.env());
}

} // namespace fimbul
