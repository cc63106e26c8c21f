// SPDX-License-Identifier: Apache-2.0
// Limits that both sides must agree on, with what happens when one is reached.

export const kernelLimits = {
  /** Bytes of a path or of a caller's string in a record (PATH_MAX). Beyond: truncated, flagged. */
  PATH_BYTES_MAX: 4096,
  /** Components the kernel walks up. Beyond: truncated, flagged. */
  PATH_DEPTH_MAX: 1024,
  /** Bytes of one file name (NAME_MAX). The kernel allows no more. */
  NAME_BYTES_MAX: 255,
  /** Bytes of a process's arguments in an exec record. Beyond: truncated, flagged. */
  ARGUMENT_BYTES_MAX: 4096,
  /** Components of a control group's path. Beyond: truncated, flagged. */
  CGROUP_DEPTH_MAX: 32,
  /** Bytes of one record; no combination of the limits above reaches it. */
  RECORD_BYTES_MAX: 20480,
  /** Control groups remembered as announced. Beyond: the oldest is announced again. */
  CGROUPS_MAX: 8192,
  /** Operations in flight whose kernel objects are remembered. Beyond: caller’s path. */
  OBJECTS_IN_FLIGHT_MAX: 1024,
  /** Calls under way in functions of the kernel, without opens. Beyond: counted as lost. */
  CALLS_IN_FLIGHT_MAX: 4096,
  /** Tasks in an open, where its arguments must be kept. Beyond: counted as lost. */
  OPENS_IN_FLIGHT_MAX: 4096,
  /** Opens that one task may be in at once: drivers open files of their own. A power of two. */
  OPENS_NESTED_MAX: 4,
  /** Objects remembered for one operation in flight: the latest. A rename touches five. */
  OBJECTS_PER_OPERATION_MAX: 8,
  /** Bytes of a name that the kernel filter compares; longer names have a mask of their own. */
  FILTER_NAME_BYTES_MAX: 59,
  /** Names the kernel filter holds. The probe refuses a rule set with more. */
  FILTER_NAMES_MAX: 16384,
  /** Flag bits the kernel filter decides on. */
  FILTER_FLAG_BITS_MAX: 10,
  /** Percent of the ring kept free for records of processes and control groups. */
  RING_RESERVE_PERCENT: 25,
} as const;
