// SPDX-License-Identifier: Apache-2.0
// The public face of the rule compiler: policies in, rules, kernel filters, JavaScript and
// diagnostics out. Pure: no clock, no files, nothing of Node.

export { formatIpNet } from './1-parse/network.ts';
export { isList, type RuntimeScalar, type RuntimeValue } from './2-check/typed.ts';
export type { VariableScope, VariableSpec } from './2-check/variables.ts';
export type {
  LaneExplanation,
  PredicateExplanation,
  RuleExplanation,
} from './3-plan/explanation.ts';
export { compareFilters, type FilterCoverage } from './3-plan/filter-coverage.ts';
export { filterEvent, type VisibleEvent } from './3-plan/filter-model.ts';
export { emitRuleSet } from './4-emit/emit-rule-set.ts';
export {
  type Accessor,
  type EmitRuntime,
  type EmittableRule,
  type EmittedAction,
  type EmittedProgram,
  type EmittedRuleSet,
  type Evaluate,
  type FieldValue,
  type ScalarValue,
  splitLanes,
} from './4-emit/emitted.ts';
export type { ClosedPeriod, DueAction, RuleMatch } from './5-run/match.ts';
export type { RuleHost } from './5-run/rule-host.ts';
export {
  type RuleCounters,
  RuleRunner,
  type RunnableRules,
  type RunnerCounters,
} from './5-run/rule-runner.ts';
export type {
  ActionScope,
  CompiledAction,
  HashAction,
  KillAction,
  LogAction,
  SetAction,
} from './actions.ts';
export {
  type CompiledPolicies,
  type CompileOptions,
  compilePolicies,
  type PolicySource,
} from './compile.ts';
export type { CompiledRule } from './compiled-rule.ts';
export {
  type CatalogueEntry,
  type DiagnosticCode,
  diagnosticCatalogue,
  type Severity,
} from './diagnostic-catalogue.ts';
export type { Diagnostic } from './diagnostics.ts';
export {
  type Completion,
  type CompletionContext,
  completeExpression,
  type DefinedName,
} from './editor/complete-expression.ts';
export {
  expressionMode,
  type LineStream,
  type ModeState,
  policyMode,
  type StreamMode,
} from './editor/stream-mode.ts';
export type { Suggestion, SuggestionKind } from './editor/suggestions.ts';
export { type FormattedPolicy, formatPolicy } from './format/format-policy.ts';
export { languageVersion } from './policy/version-constraint.ts';
export { type RenderOptions, renderDiagnostic } from './render.ts';
export {
  type CaseResult,
  CompiledLast,
  type RuleTestReport,
  type RuleTestSource,
  runRuleTests,
  type StepFailure,
} from './unit-tests/run-rule-tests.ts';
