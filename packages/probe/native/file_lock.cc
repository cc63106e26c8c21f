// SPDX-License-Identifier: Apache-2.0
// An advisory lock on a file that is removed before it is let go. Who waits for nobody may still
// get a file that was removed a moment ago, so it is looked whether the name leads to it.
#include "file_lock.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>

#include "js_handle.h"

namespace fimbul
{

namespace
{

// Each further try means that a holder has ended since the last one.
constexpr int kTriesMax = 16;

bool leads_to(const char *path, int fd)
{
	struct stat named = {};
	struct stat held = {};
	return lstat(path, &named) == 0 && fstat(fd, &held) == 0 && named.st_dev == held.st_dev &&
	       named.st_ino == held.st_ino;
}

FileDescriptor acquire_file(const char *path)
{
	constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	for (int tries = 0; tries < kTriesMax; ++tries) {
		FileDescriptor fd(open(path, kFlags, 0600));
		if (!fd.valid() || flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
			return FileDescriptor();
		if (leads_to(path, fd.get()))
			return fd;
	}
	errno = EWOULDBLOCK;
	return FileDescriptor();
}

} // namespace

std::span<const napi_property_descriptor> FileLock::methods()
{
	static constexpr napi_property_descriptor kMethods[] = {
		js_method<FileLock, &FileLock::close>("close"),
	};
	return kMethods;
}

napi_value FileLock::acquire(const JsCall &call)
{
	const auto path = call.text(0);
	if (!path)
		return nullptr;
	// The kernel would take the part before it for the whole.
	if (path->find('\0') != std::string::npos)
		return js_number(call.env(), EINVAL);
	FileDescriptor fd = acquire_file(path->c_str());
	if (!fd.valid())
		return js_number(call.env(), errno);
	return js_handle(call.env(), std::make_unique<FileLock>(std::move(fd), *path));
}

napi_value FileLock::close(const JsCall &call)
{
	if (fd_.valid() && leads_to(path_.c_str(), fd_.get()))
		unlink(path_.c_str());
	fd_.reset();
	return js_undefined(call.env());
}

} // namespace fimbul
