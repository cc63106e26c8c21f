// SPDX-License-Identifier: Apache-2.0
// What `set` actions keep. Values belong to an object that stands for their process, container or
// control group, and go with it. Memory is bounded: while all variables together need too much, the
// variable that needs most gives values, so that nobody can make a rule forget what it keeps by
// filling another variable. All that is given is counted.

import { isList, type RuntimeScalar, type RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import type { SetAction } from '../actions.ts';
import { CellsBySize } from './cells-by-size.ts';
import type { RuleHost } from './rule-host.ts';
import { StoredList } from './stored-list.ts';
import { type Cell, type CellContent, countCell, hasExpired } from './variable-cell.ts';

export const variableLimits = {
  /** Values of a list for which the policy gives no `size`. */
  listSizeMax: 65_536,
  /** Bytes of a stored text; the rest is cut off. */
  textBytesMax: 16 * 1024,
  /** Estimated bytes of all variables. */
  bytesMax: 64 * 1024 * 1024,
  /** Ancestors that are asked for an inherited value. */
  ancestorsMax: 256,
} as const;

export type VariableCounters = {
  /** Values that lists lost because they were full. */
  evictedValues: number;
  /** Values, of lists and others, that were given up for want of memory. */
  crowdedOutValues: number;
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

/** The cells of one owner, by the keys of their variables. */
type Belongings = Map<string, Cell>;

/** What one variable needs for all owners together. */
type Usage = { bytes: number; readonly cells: CellsBySize };

function later(left: bigint | null, right: bigint | null): bigint | null {
  if (left === null || right === null) return null;
  return left > right ? left : right;
}

export class VariableStore {
  readonly counters: VariableCounters = {
    ...{ evictedValues: 0, crowdedOutValues: 0, cutValues: 0, setsWithoutOwner: 0 },
  };
  readonly #belongings = new WeakMap<object, Belongings>();
  readonly #everything = {};
  readonly #getParentOwner: VariableStoreOptions['getParentOwner'];
  readonly #bytesMax: number;
  /** By the key of the variable. */
  readonly #usages = new Map<string, Usage>();
  readonly #gone = new FinalizationRegistry<Belongings>((belongings) => {
    for (const cell of belongings.values()) this.#forget(cell);
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

  /** True where a list, as it is read, has a value. */
  has(
    variable: VariableSpec,
    owner: object | null,
    value: string | bigint,
    timeNs: bigint,
  ): boolean {
    const cell = this.#findCell(variable, this.#ownerOf(variable, owner), timeNs);
    if (cell?.kind === 'list') return cell.list.has(value);
    const { defaultValue } = variable;
    return isList(defaultValue) && defaultValue.includes(value);
  }

  /** Sets a variable; without an owner nothing happens. */
  set(variable: VariableSpec, owner: object | null, change: VariableChange, timeNs: bigint): void {
    const actualOwner = this.#ownerOf(variable, owner);
    if (actualOwner === null) {
      this.counters.setsWithoutOwner += 1;
      return;
    }
    const expiresNs = change.ttlNs === null ? null : timeNs + change.ttlNs;
    const cell = variable.list
      ? this.#setList(variable, actualOwner, change, timeNs)
      : this.#setScalar(variable, actualOwner, change);
    if (cell === null) return;
    const isContinued = variable.list && change.append;
    cell.expiresNs = isContinued ? later(cell.expiresNs, expiresNs) : expiresNs;
    this.#count(cell);
    this.#getUsage(cell.key).cells.place(cell);
    while (this.#bytes > this.#bytesMax) this.#giveRoom(timeNs);
  }

  #setScalar(variable: VariableSpec, owner: object, { value }: VariableChange): Cell | null {
    const [first] = isList(value) ? value : [value];
    if (first === undefined) return null;
    return this.#put(owner, variable, { kind: 'scalar', value: this.#clean(first) });
  }

  #setList(variable: VariableSpec, owner: object, change: VariableChange, timeNs: bigint): Cell {
    const cell = change.append
      ? this.#continueList(variable, owner, timeNs)
      : this.#put(owner, variable, { kind: 'list', list: new StoredList() });
    if (cell.kind === 'list') this.#grow(cell.list, change, timeNs);
    return cell;
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

  #findOwnCell({ key }: VariableSpec, owner: object, timeNs: bigint): Cell | null {
    const cell = this.#belongings.get(owner)?.get(key);
    if (cell === undefined) return null;
    if (hasExpired(cell, timeNs)) {
      this.#remove(cell);
      return null;
    }
    if (cell.kind === 'scalar' || cell.list.size === 0) return cell;
    cell.list.expire(timeNs);
    this.#count(cell);
    if (cell.list.size > 0) return cell;
    this.#remove(cell);
    return null;
  }

  /** The list to append to: the owner's own, or one that begins as what the variable reads as. */
  #continueList(variable: VariableSpec, owner: object, timeNs: bigint): Cell {
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
    const cell = this.#put(owner, variable, { kind: 'list', list });
    // A default comes back when all else has expired, so it does not make the list live longer.
    cell.expiresNs = inherited === null ? 0n : inherited.expiresNs;
    return cell;
  }

  #grow(list: StoredList, { value, size, ttlNs }: VariableChange, timeNs: bigint): void {
    const sizeMax = size ?? variableLimits.listSizeMax;
    const expiresNs = ttlNs === null ? null : timeNs + ttlNs;
    for (const added of isList(value) ? value : [value]) {
      list.add(this.#clean(added), expiresNs);
      while (list.size > sizeMax) {
        list.removeOldest();
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

  /** Puts content in the place of what the owner had; it is counted by whoever sets it. */
  #put(owner: object, { key }: VariableSpec, content: CellContent): Cell {
    let siblings = this.#belongings.get(owner);
    if (siblings === undefined) {
      siblings = new Map();
      this.#belongings.set(owner, siblings);
      this.#gone.register(owner, siblings);
    }
    const before = siblings.get(key);
    if (before !== undefined) this.#remove(before);
    const cell: Cell = { key, siblings, bytes: 0, expiresNs: null, place: null, ...content };
    siblings.set(key, cell);
    return cell;
  }

  #remove(cell: Cell): void {
    cell.siblings.delete(cell.key);
    this.#forget(cell);
  }

  #forget(cell: Cell): void {
    const usage = this.#getUsage(cell.key);
    usage.cells.remove(cell);
    usage.bytes -= cell.bytes;
    this.#bytes -= cell.bytes;
    cell.bytes = 0;
  }

  #count(cell: Cell): void {
    const bytes = countCell(cell);
    this.#getUsage(cell.key).bytes += bytes - cell.bytes;
    this.#bytes += bytes - cell.bytes;
    cell.bytes = bytes;
  }

  #getUsage(key: string): Usage {
    let usage = this.#usages.get(key);
    if (usage === undefined) {
      usage = { bytes: 0, cells: new CellsBySize() };
      this.#usages.set(key, usage);
    }
    return usage;
  }

  /** Forgets all variables but these. */
  keepOnly(variables: readonly VariableSpec[]): void {
    const kept = new Set(variables.map(({ key }) => key));
    for (const [key, { cells }] of this.#usages) {
      if (kept.has(key)) continue;
      for (let cell = cells.findFirst(); cell !== null; cell = cells.findFirst()) {
        this.#remove(cell);
      }
      this.#usages.delete(key);
    }
  }

  /** Takes a value, or what has expired, from an owner that has much of the largest variable. */
  #giveRoom(timeNs: bigint): void {
    const cell = this.#findLargest().cells.findFirst();
    if (cell === null) throw new Error('bytes are counted that no variable has');
    if (hasExpired(cell, timeNs)) {
      this.#remove(cell);
      return;
    }
    if (cell.kind === 'list') {
      const { bytes } = cell.list;
      cell.list.expire(timeNs);
      if (cell.list.bytes === bytes) {
        cell.list.removeOldest();
        this.counters.crowdedOutValues += 1;
      }
      this.#count(cell);
      if (cell.list.size > 0) return;
    } else {
      this.counters.crowdedOutValues += 1;
    }
    this.#remove(cell);
  }

  /** There are as many variables as policies declare, so looking at all of them is bounded. */
  #findLargest(): Usage {
    let largest: Usage | null = null;
    for (const usage of this.#usages.values()) {
      if (largest === null || usage.bytes > largest.bytes) largest = usage;
    }
    if (largest === null) throw new Error('bytes are counted that no variable has');
    return largest;
  }
}
