// SPDX-License-Identifier: Apache-2.0
// The type descriptions (BTF) of the running kernel and its loaded modules, opened once and asked
// by name. Modules are read only when the kernel itself does not have the name.
#pragma once

#include <bpf/btf.h>
#include <node_api.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "js_call.h"

namespace fimbul
{

class KernelTypes
{
public:
	static constexpr napi_type_tag kTypeTag = { 0x66696d62756c0005, 0x08b3c7f46ae92d51 };
	static std::span<const napi_property_descriptor> methods();

	// openKernelTypes(directory): a handle, or a positive errno as a number.
	static napi_value open(const JsCall &call);

private:
	struct Free {
		void operator()(btf *types) const { btf__free(types); }
	};
	using Types = std::unique_ptr<btf, Free>;
	struct Module {
		std::string name;
		Types types;
	};

	KernelTypes(std::string directory, Types kernel)
		: directory_(std::move(directory)), kernel_(std::move(kernel))
	{
	}

	napi_value find(const JsCall &call);
	napi_value count_parameters(const JsCall &call);
	napi_value close(const JsCall &call);
	struct Place {
		const btf *types;
		std::string module;
		uint32_t id;
	};
	std::optional<Place> find_type(const std::string &name, uint32_t kind);
	bool assert_open(const JsCall &call) const;
	void read_modules();

	std::string directory_;
	// Declared before the modules: their descriptions refer to it and are freed first.
	Types kernel_;
	std::vector<Module> modules_;
	bool modules_read_ = false;
};

} // namespace fimbul
