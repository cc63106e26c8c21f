// SPDX-License-Identifier: Apache-2.0
// What a box allows of the values that the kernel has tables for: a set of classes for each table,
// as a bigint. Most boxes share the same few lists of sets, and what derives from a list is kept.

export type ValueSets = readonly bigint[];

export function intersectValues(left: ValueSets, right: ValueSets): ValueSets {
  if (left === right) return left;
  return left.map((set, index) => set & (right[index] ?? 0n));
}

/** The smallest sets that allow what any of these do. */
export function uniteAllValues(all: readonly ValueSets[]): ValueSets {
  const [first = []] = all;
  if (all.every((sets) => sets === first)) return first;
  return first.map((_, index) => all.reduce((sum, sets) => sum | (sets[index] ?? 0n), 0n));
}

export function isEmptyValues(sets: ValueSets): boolean {
  return sets.includes(0n);
}

export function includesValues(outer: ValueSets, inner: ValueSets): boolean {
  return outer === inner || inner.every((set, index) => (set & ~(outer[index] ?? 0n)) === 0n);
}

const texts = new WeakMap<ValueSets, readonly string[]>();
const keys = new WeakMap<ValueSets, string>();

function getTexts(sets: ValueSets): readonly string[] {
  let known = texts.get(sets);
  if (known === undefined) {
    known = sets.map((set) => set.toString(32));
    texts.set(sets, known);
  }
  return known;
}

/** A text that equal sets share, without those of some tables. */
export function getValuesKey(sets: ValueSets, except: readonly (string | number)[]): string {
  if (except.some((dimension) => typeof dimension === 'number')) {
    return getTexts(sets)
      .map((text, index) => (except.includes(index) ? '' : text))
      .join();
  }
  let key = keys.get(sets);
  if (key === undefined) {
    key = getTexts(sets).join();
    keys.set(sets, key);
  }
  return key;
}

/** The sets with those of one table replaced. */
export function replaceSet(sets: ValueSets, index: number, set: bigint): ValueSets {
  return sets[index] === set ? sets : sets.with(index, set);
}
