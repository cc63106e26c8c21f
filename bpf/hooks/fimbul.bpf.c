// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All programs of all backends in one object, so that they share their maps. User space loads those
 * that its plan names, and the kernel never sees the others.
 */
#include "hooks/fexit.h"
#include "hooks/kprobe.h"
#include "hooks/lsm.h"
#include "hooks/tracepoint.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
