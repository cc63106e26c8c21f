// SPDX-License-Identifier: Apache-2.0
// The compiler as a whole: policy files in, rules, kernel filters and diagnostics out. A rule with
// an error is left out and reported; everything else is loaded. Nothing here throws on user text.

import {
  type EventType,
  type HostFacts,
  type KernelFilter,
  type Operation,
  operations,
} from '@fimbul/schema';
import type { VariableSpec } from './2-check/variables.ts';
import { planRules } from './3-plan/plan.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { createDiagnostic, type Diagnostic } from './diagnostics.ts';
import { compileMacros } from './policy/compile-macros.ts';
import { type CompiledVariant, compileRule } from './policy/compile-rule.ts';
import { declareVariables } from './policy/declare-variables.ts';
import type { PolicyDraft } from './policy/drafts.ts';
import { createHostFilter } from './policy/host-filter.ts';
import { type PolicySource, readPolicy } from './policy/read-policy.ts';
import { addProblems, createReport, type Report, sortDiagnostics } from './policy/report.ts';
import { selectMacros } from './policy/select-macros.ts';
import { type SelectedRule, selectRules } from './policy/select-rules.ts';
import { locateSpan } from './source-text.ts';

export type { PolicySource };

export type CompileOptions = {
  /** What `filters` are compared with; without it, every filter accepts. */
  readonly host?: HostFacts | null;
  /** The event types that are produced; those of this agent, unless it is said. */
  readonly events?: ReadonlySet<EventType>;
};

export type CompiledPolicies = {
  /** In the order of evaluation; a rule on `fim.write.file` stands for several. */
  readonly rules: readonly CompiledRule[];
  /** How many rules their authors would count. */
  readonly ruleCount: number;
  /** Variables that rules set. */
  readonly variables: readonly VariableSpec[];
  readonly diagnostics: readonly Diagnostic[];
  /** One for each operation on files. */
  readonly filter: KernelFilter;
  /** Rules that were left out because of an error. */
  readonly skippedCount: number;
  /** Rules about events that this agent does not produce. */
  readonly notApplicableCount: number;
  /** Rules that a policy switches off. */
  readonly disabledCount: number;
  /** Rules that are for other hosts, or for other versions of the language. */
  readonly filteredCount: number;
};

/** A rule that was accepted, with what it stands for. */
type Accepted = {
  readonly rule: SelectedRule;
  readonly variants: readonly CompiledVariant[];
};

/** Compiles policies; their order is the load order. */
export function compilePolicies(
  sources: readonly PolicySource[],
  { host = null, events = new Set(operations) }: CompileOptions = {},
): CompiledPolicies {
  const report = createReport();
  const policies = replacePolicies(
    report,
    sources.map((source) => readPolicy(source)),
  );
  for (const policy of policies) addProblems(report, policy.problems, null);
  const decide = createHostFilter(host);
  const macros = selectMacros(report, policies, decide, host !== null);
  const selection = selectRules(report, policies, decide, host !== null);
  const declared = declareVariables(selection.enabled, macros.macros);
  const { variables } = declared;
  const context = compileMacros(report, macros, { variables, events });
  const counts = { rejected: 0, 'not-applicable': 0 };
  const accepted: Accepted[] = [];
  for (const rule of selection.enabled) {
    const result = compileRule(rule, context, declared.problems.get(rule) ?? []);
    addProblems(report, result.problems, rule.id);
    if (result.kind === 'rule') accepted.push({ rule, variants: result.variants });
    else counts[result.kind]++;
  }
  checkUnloaded(report, selection, context);
  const { rules, filter } = planAccepted(report, accepted);
  const unreadable = policies.reduce((sum, policy) => sum + policy.unreadableRuleCount, 0);
  return {
    rules,
    ruleCount: accepted.length,
    variables: [...variables.values()],
    diagnostics: sortDiagnostics(
      report.diagnostics,
      sources.map(({ path }) => path),
    ),
    filter,
    skippedCount: counts.rejected + selection.rejectedCount + unreadable,
    notApplicableCount: counts['not-applicable'],
    disabledCount: selection.disabled.length,
    filteredCount: selection.filteredCount + selection.alternatives.length,
  };
}

