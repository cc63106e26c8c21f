// SPDX-License-Identifier: Apache-2.0
// A BPF object: open → adjust → load → attach, read, write → close. Bytes only. A refusal that a
// kernel may rightly give (load, attach) is a Result; wrong names, sizes and order of calls throw.
// Closing it detaches its programs and closes its rings.

import { BpfLink } from './bpf-link.ts';
import { BpfRing } from './bpf-ring.ts';
import { explainLoad } from './load-refusal.ts';
import type {
  BpfMapDescription,
  BpfProgramDescription,
  BpfVariableDescription,
  ProgramStats,
  RawObject,
} from './native-addon.ts';
import {
  errnoName,
  ProbeError,
  type ProbeErrorCode,
  type Result,
  refuse,
  succeed,
} from './probe-error.ts';
import { encodeVariable, type VariableValue } from './variable-value.ts';

const ENOENT = 2;
const E2BIG = 7;
const EEXIST = 17;

/** `any` stores always, `new` only where no entry is, `existing` only where one is. */
export type MapSetMode = 'any' | 'new' | 'existing';
export type MapSetOutcome = 'stored' | 'exists' | 'missing' | 'full';

const mapSetFlags: Readonly<Record<MapSetMode, number>> = { any: 0, new: 1, existing: 2 };

type State = 'open' | 'loaded' | 'failed' | 'closed';
type NamedMap = { readonly index: number; readonly map: BpfMapDescription };

export class BpfObject {
  readonly name: string;
  readonly #raw: RawObject;
  readonly #maps = new Map<string, NamedMap>();
  readonly #programs = new Map<string, number>();
  readonly #links = new Set<BpfLink>();
  readonly #rings = new Map<string, BpfRing>();
  #state: State = 'open';
  #log = '';

