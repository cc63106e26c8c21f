// SPDX-License-Identifier: Apache-2.0
// The definition of a probe at the return of a kernel function. Group `fimbul_PID`, event
// `PROGRAM_TIME`: the time since boot keeps names of one process apart, and tells what an earlier
// process of the same number left. The kernel refuses to remove a definition that is in use, so
// an agent in another pid namespace, whose number means another process here, loses nothing.
#include "return_definition.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace fimbul
{

namespace
{

constexpr const char *kDefinitions = "kprobe_events";
constexpr const char *kProfile = "kprobe_profile";
constexpr std::string_view kGroupPrefix = "fimbul_";
// KERNEL: a name of an event has fewer than 64 bytes; 17 of them are the time.
constexpr size_t kProgramBytesMax = 40;

uint64_t nanoseconds(const timespec &time)
{
	return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 +
	       static_cast<uint64_t>(time.tv_nsec);
}

uint64_t now_ns()
{
	timespec time = {};
	clock_gettime(CLOCK_BOOTTIME, &time);
	return nanoseconds(time);
}

// When this process started, since boot; 0 when /proc does not tell.
uint64_t own_start_ns()
{
	FILE *file = fopen("/proc/self/stat", "re");
	if (file == nullptr)
		return 0;
	char line[1024] = {};
	const size_t length = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	const std::string_view text(line, length);
	// The name is in parentheses and may hold anything; field 3 follows the last of them.
	size_t position = text.rfind(')');
	constexpr int kStartField = 22;
	for (int field = 2; field < kStartField && position != text.npos; ++field)
		position = text.find(' ', position + 1);
	if (position == text.npos)
		return 0;
	uint64_t ticks = 0;
	std::from_chars(text.data() + position + 1, text.data() + text.size(), ticks);
	const auto ticks_per_second = static_cast<uint64_t>(sysconf(_SC_CLK_TCK));
	return ticks * (1'000'000'000 / ticks_per_second);
}

// A command for tracefs is a line of words, so a name must not end one.
bool is_word(const std::string &name)
{
	return !name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
		return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
		       (letter >= '0' && letter <= '9') || letter == '_' || letter == '.';
	});
}

std::string make_group(pid_t pid)
{
	return std::string(kGroupPrefix) + std::to_string(pid);
}

std::string make_event(const std::string &program)
{
	std::string event = program.substr(0, kProgramBytesMax);
	std::replace(event.begin(), event.end(), '.', '_');
	char time[24];
	snprintf(time, sizeof(time), "_%llx", static_cast<unsigned long long>(now_ns()));
	return event + time;
}

bool has_ended(pid_t pid)
{
	return kill(pid, 0) != 0 && errno == ESRCH;
}

// Whether the process that made the event has ended.
bool is_stale(std::string_view group, std::string_view event, uint64_t started_ns)
{
	const std::string_view number = group.substr(kGroupPrefix.size());
	pid_t pid = 0;
	const auto [end, error] =
		std::from_chars(number.data(), number.data() + number.size(), pid);
	if (error != std::errc() || end != number.data() + number.size() || pid <= 0)
		return false;
	if (pid != getpid())
		return has_ended(pid);
	const size_t mark = event.rfind('_');
	if (mark == event.npos)
		return false;
	uint64_t made_ns = UINT64_MAX;
	std::from_chars(event.data() + mark + 1, event.data() + event.size(), made_ns, 16);
	return made_ns < started_ns;
}

void remove(const Tracefs &tracefs, const std::string &group, const std::string &event)
{
	tracefs.append(kDefinitions, "-:" + group + "/" + event);
}

// The last number of the profile's line of one event: "  NAME  HITS  MISSED".
std::optional<uint64_t> find_missed(std::string_view profile, std::string_view event)
{
	while (!profile.empty()) {
		const std::string_view line = profile.substr(0, profile.find('\n'));
		profile.remove_prefix(std::min(profile.size(), line.size() + 1));
		const size_t start = line.find_first_not_of(' ');
		if (start == line.npos || !line.substr(start).starts_with(event))
			continue;
		const size_t end = start + event.size();
		if (end >= line.size() || line[end] != ' ')
			continue;
		uint64_t missed = 0;
		const char *number = line.data() + line.rfind(' ') + 1;
		if (std::from_chars(number, line.data() + line.size(), missed).ec == std::errc())
			return missed;
	}
	return std::nullopt;
}

} // namespace

std::unique_ptr<ReturnDefinition> ReturnDefinition::create(std::shared_ptr<const Tracefs> tracefs,
							   const std::string &program,
							   const std::string &function)
{
	const std::string group = make_group(getpid());
	const std::string event = make_event(program);
	if (!is_word(function) || !is_word(event)) {
		errno = EINVAL;
		return nullptr;
	}
	const std::string command =
		"r" + std::to_string(kCallsMax) + ":" + group + "/" + event + " " + function;
	if (!tracefs->append(kDefinitions, command))
		return nullptr;
	return std::unique_ptr<ReturnDefinition>(
		new ReturnDefinition(std::move(tracefs), group, event));
}

void ReturnDefinition::remove_stale(const Tracefs &tracefs)
{
	const uint64_t started_ns = own_start_ns();
	for (const std::string &group : tracefs.list("events")) {
		if (!group.starts_with(kGroupPrefix))
			continue;
		for (const std::string &event : tracefs.list("events/" + group)) {
			if (is_stale(group, event, started_ns))
				remove(tracefs, group, event);
		}
	}
}

ReturnDefinition::~ReturnDefinition()
{
	remove(*tracefs_, group_, event_);
}

std::optional<uint64_t> ReturnDefinition::tracepoint_id() const
{
	return tracefs_->read_number("events/" + group_ + "/" + event_ + "/id");
}

std::optional<uint64_t> ReturnDefinition::missed() const
{
	const auto profile = tracefs_->read(kProfile);
	return profile ? find_missed(*profile, event_) : std::nullopt;
}

} // namespace fimbul
