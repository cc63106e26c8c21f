// SPDX-License-Identifier: Apache-2.0
// Which rules come into question for an event, found by a few questions instead of one for each
// rule. A field is asked once: a map answers for all exact strings, one automaton for all patterns.
// A rule that no field finds stands behind a condition that it shares with others, or is always
// asked. What is found is a superset of what matches; each rule found is still decided whole.

import type { FieldSpec } from '@fimbul/schema';
import type { BoolNode, StringMatcher } from '../2-check/typed.ts';
import { estimateCost } from './cost.ts';
import { type Cover, findCover } from './cover.ts';
import { FieldWalk, isWild } from './field-walk.ts';
import type { NodeTable } from './node-facts.ts';

/** Places are positions among the rules of a program, ascending. */
export type Places = Int32Array;

export type FieldIndex = {
  readonly field: FieldSpec;
  /** Rules with a cover that a value is named in. */
  readonly exact: ReadonlyMap<string, Places>;
  /** Knows the rules with a cover that has a pattern for a value. */
  readonly walk: FieldWalk;
};

export type Gate = { readonly condition: BoolNode; readonly places: Places };

export type RuleIndex = {
  readonly fields: readonly FieldIndex[];
  /** Rules that come into question only where a condition holds. */
  readonly gates: readonly Gate[];
  /** Rules that come into question for every event. */
  readonly always: Places;
};

/** Fewer rules are asked as fast one by one. */
const rulesMin = 6;
/** Reading a field for every event must be cheap. */
const fieldCostMax = 30;
const gateCostMax = 60;

function canIndex(field: FieldSpec): boolean {
  return !field.list && field.iterator === null && field.cost <= fieldCostMax;
}

/** Chooses a cover for each rule, from fields that enough rules are found by. */
function chooseCovers(conditions: readonly BoolNode[]): readonly (Cover | null)[] {
  let allowed: ReadonlySet<FieldSpec> | null = null;
  for (;;) {
    const current: ReadonlySet<FieldSpec> | null = allowed;
    const canAsk = (field: FieldSpec) => (current === null ? canIndex(field) : current.has(field));
    const covers = conditions.map((condition) => findCover(condition, canAsk));
    const counts = new Map<FieldSpec, number>();
    for (const cover of covers) {
      const tests = cover?.tests ?? [];
      tests.forEach(({ field }, at) => {
        const isFirst = tests.findIndex((test) => test.field === field) === at;
        if (isFirst) counts.set(field, (counts.get(field) ?? 0) + 1);
      });
    }
    const worth = [...counts].filter(([, count]) => count >= rulesMin).map(([field]) => field);
    if (worth.length === counts.size) return covers;
    allowed = new Set(worth);
  }
}

/** The rules that have one list of matchers in their cover. */
type Group = { readonly matchers: readonly StringMatcher[]; readonly places: number[] };

function toPlaces(places: Iterable<number>): Places {
  return Int32Array.from(new Set(places)).sort();
}

/** Maps each exact string to the rules of all lists that it is in. */
function indexExact(groups: readonly Group[]): ReadonlyMap<string, Places> {
  const lists = new Map<string, number[]>();
  groups.forEach(({ matchers }, group) => {
    for (const matcher of matchers) {
      if (matcher.kind !== 'exact') continue;
      const list = lists.get(matcher.value);
      if (list === undefined) lists.set(matcher.value, [group]);
      else if (list.at(-1) !== group) list.push(group);
    }
  });
  const made = new Map<string, Places>();
  const exact = new Map<string, Places>();
  for (const [value, list] of lists) {
    const key = list.join();
    let places = made.get(key);
    if (places === undefined) {
      places = toPlaces(list.flatMap((group) => groups[group]?.places ?? []));
      made.set(key, places);
    }
    exact.set(value, places);
  }
  return exact;
}

function indexFields(covers: readonly (Cover | null)[], nodes: NodeTable): readonly FieldIndex[] {
  const fields = new Map<FieldSpec, Map<number, Group>>();
  covers.forEach((cover, place) => {
    for (const { field, matchers } of cover?.tests ?? []) {
      const groups = fields.get(field) ?? new Map<number, Group>();
      fields.set(field, groups);
      const id = nodes.getMatchersId(matchers);
      const group = groups.get(id) ?? { matchers, places: [] };
      groups.set(id, group);
      group.places.push(place);
    }
  });
  return [...fields].map(([field, groups]) => {
    const walk = new FieldWalk();
    for (const [id, { matchers, places }] of groups) {
      const wilds = matchers.filter(isWild);
      if (wilds.length > 0) walk.addRules(walk.addList(id, wilds), places);
    }
    return { field, exact: indexExact([...groups.values()]), walk };
  });
}

/** A part of a conjunction that other rules may have too, and that is cheap to decide. */
function listGates(condition: BoolNode, nodes: NodeTable): readonly BoolNode[] {
  const parts = condition.kind === 'and' ? condition.operands : [condition];
  return parts.filter((part) => {
    const { free, isVolatile } = nodes.describe(part);
    return free.length === 0 && !isVolatile && estimateCost(part) <= gateCostMax;
  });
}

/** Puts rules behind the condition that they share with most others. */
function chooseGates(
  conditions: readonly BoolNode[],
  places: readonly number[],
  nodes: NodeTable,
): { readonly gates: readonly Gate[]; readonly always: Places } {
  const counts = new Map<number, number>();
  const offers = places.map((place) => {
    const condition = conditions[place];
    const parts = condition ? listGates(condition, nodes) : [];
    const ids = new Map(parts.map((part) => [nodes.describe(part).id, part]));
    for (const id of ids.keys()) counts.set(id, (counts.get(id) ?? 0) + 1);
    return { place, ids };
  });
  const behind = new Map<number, { readonly condition: BoolNode; readonly places: number[] }>();
  const always: number[] = [];
  for (const { place, ids } of offers) {
    const [best] = [...ids].toSorted(
      ([left], [right]) => (counts.get(right) ?? 0) - (counts.get(left) ?? 0),
    );
    if (best === undefined || (counts.get(best[0]) ?? 0) < rulesMin) {
      always.push(place);
      continue;
    }
    const [id, condition] = best;
    const gate = behind.get(id) ?? { condition, places: [] };
    behind.set(id, gate);
    gate.places.push(place);
  }
  const gates = [...behind.values()].map((gate) => ({ ...gate, places: toPlaces(gate.places) }));
  return { gates, always: toPlaces(always) };
}

/** Makes the index of some rules, by their conditions. */
export function indexRules(conditions: readonly BoolNode[], nodes: NodeTable): RuleIndex {
  const covers = chooseCovers(conditions);
  const uncovered = covers.flatMap((cover, place) => (cover === null ? [place] : []));
  return {
    fields: indexFields(covers, nodes),
    ...chooseGates(conditions, uncovered, nodes),
  };
}
