// SPDX-License-Identifier: Apache-2.0
// A file descriptor that closes itself. Everything the addon gets from the kernel as a number lives
// in one of these, so that no early return can leak it.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace fimbul
{

class FileDescriptor
{
public:
	FileDescriptor() = default;
	explicit FileDescriptor(int fd) : fd_(fd) {}
	FileDescriptor(FileDescriptor &&other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
	FileDescriptor &operator=(FileDescriptor &&other) noexcept
	{
		std::swap(fd_, other.fd_);
		return *this;
	}
	FileDescriptor(const FileDescriptor &) = delete;
	FileDescriptor &operator=(const FileDescriptor &) = delete;
	~FileDescriptor() { reset(); }

	// A second descriptor of the same kernel object; not valid, with errno set, when refused.
	static FileDescriptor duplicate(int fd)
	{
		return FileDescriptor(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	}

	bool valid() const { return fd_ >= 0; }
	int get() const { return fd_; }
	void reset()
	{
		if (fd_ >= 0)
			close(fd_);
		fd_ = -1;
	}

private:
	int fd_ = -1;
};

} // namespace fimbul
