// SPDX-License-Identifier: Apache-2.0
// The public face of the one source of truth.

export { type DecodedText, fromByteString, toByteString } from './byte-string.ts';
export { listFlags, listOptions } from './event/argument-lists.ts';
export type { ConstantGroup } from './event/constant-group.ts';
export {
  type ConstantGroupName,
  constantDescriptions,
  constantGroups,
  integerConstants,
} from './event/constants.ts';
export { type EventType, eventTypes, isEventType } from './event/event-types.ts';
export { fieldAliases, findField } from './event/field-aliases.ts';
export type {
  FieldFilter,
  FieldSource,
  FieldSpec,
  FieldType,
  IntegerStyle,
  IteratorName,
} from './event/field-spec.ts';
export { fields, fieldsByName } from './event/fields.ts';
export {
  type FlagTable,
  filterFlagBitsMax,
  filterNameBytesMax,
  laneCountMax,
  type NameTable,
  type OperationFilter,
} from './event/filter-plan.ts';
export {
  findHostField,
  type HostFact,
  type HostFacts,
  hostFields,
} from './event/host-fields.ts';
export type { IpNet } from './event/ip-net.ts';
export {
  type FileOperation,
  fileOperations,
  getOperationNumber,
  type Operation,
  operations,
} from './event/operations.ts';
export { isVariablePath, variablePrefixes } from './event/variable-paths.ts';
export { encodeRecord, type StructValues } from './kernel/encode-record.ts';
export {
  type CounterName,
  counterNames,
  type PathSource,
  pathFlags,
  pathSources,
  type RecordKind,
  recordKinds,
  type TroubleName,
  troubleNames,
} from './kernel/enums.ts';
export { kernelLimits } from './kernel/limits.ts';
export {
  cgroupRecordOffsets,
  chmodRecordOffsets,
  execRecordOffsets,
  exitRecordOffsets,
  fileFactsOffsets,
  filterNameKeyOffsets,
  filterOperationOffsets,
  forkRecordOffsets,
  openRecordOffsets,
  recordHeaderOffsets,
  renameRecordOffsets,
  textRefOffsets,
  unlinkRecordOffsets,
} from './kernel/offsets.gen.ts';
export {
  describeRecords,
  type RecordedLayout,
  type RecordedMember,
  type RecordSchema,
} from './kernel/record-schema.ts';
export { escapeControls } from './printable.ts';
