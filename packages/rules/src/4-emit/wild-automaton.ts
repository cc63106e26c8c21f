// SPDX-License-Identifier: Apache-2.0
// Many globs and patterns in one walk over the bytes of a string. The deterministic automaton is
// built while it is used: only states that strings really reach exist. Their number and their size
// are bounded; at the bound all are forgotten, so hostile strings cost time linear in their length
// and in the trie, and no memory.

import {
  absent,
  anyLoop,
  buildTrie,
  noLoop,
  trieRoot,
  type WildMatcher,
  type WildTrie,
} from './wild-trie.ts';

export type WildLimits = {
  /** Entries of the table of transitions: states × classes of bytes. */
  readonly entriesMax: number;
  /** Nodes of the trie in all states together. */
  readonly nodesMax: number;
};

/** One for a field: up to 1 MiB of transitions and 1 MiB of states. */
export const fieldLimits: WildLimits = { entriesMax: 1 << 18, nodesMax: 1 << 18 };
/** One for a list: 64 KiB of each. */
export const listLimits: WildLimits = { entriesMax: 1 << 14, nodesMax: 1 << 14 };

const slashCode = 0x2f;
/** Transitions are rows of states; 0 is not known yet, below it is a state that no byte leaves. */
const unknown = 0;
const startState = 1;
const firstStates = 32;
/** So many states fit whatever the limits say, or a walk would forget at every byte. */
const statesMin = 8;
const markMax = 2 ** 31 - 1;

function hash(nodes: Int32Array): number {
  let value = nodes.length;
  for (const node of nodes) value = Math.imul(value ^ node, 0x01000193);
  return value;
}

/** Marks the nodes that stay on themselves for every byte and that nothing follows. */
function findSinks({ nodeCount, loops, edges, componentStars, anyStars }: WildTrie): Uint8Array {
  const sinks = new Uint8Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    const hasStar = componentStars[node] !== absent || anyStars[node] !== absent;
    sinks[node] = loops[node] === anyLoop && !hasStar ? 1 : 0;
  }
  for (const key of edges.keys()) sinks[Math.floor(key / 256)] = 0;
  return sinks;
}

/** Bytes that the trie does not tell apart share a class; 0 is that of bytes it does not name. */
function classify(trie: WildTrie): { readonly classes: Uint16Array; readonly count: number } {
  const classes = new Uint16Array(256);
  let count = 1;
  const name = (byte: number): void => {
    if (classes[byte] === 0) classes[byte] = count++;
  };
  name(slashCode);
  for (const key of trie.edges.keys()) name(key % 256);
  return { classes, count };
}

export class WildAutomaton<Outcome> {
  readonly #trie: WildTrie;
  readonly #classes: Uint16Array;
  readonly #classCount: number;
  readonly #limits: WildLimits;
  readonly #makeOutcome: (groups: readonly number[]) => Outcome;
  readonly #emptyOutcome: Outcome;
  readonly #sinks: Uint8Array;
  #outcomesByGroups = new Map<string, Outcome>();
  /** The stamp of a node that is in the set being made. */
  readonly #marks: Int32Array;
  #mark = 0;
  /** By state: its nodes, ascending, and its outcome once somebody asked. */
  #sets: Int32Array[] = [];
  #outcomes: (Outcome | null)[] = [];
  #statesByHash = new Map<number, number[]>();
  #transitions: Int32Array;
  #nodesHeld = 0;

  /** `makeOutcome` says once for each combination of groups, ascending, what a string gives. */
  constructor(
    groups: readonly (readonly WildMatcher[])[],
    makeOutcome: (groups: readonly number[]) => Outcome,
    limits: WildLimits = fieldLimits,
  ) {
    this.#trie = buildTrie(groups);
    const { classes, count } = classify(this.#trie);
    this.#classes = classes;
    this.#classCount = count;
    this.#limits = limits;
    this.#makeOutcome = makeOutcome;
    this.#marks = new Int32Array(this.#trie.nodeCount);
    this.#sinks = findSinks(this.#trie);
    this.#transitions = new Int32Array(firstStates * count);
    this.#emptyOutcome = makeOutcome(this.#trie.emptyGroups);
    this.#forget();
  }

  /** States that exist at the moment. */
  get stateCount(): number {
    return this.#sets.length;
  }

  /** Walks over a byte string. */
  find(value: string): Outcome {
    if (value === '') return this.#emptyOutcome;
    const classes = this.#classes;
    const classCount = this.#classCount;
    let transitions = this.#transitions;
    let row = startState * classCount;
    for (let at = 0; at < value.length; at++) {
      const byte = value.charCodeAt(at);
      // The index is within 0–255, so the entry exists.
      const byteClass = byte < 256 ? (classes[byte] as number) : 0;
      let next = transitions[row + byteClass] as number;
      if (next <= 0) {
        if (next === unknown) {
          next = this.#step(row / classCount, byte, byteClass);
          transitions = this.#transitions;
        }
        if (next < 0) return this.#getOutcome(-next / classCount);
      }
      row = next;
    }
    return this.#getOutcome(row / classCount);
  }

  #forget(): void {
    // State 0 stands for a transition that is not known, so it is never a state.
    this.#sets = [new Int32Array(0)];
    this.#outcomes = [null];
    this.#statesByHash = new Map();
    this.#outcomesByGroups = new Map();
    this.#transitions.fill(unknown);
    this.#nodesHeld = 0;
    const start: number[] = [];
    this.#beginSet();
    this.#close(trieRoot, start);
    this.#addState(Int32Array.from(start).sort());
  }

