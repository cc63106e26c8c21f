// SPDX-License-Identifier: Apache-2.0
// The public face of the kernel boundary.

export { type FileFacts, readFileFacts, readPath } from './decode/file-facts.ts';
export { getBasename, joinCallerPath } from './decode/path-text.ts';
export { type ProcessFacts, readProcessFacts } from './decode/process-facts.ts';
export {
  type CgroupRecord,
  type ExecRecord,
  type ExitRecord,
  type ForkRecord,
  readCgroupRecord,
  readExecRecord,
  readExitRecord,
  readForkRecord,
} from './decode/process-records.ts';
export { RecordBatch } from './decode/record-batch.ts';
export { RecordError, RecordView } from './decode/record-view.ts';
export { type FittingFilter, fitFilter } from './load/coarse-filter.ts';
export { type Counters, getImbalance, type KindCounters } from './load/counters.ts';
export { encodeFilter } from './load/filter-tables.ts';
export { getObjectPath, readObjectFile } from './load/object-file.ts';
export { passEverything } from './load/pass-everything.ts';
export type { HostNamespaces, ToldCgroup } from './load/places.ts';
export { type Degradation, type Probe, type ProbeOptions, startProbe } from './load/probe.ts';
export type { ToldProcess } from './load/told-processes.ts';
export {
  type FileLock,
  loadNative,
  type Native,
  type ProgramTrial,
  type RunStats,
} from './native.ts';
export type { Clocks, ProgramStats } from './native-addon.ts';
export type { Attachment, PlannedOperation } from './plan/attachments.ts';
export type { BackendVerdict } from './plan/backend-choice.ts';
export { summarizeBackends } from './plan/backend-summary.ts';
export {
  type BackendName,
  backendNames,
  type KernelFeatures,
  readKernelFeatures,
} from './plan/features.ts';
export {
  type OperationPlan,
  type PlanRefusal,
  type ProbePlan,
  planProbe,
} from './plan/plan.ts';
export { ProbeError, type Result } from './probe-error.ts';
export { planTranslation, type Translation } from './recording/record-translator.ts';
export {
  openRecordingFile,
  RecordingFile,
  RecordingFull,
  type RecordingInput,
} from './recording/recording-file.ts';
export {
  type ByteSource,
  type RecordingEntry,
  type RecordingFault,
  RecordingReader,
} from './recording/recording-reader.ts';
export { type ByteSink, RecordingWriter } from './recording/recording-writer.ts';
