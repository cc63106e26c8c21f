// SPDX-License-Identifier: Apache-2.0
// The first and the last chunk of a recording: JSON that anybody may have written. It is checked
// here member by member; what the recording program added (`meta`) is checked by who reads that.

import type { RecordedLayout, RecordedMember, RecordSchema } from '@fimbul/schema';

export type RecordingHeader = {
  /** Where the members of the records stand. */
  readonly schema: RecordSchema;
  readonly meta: unknown;
};

export type RecordingFooter = {
  readonly records: number;
  readonly notes: number;
  /** Chunks before the footer, the header among them. */
  readonly chunks: number;
  readonly meta: unknown;
};

/** More are refused: no version had a tenth of them. */
const layoutsMax = 256;
const membersMax = 4096;
const recordBytesMax = 65_536;

/** Names are shown to people; none of ours ever had another character. */
const namePattern = /^[\w.]{1,128}$/;

const memberTypes: readonly RecordedMember['type'][] = ['unsigned', 'signed', 'text', 'bytes'];

type Loose = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, max = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && namePattern.test(value);
}

function isMember(value: unknown, recordSize: number): value is RecordedMember {
  if (!isObject(value)) return false;
  const { name, offset, size, type } = value;
  if (!isName(name) || !memberTypes.some((known) => known === type)) return false;
  if (!isCount(offset, recordSize) || !isCount(size, recordSize)) return false;
  if (offset + size > recordSize) return false;
  if (type === 'text') return size === 8;
  return type === 'bytes' || [1, 2, 4, 8].includes(size);
}

function isLayout(value: unknown): value is RecordedLayout {
  if (!isObject(value)) return false;
  const { kind, size, members } = value;
  if (!isName(kind) || !isCount(size, recordBytesMax)) return false;
  if (!Array.isArray(members) || members.length > membersMax) return false;
  return members.every((member) => isMember(member, size));
}

function isSchema(value: unknown): value is RecordSchema {
  if (!isObject(value)) return false;
  const { layouts, pathSources, pathFlags } = value;
  if (!Array.isArray(layouts) || layouts.length > layoutsMax) return false;
  if (!layouts.every(isLayout) || !isObject(pathFlags)) return false;
  if (!Array.isArray(pathSources) || !pathSources.every((name) => typeof name === 'string')) {
    return false;
  }
  return Object.values(pathFlags).every((bit) => isCount(bit, 0xffff));
}

/** Takes over what is known of a schema, so that nothing else of it is ever walked through. */
function copySchema({ layouts, pathSources, pathFlags }: RecordSchema): RecordSchema {
  const copy = layouts.map(({ kind, size, members }) => ({
    kind,
    size,
    members: members.map((member) => ({
      name: member.name,
      offset: member.offset,
      size: member.size,
      type: member.type,
    })),
  }));
  return { layouts: copy, pathSources, pathFlags };
}

/** Parses JSON; undefined where it is none. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Reads the first chunk; null when it is not a header. */
export function parseHeader(bytes: Buffer): RecordingHeader | null {
  const value = parseJson(bytes);
  if (!isObject(value) || !isSchema(value.schema)) return null;
  return { schema: copySchema(value.schema), meta: value.meta };
}

/** Reads the last chunk; null when it is not a footer. */
export function parseFooter(bytes: Buffer): RecordingFooter | null {
  const value = parseJson(bytes);
  if (!isObject(value)) return null;
  const { records, notes, chunks, meta } = value;
  if (!isCount(records) || !isCount(notes) || !isCount(chunks)) return null;
  return { records, notes, chunks, meta };
}
