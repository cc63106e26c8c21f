// SPDX-License-Identifier: Apache-2.0
// The path automaton as the kernel's tables have it. Numbers of states and classes are those of the
// tables, behind the first ones of the bank.

import {
  type AffixEdges,
  filterPathAffixKeyOffsets,
  filterPathEdgeKeyOffsets,
  filterPathStateOffsets,
  kernelLimits,
  type PathAutomaton,
  type PathClass,
  type PathEdges,
  type PathState,
  pathEdges,
  pathEdgesBits,
} from '@fimbul/schema';
import { encodeName, encodeU32, type MapEntry } from './map-entry.ts';

/** Where the automaton of a bank begins. */
export type PathPlace = { readonly firstState: number; readonly firstClass: number };

/** One of the two sets of edges of a state, with numbers as the tables have them. */
type Side = {
  readonly edges: PathEdges;
  readonly state: number;
  readonly isFinal: boolean;
  readonly firstTarget: number;
};

const bitsPerByte = 8;
const fromBytes = 4;
const numberOfPair = 65536;

function encodeFrom({ state, isFinal }: Side, isSecond: boolean): number {
  return ((state << 2) | (isSecond ? 2 : 0) | (isFinal ? 1 : 0)) >>> 0;
}

function encodeEdgeKey(from: number, name: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(filterPathEdgeKeyOffsets.size);
  new DataView(bytes.buffer).setUint32(filterPathEdgeKeyOffsets.from, from, true);
  bytes.set(name, filterPathEdgeKeyOffsets.name);
  return bytes;
}

function encodeAffixKey(from: number, name: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(filterPathAffixKeyOffsets.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(filterPathAffixKeyOffsets.bits, (fromBytes + name.length) * bitsPerByte, true);
  view.setUint32(filterPathAffixKeyOffsets.from, from, true);
  bytes.set(name, filterPathAffixKeyOffsets.name);
  return bytes;
}

function encodeAffixes(side: Side, affixes: AffixEdges): MapEntry[] {
  const { FILTER_NAME_BYTES_MAX } = kernelLimits;
  const encode = (names: ReadonlyMap<string, number>, isSuffix: boolean): MapEntry[] =>
    [...names].map(([name, number]) => {
      const bytes = encodeName(name, FILTER_NAME_BYTES_MAX);
      if (bytes.length === 0) throw new RangeError('an empty prefix or suffix is no edge');
      const key = encodeAffixKey(encodeFrom(side, isSuffix), isSuffix ? bytes.toReversed() : bytes);
      return { map: 'filter_path_affixes', key, value: encodeU32(number) };
    });
  const targets = [...affixes.targets].map(([pair, target]): MapEntry => {
    const numbers = Uint32Array.of(Math.floor(pair / numberOfPair), pair % numberOfPair);
    return {
      map: 'filter_path_edges',
      key: encodeEdgeKey(encodeFrom(side, true), new Uint8Array(numbers.buffer)),
      value: encodeU32(side.firstTarget + target),
    };
  });
  return [...encode(affixes.prefixes, false), ...encode(affixes.suffixes, true), ...targets];
}

function encodeEdges(side: Side): MapEntry[] {
  const { exact, affixes } = side.edges;
  const from = encodeFrom(side, false);
  const entries = [...exact].map(([name, target]): MapEntry => {
    const bytes = encodeName(name, kernelLimits.FILTER_NAME_BYTES_MAX);
    const value = encodeU32(side.firstTarget + target);
    return { map: 'filter_path_edges', key: encodeEdgeKey(from, bytes), value };
  });
  return affixes ? [...entries, ...encodeAffixes(side, affixes)] : entries;
}

/** What a state has besides its targets for all other names. */
function encodeEdgeBits({ exact, affixes }: PathEdges): number {
  const { EXACT, PREFIXES, SUFFIXES } = pathEdges;
  if (!affixes) return exact.size > 0 ? EXACT : 0;
  // Without any of them the pair of none may still have a target.
  const hasPrefixes = affixes.prefixes.size > 0 || affixes.suffixes.size === 0;
  return (
    (exact.size > 0 ? EXACT : 0) |
    (hasPrefixes ? PREFIXES : 0) |
    (affixes.suffixes.size > 0 ? SUFFIXES : 0)
  );
}

function encodeState({ inner, final, alive }: PathState, place: PathPlace): Uint8Array {
  const at = filterPathStateOffsets;
  const bytes = new Uint8Array(at.size);
  const view = new DataView(bytes.buffer);
  const edges = encodeEdgeBits(inner) | (encodeEdgeBits(final) << pathEdgesBits);
  view.setUint32(at.innerOther, place.firstState + inner.other, true);
  view.setUint32(at.innerLong, place.firstState + inner.long, true);
  view.setUint32(at.finalOther, place.firstClass + final.other, true);
  view.setUint32(at.finalLong, place.firstClass + final.long, true);
  view.setUint32(at.alive, place.firstClass + alive, true);
  view.setUint32(at.edges, edges, true);
  return bytes;
}

function encodeClass(lanesByRow: PathClass): Uint8Array {
  const { FILTER_PATH_ROWS_MAX } = kernelLimits;
  if (lanesByRow.length > FILTER_PATH_ROWS_MAX) {
    throw new RangeError(`a class of ${lanesByRow.length} rows does not fit the kernel's table`);
  }
  const lanes = new BigUint64Array(FILTER_PATH_ROWS_MAX);
  lanes.set(lanesByRow);
  return new Uint8Array(lanes.buffer);
}

/** Encodes an automaton: first what others point to. */
export function encodePaths({ states, classes }: PathAutomaton, place: PathPlace): MapEntry[] {
  const { firstState, firstClass } = place;
  const entries = classes.map(
    (lanes, index): MapEntry => ({
      map: 'filter_path_classes',
      key: encodeU32(firstClass + index),
      value: encodeClass(lanes),
    }),
  );
  states.forEach((state, index) => {
    const number = firstState + index;
    const { inner, final } = state;
    const sides: readonly Side[] = [
      { edges: inner, state: number, isFinal: false, firstTarget: firstState },
      { edges: final, state: number, isFinal: true, firstTarget: firstClass },
    ];
    for (const side of sides) for (const entry of encodeEdges(side)) entries.push(entry);
    entries.push({
      map: 'filter_path_states',
      key: encodeU32(number),
      value: encodeState(state, place),
    });
  });
  return entries;
}
