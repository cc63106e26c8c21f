// SPDX-License-Identifier: Apache-2.0
// What is inside an open BPF object. Variables come from the object's own BTF, whose offsets libbpf
// completes while it opens the object. Static variables are left out: they get no offset there.
#include "object_description.h"

#include <bpf/btf.h>

#include <algorithm>

#include "js_value.h"

namespace fimbul
{

namespace
{

const char *text_or_empty(const char *text)
{
	return text == nullptr ? "" : text;
}

bool is_per_cpu(bpf_map_type type)
{
	return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

void describe_section(napi_env env, const btf *types, const btf_type *section, double map_index,
		      JsList &list)
{
	const btf_var_secinfo *place = btf_var_secinfos(section);
	for (unsigned i = 0; i < btf_vlen(section); ++i, ++place) {
		const btf_type *variable = btf__type_by_id(types, place->type);
		if (variable == nullptr || !btf_is_var(variable))
			continue;
		if (btf_var(variable)->linkage != BTF_VAR_GLOBAL_ALLOCATED)
			continue;
		JsRecord record(env);
		record.set("name", text_or_empty(btf__name_by_offset(types, variable->name_off)))
			.set("section",
			     text_or_empty(btf__name_by_offset(types, section->name_off)))
			.set("map", map_index)
			.set("offset", place->offset)
			.set("size", place->size);
		list.push(record.value());
	}
}

} // namespace

size_t map_value_bytes(const bpf_map *map)
{
	const size_t value_bytes = bpf_map__value_size(map);
	if (!is_per_cpu(bpf_map__type(map)))
		return value_bytes;
	const int cpus = libbpf_num_possible_cpus();
	return cpus <= 0 ? 0 : ((value_bytes + 7) & ~size_t{ 7 }) * static_cast<size_t>(cpus);
}

napi_value describe_maps(napi_env env, const BpfMaps &maps)
{
	JsList list(env);
	for (const bpf_map *map : maps) {
		JsRecord record(env);
		record.set("name", text_or_empty(bpf_map__name(map)))
			.set("type", text_or_empty(libbpf_bpf_map_type_str(bpf_map__type(map))))
			.set("keyBytes", bpf_map__key_size(map))
			.set("valueBytes", bpf_map__value_size(map))
			.set("valueBytesAll", static_cast<double>(map_value_bytes(map)))
			.set("maxEntries", bpf_map__max_entries(map));
		list.push(record.value());
	}
	return list.value();
}

napi_value describe_programs(napi_env env, const BpfPrograms &programs)
{
	JsList list(env);
	for (const bpf_program *program : programs) {
		JsRecord record(env);
		record.set("name", text_or_empty(bpf_program__name(program)))
			.set("type",
			     text_or_empty(libbpf_bpf_prog_type_str(bpf_program__type(program))))
			.set("section", text_or_empty(bpf_program__section_name(program)))
			.set("autoload", js_boolean(env, bpf_program__autoload(program)));
		list.push(record.value());
	}
	return list.value();
}

napi_value describe_variables(napi_env env, const bpf_object *object, const BpfMaps &maps)
{
	JsList list(env);
	const btf *types = bpf_object__btf(object);
	if (types == nullptr)
		return list.value();
	for (unsigned id = 1; id < btf__type_cnt(types); ++id) {
		const btf_type *section = btf__type_by_id(types, id);
		if (section == nullptr || !btf_is_datasec(section))
			continue;
		const char *name = text_or_empty(btf__name_by_offset(types, section->name_off));
		// Sections that are not memory (map definitions, kernel symbols) have no map of
		// their name.
		const bpf_map *map = bpf_object__find_map_by_name(object, name);
		const auto found = std::find(maps.begin(), maps.end(), map);
		if (map == nullptr || found == maps.end())
			continue;
		describe_section(env, types, section, static_cast<double>(found - maps.begin()),
				 list);
	}
	return list.value();
}

} // namespace fimbul
