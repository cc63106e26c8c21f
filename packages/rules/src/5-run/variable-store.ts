// SPDX-License-Identifier: Apache-2.0
// What `set` actions keep. Values belong to an object that stands for their process, container or
// control group, and go with it. Memory is bounded: a list has a largest size, and while all lists
// together are too large, one that grows loses its oldest values. All of that is counted.

import { isList, type RuntimeScalar, type RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import type { SetAction } from '../actions.ts';
import type { RuleHost } from './rule-host.ts';
import { countBytes, StoredList } from './stored-list.ts';

export const variableLimits = {
  /** Values of a list for which the policy gives no `size`. */
  listSizeMax: 65_536,
  /** Bytes of a stored text; the rest is cut off. */
  textBytesMax: 16 * 1024,
  /** Estimated bytes of all variables; beyond, lists do not grow. */
  bytesMax: 64 * 1024 * 1024,
  /** Ancestors that are asked for an inherited value. */
  ancestorsMax: 256,
} as const;

export type VariableCounters = {
  /** Values that lists lost because they were full. */
  evictedValues: number;
  /** Texts that were cut off. */
  cutValues: number;
  /** Sets that did nothing: the event has no container, or no known process or control group. */
  setsWithoutOwner: number;
};

export type VariableStoreOptions = {
  readonly getParentOwner: RuleHost<never>['getParentOwner'];
  /** Differs from the limit above in tests only. */
  readonly bytesMax?: number;
};

/** What is set, and how it is set. */
export type VariableChange = Pick<SetAction, 'append' | 'size' | 'ttlNs'> & {
  readonly value: RuntimeValue;
};

type Cell = { expiresNs: bigint | null } & (
  | { readonly kind: 'scalar'; readonly value: RuntimeScalar }
  | { readonly kind: 'list'; readonly list: StoredList }
);

/** What belongs to one owner. It must not lead to the owner, or the owner would never go. */
type Belongings = { readonly cells: Map<number, Cell>; readonly account: { bytes: number } };

function countCell(cell: Cell | undefined): number {
  if (cell === undefined) return 0;
  return cell.kind === 'list' ? cell.list.bytes : countBytes(cell.value);
}

function isLive({ expiresNs }: Cell, timeNs: bigint): boolean {
  return expiresNs === null || timeNs < expiresNs;
}

function later(left: bigint | null, right: bigint | null): bigint | null {
  if (left === null || right === null) return null;
  return left > right ? left : right;
}

export class VariableStore {
  readonly counters: VariableCounters = { evictedValues: 0, cutValues: 0, setsWithoutOwner: 0 };
  readonly #belongings = new WeakMap<object, Belongings>();
  readonly #everything = {};
  readonly #getParentOwner: VariableStoreOptions['getParentOwner'];
  readonly #bytesMax: number;
  readonly #gone = new FinalizationRegistry<Belongings['account']>(({ bytes }) => {
    this.#bytes -= bytes;
  });
  #bytes = 0;

  constructor({ getParentOwner, bytesMax = variableLimits.bytesMax }: VariableStoreOptions) {
    this.#getParentOwner = getParentOwner;
    this.#bytesMax = bytesMax;
  }

  /** Estimates the memory that all values need. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Reads a variable; its default where it is not set. A list is valid until it is set again. */
  read(variable: VariableSpec, owner: object | null, timeNs: bigint): RuntimeValue {
    return this.find(variable, owner, timeNs) ?? variable.defaultValue;
  }

  /** Reads a variable; null where it is not set. The owner of a global one does not matter. */
  find(variable: VariableSpec, owner: object | null, timeNs: bigint): RuntimeValue | null {
    const cell = this.#findCell(variable, this.#ownerOf(variable, owner), timeNs);
    if (cell === null) return null;
    return cell.kind === 'list' ? cell.list.values : cell.value;
  }

  /** Sets a variable; without an owner nothing happens. */
  set(variable: VariableSpec, owner: object | null, change: VariableChange, timeNs: bigint): void {
    const actualOwner = this.#ownerOf(variable, owner);
    if (actualOwner === null) {
      this.counters.setsWithoutOwner += 1;
      return;
    }
    const expiresNs = change.ttlNs === null ? null : timeNs + change.ttlNs;
    if (!variable.list) {
      const [first] = isList(change.value) ? change.value : [change.value];
      if (first === undefined) return;
      this.#put(actualOwner, variable, { kind: 'scalar', value: this.#clean(first), expiresNs });
      return;
    }
    const cell = change.append
      ? this.#continueList(variable, actualOwner, timeNs)
      : { kind: 'list' as const, list: new StoredList(), expiresNs };
    // Bytes are counted from what the owner has, so the list is put there before it grows.
    this.#put(actualOwner, variable, cell);
    this.#grow(actualOwner, cell.list, { ...change, timeNs });
    cell.expiresNs = later(cell.expiresNs, expiresNs);
  }

  #ownerOf({ scope }: VariableSpec, owner: object | null): object | null {
    return scope === 'global' ? this.#everything : owner;
  }

  #findCell(variable: VariableSpec, owner: object | null, timeNs: bigint): Cell | null {
    let current = owner;
    for (let count = 0; current !== null && count <= variableLimits.ancestorsMax; count += 1) {
      const cell = this.#findOwnCell(variable, current, timeNs);
      if (cell !== null) return cell;
      if (!variable.inherited || variable.scope !== 'process') return null;
      current = this.#getParentOwner(current);
    }
    return null;
  }

  #findOwnCell({ slot }: VariableSpec, owner: object, timeNs: bigint): Cell | null {
    const belongings = this.#belongings.get(owner);
    const cell = belongings?.cells.get(slot);
    if (belongings === undefined || cell === undefined) return null;
    if (!isLive(cell, timeNs)) {
      belongings.cells.delete(slot);
      this.#account(belongings, -countCell(cell));
      return null;
    }
    if (cell.kind === 'scalar' || cell.list.size === 0) return cell;
    const before = cell.list.bytes;
    cell.list.expire(timeNs);
    if (cell.list.bytes !== before) this.#account(belongings, cell.list.bytes - before);
    if (cell.list.size > 0) return cell;
    belongings.cells.delete(slot);
    return null;
  }

  /** The list to append to: the owner's own, or one that begins as what the variable reads as. */
  #continueList(variable: VariableSpec, owner: object, timeNs: bigint) {
    const own = this.#findOwnCell(variable, owner, timeNs);
    if (own?.kind === 'list') return own;
    const list = new StoredList();
    const inherited = this.#findCell(variable, owner, timeNs);
    const { defaultValue } = variable;
    if (inherited?.kind === 'list') {
      list.addAll(inherited.list);
    } else if (isList(defaultValue)) {
      for (const value of defaultValue) list.add(this.#clean(value), null);
    }
    // A default comes back when all else has expired, so it does not make the list live longer.
    const expiresNs = inherited === null ? 0n : inherited.expiresNs;
    return { kind: 'list' as const, list, expiresNs };
  }

  #grow(owner: object, list: StoredList, change: VariableChange & { timeNs: bigint }): void {
    const belongings = this.#belongingsOf(owner);
    const sizeMax = change.size ?? variableLimits.listSizeMax;
    const expiresNs = change.ttlNs === null ? null : change.timeNs + change.ttlNs;
    const values = isList(change.value) ? change.value : [change.value];
    for (const value of values) {
      let before = list.bytes;
      list.add(this.#clean(value), expiresNs);
      this.#account(belongings, list.bytes - before);
      while (list.size > sizeMax || (this.#bytes > this.#bytesMax && list.size > 1)) {
        before = list.bytes;
        list.removeOldest();
        this.#account(belongings, list.bytes - before);
        this.counters.evictedValues += 1;
      }
    }
  }

  #clean(value: RuntimeScalar): RuntimeScalar {
    if (typeof value === 'number') return BigInt(value);
    if (typeof value !== 'string' || value.length <= variableLimits.textBytesMax) return value;
    this.counters.cutValues += 1;
    return value.slice(0, variableLimits.textBytesMax);
  }

  #belongingsOf(owner: object): Belongings {
    let belongings = this.#belongings.get(owner);
    if (belongings === undefined) {
      belongings = { cells: new Map(), account: { bytes: 0 } };
      this.#belongings.set(owner, belongings);
      this.#gone.register(owner, belongings.account);
    }
    return belongings;
  }

  #put(owner: object, { slot }: VariableSpec, cell: Cell): void {
    const belongings = this.#belongingsOf(owner);
    const before = belongings.cells.get(slot);
    this.#account(belongings, countCell(cell) - countCell(before));
    belongings.cells.set(slot, cell);
  }

  #account({ account }: Belongings, bytes: number): void {
    account.bytes += bytes;
    this.#bytes += bytes;
  }
}
