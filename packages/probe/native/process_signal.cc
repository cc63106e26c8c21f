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

// Places behind the command name, which ends at the last parenthesis and may hold others.
constexpr int kState = 0;
constexpr int kThreads = 17;
constexpr int kStartTicks = 19;

// The whole line is some 350 bytes: 52 numbers and a name of at most 64.
constexpr size_t kStatBytesMax = 2048;

std::string_view find_field(std::string_view stat, int place)
{
	size_t at = stat.rfind(')');
	for (int field = 0; field <= place && at != std::string_view::npos; ++field)
		at = stat.find(' ', at + 1);
	if (at == std::string_view::npos)
		return {};
	const size_t end = stat.find(' ', at + 1);
	return stat.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
}

// True of what has ended and waits for its parent. A process whose first thread has ended while
// others run looks like that too, but for the number of its threads.
bool has_ended(std::string_view stat)
{
	const std::string_view state = find_field(stat, kState);
	return (state == "Z" || state == "X") && find_field(stat, kThreads).size() == 1 &&
	       find_field(stat, kThreads) <= "1";
}

// 0 when the process that has the pid now started then and runs; else an errno.
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
	const bool is_alive = find_field(stat, kStartTicks) == start_ticks && !has_ended(stat);
	return is_alive ? 0 : ESRCH;
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
