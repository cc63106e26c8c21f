// SPDX-License-Identifier: Apache-2.0
// Attaches a loaded program through a perf event.
#include "perf_attach.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>

namespace fimbul
{

namespace
{

constexpr const char *kKprobeType = "/sys/bus/event_source/devices/kprobe/type";
constexpr const char *kReturnBit = "/sys/bus/event_source/devices/kprobe/format/retprobe";
constexpr const char *kTracefsPlaces[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

// The number in a file of one number, which may follow some text; -1 with errno set when there is
// none.
int read_number(const char *path, const char *format = "%d")
{
	FILE *file = fopen(path, "re");
	if (file == nullptr)
		return -1;
	int number = -1;
	const int fields = fscanf(file, format, &number);
	fclose(file);
	if (fields == 1)
		return number;
	errno = EINVAL;
	return -1;
}

// The probe is global whatever the CPU; the event only wants one that is online to live on.
FileDescriptor open_event(perf_event_attr &attributes)
{
	constexpr int kAnyProcess = -1;
	const long cpus = sysconf(_SC_NPROCESSORS_CONF);
	FileDescriptor event;
	for (int cpu = 0; !event.valid() && cpu < cpus; ++cpu) {
		event = FileDescriptor(
			static_cast<int>(syscall(SYS_perf_event_open, &attributes, kAnyProcess, cpu,
						 -1, PERF_FLAG_FD_CLOEXEC)));
		if (!event.valid() && errno != ENODEV)
			break;
	}
	return event;
}

FileDescriptor attach_event(perf_event_attr &attributes, int program)
{
	attributes.size = sizeof(attributes);
	FileDescriptor event = open_event(attributes);
	if (!event.valid())
		return event;
	if (ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program) != 0 ||
	    ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0) {
		const int error = errno;
		event.reset();
		errno = error;
	}
	return event;
}

} // namespace

FileDescriptor attach_function(const char *function, FunctionPoint point, int program)
{
	const bool at_return = point == FunctionPoint::kReturn;
	const int type = read_number(kKprobeType);
	const int return_bit = at_return ? read_number(kReturnBit, "config:%d") : 0;
	if (type < 0 || return_bit < 0) {
		errno = EOPNOTSUPP;
		return FileDescriptor();
	}
	perf_event_attr attributes = {};
	attributes.type = static_cast<uint32_t>(type);
	attributes.config = at_return ? uint64_t{ 1 } << return_bit : 0;
	attributes.kprobe_func = reinterpret_cast<uint64_t>(function);
	return attach_event(attributes, program);
}

FileDescriptor attach_tracepoint(const char *tracepoint, int program)
{
	int id = -1;
	for (const char *place : kTracefsPlaces) {
		id = read_number((std::string(place) + "/events/" + tracepoint + "/id").c_str());
		if (id >= 0)
			break;
	}
	if (id < 0)
		return FileDescriptor();
	return attach_tracepoint_id(static_cast<uint64_t>(id), program);
}

FileDescriptor attach_tracepoint_id(uint64_t id, int program)
{
	perf_event_attr attributes = {};
	attributes.type = PERF_TYPE_TRACEPOINT;
	attributes.config = id;
	return attach_event(attributes, program);
}

} // namespace fimbul
