// SPDX-License-Identifier: Apache-2.0
// Records of another version in the layout of this one. Members are found by name: what this
// version does not know is left out, what that version did not have is zero and told. Numbers of
// kinds, path sources and path flags are translated by their names as well.

import {
  describeRecords,
  type RecordedMember,
  type RecordSchema,
  recordHeaderOffsets,
} from '@fimbul/schema';

/** Returns the record in our layout, or null for a kind that this version does not know. */
export type TranslateRecord = (record: Uint8Array) => Uint8Array | null;

export type Translation = {
  /** Null when records are as ours, and need none. */
  readonly translate: TranslateRecord | null;
  /** Members that are missed: theirs do not have them, such as `chmod.mode_before_known`. */
  readonly missing: readonly string[];
  /** Kinds of theirs that this version does not know. */
  readonly unknownKinds: readonly string[];
};

type CopyMember = (from: DataView, to: DataView, shift: number) => void;

type KindTranslation = {
  readonly number: number;
  readonly fromSize: number;
  readonly toSize: number;
  readonly copies: readonly CopyMember[];
};

function readInteger(view: DataView, { offset, size, type }: RecordedMember): bigint {
  const bits = size * 8;
  let value = 0n;
  for (let index = size - 1; index >= 0; index -= 1) {
    value = (value << 8n) | BigInt(view.getUint8(offset + index));
  }
  return type === 'signed' ? BigInt.asIntN(bits, value) : value;
}

function writeInteger(view: DataView, { offset, size }: RecordedMember, value: bigint): void {
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size; index += 1) {
    view.setUint8(offset + index, Number(rest & 0xffn));
    rest >>= 8n;
  }
}

/** Makes the function that puts a number in the place of another; what has no name is 0. */
function makeRenumbering(from: RecordSchema, to: RecordSchema, name: string) {
  if (name.endsWith('path_source')) {
    const numbers = from.pathSources.map((source) => Math.max(0, to.pathSources.indexOf(source)));
    return (value: bigint): bigint => BigInt(numbers[Number(value)] ?? 0);
  }
  if (name.endsWith('path_flags')) {
    const bits = Object.entries(from.pathFlags).flatMap(([flag, bit]) => {
      const own = to.pathFlags[flag];
      return own === undefined ? [] : [[BigInt(bit), BigInt(own)] as const];
    });
    // Recordings from before layers were told.
    const isLayerTold = from.pathFlags.UPPER_LAYER !== undefined;
    const untold = isLayerTold ? 0n : BigInt(to.pathFlags.LAYER_UNKNOWN ?? 0);
    return (value: bigint): bigint =>
      bits.reduce((sum, [bit, own]) => ((value & bit) === 0n ? sum : sum | own), untold);
  }
  return (value: bigint): bigint => value;
}

function copyText(from: RecordedMember, to: RecordedMember): CopyMember {
  return (source, target, shift) => {
    const offset = source.getUint32(from.offset, true);
    target.setUint32(to.offset, offset === 0 ? 0 : Math.max(0, offset + shift), true);
    target.setUint32(to.offset + 4, source.getUint32(from.offset + 4, true), true);
  };
}

function copyBytes(from: RecordedMember, to: RecordedMember): CopyMember {
  const length = Math.min(from.size, to.size);
  return (source, target) => {
    for (let index = 0; index < length; index += 1) {
      target.setUint8(to.offset + index, source.getUint8(from.offset + index));
    }
  };
}

/** Makes the copy of a member; null when what theirs means does not fit into ours. */
function makeCopy(
  schemas: { readonly from: RecordSchema; readonly to: RecordSchema },
  from: RecordedMember,
  to: RecordedMember,
): CopyMember | null {
  if (from.type === 'text' || to.type === 'text') {
    return from.type === to.type ? copyText(from, to) : null;
  }
  if (from.type === 'bytes' || to.type === 'bytes') {
    return from.type === to.type ? copyBytes(from, to) : null;
  }
  if (from.size > to.size) return null;
  const renumber = makeRenumbering(schemas.from, schemas.to, to.name);
  return (source, target) => writeInteger(target, to, renumber(readInteger(source, from)));
}

const kindMember = 'header.kind';
const lengthMember = 'header.length';
/** Which rule set let the record pass in the kernel: no rule reads it, and no alert tells. */
const generationMember = 'header.generation';

function translateWith(kind: KindTranslation, record: Uint8Array): Uint8Array | null {
  // Too short for its own layout: left as short, so that it counts as what cannot be decoded.
  if (record.length < kind.fromSize) return new Uint8Array(0);
  const shift = kind.toSize - kind.fromSize;
  const bytes = new Uint8Array(record.length + shift);
  const source = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const target = new DataView(bytes.buffer);
  for (const copy of kind.copies) copy(source, target, shift);
  target.setUint32(recordHeaderOffsets.kind, kind.number, true);
  target.setUint32(recordHeaderOffsets.length, bytes.length, true);
  bytes.set(record.subarray(kind.fromSize), kind.toSize);
  return bytes;
}

/**
 * Plans how records of a recorded schema become ours.
 * @returns The reason, when their records cannot be read by this version at all.
 */
export function planTranslation(
  from: RecordSchema,
  to: RecordSchema = describeRecords(),
): Translation | { readonly refusal: string } {
  if (JSON.stringify(from) === JSON.stringify(to)) {
    return { translate: null, missing: [], unknownKinds: [] };
  }
  const missing: string[] = [];
  const unknownKinds: string[] = [];
  const kinds: (KindTranslation | null)[] = [];
  for (const theirs of from.layouts) {
    const number = to.layouts.findIndex(({ kind }) => kind === theirs.kind);
    const ours = to.layouts[number];
    if (ours === undefined) {
      unknownKinds.push(theirs.kind);
      kinds.push(null);
      continue;
    }
    const members = new Map(theirs.members.map((member) => [member.name, member]));
    if (members.get(kindMember)?.offset !== 0 || members.get(kindMember)?.size !== 4) {
      return { refusal: `records of kind ${theirs.kind} do not begin with their kind` };
    }
    const copies: CopyMember[] = [];
    for (const member of ours.members) {
      if (member.name === kindMember || member.name === lengthMember) continue;
      const found = members.get(member.name);
      if (found === undefined) {
        if (member.name !== generationMember) missing.push(`${ours.kind}.${member.name}`);
        continue;
      }
      const copy = makeCopy({ from, to }, found, member);
      if (copy === null) {
        return { refusal: `${ours.kind}.${member.name} is of another type there` };
      }
      copies.push(copy);
    }
    kinds.push({ number, fromSize: theirs.size, toSize: ours.size, copies });
  }
  return { translate: makeTranslate(kinds), missing, unknownKinds };
}

function makeTranslate(kinds: readonly (KindTranslation | null)[]): TranslateRecord {
  return (record) => {
    if (record.length < 4) return new Uint8Array(0);
    const number = new DataView(record.buffer, record.byteOffset).getUint32(0, true);
    const kind = kinds[number];
    if (kind === undefined || kind === null) return null;
    return translateWith(kind, record);
  };
}
