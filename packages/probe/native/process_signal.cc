// SPDX-License-Identifier: Apache-2.0
// A pid alone names whoever has it at the moment. So the process is held by a descriptor first,
// then known again by its start, then signalled through the descriptor: it is that one, or nobody.
#include "process_signal.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "file_descriptor.h"
#include "js_value.h"

namespace fimbul
{

namespace
{

// Behind the command name, which ends at the last parenthesis: state is the third field of all.
constexpr int kFieldsBeforeStart = 19;

// The whole line is some 350 bytes: 52 numbers and a name of at most 64.
constexpr size_t kStatBytesMax = 2048;

std::string_view find_start_ticks(std::string_view stat)
{
	const size_t close = stat.rfind(')');
	if (close == std::string_view::npos)
		return {};
	size_t at = close + 1;
	for (int field = 0; field < kFieldsBeforeStart; ++field) {
		at = stat.find(' ', at + 1);
		if (at == std::string_view::npos)
			return {};
	}
	const size_t end = stat.find(' ', at + 1);
	return end == std::string_view::npos ? std::string_view{}
					     : stat.substr(at + 1, end - at - 1);
}

// 0 when the process that has the pid now started then; else an errno.
int check_start(uint32_t pid, std::string_view start_ticks)
{
	const std::string path = "/proc/" + std::to_string(pid) + "/stat";
	FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
	if (!file.valid())
		return errno == ENOENT ? ESRCH : errno;
	std::array<char, kStatBytesMax> bytes;
	const ssize_t length = read(file.get(), bytes.data(), bytes.size());
	if (length < 0)
		return errno;
	const std::string_view stat(bytes.data(), static_cast<size_t>(length));
	return find_start_ticks(stat) == start_ticks ? 0 : ESRCH;
}

int send_signal(uint32_t pid, std::string_view start_ticks, uint32_t signal)
{
	FileDescriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
	if (!process.valid())
		return errno;
	// Who is held has had the pid since before this look, so it is who the look shows.
	const int error = check_start(pid, start_ticks);
	if (error != 0)
		return error;
	return syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0 ? 0 : errno;
}

} // namespace

napi_value signal_process(const JsCall &call)
{
	const auto pid = call.number(0);
	const auto start_ticks = call.text(1);
	const auto signal = call.number(2);
	if (!pid || !start_ticks || !signal)
		return nullptr;
	return js_number(call.env(), send_signal(*pid, *start_ticks, *signal));
}

} // namespace fimbul
