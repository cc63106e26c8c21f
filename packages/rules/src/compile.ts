// SPDX-License-Identifier: Apache-2.0
// The compiler as a whole: policy files in, rules, kernel filters and diagnostics out. A rule with
// an error is left out and reported; everything else is loaded. Nothing here throws on user text.

import type { OperationFilter } from '@fimbul/schema';
import { parseExpression, parseMacro } from './1-parse/parser.ts';
import type { TextTree, Tree } from './1-parse/tree.ts';
import { checkMacro, checkRule } from './2-check/check-rule.ts';
import type { Macro } from './2-check/operand.ts';
import { planRules } from './3-plan/plan.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { createDiagnostic, type Diagnostic } from './diagnostics.ts';
import {
  type MacroDraft,
  type PolicyDraft,
  type RuleDraft,
  readPolicy,
} from './policy/read-policy.ts';
import { type ExpressionText, locateSpan, type Place } from './source-text.ts';

export type PolicySource = {
  /** As it appears in diagnostics and in alerts. */
  readonly path: string;
  readonly text: string;
};

export type CompiledPolicies = {
  readonly rules: readonly CompiledRule[];
  readonly diagnostics: readonly Diagnostic[];
  /** One for each operation on files. */
  readonly filters: readonly OperationFilter[];
  /** Rules that were left out because of an error. */
  readonly skippedCount: number;
  /** Rules about events that this agent does not produce. */
  readonly notApplicableCount: number;
  /** Rules that a policy switches off. */
  readonly disabledCount: number;
};

type Compilation = {
  readonly diagnostics: Diagnostic[];
  readonly reported: Set<string>;
};

/** Compiles policies; their order is the load order. */
export function compilePolicies(sources: readonly PolicySource[]): CompiledPolicies {
  const compilation: Compilation = { diagnostics: [], reported: new Set() };
  const policies = sources.map(({ path, text }) => readPolicy(path, text));
  for (const policy of policies) report(compilation, policy.problems, null);
  const macros = loadMacros(compilation, policies);
  const selection = selectRules(compilation, policies);
  const checked = selection.enabled.map((draft) => ({
    draft,
    result: checkDraft(compilation, draft, macros),
  }));
  const accepted = checked
    .flatMap(({ draft, result }) => (result.kind === 'rule' ? [{ draft, ...result }] : []))
    .map((rule, index) => ({ ...rule, index }));
  const plan = planRules(accepted);
  const rules = accepted.flatMap(({ draft, index, operation, condition, guard }) => {
    const rulePlan = plan.rules.get(index);
    // Every rule that was handed to the planner has a plan.
    if (!rulePlan) throw new Error(`the planner left out rule ${draft.id}`);
    const { lanes, explanation, impossible } = rulePlan;
    if (impossible) report(compilation, [warnImpossible(draft)], draft.id);
    return [
      describeRule(draft, { index, eventType: operation, condition, guard, lanes, explanation }),
    ];
  });
  const count = (kind: string) => checked.filter(({ result }) => result.kind === kind).length;
  return {
    rules,
    diagnostics: sortDiagnostics(compilation.diagnostics, sources),
    filters: plan.filters,
    skippedCount: count('rejected') + selection.rejectedCount + countUnreadable(policies),
    notApplicableCount: count('not-applicable'),
    disabledCount: selection.disabledCount,
  };
}

function countUnreadable(policies: readonly PolicyDraft[]): number {
  return policies.reduce((sum, policy) => sum + policy.unreadableRuleCount, 0);
}

/** Reports problems once, however many rules run into the same one. */
function report(
  compilation: Compilation,
  problems: readonly Diagnostic[],
  rule: string | null,
): void {
  for (const problem of problems) {
    const { code, file, line, column, message } = problem;
    const key = JSON.stringify([code, file, line, column, message]);
    if (compilation.reported.has(key)) continue;
    compilation.reported.add(key);
    compilation.diagnostics.push({ ...problem, rule: problem.rule ?? rule });
  }
}

function sortDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly PolicySource[],
): Diagnostic[] {
  const order = new Map(sources.map(({ path }, index) => [path, index]));
  const rank = (diagnostic: Diagnostic) => order.get(diagnostic.file) ?? 0;
  return [...diagnostics].sort(
    (left, right) =>
      rank(left) - rank(right) || left.line - right.line || left.column - right.column,
  );
}

