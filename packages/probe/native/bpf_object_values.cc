// SPDX-License-Identifier: Apache-2.0
// The values of a loaded BPF object: map entries and program counters. Sizes are asserted before
// each system call, because the kernel takes only pointers and trusts the map's own sizes.
#include <bpf/bpf.h>

#include <cerrno>

#include "bpf_object.h"
#include "js_value.h"

namespace fimbul
{

namespace
{

std::optional<std::span<uint8_t>> sized_argument(const JsCall &call, size_t position,
						 size_t expected_bytes)
{
	const auto bytes = call.bytes(position);
	if (!bytes)
		return std::nullopt;
	// An empty span would be a null pointer for the kernel, and such maps have no entries to
	// name.
	if (bytes->size() == expected_bytes && expected_bytes > 0)
		return bytes;
	js_throw_type_error(call.env(), "the byte array has not the size that the map declares");
	return std::nullopt;
}

napi_value errno_or_zero(const JsCall &call, int result)
{
	return js_number(call.env(), result == 0 ? 0 : errno);
}

} // namespace

// mapGet(map, key, value): fills value; 0 or a positive errno.
napi_value BpfObject::map_get(const JsCall &call)
{
	if (!assert_state(call, State::kLoaded))
		return nullptr;
	const bpf_map *map = map_argument(call);
	if (map == nullptr)
		return nullptr;
	const auto key = sized_argument(call, 1, bpf_map__key_size(map));
	if (!key)
		return nullptr;
	const auto value = sized_argument(call, 2, map_value_bytes(map));
	if (!value)
		return nullptr;
	return errno_or_zero(call,
			     bpf_map_lookup_elem(bpf_map__fd(map), key->data(), value->data()));
}

// mapSet(map, key, value, flags): 0 or a positive errno. The flags are BPF_ANY, _NOEXIST, _EXIST.
napi_value BpfObject::map_set(const JsCall &call)
{
	if (!assert_state(call, State::kLoaded))
		return nullptr;
	const bpf_map *map = map_argument(call);
	if (map == nullptr)
		return nullptr;
	const auto key = sized_argument(call, 1, bpf_map__key_size(map));
	if (!key)
		return nullptr;
	const auto value = sized_argument(call, 2, map_value_bytes(map));
	if (!value)
		return nullptr;
	const auto flags = call.number(3);
	if (!flags)
		return nullptr;
	return errno_or_zero(call, bpf_map_update_elem(bpf_map__fd(map), key->data(), value->data(),
						       *flags));
}

// mapDelete(map, key): 0 or a positive errno.
napi_value BpfObject::map_delete(const JsCall &call)
{
	if (!assert_state(call, State::kLoaded))
		return nullptr;
	const bpf_map *map = map_argument(call);
	if (map == nullptr)
		return nullptr;
	const auto key = sized_argument(call, 1, bpf_map__key_size(map));
	if (!key)
		return nullptr;
	return errno_or_zero(call, bpf_map_delete_elem(bpf_map__fd(map), key->data()));
}

// mapNextKey(map, key | null, next): fills next; 0 or a positive errno.
napi_value BpfObject::map_next_key(const JsCall &call)
{
	if (!assert_state(call, State::kLoaded))
		return nullptr;
	const bpf_map *map = map_argument(call);
	if (map == nullptr)
		return nullptr;
	const size_t key_bytes = bpf_map__key_size(map);
	const void *start = nullptr;
	if (!call.is(1, napi_null)) {
		const auto key = sized_argument(call, 1, key_bytes);
		if (!key)
			return nullptr;
		start = key->data();
	}
	const auto next = sized_argument(call, 2, key_bytes);
	if (!next)
		return nullptr;
	return errno_or_zero(call, bpf_map_get_next_key(bpf_map__fd(map), start, next->data()));
}

// programStats(program): a record, or a positive errno as a number.
napi_value BpfObject::program_stats(const JsCall &call)
{
	if (!assert_state(call, State::kLoaded))
		return nullptr;
	const bpf_program *program = program_argument(call);
	if (program == nullptr)
		return nullptr;
	bpf_prog_info facts = {};
	uint32_t facts_bytes = sizeof(facts);
	const int fd = bpf_program__fd(program);
	// A program that was not loaded has no descriptor.
	if (fd < 0)
		return js_number(call.env(), ENOENT);
	if (bpf_prog_get_info_by_fd(fd, &facts, &facts_bytes) != 0) {
		return js_number(call.env(), errno);
	}
	napi_env env = call.env();
	return JsRecord(env)
		.set("runCount", js_bigint(env, facts.run_cnt))
		.set("runTimeNs", js_bigint(env, facts.run_time_ns))
		.set("recursionMisses", js_bigint(env, facts.recursion_misses))
		.set("verifiedInstructions", facts.verified_insns)
		.set("translatedBytes", facts.xlated_prog_len)
		.set("compiledBytes", facts.jited_prog_len)
		.value();
}

} // namespace fimbul
