// SPDX-License-Identifier: Apache-2.0
// Attaches a loaded program through a perf event, for kinds that have no BPF link of their own on
// the oldest kernels we run on. Each returns the event, whose end detaches the program, or no valid
// descriptor with errno set.
#pragma once

#include <cstdint>

#include "file_descriptor.h"

namespace fimbul
{

// Where in a kernel function a program runs.
enum class FunctionPoint { kEntry, kReturn };

// At one point of a kernel function. At a return the kernel follows few calls at once: as many as
// it has CPUs, or twice that. The definition in tracefs is the way to more.
FileDescriptor attach_function(const char *function, FunctionPoint point, int program);

// At a tracepoint named "category/name"; needs a mounted tracefs.
FileDescriptor attach_tracepoint(const char *tracepoint, int program);

// At a tracepoint, or a probe defined in tracefs, of this number.
FileDescriptor attach_tracepoint_id(uint64_t id, int program);

} // namespace fimbul
