// SPDX-License-Identifier: Apache-2.0
// The public face of the rule compiler: policies in, rules, kernel filters, JavaScript and
// diagnostics out. Pure: no clock, no files, nothing of Node.

export type {
  LaneExplanation,
  PredicateExplanation,
  RuleExplanation,
} from './3-plan/explanation.ts';
export { compareFilters, type FilterCoverage } from './3-plan/filter-coverage.ts';
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
export { type CompileOptions, compilePolicies, type PolicySource } from './compile.ts';
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
export { explainRules } from './explain-rules.ts';
export { type FormattedPolicy, formatPolicy } from './format/format-policy.ts';
export { languageVersion } from './policy/version-constraint.ts';
export { type RenderOptions, renderDiagnostic } from './render.ts';
export * from './run.ts';
export {
  type CaseResult,
  CompiledLast,
  type RuleTestReport,
  type RuleTestSource,
  runRuleTests,
  type StepFailure,
} from './unit-tests/run-rule-tests.ts';
