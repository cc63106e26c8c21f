// SPDX-License-Identifier: Apache-2.0
// The kernel's tracing files, through a mount of our own that is visible to nobody: hosts need not
// have mounted tracefs anywhere, and mounting it for them is not our business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "file_descriptor.h"

namespace fimbul
{

class Tracefs
{
public:
	// nullptr with errno set when tracefs cannot be reached.
	static std::shared_ptr<const Tracefs> open();

	// Paths are relative to the root of tracefs.
	std::optional<std::string> read(const std::string &path) const;
	std::optional<uint64_t> read_number(const std::string &path) const;
	// Appends one command in one write; false with errno set when the kernel refuses it.
	bool append(const std::string &path, std::string_view command) const;
	std::vector<std::string> list(const std::string &path) const;

private:
	explicit Tracefs(FileDescriptor root) : root_(std::move(root)) {}

	FileDescriptor root_;
};

} // namespace fimbul
