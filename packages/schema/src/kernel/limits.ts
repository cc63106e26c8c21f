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
  FILTER_NAME_BLOOM_BITS: 16_384,
  /** Names the kernel filter holds. The probe refuses a rule set with more. */
  FILTER_NAMES_MAX: 16384,
  /** Bits of a value that one table of the kernel filter decides on. */
  FILTER_VALUE_BITS_MAX: 10,
  /** Bounds of a value that one table decides on. */
  FILTER_VALUE_BOUNDS_MAX: 15,
  /** Tables about one value. */
  FILTER_TABLES_PER_VALUE_MAX: 4,
  /** Tables about values, and masks in them. The probe refuses a rule set with more. */
  FILTER_VALUE_TABLES_MAX: 1024,
  FILTER_VALUE_MASKS_MAX: 131072,
  /** Rule sets that the kernel filter holds at once: one serves while the next one is filled in. */
  FILTER_BANKS: 2,
  /** Components of a path that the kernel filter looks at. Beyond: the path rules out nothing. */
  FILTER_PATH_DEPTH_MAX: 64,
  /** Bytes of the name of a filesystem's type, with its NUL. Beyond: truncated. */
  FILESYSTEM_NAME_BYTES: 16,
  /** Types of filesystems that the filter has numbers for. */
  FILESYSTEM_TYPES_MAX: 128,
  /** Directories whose place in the automaton is kept; a power of two. Others are walked again. */
  PATH_DIRECTORIES_MAX: 16384,
  /** Files of operations that a class of paths tells lanes of. */
  FILTER_PATH_ROWS_MAX: 32,
  /** States of the path automaton. The probe refuses a rule set with more, of all that follow. */
  FILTER_PATH_STATES_MAX: 65536,
  /** Classes of paths. */
  FILTER_PATH_CLASSES_MAX: 16384,
  /** Edges of the path automaton: exact names, and pairs of a prefix and a suffix. */
  FILTER_PATH_EDGES_MAX: 262144,
  /** Prefixes and suffixes of names, each counted once for every state that has it. */
  FILTER_PATH_AFFIXES_MAX: 65535,
  /** Processes whose programs and ancestors the kernel filter knows. Beyond: not known, counted. */
  FILTER_PROCESSES_MAX: 16384,
  /** Of those, processes that user space told of. */
  FILTER_PROCESSES_TOLD_MAX: 8192,
  /** Ancestors of a process in rules. Beyond: some are left out, and none is certain. */
  ANCESTORS_MAX: 128,
  /** Earlier images of a process among them. As above. */
  EARLIER_IMAGES_MAX: 16,
  /** Percent of the ring kept free for records of processes and control groups. */
  RING_RESERVE_PERCENT: 25,
} as const;
