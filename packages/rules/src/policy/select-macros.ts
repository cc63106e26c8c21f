// SPDX-License-Identifier: Apache-2.0
// From the macros of all policies to one definition for each id: those that are not for this host
// do not exist, later ones merge with or replace earlier ones.

import { createDiagnostic } from '../diagnostics.ts';
import type { MacroDraft, PolicyDraft } from './drafts.ts';
import { areForDifferentHosts, type HostDecision } from './host-filter.ts';
import { addProblems, type Report, showPlace } from './report.ts';

export type MacroSelection = {
  /** By id, in load order. */
  readonly macros: ReadonlyMap<string, MacroDraft>;
  /** Definitions for other hosts than the first one of their id, when no host is given. */
  readonly alternatives: readonly MacroDraft[];
};

export function selectMacros(
  report: Report,
  policies: readonly PolicyDraft[],
  decide: (draft: MacroDraft) => HostDecision,
  hasHost: boolean,
): MacroSelection {
  const macros = new Map<string, MacroDraft>();
  const alternatives: MacroDraft[] = [];
  for (const draft of policies.flatMap((policy) => policy.macros)) {
    const { kind, problems } = decide(draft);
    addProblems(report, problems, draft.id);
    if (kind !== 'here') continue;
    const first = macros.get(draft.id);
    if (first === undefined) {
      macros.set(draft.id, draft);
      continue;
    }
    const isAlternative = !hasHost && areForDifferentHosts(first, draft);
    const combined = combineMacros(report, first, draft, isAlternative);
    if (combined === 'alternative') alternatives.push(draft);
    else if (combined !== null) macros.set(draft.id, combined);
  }
  return { macros, alternatives };
}

function combineMacros(
  report: Report,
  first: MacroDraft,
  draft: MacroDraft,
  isAlternative: boolean,
): MacroDraft | 'alternative' | null {
  const { id } = draft;
  switch (draft.combine) {
    case null: {
      if (isAlternative) return 'alternative';
      const words = { id, place: showPlace(first.place) };
      addProblems(report, [createDiagnostic('FR4007', words, draft.place)], id);
      return null;
    }
    case 'override':
      return { ...first, expression: draft.expression, values: draft.values };
    case 'merge': {
      if (first.expression === null && draft.expression === null) {
        return { ...first, values: [...first.values, ...draft.values] };
      }
      const place = showPlace((first.expression ? first : draft).place);
      addProblems(report, [createDiagnostic('FR4016', { id, place }, draft.place)], id);
      return null;
    }
  }
}
