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
constexpr const char *kTracefsPlaces[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

// The number in a file of one number; -1 with errno set when there is none.
int read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	if (file == nullptr)
		return -1;
	int number = -1;
	const int fields = fscanf(file, "%d", &number);
	fclose(file);
	if (fields == 1)
		return number;
	errno = EINVAL;
	return -1;
}

FileDescriptor attach_event(perf_event_attr &attributes, int program)
{
	attributes.size = sizeof(attributes);
	constexpr int kAnyProcess = -1;
	constexpr int kFirstCpu = 0;
	// The probe is global whatever the CPU; the event only wants one to live on.
	FileDescriptor event(static_cast<int>(syscall(SYS_perf_event_open, &attributes, kAnyProcess,
						      kFirstCpu, -1, PERF_FLAG_FD_CLOEXEC)));
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

FileDescriptor attach_kprobe(const char *function, int program)
{
	const int type = read_number(kKprobeType);
	if (type < 0) {
		errno = EOPNOTSUPP;
		return FileDescriptor();
	}
	perf_event_attr attributes = {};
	attributes.type = static_cast<uint32_t>(type);
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
	perf_event_attr attributes = {};
	attributes.type = PERF_TYPE_TRACEPOINT;
	attributes.config = static_cast<uint64_t>(id);
	return attach_event(attributes, program);
}

} // namespace fimbul
