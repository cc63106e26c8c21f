// SPDX-License-Identifier: Apache-2.0
// The public face of the one source of truth.

export { type DecodedText, fromByteString, toByteString } from './byte-string.ts';
export type {
  ExplainDocument,
  ExplainedLane,
  ExplainedOperation,
  ExplainedPredicate,
  ExplainedRule,
  RuleShare,
  StreamRow,
} from './control/explain-document.ts';
export type { ReloadDocument } from './control/reload-document.ts';
export type { RuleRow, RuleSampling, RulesDocument } from './control/rules-document.ts';
export {
  type FunnelRow,
  type LossRow,
  type PolicyRow,
  type ProgramRow,
  type ProgramStatistics,
  type StatusDocument,
  statusFormat,
} from './control/status-document.ts';
export type {
  LiveExplainDocument,
  StreamDocument,
  StreamRuleRow,
} from './control/stream-document.ts';
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
export { filesystemTypes, getFilesystemNumber } from './event/filesystem-types.ts';
export {
  type AffixEdges,
  filterNameBytesMax,
  filterPathDepthMax,
  filterPathRowsMax,
  filterTablesPerValueMax,
  filterValueBitsMax,
  filterValueBoundsMax,
  type KernelFilter,
  laneCountMax,
  lineageAtomsMax,
  type NameTable,
  type OperationFilter,
  type PathAutomaton,
  type PathClass,
  type PathEdges,
  type PathState,
  type ProgramFilter,
  type ValueClasses,
  type ValueTable,
} from './event/filter-plan.ts';
export {
  bitValues,
  type FilteredField,
  type FilterValue,
  filterValues,
  findFilteredField,
  listFilteredFields,
} from './event/filter-values.ts';
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
  type CgroupKind,
  type CounterName,
  cgroupKinds,
  counterNames,
  type PathSource,
  pathEdges,
  pathEdgesBits,
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
  filterNameBloomOffsets,
  filterNameKeyOffsets,
  filterOperationOffsets,
  filterPathAffixKeyOffsets,
  filterPathEdgeKeyOffsets,
  filterPathStateOffsets,
  filterProcessOffsets,
  filterProgramsOffsets,
  filterValueTableOffsets,
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
