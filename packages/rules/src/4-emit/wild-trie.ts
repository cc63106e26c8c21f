// SPDX-License-Identifier: Apache-2.0
// Globs and patterns as one nondeterministic automaton: a trie whose edges are bytes and in which a
// `*` is a node that stays on itself. `/a/**` + `/b` is two ways through the trie, `/a/` + anything
// and anything + `/b`, and holds when both end: so prefix and suffix may overlap, as in glob.ts.

import type { StringMatcher } from '../2-check/typed.ts';

/** What no exact comparison decides, and no regular expression. */
export type WildMatcher = Extract<StringMatcher, { readonly kind: 'glob' | 'pattern' }>;

/** On which bytes a node stays: none, all but the slash, all. */
export type Loop = 0 | 1 | 2;
export const noLoop = 0;
export const componentLoop = 1;
export const anyLoop = 2;

export type WildTrie = {
  readonly nodeCount: number;
  /** Node × 256 + byte → node. */
  readonly edges: ReadonlyMap<number, number>;
  readonly loops: readonly Loop[];
  /** The `*` after a node, by node: one that stays in its component, and one that does not. */
  readonly componentStars: readonly number[];
  readonly anyStars: readonly number[];
  /** Wilds that end at a node, by node. */
  readonly ends: ReadonlyMap<number, readonly number[]>;
  /** How many ends a wild needs: two for a `**` with something on both sides. */
  readonly needs: readonly number[];
  /** Groups that a wild belongs to. */
  readonly groups: readonly (readonly number[])[];
  /** Groups that accept the empty string: those with a pattern of nothing but `*`. */
  readonly emptyGroups: readonly number[];
};

export const trieRoot = 0;
/** In place of a node where there is none. */
export const absent = -1;
const slash = '/';

class TrieBuilder {
  readonly edges = new Map<number, number>();
  readonly loops: Loop[] = [];
  readonly componentStars: number[] = [];
  readonly anyStars: number[] = [];
  readonly ends = new Map<number, number[]>();

  constructor() {
    this.#addNode(noLoop);
  }

  #addNode(loop: Loop): number {
    this.componentStars.push(absent);
    this.anyStars.push(absent);
    return this.loops.push(loop) - 1;
  }

  walkStar(from: number, loop: Loop): number {
    const stars = loop === anyLoop ? this.anyStars : this.componentStars;
    const known = stars[from] ?? absent;
    if (known !== absent) return known;
    const node = this.#addNode(loop);
    stars[from] = node;
    return node;
  }

  /** Walks over text in which each `*` stays on itself as `star` says. */
  walk(from: number, text: string, star: Loop): number {
    let node = from;
    for (let at = 0; at < text.length; at++) {
      if (text[at] === '*') {
        node = this.walkStar(node, star);
        continue;
      }
      const key = node * 256 + text.charCodeAt(at);
      let next = this.edges.get(key);
      if (next === undefined) {
        next = this.#addNode(noLoop);
        this.edges.set(key, next);
      }
      node = next;
    }
    return node;
  }

  end(node: number, wild: number): void {
    const ends = this.ends.get(node);
    if (ends) ends.push(wild);
    else this.ends.set(node, [wild]);
  }

  /** Adds a wild and returns how many ends it needs. */
  add(matcher: WildMatcher, wild: number): number {
    if (matcher.kind === 'pattern') {
      const text = matcher.pattern.replaceAll(/\*+/g, '*');
      if (text !== '') this.end(this.walk(trieRoot, text, anyLoop), wild);
      return 1;
    }
    const { prefix, suffix, pattern } = matcher.glob;
    if (suffix === null) {
      if (pattern !== '') this.end(this.walk(trieRoot, pattern, componentLoop), wild);
      return 1;
    }
    if (prefix.length > 0 || suffix.length === 0) {
      const start = prefix.map((component) => component + slash).join('');
      const stem = this.walk(trieRoot, start, componentLoop);
      this.end(this.walkStar(stem, anyLoop), wild);
    }
    if (suffix.length > 0) {
      const rest = suffix.map((component) => slash + component).join('');
      this.end(this.walk(this.walkStar(trieRoot, anyLoop), rest, componentLoop), wild);
    }
    return prefix.length > 0 && suffix.length > 0 ? 2 : 1;
  }
}

function getKey(matcher: WildMatcher): string {
  return matcher.kind === 'glob' ? `g${matcher.glob.pattern}` : `p${matcher.pattern}`;
}

/** Builds the trie of groups of wilds; a wild that is in several groups is in it once. */
export function buildTrie(groups: readonly (readonly WildMatcher[])[]): WildTrie {
  const builder = new TrieBuilder();
  const wilds = new Map<string, number>();
  const needs: number[] = [];
  const owners: number[][] = [];
  const emptyGroups = new Set<number>();
  groups.forEach((matchers, group) => {
    for (const matcher of matchers) {
      const key = getKey(matcher);
      let wild = wilds.get(key);
      if (wild === undefined) {
        wild = owners.push([]) - 1;
        wilds.set(key, wild);
        needs.push(builder.add(matcher, wild));
      }
      const own = owners[wild];
      if (own && own.at(-1) !== group) own.push(group);
      if (matcher.kind === 'pattern' && /^\*+$/.test(matcher.pattern)) emptyGroups.add(group);
    }
  });
  const { edges, loops, componentStars, anyStars, ends } = builder;
  return {
    nodeCount: loops.length,
    ...{ edges, loops, componentStars, anyStars, ends, needs },
    groups: owners,
    emptyGroups: [...emptyGroups].sort((left, right) => left - right),
  };
}
