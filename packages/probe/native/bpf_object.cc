// SPDX-License-Identifier: Apache-2.0
// One compiled BPF object: opening, adjusting, closing. Loading and attaching is in
// bpf_object_attach.cc, reading and writing of map values and counters in bpf_object_values.cc.
#include "bpf_object.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "bpf_ring.h"
#include "js_handle.h"
#include "libbpf_log.h"

namespace fimbul
{

std::span<const napi_property_descriptor> BpfObject::methods()
{
	static constexpr napi_property_descriptor kMethods[] = {
		js_method<BpfObject, &BpfObject::maps>("maps"),
		js_method<BpfObject, &BpfObject::programs>("programs"),
		js_method<BpfObject, &BpfObject::variables>("variables"),
		js_method<BpfObject, &BpfObject::set_max_entries>("setMaxEntries"),
		js_method<BpfObject, &BpfObject::set_autocreate>("setAutocreate"),
		js_method<BpfObject, &BpfObject::set_initial_value>("setInitialValue"),
		js_method<BpfObject, &BpfObject::set_autoload>("setAutoload"),
		js_method<BpfObject, &BpfObject::set_attach_target>("setAttachTarget"),
		js_method<BpfObject, &BpfObject::keep_verifier_log>("keepVerifierLog"),
		js_method<BpfObject, &BpfObject::verifier_log>("verifierLog"),
		js_method<BpfObject, &BpfObject::load>("load"),
		js_method<BpfObject, &BpfObject::attach>("attach"),
		js_method<BpfObject, &BpfObject::attach_function>("attachFunction"),
		js_method<BpfObject, &BpfObject::ring>("ring"),
		js_method<BpfObject, &BpfObject::map_get>("mapGet"),
		js_method<BpfObject, &BpfObject::map_set>("mapSet"),
		js_method<BpfObject, &BpfObject::map_delete>("mapDelete"),
		js_method<BpfObject, &BpfObject::map_next_key>("mapNextKey"),
		js_method<BpfObject, &BpfObject::program_stats>("programStats"),
		js_method<BpfObject, &BpfObject::take_log>("takeLog"),
		js_method<BpfObject, &BpfObject::close>("close"),
	};
	return kMethods;
}

BpfObject::BpfObject(bpf_object *object, std::string log) : object_(object), log_(std::move(log))
{
	bpf_map *map = nullptr;
	bpf_object__for_each_map(map, object)
		maps_.push_back(map);
	bpf_program *program = nullptr;
	bpf_object__for_each_program(program, object)
		programs_.push_back(program);
	verifier_logs_.resize(programs_.size());
}

napi_value BpfObject::open(const JsCall &call)
{
	const auto bytes = call.bytes(0);
	if (!bytes)
		return nullptr;
	const auto name = call.text(1);
	if (!name)
		return nullptr;
	std::string btf_path;
	if (!call.is(2, napi_null)) {
		const auto path = call.text(2);
		if (!path)
			return nullptr;
		btf_path = *path;
	}
	std::string log;
	bpf_object *object = nullptr;
	int error = 0;
	{
		const LibbpfLogCapture capture(log);
		bpf_object_open_opts options = {};
		options.sz = sizeof(options);
		options.object_name = name->c_str();
		if (!btf_path.empty())
			options.btf_custom_path = btf_path.c_str();
		// A copy, because ELF structures are read in place and JavaScript promises no
		// alignment.
		const std::vector<uint8_t> image(bytes->begin(), bytes->end());
		object = bpf_object__open_mem(image.data(), image.size(), &options);
		error = errno;
	}
	if (object == nullptr) {
		return JsRecord(call.env()).set("errno", error).set("log", log).value();
	}
	return js_handle(call.env(),
			 std::unique_ptr<BpfObject>(new BpfObject(object, std::move(log))));
}

bool BpfObject::assert_open(const JsCall &call) const
{
	if (state_ != State::kClosed)
		return true;
	js_throw_error(call.env(), "closed", "the BPF object is closed");
	return false;
}

bool BpfObject::assert_state(const JsCall &call, State expected) const
{
	if (!assert_open(call))
		return false;
	if (state_ == expected)
		return true;
	js_throw_error(call.env(), "wrong_state",
		       expected == State::kOpen ? "the BPF object was loaded already"
						: "the BPF object is not loaded");
	return false;
}

bpf_map *BpfObject::map_argument(const JsCall &call) const
{
	const auto index = call.number(0);
	if (!index)
		return nullptr;
	if (*index < maps_.size())
		return maps_[*index];
	js_throw_type_error(call.env(), "no map has this index");
	return nullptr;
}

bpf_program *BpfObject::program_argument(const JsCall &call) const
{
	const auto index = call.number(0);
	if (!index)
		return nullptr;
	if (*index < programs_.size())
		return programs_[*index];
	js_throw_type_error(call.env(), "no program has this index");
	return nullptr;
}

napi_value BpfObject::maps(const JsCall &call)
{
	return assert_open(call) ? describe_maps(call.env(), maps_) : nullptr;
}

napi_value BpfObject::programs(const JsCall &call)
{
	return assert_open(call) ? describe_programs(call.env(), programs_) : nullptr;
}

napi_value BpfObject::variables(const JsCall &call)
{
	return assert_open(call) ? describe_variables(call.env(), object_.get(), maps_) : nullptr;
}

napi_value BpfObject::set_max_entries(const JsCall &call)
{
	if (!assert_state(call, State::kOpen))
		return nullptr;
	bpf_map *map = map_argument(call);
	if (map == nullptr)
		return nullptr;
	const auto max_entries = call.number(1);
	if (!max_entries)
		return nullptr;
	return js_number(call.env(), -bpf_map__set_max_entries(map, *max_entries));
}

napi_value BpfObject::set_autocreate(const JsCall &call)
{
	if (!assert_state(call, State::kOpen))
		return nullptr;
	bpf_map *map = map_argument(call);
	if (map == nullptr)
		return nullptr;
	const auto autocreate = call.boolean(1);
	if (!autocreate)
		return nullptr;
	return js_number(call.env(), -bpf_map__set_autocreate(map, *autocreate));
}

napi_value BpfObject::set_initial_value(const JsCall &call)
{
	if (!assert_state(call, State::kOpen))
		return nullptr;
	bpf_map *map = map_argument(call);
	if (map == nullptr)
		return nullptr;
	const auto offset = call.number(1);
	if (!offset)
		return nullptr;
	const auto bytes = call.bytes(2);
	if (!bytes)
		return nullptr;
	size_t size = 0;
	void *value = bpf_map__initial_value(map, &size);
	if (value == nullptr)
		return js_throw_type_error(call.env(), "the map has no initial value");
	if (*offset > size || bytes->size() > size - *offset) {
		return js_throw_type_error(call.env(),
					   "the bytes do not fit into the initial value");
	}
	std::copy(bytes->begin(), bytes->end(), static_cast<uint8_t *>(value) + *offset);
	return js_undefined(call.env());
}

napi_value BpfObject::set_autoload(const JsCall &call)
{
	if (!assert_state(call, State::kOpen))
		return nullptr;
	bpf_program *program = program_argument(call);
	if (program == nullptr)
		return nullptr;
	const auto autoload = call.boolean(1);
	if (!autoload)
		return nullptr;
	return js_number(call.env(), -bpf_program__set_autoload(program, *autoload));
}

// ring(map): a ring handle, or a positive errno as a number.
napi_value BpfObject::ring(const JsCall &call)
{
	if (!assert_state(call, State::kLoaded))
		return nullptr;
	const bpf_map *map = map_argument(call);
	if (map == nullptr)
		return nullptr;
	if (bpf_map__type(map) != BPF_MAP_TYPE_RINGBUF) {
		return js_throw_type_error(call.env(), "the map is not a ring buffer");
	}
	return BpfRing::open(call.env(), bpf_map__fd(map), bpf_map__max_entries(map));
}

napi_value BpfObject::take_log(const JsCall &call)
{
	napi_value log = js_text(call.env(), log_);
	log_ = std::string();
	return log;
}

napi_value BpfObject::close(const JsCall &call)
{
	state_ = State::kClosed;
	maps_.clear();
	programs_.clear();
	object_.reset();
	return js_undefined(call.env());
}

} // namespace fimbul
