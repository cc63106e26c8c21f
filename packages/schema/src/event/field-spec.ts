// SPDX-License-Identifier: Apache-2.0
// What is said of a field, once: type, source, cost, and how the kernel can filter on it. Blocks
// of fields are written as drafts, which say only what differs from an ordinary string.

import type { ConstantGroupName } from './constants.ts';
import type { EventType } from './event-types.ts';

export type FieldType = 'string' | 'int' | 'bool' | 'ip';

/** A prefix whose fields have one value for each of several elements. */
export type IteratorName = 'process.ancestors';

/** Where the value comes from: the record, the process cache, or a look-up in user space. */
export type FieldSource = 'kernel' | 'process' | 'resolver' | 'engine';

/**
 * The kernel table that can decide a comparison of this field with literals.
 * `name`: exact last component; `path`: the path; `result`: the operation's result class;
 * `none`: user space decides, unless `filter-values.ts` has the field.
 */
export type FieldFilter = 'name' | 'path' | 'partial-path' | 'result' | 'none';

/** How an integer is written in JSON. */
export type IntegerStyle = 'number' | 'decimal' | 'names' | 'time';

export type FieldSpec = {
  readonly name: string;
  readonly type: FieldType;
  /** True where the value is a list: comparisons then mean "any element", negated ones "none". */
  readonly list: boolean;
  /**
   * Set where the field has a value for each element of an iterator: comparisons then mean "any
   * element". The value is an array with an entry for each element; of a list, an array of arrays.
   */
  readonly iterator: IteratorName | null;
  /** The event type the field belongs to, or `*` for fields of every event. */
  readonly event: EventType | '*';
  /** Inclusive bounds of an integer; the compiler uses them to choose its arithmetic. */
  readonly range: readonly [bigint, bigint];
  /** How a pattern literal is matched: path components (`glob`) or any run of bytes (`pattern`). */
  readonly match: 'glob' | 'pattern';
  /** True for domain names, which compare without regard to case and have a `.root_domain`. */
  readonly isDomain: boolean;
  readonly source: FieldSource;
  /** Relative price of reading the field; cheap ones are read first. */
  readonly cost: number;
  readonly filter: FieldFilter;
  /**
   * Which file the kernel tables look at: one of the operation, or what the process runs. Of an
   * iterator it is what each of the elements ran.
   */
  readonly filterFile: 'source' | 'destination' | 'program';
  readonly style: IntegerStyle;
  readonly constants: ConstantGroupName | null;
  /** False where this agent knows the field and does not fill it yet: it reads as zero. */
  readonly filled: boolean;
  /** False for fields of an alert that no rule can read (`rule.id`). */
  readonly inRules: boolean;
  readonly description: string;
};

export type FieldDraft = Partial<FieldSpec> & Pick<FieldSpec, 'name' | 'description'>;

export const int64: readonly [bigint, bigint] = [-(1n << 63n), (1n << 63n) - 1n];
export const uint32: readonly [bigint, bigint] = [0n, 0xffffffffn];
export const uint64AsInt64: readonly [bigint, bigint] = [0n, (1n << 63n) - 1n];
export const int32: readonly [bigint, bigint] = [-(1n << 31n), (1n << 31n) - 1n];
export const uint16: readonly [bigint, bigint] = [0n, 0xffffn];

/** Completes a draft. */
export function makeField(draft: FieldDraft): FieldSpec {
  return {
    type: 'string',
    list: false,
    iterator: null,
    event: '*',
    range: int64,
    match: 'pattern',
    isDomain: false,
    source: 'kernel',
    cost: 1,
    filter: 'none',
    filterFile: 'source',
    style: 'number',
    constants: null,
    filled: true,
    inRules: true,
    ...draft,
  };
}

/** Whom a block of fields belongs to. */
export type FieldOwner = Pick<FieldSpec, 'event'> &
  Partial<Pick<FieldSpec, 'iterator' | 'source' | 'filterFile' | 'filled'>>;

/** Completes the fields under one prefix. What the owner does not fill is not filled in any. */
export function makeFields(
  prefix: string,
  owner: FieldOwner,
  drafts: readonly FieldDraft[],
): FieldSpec[] {
  return drafts.map((draft) =>
    makeField({
      ...owner,
      ...draft,
      name: `${prefix}.${draft.name}`,
      filled: owner.filled !== false && draft.filled !== false,
    }),
  );
}

type Rest = Omit<Partial<FieldSpec>, 'name' | 'type' | 'description'>;

export function text(name: string, description: string, rest: Rest = {}): FieldDraft {
  return { name, description, ...rest };
}

export function textList(name: string, description: string, rest: Rest = {}): FieldDraft {
  return { name, list: true, description, ...rest };
}

/** An integer of 32 bits without a sign, unless the rest says otherwise. */
export function integer(name: string, description: string, rest: Rest = {}): FieldDraft {
  return { name, type: 'int', range: uint32, description, ...rest };
}

/** A moment, in nanoseconds since 1970. */
export function time(name: string, description: string, rest: Rest = {}): FieldDraft {
  return { name, type: 'int', range: int64, style: 'time', description, ...rest };
}

export function flag(name: string, description: string, rest: Rest = {}): FieldDraft {
  return { name, type: 'bool', description, ...rest };
}
