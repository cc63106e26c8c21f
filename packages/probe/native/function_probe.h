// SPDX-License-Identifier: Apache-2.0
// A program attached to the entry or the return of one kernel function, for as long as this lives.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "file_descriptor.h"
#include "perf_attach.h"
#include "return_definition.h"

namespace fimbul
{

class FunctionProbe
{
public:
	// No value with errno set when the kernel refuses.
	static std::optional<FunctionProbe> at_entry(const std::string &function, int program);
	// Without tracefs (nullptr), or when that refuses, the kernel follows few calls at once.
	static std::optional<FunctionProbe> at_return(const std::string &function, int program,
						      const std::string &program_name,
						      std::shared_ptr<const Tracefs> tracefs);

	// How many calls can be under way before the kernel skips returns; none when not known.
	std::optional<uint32_t> calls_max() const;
	// Runs that the kernel skipped; none when it does not tell.
	std::optional<uint64_t> missed() const;

private:
	FunctionProbe(std::unique_ptr<ReturnDefinition> definition, FileDescriptor event)
		: definition_(std::move(definition)), event_(std::move(event))
	{
	}

	// Declared before the event: a definition in use cannot be removed.
	std::unique_ptr<ReturnDefinition> definition_;
	FileDescriptor event_;
};

} // namespace fimbul
