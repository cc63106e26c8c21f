// SPDX-License-Identifier: Apache-2.0
// From the rules of all policies to one definition for each id: those that are not for this host do
// not exist, later entries switch earlier rules off and on or override parts of them.

import { createDiagnostic, type Diagnostic } from '../diagnostics.ts';
import type { ExpressionText } from '../source-text.ts';
import type { PolicyDraft, RuleDraft } from './drafts.ts';
import { areForDifferentHosts, type HostDecision } from './host-filter.ts';
import { addProblems, type Report, showPlace } from './report.ts';

/** A rule as it counts after all entries with its id. */
export type SelectedRule = RuleDraft & {
  readonly expression: ExpressionText;
  /** Path of the policy that defines it. */
  readonly policy: string;
};

export type RuleSelection = {
  /** In load order. */
  readonly enabled: readonly SelectedRule[];
  readonly disabled: readonly SelectedRule[];
  /** Definitions for other hosts than the first one of their id, when no host is given. */
  readonly alternatives: readonly SelectedRule[];
  /** Definitions that are not for this host or version. */
  readonly filteredCount: number;
  readonly rejectedCount: number;
};

type Selection = {
  readonly report: Report;
  readonly hasHost: boolean;
  readonly chosen: Map<string, SelectedRule>;
  readonly alternatives: SelectedRule[];
  /** Ids that some policy defines, though not here or not in a way that can be read. */
  readonly absentIds: Set<string>;
  filteredCount: number;
  rejectedCount: number;
};

export function selectRules(
  report: Report,
  policies: readonly PolicyDraft[],
  decide: (draft: RuleDraft) => HostDecision,
  hasHost: boolean,
): RuleSelection {
  const selection: Selection = {
    ...{ report, hasHost, chosen: new Map(), alternatives: [] },
    ...{ absentIds: new Set<string>(), filteredCount: 0, rejectedCount: 0 },
  };
  for (const policy of policies) {
    for (const id of policy.brokenIds) selection.absentIds.add(id);
  }
  for (const policy of policies) {
    for (const draft of policy.rules) {
      const { kind, problems } = decide(draft);
      addProblems(report, problems, draft.id);
      if (kind === 'here') addRule(selection, draft, policy.path);
      else leaveOut(selection, draft, kind);
    }
  }
  const rules = [...selection.chosen.values()];
  const { alternatives, filteredCount, rejectedCount } = selection;
  return {
    enabled: rules.filter(({ disabled }) => !disabled),
    disabled: rules.filter(({ disabled }) => disabled),
    ...{ alternatives, filteredCount, rejectedCount },
  };
}

function leaveOut(selection: Selection, draft: RuleDraft, kind: 'elsewhere' | 'broken'): void {
  // An entry that only changes another rule is no rule.
  if (draft.isOverride || draft.expression === null) return;
  selection.absentIds.add(draft.id);
  if (kind === 'broken') selection.rejectedCount++;
  else selection.filteredCount++;
}

function reject(selection: Selection, { id }: RuleDraft, problem: Diagnostic): void {
  addProblems(selection.report, [problem], id);
}

function addRule(selection: Selection, draft: RuleDraft, policy: string): void {
  const first = selection.chosen.get(draft.id);
  const { expression } = draft;
  if (first === undefined) {
    addFirst(selection, draft, policy);
  } else if (draft.isOverride) {
    selection.chosen.set(draft.id, override(first, draft));
  } else if (expression !== null && !selection.hasHost && areForDifferentHosts(first, draft)) {
    selection.alternatives.push({ ...draft, expression, policy });
  } else if (expression === null || draft.disabled !== first.disabled) {
    switchRule(selection, first, draft);
  } else {
    const words = { id: draft.id, place: showPlace(first.place) };
    reject(selection, draft, createDiagnostic('FR4006', words, draft.place));
    selection.rejectedCount++;
  }
}

function addFirst(selection: Selection, draft: RuleDraft, policy: string): void {
  const { id, place, expression, isOverride } = draft;
  // What is said of a rule that is absent here for a reason is no mistake.
  const isAbsent = selection.absentIds.has(id);
  if (expression !== null) {
    if (isOverride && !isAbsent) {
      reject(selection, draft, createDiagnostic('FR4106', { id }, place));
    }
    selection.chosen.set(id, { ...draft, expression, policy });
  } else if (!isAbsent) {
    reject(selection, draft, createDiagnostic(isOverride ? 'FR4015' : 'FR4010', { id }, place));
  }
}

/** An entry that differs in `disabled` switches the earlier rule and changes nothing else. */
function switchRule(selection: Selection, first: SelectedRule, draft: RuleDraft): void {
  const { disabled, expression } = draft;
  selection.chosen.set(first.id, { ...first, disabled });
  if (expression === null || expression.text === first.expression.text) return;
  const words = {
    key: 'expression',
    reason: `this entry switches the rule of ${showPlace(first.place)} ${disabled ? 'off' : 'on'}`,
    suggestion: 'add combine: override to replace the expression, or remove it',
  };
  reject(selection, draft, createDiagnostic('FR4105', words, draft.place));
}

/** Replaces the parts of a rule that an override names. */
function override(first: SelectedRule, draft: RuleDraft): SelectedRule {
  const { disabled, overrides } = draft;
  if (disabled) return { ...first, disabled };
  // An override that needs an expression and has none was reported when it was read.
  const expression = draft.expression ?? first.expression;
  if (overrides.includes('all')) return { ...draft, expression, policy: first.policy };
  const takes = (field: RuleDraft['overrides'][number]): boolean => overrides.includes(field);
  return {
    ...first,
    disabled,
    ...(takes('expression') && { expression }),
    ...(takes('actions') && { actions: draft.actions }),
    ...(takes('every') && { everyNs: draft.everyNs }),
    ...(takes('tags') && { tags: draft.tags }),
    ...(takes('product_tags') && { productTags: draft.productTags }),
  };
}
