// SPDX-License-Identifier: Apache-2.0
// What runs rules that were compiled elsewhere, and counts which of them an event is for. Nothing
// of the compiler: a program that runs for months needs neither its memory nor its dependencies.

export { formatIpNet } from './1-parse/network.ts';
export { isList, type RuntimeScalar, type RuntimeValue } from './2-check/typed.ts';
export type { VariableScope, VariableSpec } from './2-check/variables.ts';
export {
  classifyProgram,
  filterEvent,
  getProgramAtoms,
  type ProgramAtoms,
  splitPath,
  uniteLineage,
  type VisibleEvent,
  type VisibleProcess,
  type VisibleValues,
} from './3-plan/filter-model.ts';
export type { ClosedPeriod, DueAction, RuleMatch } from './5-run/match.ts';
export type { RuleHost } from './5-run/rule-host.ts';
export { nameLimit, nameRules } from './5-run/rule-identity.ts';
export { type RuleCounters, RuleMemory } from './5-run/rule-memory.ts';
export { type MeterReading, type RuleCost, RuleMeter } from './5-run/rule-meter.ts';
export { RuleRunner, type RunnableRules, type RunnerCounters } from './5-run/rule-runner.ts';
export type {
  ActionScope,
  CompiledAction,
  HashAction,
  KillAction,
  LogAction,
  SetAction,
} from './actions.ts';
export type { CompiledPolicies } from './compile.ts';
export type { CompiledRule } from './compiled-rule.ts';
export { type StreamCounts, shareStream } from './explain-rules.ts';
export { LaneCensus } from './lane-census.ts';
