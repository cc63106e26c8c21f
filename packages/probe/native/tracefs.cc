// SPDX-License-Identifier: Apache-2.0
// The kernel's tracing files. The mount is detached: it has no place in any namespace and ends with
// its descriptor.
#include "tracefs.h"

#include <dirent.h>
#include <linux/mount.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace fimbul
{

namespace
{

constexpr const char *kMountedPlaces[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

// By number, because the C library has these calls only since its 2.36.
FileDescriptor mount_privately()
{
	const FileDescriptor context(
		static_cast<int>(syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC)));
	if (!context.valid())
		return FileDescriptor();
	if (syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
		return FileDescriptor();
	return FileDescriptor(
		static_cast<int>(syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
}

// Containers may refuse the calls above and still have tracefs handed in.
FileDescriptor open_mounted()
{
	for (const char *place : kMountedPlaces) {
		FileDescriptor root(::open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		if (root.valid() && faccessat(root.get(), "kprobe_events", F_OK, 0) == 0)
			return root;
	}
	return FileDescriptor();
}

} // namespace

std::shared_ptr<const Tracefs> Tracefs::open()
{
	FileDescriptor root = mount_privately();
	const int error = errno;
	if (!root.valid())
		root = open_mounted();
	if (!root.valid()) {
		errno = error;
		return nullptr;
	}
	return std::shared_ptr<const Tracefs>(new Tracefs(std::move(root)));
}

std::optional<std::string> Tracefs::read(const std::string &path) const
{
	const FileDescriptor file(openat(root_.get(), path.c_str(), O_RDONLY | O_CLOEXEC));
	if (!file.valid())
		return std::nullopt;
	std::string content;
	char chunk[4096];
	for (;;) {
		const ssize_t length = ::read(file.get(), chunk, sizeof(chunk));
		if (length == 0)
			return content;
		if (length > 0)
			content.append(chunk, static_cast<size_t>(length));
		else if (errno != EINTR)
			return std::nullopt;
	}
}

std::optional<uint64_t> Tracefs::read_number(const std::string &path) const
{
	const auto content = read(path);
	if (!content)
		return std::nullopt;
	uint64_t number = 0;
	const auto end = content->data() + content->size();
	if (std::from_chars(content->data(), end, number).ec == std::errc())
		return number;
	errno = EINVAL;
	return std::nullopt;
}

bool Tracefs::append(const std::string &path, std::string_view command) const
{
	// Never truncated: that would remove what other programs of the host defined.
	const FileDescriptor file(
		openat(root_.get(), path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
	if (!file.valid())
		return false;
	ssize_t written = 0;
	do {
		written = ::write(file.get(), command.data(), command.size());
	} while (written < 0 && errno == EINTR);
	return written == static_cast<ssize_t>(command.size());
}

std::vector<std::string> Tracefs::list(const std::string &path) const
{
	std::vector<std::string> names;
	const int folder = openat(root_.get(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return names;
	DIR *stream = fdopendir(folder);
	if (stream == nullptr) {
		close(folder);
		return names;
	}
	while (const dirent *entry = readdir(stream)) {
		if (entry->d_name[0] != '.')
			names.push_back(entry->d_name);
	}
	closedir(stream);
	std::sort(names.begin(), names.end());
	return names;
}

} // namespace fimbul
