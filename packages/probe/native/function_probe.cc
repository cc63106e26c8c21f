// SPDX-License-Identifier: Apache-2.0
// A program attached to the entry or the return of one kernel function.
#include "function_probe.h"

#include <cerrno>

namespace fimbul
{

std::optional<FunctionProbe> FunctionProbe::at_entry(const std::string &function, int program)
{
	FileDescriptor event = attach_function(function.c_str(), FunctionPoint::kEntry, program);
	if (!event.valid())
		return std::nullopt;
	return FunctionProbe(nullptr, std::move(event));
}

std::optional<FunctionProbe> FunctionProbe::at_return(const std::string &function, int program,
						      const std::string &program_name,
						      std::shared_ptr<const Tracefs> tracefs)
{
	if (tracefs) {
		auto definition =
			ReturnDefinition::create(std::move(tracefs), program_name, function);
		const auto id = definition ? definition->tracepoint_id() : std::nullopt;
		FileDescriptor event = id ? attach_tracepoint_id(*id, program) : FileDescriptor();
		if (event.valid())
			return FunctionProbe(std::move(definition), std::move(event));
	}
	FileDescriptor event = attach_function(function.c_str(), FunctionPoint::kReturn, program);
	if (!event.valid())
		return std::nullopt;
	return FunctionProbe(nullptr, std::move(event));
}

std::optional<uint32_t> FunctionProbe::calls_max() const
{
	if (definition_)
		return ReturnDefinition::kCallsMax;
	return std::nullopt;
}

std::optional<uint64_t> FunctionProbe::missed() const
{
	return definition_ ? definition_->missed() : std::nullopt;
}

} // namespace fimbul
