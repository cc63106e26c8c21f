// SPDX-License-Identifier: Apache-2.0
// A file that one living process holds. The kernel lets go of it when that process ends, however it
// ends, so whoever gets it knows that the one before is gone.
#pragma once

#include <node_api.h>

#include <span>
#include <string>

#include "file_descriptor.h"
#include "js_call.h"

namespace fimbul
{

class FileLock
{
public:
	static constexpr napi_type_tag kTypeTag = { 0x66696d62756c0007, 0x91b3f0c64d2ae75e };
	static std::span<const napi_property_descriptor> methods();

	// lockFile(path): a handle, or a positive errno as a number; EWOULDBLOCK when another
	// holder lives. The file is made when there is none, for its owner alone.
	static napi_value acquire(const JsCall &call);

	FileLock(FileDescriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path))
	{
	}

private:
	// Removes the file and lets go of it.
	napi_value close(const JsCall &call);

	FileDescriptor fd_;
	std::string path_;
};

} // namespace fimbul
