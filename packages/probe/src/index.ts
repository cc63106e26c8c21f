// SPDX-License-Identifier: Apache-2.0
// The public face of the kernel boundary.

export { type FileFacts, readFileFacts, readPath } from './decode/file-facts.ts';
export { getBasename, joinCallerPath, pathFromLeafFirst } from './decode/path-text.ts';
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
