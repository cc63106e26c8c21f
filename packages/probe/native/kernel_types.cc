// SPDX-License-Identifier: Apache-2.0
// The type descriptions of the running kernel. A module whose description cannot be read is passed
// over: it may be unloaded at any moment.
#include "kernel_types.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>

#include "js_handle.h"

namespace fimbul
{

namespace
{

constexpr const char *kKernelName = "vmlinux";

std::vector<std::string> module_names(const std::string &directory)
{
	std::vector<std::string> names;
	DIR *stream = opendir(directory.c_str());
	if (stream == nullptr)
		return names;
	while (const dirent *entry = readdir(stream)) {
		const std::string name = entry->d_name;
		if (!name.starts_with('.') && name != kKernelName)
			names.push_back(name);
	}
	closedir(stream);
	std::sort(names.begin(), names.end());
	return names;
}

} // namespace

std::span<const napi_property_descriptor> KernelTypes::methods()
{
	static constexpr napi_property_descriptor kMethods[] = {
		js_method<KernelTypes, &KernelTypes::find>("find"),
		js_method<KernelTypes, &KernelTypes::count_parameters>("countParameters"),
		js_method<KernelTypes, &KernelTypes::close>("close"),
	};
	return kMethods;
}

napi_value KernelTypes::open(const JsCall &call)
{
	const auto directory = call.text(0);
	if (!directory)
		return nullptr;
	Types kernel(btf__parse((*directory + "/" + kKernelName).c_str(), nullptr));
	if (!kernel)
		return js_number(call.env(), errno);
	return js_handle(call.env(), std::unique_ptr<KernelTypes>(
					     new KernelTypes(*directory, std::move(kernel))));
}

void KernelTypes::read_modules()
{
	if (modules_read_)
		return;
	modules_read_ = true;
	for (const std::string &name : module_names(directory_)) {
		Types types(btf__parse_split((directory_ + "/" + name).c_str(), kernel_.get()));
		if (types)
			modules_.push_back({ name, std::move(types) });
	}
}

std::optional<KernelTypes::Place> KernelTypes::find_type(const std::string &name, uint32_t kind)
{
	const int id = btf__find_by_name_kind(kernel_.get(), name.c_str(), kind);
	if (id > 0)
		return Place{ kernel_.get(), kKernelName, static_cast<uint32_t>(id) };
	read_modules();
	for (const Module &module : modules_) {
		const int own = btf__find_by_name_kind(module.types.get(), name.c_str(), kind);
		if (own > 0)
			return Place{ module.types.get(), module.name, static_cast<uint32_t>(own) };
	}
	return std::nullopt;
}

bool KernelTypes::assert_open(const JsCall &call) const
{
	if (kernel_)
		return true;
	js_throw_error(call.env(), "closed", "the kernel types are closed");
	return false;
}

// find(name, kind): "vmlinux", the name of the module that has it, or null.
napi_value KernelTypes::find(const JsCall &call)
{
	if (!assert_open(call))
		return nullptr;
	const auto name = call.text(0);
	if (!name)
		return nullptr;
	const auto kind = call.number(1);
	if (!kind)
		return nullptr;
	const auto place = find_type(*name, *kind);
	return place ? js_text(call.env(), place->module) : js_null(call.env());
}

// countParameters(function): a number, or null when there is no such function.
napi_value KernelTypes::count_parameters(const JsCall &call)
{
	if (!assert_open(call))
		return nullptr;
	const auto name = call.text(0);
	if (!name)
		return nullptr;
	const auto place = find_type(*name, BTF_KIND_FUNC);
	if (!place)
		return js_null(call.env());
	const btf_type *function = btf__type_by_id(place->types, place->id);
	const btf_type *prototype = btf__type_by_id(place->types, function->type);
	if (prototype == nullptr || !btf_is_func_proto(prototype))
		return js_null(call.env());
	return js_number(call.env(), btf_vlen(prototype));
}

napi_value KernelTypes::close(const JsCall &call)
{
	modules_.clear();
	kernel_.reset();
	return js_undefined(call.env());
}

} // namespace fimbul