/** Leaves out the policies that later ones replace. */
function replacePolicies(report: Report, policies: readonly PolicyDraft[]): PolicyDraft[] {
  let active: PolicyDraft[] = [];
  for (const policy of policies) {
    const { replaces } = policy;
    if (replaces !== null) {
      const { id, place } = replaces;
      const kept = active.filter((earlier) => earlier.id !== id);
      if (kept.length === active.length) {
        addProblems(report, [createDiagnostic('FR4104', { id }, place)], null);
      }
      active = kept;
    }
    active.push(policy);
  }
  return active;
}

type Selection = ReturnType<typeof selectRules>;
type Context = ReturnType<typeof compileMacros>;

/** Checks what is not loaded, so that its author learns of mistakes before it is. */
function checkUnloaded(report: Report, selection: Selection, context: Context): void {
  const { enabled, disabled, alternatives } = selection;
  const check = (rules: readonly SelectedRule[], change: (found: Diagnostic) => Diagnostic) => {
    if (rules.length === 0) return;
    // They may read what they set themselves.
    const declared = declareVariables([...enabled, ...rules], context.macros);
    for (const rule of rules) {
      const own = { ...context, variables: declared.variables };
      const { problems } = compileRule(rule, own, declared.problems.get(rule) ?? []);
      addProblems(report, problems.map(change), rule.id);
    }
  };
  // A rule that is switched off fails nothing.
  check(disabled, (found) =>
    found.severity === 'error' ? { ...found, severity: 'warning' } : found,
  );
  check(alternatives, (found) => found);
}

/** Sorts rules into the order of evaluation. */
function sortRules(accepted: readonly Accepted[]): readonly Accepted[] {
  const rank = ({ rule: { tags, policy } }: Accepted): number => {
    if (tags.execution_context?.toLowerCase() === 'true') return 0;
    return /(^|\/)default\.policy$/.test(policy) ? 1 : 2;
  };
  return accepted.toSorted(
    (left, right) => rank(left) - rank(right) || right.rule.priority - left.rule.priority,
  );
}

function planAccepted(
  report: Report,
  accepted: readonly Accepted[],
): Pick<CompiledPolicies, 'rules' | 'filter'> {
  let nextIndex = 0;
  const numbered = sortRules(accepted).flatMap(({ rule, variants }) => {
    const group = nextIndex;
    return variants.map((variant) => ({ rule, variant, group, index: nextIndex++ }));
  });
  const plan = planRules(
    numbered.map(({ variant: { eventType, condition, guard }, index }) => {
      // The planner passes over event types that no kernel table is about.
      return { index, operation: eventType as Operation, condition, guard };
    }),
  );
  const possible = new Set<number>();
  const rules = numbered.map(({ rule, variant, group, index }): CompiledRule => {
    const rulePlan = plan.rules.get(index);
    // Every rule that was handed to the planner has a plan.
    if (!rulePlan) throw new Error(`the planner left out rule ${rule.id}`);
    const { lanes, explanation, impossible } = rulePlan;
    if (!impossible) possible.add(group);
    return { ...describeRule(rule, variant), index, group, lanes, explanation };
  });
  for (const { rule, group, index } of numbered) {
    if (index === group && !possible.has(group)) {
      addProblems(report, [warnImpossible(rule)], rule.id);
    }
  }
  return { rules, filter: plan.filter };
}

function warnImpossible({ expression }: SelectedRule): Diagnostic {
  const span = { source: expression, start: 0, end: expression.text.length };
  return createDiagnostic('FR2003', {}, locateSpan(span));
}

function describeRule(
  rule: SelectedRule,
  variant: CompiledVariant,
): Omit<CompiledRule, 'index' | 'group' | 'lanes' | 'explanation'> {
  const { id, description, version, tags, productTags, everyNs } = rule;
  const { silent, groupId, policy, priority, expression } = rule;
  const { eventType, condition, guard, actions, limiterToken } = variant;
  return {
    ...{ id, description, version, tags, productTags, everyNs, silent, groupId, policy, priority },
    expression: expression.text,
    ...{ eventType, condition, guard, actions, limiterToken },
  };
}
