// SPDX-License-Identifier: Apache-2.0
// The definition, in tracefs, of a probe at the return of one kernel function. Only a definition
// can say how many calls may be under way at once; the kernel skips the returns of all calls beyond
// that. It outlives a killed process, so its name tells whose it is, and the next start removes it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tracefs.h"

namespace fimbul
{

class ReturnDefinition
{
public:
	// KERNEL: the largest number that tracefs takes (KRETPROBE_MAXACTIVE_MAX).
	static constexpr uint32_t kCallsMax = 4096;

	// Defines it under a name of its own; nullptr with errno set when the kernel refuses.
	static std::unique_ptr<ReturnDefinition> create(std::shared_ptr<const Tracefs> tracefs,
							const std::string &program,
							const std::string &function);
	// Removes what agents that no longer run have left.
	static void remove_stale(const Tracefs &tracefs);

	~ReturnDefinition();
	ReturnDefinition(const ReturnDefinition &) = delete;
	ReturnDefinition &operator=(const ReturnDefinition &) = delete;

	// Number of the tracepoint that it made, for perf.
	std::optional<uint64_t> tracepoint_id() const;
	// Returns that were not seen, as the profile of all definitions says.
	std::optional<uint64_t> missed() const;

private:
	ReturnDefinition(std::shared_ptr<const Tracefs> tracefs, std::string group,
			 std::string event)
		: tracefs_(std::move(tracefs)), group_(std::move(group)), event_(std::move(event))
	{
	}

	std::shared_ptr<const Tracefs> tracefs_;
	std::string group_;
	std::string event_;
};

} // namespace fimbul
