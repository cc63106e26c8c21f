// SPDX-License-Identifier: Apache-2.0
// Limits of what the agent remembers of processes, with what happens when one is reached. Nothing
// here may grow with the time the agent runs; what is dropped is counted or marked.

export const contextLimits = {
  /**
   * Ancestors of one process. Only chains where each process forks the next and ends reach it.
   * Beyond: the middle is dropped, marked by `omitted`. The oldest stay, because what came before
   * an attack is what tells of it and must not be pushed out by forking; the newest stay, because
   * they are the nearest explanation.
   */
  ancestorsMax: 128,
  ancestorsKeptOldest: 32,
  ancestorsKeptNewest: 32,

  /** Earlier images of one process, such as a daemon that executes itself again. As above. */
  earlierImagesMax: 16,
  earlierImagesKeptOldest: 4,
  earlierImagesKeptNewest: 4,

  /**
   * Processes believed alive; the kernel's own bound on process ids is the natural one, and only
   * lost exit records lead here. Beyond: the one heard of first is dropped, and read again from
   * /proc should it still live.
   */
  processesMax: 262_144,

  /** Ended processes kept for late records. Beyond: the one that ended first is dropped. */
  endedProcessesMax: 4096,
  /** How long an ended process is kept, in nanoseconds of record time. */
  endedProcessAgeMaxNs: 60_000_000_000n,

  /** Between two attempts to read one process from /proc because something of it is unknown. */
  procAttemptIntervalMs: 30_000,
  /** Attempts a second, whatever the process. Beyond: the entry stays incomplete, counted. */
  procAttemptsPerSecondMax: 200,
  /** Parents followed upwards in one attempt. Beyond: the lineage ends there, marked. */
  procParentsMax: 16,

  /** Control groups remembered. Beyond: the least recently used is dropped. */
  cgroupsMax: 32_768,
  /** Groups below one that are looked into for their processes. Beyond: left out. */
  cgroupsBelowMax: 4096,
  /** Containers that something is kept of. As above. */
  containersMax: 8192,

  /** Bytes of arguments read from /proc; the kernel's records have the same limit. */
  argumentBytesMax: 4096,
  /** Bytes of any other file of /proc that is read whole. Beyond: cut. */
  procFileBytesMax: 1_048_576,

  /** Mounts whose filesystem is remembered while reading /proc. Beyond: all are forgotten. */
  mountsMax: 16_384,

  /** Mount namespaces whose user names are kept. Beyond: the least recently used is dropped. */
  nameNamespacesMax: 64,
  /** Bytes of a passwd or group file. Beyond: the file is refused and names are empty. */
  nameFileBytesMax: 4_194_304,
  /** The same of another namespace, where anybody may have made it. */
  foreignNameFileBytesMax: 262_144,
  /** Between two looks at whether a passwd or group file changed. */
  nameFileCheckIntervalMs: 1000,
  /** How long a new mount namespace that shows our own names is looked at for every name. */
  nameNamespaceSettleMs: 5000,
  /** Bytes of a script read to see which interpreter it names; the kernel reads as many. */
  scriptLineBytesMax: 256,

  /** How long /proc must have been without a process before it is believed. */
  vanishedGraceMs: 120_000,

  /** Processes of a namespace through whose root its files are tried. */
  nameProcessesMax: 4,
} as const;