function showPlace({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Parses and checks all macros; of two with one id, the first counts. */
function loadMacros(
  compilation: Compilation,
  policies: readonly PolicyDraft[],
): ReadonlyMap<string, Macro> {
  const drafts = new Map<string, MacroDraft>();
  for (const draft of policies.flatMap((policy) => policy.macros)) {
    const first = drafts.get(draft.id);
    if (first === undefined) drafts.set(draft.id, draft);
    else report(compilation, [describeDouble('macro', draft, first)], draft.id);
  }
  const macros = new Map<string, Macro>();
  for (const { id, expression, values } of drafts.values()) {
    const { tree, problem } = expression ? parseMacro(expression) : makeValues(values);
    if (problem) report(compilation, [problem], id);
    macros.set(id, { id, tree });
  }
  for (const { id, tree } of [...macros.values()]) {
    const problems = tree === null ? [] : checkMacro(tree, macros);
    report(compilation, problems, id);
    if (problems.some((problem) => problem.severity === 'error'))
      macros.set(id, { id, tree: null });
  }
  return macros;
}

function describeDouble(
  item: 'rule' | 'macro',
  later: MacroDraft | RuleDraft,
  first: MacroDraft | RuleDraft,
): Diagnostic {
  const place = showPlace(first.place);
  const { id } = later;
  if (later.hasFilters || first.hasFilters) {
    return createDiagnostic('FR4103', { item, id, place }, later.place);
  }
  return createDiagnostic(item === 'rule' ? 'FR4006' : 'FR4007', { id, place }, later.place);
}

/** The values of a macro are plain strings: a list as if written in an expression. */
function makeValues(values: readonly ExpressionText[]): { tree: Tree | null; problem: null } {
  const [first] = values;
  if (first === undefined) return { tree: null, problem: null };
  const members: TextTree[] = values.map((source) => ({
    kind: 'text',
    text: source.text,
    style: 'string',
    span: { source, start: 0, end: source.text.length },
  }));
  const span = { source: first, start: 0, end: first.text.length };
  return { tree: { kind: 'list', members, span }, problem: null };
}

type ActiveDraft = RuleDraft & { readonly policy: string; readonly expression: ExpressionText };

/** Chooses the rules to load: the first of each id, switched on or off by later entries. */
function selectRules(compilation: Compilation, policies: readonly PolicyDraft[]) {
  const chosen = new Map<string, ActiveDraft>();
  const disabled = new Map<string, boolean>();
  let rejectedCount = 0;
  for (const policy of policies) {
    for (const draft of policy.rules) {
      const first = chosen.get(draft.id);
      const { expression } = draft;
      if (expression === null) {
        if (first) disabled.set(draft.id, draft.disabled ?? false);
        else
          report(
            compilation,
            [createDiagnostic('FR4010', { id: draft.id }, draft.place)],
            draft.id,
          );
      } else if (first) {
        report(compilation, [describeDouble('rule', draft, first)], draft.id);
        rejectedCount++;
      } else {
        chosen.set(draft.id, { ...draft, policy: policy.path, expression });
        disabled.set(draft.id, draft.disabled ?? false);
      }
    }
  }
  const enabled = [...chosen.values()].filter(({ id }) => disabled.get(id) !== true);
  return { enabled, rejectedCount, disabledCount: chosen.size - enabled.length };
}

function checkDraft(
  compilation: Compilation,
  draft: ActiveDraft,
  macros: ReadonlyMap<string, Macro>,
): ReturnType<typeof checkRule> {
  const { tree, problem } = parseExpression(draft.expression);
  if (problem) report(compilation, [problem], draft.id);
  if (tree === null) return { kind: 'rejected', problems: [] };
  const result = checkRule(tree, macros);
  report(compilation, result.problems, draft.id);
  return result;
}

function warnImpossible(draft: ActiveDraft): Diagnostic {
  const { expression } = draft;
  const span = { source: expression, start: 0, end: expression.text.length };
  return createDiagnostic('FR2003', {}, locateSpan(span));
}

function describeRule(
  draft: ActiveDraft,
  compiled: Pick<
    CompiledRule,
    'index' | 'eventType' | 'condition' | 'guard' | 'lanes' | 'explanation'
  >,
): CompiledRule {
  const { id, description, version, tags, productTags, everyNs, silent, groupId, policy } = draft;
  return {
    ...{ id, description, version, tags, productTags, everyNs, silent, groupId, policy },
    expression: draft.expression.text,
    group: compiled.index,
    limiterToken: [],
    priority: 0,
    actions: [],
    ...compiled,
  };
}
