// SPDX-License-Identifier: Apache-2.0
// A set of file names, exact: a finite set or the complement of one. Names that are longer than
// the kernel compares are all in or all out, as they are in the kernel's table.

import { filterNameBytesMax } from '@fimbul/schema';

export type NameSet = {
  /** `only`: these names; `except`: all names but these. */
  readonly kind: 'only' | 'except';
  /** Names of at most `filterNameBytesMax` bytes, as byte strings. */
  readonly names: ReadonlySet<string>;
  /** True when longer names are in the set. */
  readonly long: boolean;
};

export const allNames: NameSet = { kind: 'except', names: new Set(), long: true };

export function isLongName(name: string): boolean {
  return name.length > filterNameBytesMax;
}

/** Makes the set of these names; a long one brings all long names in. */
export function makeOnly(names: readonly string[]): NameSet {
  return {
    kind: 'only',
    names: new Set(names.filter((name) => !isLongName(name))),
    long: names.some(isLongName),
  };
}

/** Makes the set of all names but these; a long one cannot be taken out. */
export function makeExcept(names: readonly string[]): NameSet {
  return {
    kind: 'except',
    names: new Set(names.filter((name) => !isLongName(name))),
    long: true,
  };
}

export function hasName(set: NameSet, name: string): boolean {
  return set.names.has(name) === (set.kind === 'only');
}

function pick(names: ReadonlySet<string>, keep: (name: string) => boolean): Set<string> {
  return new Set([...names].filter(keep));
}

export function intersectNames(left: NameSet, right: NameSet): NameSet {
  if (isAllNames(left)) return right;
  if (isAllNames(right)) return left;
  const long = left.long && right.long;
  if (left.kind === 'only') {
    return { kind: 'only', names: pick(left.names, (name) => hasName(right, name)), long };
  }
  if (right.kind === 'only') return intersectNames(right, left);
  return { kind: 'except', names: new Set([...left.names, ...right.names]), long };
}

export function uniteNames(left: NameSet, right: NameSet): NameSet {
  const long = left.long || right.long;
  if (left.kind === 'except') {
    return { kind: 'except', names: pick(left.names, (name) => !hasName(right, name)), long };
  }
  if (right.kind === 'except') return uniteNames(right, left);
  return { kind: 'only', names: new Set([...left.names, ...right.names]), long };
}

/** Unites any number of sets; those that list names are gathered in one pass. */
export function uniteAllNames(sets: readonly NameSet[]): NameSet {
  const listed = sets.filter((set) => set.kind === 'only');
  const gathered: NameSet = {
    kind: 'only',
    names: new Set(listed.flatMap((set) => [...set.names])),
    long: listed.some((set) => set.long),
  };
  return sets.filter((set) => set.kind === 'except').reduce(uniteNames, gathered);
}

export function isEmptyNames(set: NameSet): boolean {
  return set.kind === 'only' && set.names.size === 0 && !set.long;
}

export function isAllNames(set: NameSet): boolean {
  return set.kind === 'except' && set.names.size === 0 && set.long;
}

export function includesNames(outer: NameSet, inner: NameSet): boolean {
  if (inner.long && !outer.long) return false;
  if (inner.kind === 'only') return [...inner.names].every((name) => hasName(outer, name));
  return outer.kind === 'except' && [...outer.names].every((name) => inner.names.has(name));
}

const keys = new WeakMap<NameSet, string>();

/** Returns a text that two sets share exactly when they are equal. */
export function getNamesKey(set: NameSet): string {
  let key = keys.get(set);
  if (key === undefined) {
    key = JSON.stringify([set.kind, set.long, [...set.names].sort()]);
    keys.set(set, key);
  }
  return key;
}
