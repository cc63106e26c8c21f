// SPDX-License-Identifier: Apache-2.0
// All globs and patterns that rules compare one field with, as one automaton: one walk over the
// value of an event answers every list of every rule, and says which rules come into question.

import type { StringMatcher } from '../2-check/typed.ts';
import { type Code, code, makeInteger } from './code.ts';
import { WildAutomaton } from './wild-automaton.ts';
import type { WildMatcher } from './wild-trie.ts';

/** What a value of the field gives. */
export type WalkOutcome = {
  /** Places of the rules with a list in their cover that accepts it, ascending. */
  readonly rules: Int32Array;
  /** A bit for each list that accepts it, 32 in a word. */
  readonly bits: Int32Array;
};

/** True for matchers that an automaton decides. */
export function isWild(matcher: StringMatcher): matcher is WildMatcher {
  return matcher.kind === 'glob' || matcher.kind === 'pattern';
}

const bitsInWord = 32;

export class FieldWalk {
  readonly #lists: (readonly WildMatcher[])[] = [];
  readonly #groups = new Map<number, number>();
  /** Places of rules, by group. */
  readonly #rules: number[][] = [];
  #automaton: WildAutomaton<WalkOutcome> | null = null;

  /** Adds the wilds of a list, known by its number, and returns its group. */
  addList(list: number, wilds: readonly WildMatcher[]): number {
    const known = this.#groups.get(list);
    if (known !== undefined) return known;
    const group = this.#lists.push(wilds) - 1;
    this.#groups.set(list, group);
    this.#rules.push([]);
    return group;
  }

  hasList(list: number): boolean {
    return this.#groups.has(list);
  }

  /** Says that rules come into question where the group accepts. */
  addRules(group: number, places: readonly number[]): void {
    this.#rules[group]?.push(...places);
  }

  /** How many wilds its lists have. */
  get wildCount(): number {
    return this.#lists.reduce((sum, list) => sum + list.length, 0);
  }

  get hasRules(): boolean {
    return this.#rules.some((places) => places.length > 0);
  }

  /** Walks over a value. The automaton is made for the first: many fields never have one. */
  find(value: string): WalkOutcome {
    this.#automaton ??= new WildAutomaton(this.#lists, (groups) => this.#makeOutcome(groups));
    return this.#automaton.find(value);
  }

  /** Emits whether a list accepts; null where the walk does not know the list. */
  emitTest(list: number, outcome: Code): Code | null {
    const group = this.#groups.get(list);
    if (group === undefined) return null;
    const word = makeInteger(Math.floor(group / bitsInWord));
    const bit = makeInteger(1 << (group % bitsInWord));
    return code`(${outcome}.bits[${word}] & ${bit}) !== 0`;
  }

  #makeOutcome(groups: readonly number[]): WalkOutcome {
    const bits = new Int32Array(Math.ceil(this.#lists.length / bitsInWord));
    for (const group of groups) {
      const word = Math.floor(group / bitsInWord);
      bits[word] = (bits[word] ?? 0) | (1 << (group % bitsInWord));
    }
    const places = new Set(groups.flatMap((group) => this.#rules[group] ?? []));
    return { rules: Int32Array.from(places).sort(), bits };
  }
}