  constructor(raw: RawObject, name: string) {
    this.#raw = raw;
    this.name = name;
    raw.maps().forEach((map, index) => void this.#maps.set(map.name, { index, map }));
    raw.programs().forEach((program, index) => void this.#programs.set(program.name, index));
  }

  /** Lists the maps; sizes change with `setMapEntries` and, for rings, when loading. */
  maps(): readonly BpfMapDescription[] {
    this.#assertNotClosed('list maps');
    return this.#raw.maps();
  }

  programs(): readonly BpfProgramDescription[] {
    this.#assertNotClosed('list programs');
    return this.#raw.programs();
  }

  /** Lists the global variables that are not static, in all sections that are maps. */
  variables(): readonly BpfVariableDescription[] {
    this.#assertNotClosed('list variables');
    return this.#raw.variables();
  }

  /** Everything libbpf and the verifier have said about this object so far. */
  get log(): string {
    this.#log += this.#raw.takeLog();
    return this.#log;
  }

  setMapEntries(mapName: string, maxEntries: number): void {
    this.#assertState('open', `set entries of map "${mapName}"`);
    const errno = this.#raw.setMaxEntries(this.#findMap(mapName).index, maxEntries);
    if (errno !== 0) throw this.#refusal('map_refused', `resize map "${mapName}"`, errno);
  }

  /**
   * Chooses whether `load()` makes this map. No instruction that the verifier follows may name one
   * that is not made.
   */
  setAutocreate(mapName: string, autocreate: boolean): void {
    this.#assertState('open', `set autocreate of map "${mapName}"`);
    const errno = this.#raw.setAutocreate(this.#findMap(mapName).index, autocreate);
    if (errno !== 0) throw this.#refusal('map_refused', `choose map "${mapName}"`, errno);
  }

  /** Sets bytes of a global-data map (`.rodata`, `.data`, `.bss`) before the object is loaded. */
  setInitialValue(mapName: string, offset: number, bytes: Uint8Array): void {
    this.#assertState('open', `set initial value of map "${mapName}"`);
    const { index, map } = this.#findMap(mapName);
    if (!Number.isInteger(offset) || offset < 0 || offset + bytes.length > map.valueBytes) {
      const place = `${bytes.length} bytes at ${offset}`;
      throw new ProbeError({
        code: 'wrong_argument',
        what: `set initial value of map "${mapName}": ${place}, the value has ${map.valueBytes}`,
        advice: 'take offset and size from variables()',
      });
    }
    this.#raw.setInitialValue(index, offset, bytes);
  }

  /** Sets a global variable (`const volatile` ones too) before the object is loaded. */
  setVariable(variableName: string, value: VariableValue): void {
    this.#assertState('open', `set variable "${variableName}"`);
    const variables = this.#raw.variables();
    const variable = variables.find((candidate) => candidate.name === variableName);
    if (variable === undefined) {
      throw this.#unknown(
        'variable',
        variableName,
        variables.map((known) => known.name),
      );
    }
    this.#raw.setInitialValue(variable.map, variable.offset, encodeVariable(variable, value));
  }

  /** Chooses whether `load()` loads this program. */
  setAutoload(programName: string, autoload: boolean): void {
    this.#assertState('open', `set autoload of program "${programName}"`);
    const errno = this.#raw.setAutoload(this.#findProgram(programName), autoload);
    if (errno !== 0) throw this.#refusal('load_refused', `choose program "${programName}"`, errno);
  }

  /**
   * Chooses, before loading, the kernel function or LSM hook that a program of a section `fentry`,
   * `fexit` or `lsm` attaches to. Refused when this kernel's types do not have it.
   */
  setAttachTarget(programName: string, functionName: string): Result<void> {
    this.#assertState('open', `set target of program "${programName}"`);
    const errno = this.#raw.setAttachTarget(this.#findProgram(programName), functionName);
    if (errno === 0) return succeed(undefined);
    return refuse({
      code: 'target_unknown',
      errno,
      program: programName,
      what: `aim BPF program "${programName}" at "${functionName}": ${errnoName(errno)}`,
      advice: 'this kernel has no such function: choose another one, or another backend',
      log: this.log,
    });
  }

  /** Chooses that the verifier's statistics about a program are kept while loading it. */
  keepVerifierLog(programName: string): void {
    this.#assertState('open', `keep verifier log of program "${programName}"`);
    const errno = this.#raw.keepVerifierLog(this.#findProgram(programName));
    if (errno !== 0) throw this.#refusal('load_refused', `keep log of "${programName}"`, errno);
  }

  /** Gets what the verifier said about a program whose log is kept; else empty. */
  verifierLog(programName: string): string {
    this.#assertNotClosed(`read verifier log of program "${programName}"`);
    return this.#raw.verifierLog(this.#findProgram(programName));
  }

  /**
   * Creates the maps and loads the chosen programs. After a refusal the object can only be closed;
   * the error names the program and carries the verifier's whole log.
   */
  load(): Result<void> {
    this.#assertState('open', 'load');
    const errno = this.#raw.load();
    this.#state = errno === 0 ? 'loaded' : 'failed';
    return errno === 0 ? succeed(undefined) : refuse(explainLoad(this.name, errno, this.log));
  }

  /**
   * Attaches a loaded program: to what its section or `setAttachTarget` says or, of a section
   * `kprobe` or `kretprobe`, to the function that is named. The kernel detaches it when we end.
   */
  attach(programName: string, functionName?: string): Result<BpfLink> {
    this.#assertState('loaded', `attach program "${programName}"`);
    const index = this.#findProgram(programName);
    if (functionName !== undefined) this.#assertProbe(programName, index);
    const raw =
      functionName === undefined
        ? this.#raw.attach(index)
        : this.#raw.attachFunction(index, functionName);
    if (typeof raw === 'number') {
      const place = functionName === undefined ? '' : ` to "${functionName}"`;
      return refuse({
        code: 'attach_refused',
        errno: raw,
        program: programName,
        what: `attach BPF program "${programName}"${place}: ${errnoName(raw)}`,
        advice: 'see "fimbul doctor" for what this kernel offers, or choose another backend',
        log: this.log,
      });
    }
    const target = functionName ?? null;
    const link = new BpfLink(raw, { program: programName, target }, (detached) =>
      this.#links.delete(detached),
    );
    this.#links.add(link);
    return succeed(link);
  }

  /** Opens a ring buffer; one reader at a time, so a second call throws until the first closes. */
  ring(mapName: string): BpfRing {
    this.#assertState('loaded', `open ring "${mapName}"`);
    const { index } = this.#findMap(mapName);
    const map = this.#raw.maps()[index];
    if (map === undefined || map.type !== 'ringbuf' || this.#rings.has(mapName)) {
      throw new ProbeError({
        code: map?.type === 'ringbuf' ? 'wrong_state' : 'wrong_argument',
        what: `open ring "${mapName}": ${map?.type === 'ringbuf' ? 'already open' : 'not a ring'}`,
        advice: 'open each map of type ringbuf once',
      });
    }
    const raw = this.#raw.ring(index);
    if (typeof raw === 'number') throw this.#refusal('ring_refused', `map ring "${mapName}"`, raw);
    const onClose = () => void this.#rings.delete(mapName);
    const ring = new BpfRing(raw, { name: mapName, sizeBytes: map.maxEntries, onClose });
    this.#rings.set(mapName, ring);
    return ring;
  }

  /**
   * Gets the value of a key, null when there is none. Of a per-CPU map: one value after the other
   * for each possible CPU, each rounded up to 8 bytes. `into` saves the allocation.
   */
  mapGet(mapName: string, key: Uint8Array, into?: Uint8Array): Uint8Array | null {
    const { index, map } = this.#mapFor('read', mapName, key);
    const value = into ?? new Uint8Array(map.valueBytesAll);
    this.#assertSize(`read map "${mapName}": value`, value, map.valueBytesAll);
    const errno = this.#raw.mapGet(index, key, value);
    if (errno === 0) return value;
    if (errno === ENOENT) return null;
    throw this.#refusal('map_refused', `read map "${mapName}"`, errno);
  }

  /** Stores a value; `full` is a map without room. Arrays have all their entries from the start. */
  mapSet(
    mapName: string,
    key: Uint8Array,
    value: Uint8Array,
    mode: MapSetMode = 'any',
  ): MapSetOutcome {
    const { index, map } = this.#mapFor('write', mapName, key);
    this.#assertSize(`write map "${mapName}": value`, value, map.valueBytesAll);
    const errno = this.#raw.mapSet(index, key, value, mapSetFlags[mode]);
    if (errno === 0) return 'stored';
    if (errno === EEXIST) return 'exists';
    if (errno === ENOENT) return 'missing';
    if (errno === E2BIG && map.type !== 'array' && map.type !== 'percpu_array') return 'full';
    throw this.#refusal('map_refused', `write map "${mapName}"`, errno);
  }

  /** Deletes the entry of a key; false when there was none. */
  mapDelete(mapName: string, key: Uint8Array): boolean {
    const { index } = this.#mapFor('delete from', mapName, key);
    const errno = this.#raw.mapDelete(index, key);
    if (errno === 0) return true;
    if (errno === ENOENT) return false;
    throw this.#refusal('map_refused', `delete from map "${mapName}"`, errno);
  }

  /**
   * Gets the key after `key`, or the first one for null; null at the end. A key that vanished
   * meanwhile starts from the first one again.
   */
  mapNextKey(mapName: string, key: Uint8Array | null): Uint8Array | null {
    const { index, map } = this.#mapFor('walk', mapName, key);
    const next = new Uint8Array(map.keyBytes);
    const errno = this.#raw.mapNextKey(index, key, next);
    if (errno === 0) return next;
    if (errno === ENOENT) return null;
    throw this.#refusal('map_refused', `walk map "${mapName}"`, errno);
  }

  /** Reads the kernel's counters of a loaded program; null when it was not chosen for loading. */
  programStats(programName: string): ProgramStats | null {
    this.#assertState('loaded', `read counters of program "${programName}"`);
    const stats = this.#raw.programStats(this.#findProgram(programName));
    if (typeof stats !== 'number') return stats;
    if (stats === ENOENT) return null;
    throw this.#refusal('stats_refused', `read counters of program "${programName}"`, stats);
  }

  /** Detaches, closes the rings, unloads. Repeating it changes nothing. */
  close(): void {
    if (this.#state === 'closed') return;
    for (const link of this.#links) link.detach();
    for (const ring of this.#rings.values()) ring.close();
    this.#log += this.#raw.takeLog();
    this.#state = 'closed';
    this.#raw.close();
  }

  #mapFor(verb: string, mapName: string, key: Uint8Array | null): NamedMap {
    this.#assertState('loaded', `${verb} map "${mapName}"`);
    const found = this.#findMap(mapName);
    if (found.map.keyBytes === 0) {
      throw new ProbeError({
        code: 'wrong_argument',
        what: `${verb} map "${mapName}": a map of type ${found.map.type} has no keys`,
        advice: 'read rings with ring()',
      });
    }
    if (key !== null) this.#assertSize(`${verb} map "${mapName}": key`, key, found.map.keyBytes);
    return found;
  }

  #findMap(mapName: string): NamedMap {
    const found = this.#maps.get(mapName);
    if (found === undefined) throw this.#unknown('map', mapName, this.#maps.keys());
    return found;
  }

  #findProgram(programName: string): number {
    const found = this.#programs.get(programName);
    if (found === undefined) throw this.#unknown('program', programName, this.#programs.keys());
    return found;
  }

  #assertProbe(programName: string, index: number): void {
    const section = this.#raw.programs()[index]?.section ?? '';
    if (/^k(?:ret)?probe(?:\/|$)/.test(section)) return;
    throw new ProbeError({
      code: 'wrong_argument',
      what: `attach program "${programName}" of section "${section}" to a function by name`,
      advice: 'use setAttachTarget() before loading for all sections but kprobe and kretprobe',
    });
  }

