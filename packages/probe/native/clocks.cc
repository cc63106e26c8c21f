// SPDX-License-Identifier: Apache-2.0
// The kernel's clocks, read together. A preemption between two readings would shift one clock
// against the other, so the tightest of a few rounds counts.
#include "clocks.h"

#include <ctime>

#include "js_value.h"

namespace fimbul
{

namespace
{

constexpr int kRounds = 5;

uint64_t read_clock(clockid_t clock)
{
	timespec time = {};
	clock_gettime(clock, &time);
	return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 +
	       static_cast<uint64_t>(time.tv_nsec);
}

} // namespace

napi_value read_clocks(const JsCall &call)
{
	uint64_t boottime = 0;
	uint64_t realtime = 0;
	uint64_t monotonic = 0;
	uint64_t tightest = UINT64_MAX;
	for (int round = 0; round < kRounds; ++round) {
		const uint64_t before = read_clock(CLOCK_BOOTTIME);
		const uint64_t wall = read_clock(CLOCK_REALTIME);
		const uint64_t since_start = read_clock(CLOCK_MONOTONIC);
		const uint64_t width = read_clock(CLOCK_BOOTTIME) - before;
		if (width >= tightest)
			continue;
		tightest = width;
		boottime = before + width / 2;
		realtime = wall;
		monotonic = since_start;
	}
	napi_env env = call.env();
	return JsRecord(env)
		.set("boottimeNs", js_bigint(env, boottime))
		.set("realtimeNs", js_bigint(env, realtime))
		.set("monotonicNs", js_bigint(env, monotonic))
		.value();
}

} // namespace fimbul