  #beginSet(): void {
    if (this.#mark === markMax) {
      this.#marks.fill(0);
      this.#mark = 0;
    }
    this.#mark += 1;
  }

  /** Adds a node and the stars after it, which also stand for nothing. */
  #close(node: number, set: number[]): void {
    if (this.#marks[node] === this.#mark) return;
    this.#marks[node] = this.#mark;
    set.push(node);
    const { componentStars, anyStars } = this.#trie;
    const component = componentStars[node] ?? absent;
    if (component !== absent) this.#close(component, set);
    const any = anyStars[node] ?? absent;
    if (any !== absent) this.#close(any, set);
  }

  /** Makes the state after a byte, and the transition to it. */
  #step(state: number, byte: number, byteClass: number): number {
    const { edges, loops } = this.#trie;
    const set: number[] = [];
    this.#beginSet();
    for (const node of this.#sets[state] ?? []) {
      const loop = loops[node] ?? noLoop;
      if (loop === anyLoop || (loop !== noLoop && byte !== slashCode)) this.#close(node, set);
      const next = byte < 256 ? edges.get(node * 256 + byte) : undefined;
      if (next !== undefined) this.#close(next, set);
    }
    const nodes = Int32Array.from(set).sort();
    const known = this.#findState(nodes);
    const isFull = known === undefined && this.#isFull(nodes.length);
    if (isFull) this.#forget();
    const next = (known ?? this.#addState(nodes)) * this.#classCount;
    const target = this.#isSettled(nodes) ? -next : next;
    // The state that this one follows is among those that were forgotten.
    if (!isFull) this.#transitions[state * this.#classCount + byteClass] = target;
    return target;
  }

  #isFull(added: number): boolean {
    const { entriesMax, nodesMax } = this.#limits;
    if (this.#sets.length <= statesMin) return false;
    return (
      (this.#sets.length + 1) * this.#classCount > entriesMax || this.#nodesHeld + added > nodesMax
    );
  }

  #findState(nodes: Int32Array): number | undefined {
    return this.#statesByHash.get(hash(nodes))?.find((state) => {
      const set = this.#sets[state];
      return set?.length === nodes.length && set.every((node, index) => node === nodes[index]);
    });
  }

  #addState(nodes: Int32Array): number {
    const state = this.#sets.push(nodes) - 1;
    this.#outcomes.push(null);
    this.#nodesHeld += nodes.length;
    const key = hash(nodes);
    const same = this.#statesByHash.get(key);
    if (same) same.push(state);
    else this.#statesByHash.set(key, [state]);
    const needed = (state + 1) * this.#classCount;
    if (needed > this.#transitions.length) {
      const larger = new Int32Array(2 * this.#transitions.length);
      larger.set(this.#transitions);
      this.#transitions = larger;
    }
    return state;
  }

  /** True when no byte can change what ends here: all nodes stay, and nothing follows them. */
  #isSettled(nodes: Int32Array): boolean {
    return nodes.every((node) => this.#sinks[node] === 1);
  }

  #getOutcome(state: number): Outcome {
    const known = this.#outcomes[state];
    if (known !== null && known !== undefined) return known;
    const { ends, needs, groups } = this.#trie;
    const counts = new Map<number, number>();
    const accepting = new Set<number>();
    for (const node of this.#sets[state] ?? []) {
      for (const wild of ends.get(node) ?? []) {
        const count = (counts.get(wild) ?? 0) + 1;
        counts.set(wild, count);
        if (count === needs[wild]) for (const group of groups[wild] ?? []) accepting.add(group);
      }
    }
    const outcome = this.#getOutcomeOf([...accepting].sort((left, right) => left - right));
    this.#outcomes[state] = outcome;
    return outcome;
  }

  #getOutcomeOf(groups: readonly number[]): Outcome {
    const key = groups.join(',');
    const known = this.#outcomesByGroups.get(key);
    if (known !== undefined) return known;
    const outcome = this.#makeOutcome(groups);
    this.#outcomesByGroups.set(key, outcome);
    return outcome;
  }
}
