// SPDX-License-Identifier: Apache-2.0
// Writes a record as the kernel does: the fixed part from the struct tables, then the variable
// parts in the order of their references. It uses no generated offset, so that decoding what it
// wrote holds both against each other. For tests and recordings; the agent only reads.

import { type RecordKind, recordKinds } from './enums.ts';
import { computeLayout, type PlacedMember, type ScalarType, type StructSpec } from './layout.ts';
import { structs, textRef } from './records.ts';

/** A text_ref takes the byte string it refers to; what is left out is zero. */
export type MemberValue = number | bigint | string | StructValues;
export type StructValues = { readonly [member: string]: MemberValue };

type Output = { readonly fixed: DataView; readonly parts: string[]; end: number };

function writeScalar(view: DataView, at: number, scalar: ScalarType, value: bigint): void {
  switch (scalar) {
    case 'u8':
      view.setUint8(at, Number(BigInt.asUintN(8, value)));
      break;
    case 'u16':
      view.setUint16(at, Number(BigInt.asUintN(16, value)), true);
      break;
    case 'u32':
    case 's32':
      view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
      break;
    case 'u64':
    case 's64':
      view.setBigUint64(at, BigInt.asUintN(64, value), true);
  }
}

function writeBytes(view: DataView, at: number, bytes: string): void {
  for (let index = 0; index < bytes.length; index++) {
    view.setUint8(at + index, bytes.charCodeAt(index));
  }
}

function writeText(output: Output, at: number, text: string): void {
  output.fixed.setUint32(at, output.end, true);
  output.fixed.setUint32(at + 4, text.length, true);
  output.parts.push(text);
  output.end += text.length;
}

function writeMember(output: Output, at: number, member: PlacedMember, value: MemberValue): void {
  const { name, type, size } = member;
  if (type.kind === 'scalar' && (typeof value === 'number' || typeof value === 'bigint')) {
    writeScalar(output.fixed, at, type.scalar, BigInt(value));
  } else if (type.kind === 'bytes' && typeof value === 'string' && value.length <= size) {
    writeBytes(output.fixed, at, value);
  } else if (type.kind === 'struct' && type.struct === textRef && typeof value === 'string') {
    writeText(output, at, value);
  } else if (type.kind === 'struct' && typeof value === 'object') {
    writeStruct(output, at, type.struct, value);
  } else {
    throw new TypeError(`member ${name} does not take a ${typeof value} such as this`);
  }
}

function writeStruct(output: Output, base: number, spec: StructSpec, values: StructValues): void {
  const members = new Map(computeLayout(spec).members.map((member) => [member.name, member]));
  for (const [name, value] of Object.entries(values)) {
    const member = members.get(name);
    if (!member) throw new TypeError(`struct ${spec.name} has no member ${name}`);
    writeMember(output, base + member.offset, member, value);
  }
}

/** Finds the struct of a record kind. */
export function getRecordSpec(kind: RecordKind): StructSpec {
  const spec = structs.find(({ name }) => name === `${kind}_record`);
  if (!spec) throw new Error(`no struct describes records of kind ${kind}`);
  return spec;
}

/** Encodes a record and fills in its kind and length; throws for a member it does not have. */
export function encodeRecord(kind: RecordKind, values: StructValues): Uint8Array {
  const spec = getRecordSpec(kind);
  const { size } = computeLayout(spec);
  const output: Output = { fixed: new DataView(new ArrayBuffer(size)), parts: [], end: size };
  writeStruct(output, 0, spec, values);
  const texts = output.parts.join('');
  writeStruct(output, 0, spec, {
    header: { kind: recordKinds.indexOf(kind), length: output.end },
  });
  const bytes = new Uint8Array(output.end);
  bytes.set(new Uint8Array(output.fixed.buffer));
  writeBytes(new DataView(bytes.buffer), size, texts);
  return bytes;
}
