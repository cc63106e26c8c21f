// SPDX-License-Identifier: Apache-2.0
// Attaches a loaded program through a perf event, for kinds that have no BPF link of their own on
// the oldest kernels we run on. Each returns the event, whose end detaches the program, or no valid
// descriptor with errno set.
#pragma once

#include "file_descriptor.h"

namespace fimbul
{

// At the entry of a kernel function.
FileDescriptor attach_kprobe(const char *function, int program);

// At a tracepoint named "category/name"; needs a mounted tracefs.
FileDescriptor attach_tracepoint(const char *tracepoint, int program);

} // namespace fimbul