  #unknown(noun: string, name: string, known: Iterable<string>): ProbeError {
    return new ProbeError({
      code: 'unknown_name',
      what: `BPF object "${this.name}" has no ${noun} "${name}"`,
      advice: `choose one of: ${[...known].join(', ')}`,
    });
  }

  #refusal(code: ProbeErrorCode, what: string, errno: number): ProbeError {
    return new ProbeError({
      code,
      errno,
      what: `${what} of BPF object "${this.name}": ${errnoName(errno)}`,
      advice: 'check the rights of this process and the sizes that the map declares',
      log: this.log,
    });
  }

  #assertSize(what: string, bytes: Uint8Array, expected: number): void {
    if (bytes.length === expected) return;
    throw new ProbeError({
      code: 'wrong_argument',
      what: `${what} of ${bytes.length} bytes, the map declares ${expected}`,
      advice: 'take keyBytes and valueBytesAll from maps()',
    });
  }

  #assertNotClosed(verb: string): void {
    if (this.#state !== 'closed') return;
    throw new ProbeError({
      code: 'closed',
      what: `${verb} of BPF object "${this.name}": it is closed`,
      advice: 'open it again with openObject()',
    });
  }

  #assertState(expected: State, verb: string): void {
    this.#assertNotClosed(verb);
    if (this.#state === expected) return;
    throw new ProbeError({
      code: 'wrong_state',
      what: `${verb} of BPF object "${this.name}": it is ${this.#state}, not ${expected}`,
      advice: 'open, adjust, load once, then use; after a refused load open it again',
    });
  }
}
