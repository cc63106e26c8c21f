// SPDX-License-Identifier: Apache-2.0
// One compiled BPF object: opened from bytes, adjusted, loaded once, then a source of links, rings,
// map values and counters. Maps and programs are named by their index. Whatever the kernel may
// refuse returns a positive errno; calling in the wrong state throws.
#pragma once

#include <bpf/libbpf.h>
#include <node_api.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "js_call.h"
#include "object_description.h"
#include "tracefs.h"

namespace fimbul
{

class BpfObject
{
public:
	static constexpr napi_type_tag kTypeTag = { 0x66696d62756c0003, 0x71d5f08a2c3be649 };
	static std::span<const napi_property_descriptor> methods();

	// openObject(bytes, name, btfPath | null): a handle, or {errno, log}.
	static napi_value open(const JsCall &call);

private:
	enum class State { kOpen, kLoaded, kFailed, kClosed };

	struct Close {
		void operator()(bpf_object *object) const { bpf_object__close(object); }
	};

	BpfObject(bpf_object *object, std::string log);

	napi_value maps(const JsCall &call);
	napi_value programs(const JsCall &call);
	napi_value variables(const JsCall &call);
	napi_value set_max_entries(const JsCall &call);
	napi_value set_autocreate(const JsCall &call);
	napi_value set_initial_value(const JsCall &call);
	napi_value set_autoload(const JsCall &call);
	napi_value set_attach_target(const JsCall &call);
	napi_value keep_verifier_log(const JsCall &call);
	napi_value verifier_log(const JsCall &call);
	napi_value load(const JsCall &call);
	napi_value attach(const JsCall &call);
	napi_value attach_function(const JsCall &call);
	napi_value ring(const JsCall &call);
	napi_value map_get(const JsCall &call);
	napi_value map_set(const JsCall &call);
	napi_value map_delete(const JsCall &call);
	napi_value map_next_key(const JsCall &call);
	napi_value program_stats(const JsCall &call);
	napi_value take_log(const JsCall &call);
	napi_value close(const JsCall &call);

	// Each throws and returns false or nullptr when the call does not fit.
	bool assert_open(const JsCall &call) const;
	bool assert_state(const JsCall &call, State expected) const;
	bpf_map *map_argument(const JsCall &call) const;
	bpf_program *program_argument(const JsCall &call) const;

	void append_refusal();
	std::shared_ptr<const Tracefs> tracefs();

	std::unique_ptr<bpf_object, Close> object_;
	BpfMaps maps_;
	BpfPrograms programs_;
	// What the verifier says about a program whose log is kept, else empty; one for each
	// program.
	std::vector<std::vector<char>> verifier_logs_;
	std::shared_ptr<const Tracefs> tracefs_;
	std::string log_;
	State state_ = State::kOpen;
};

} // namespace fimbul
