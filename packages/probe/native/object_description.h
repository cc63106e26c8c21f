// SPDX-License-Identifier: Apache-2.0
// What is inside an open BPF object, as plain JavaScript records: maps, programs, and the global
// variables whose first value may be set before loading. Pure reading; an index is a position in
// the vectors that the object keeps.
#pragma once

#include <bpf/libbpf.h>
#include <node_api.h>

#include <vector>

namespace fimbul
{

using BpfMaps = std::vector<bpf_map *>;
using BpfPrograms = std::vector<bpf_program *>;

// Bytes of one value as user space reads and writes it: of a per-CPU map, one for each possible
// CPU.
size_t map_value_bytes(const bpf_map *map);

napi_value describe_maps(napi_env env, const BpfMaps &maps);
napi_value describe_programs(napi_env env, const BpfPrograms &programs);
napi_value describe_variables(napi_env env, const bpf_object *object, const BpfMaps &maps);

} // namespace fimbul
