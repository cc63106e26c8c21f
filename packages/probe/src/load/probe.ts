// SPDX-License-Identifier: Apache-2.0
// A running probe: the object loaded as planned, filters installed, programs attached, and the ring
// to read. Closing it, or the end of the process however it comes, detaches everything.

import { kernelLimits, type OperationFilter } from '@fimbul/schema';
import type { BpfLink, BpfObject } from '../bpf-object.ts';
import type { BpfRing } from '../bpf-ring.ts';
import type { RecordBatch } from '../decode/record-batch.ts';
import type { Native } from '../native.ts';
import type { ProbePlan } from '../plan/plan.ts';
import { type ProbeError, type Result, refuse, succeed } from '../probe-error.ts';
import { type Counters, readCounters } from './counters.ts';
import { encodeFilters } from './filter-tables.ts';

const firstKey = new Uint8Array(4);
const sleeps = new Uint8Array(Uint32Array.of(1).buffer);

export type ProbeOptions = {
  readonly plan: ProbePlan;
  /** The compiled BPF object. */
  readonly objectBytes: Uint8Array;
  readonly filters: readonly OperationFilter[];
  /** Bytes of the ring; a power of two and a multiple of the page size. */
  readonly ringBytes: number;
  /** The agent's id in the initial pid namespace; 0 when it is in another one. */
  readonly agentPid: number;
  readonly btfPath?: string;
};

/** An optional program that this kernel did not take. */
export type Degradation = { readonly program: string; readonly error: ProbeError };

export class Probe {
  readonly degradations: readonly Degradation[];
  readonly #object: BpfObject;
  readonly #ring: BpfRing;
  readonly #links: readonly BpfLink[];

  constructor(object: BpfObject, links: readonly BpfLink[], degradations: readonly Degradation[]) {
    this.#object = object;
    this.#ring = object.ring('ring');
    this.#links = links;
    this.degradations = degradations;
  }

  /** Names of the attached programs. */
  get programs(): readonly string[] {
    return this.#links.map((link) => link.program);
  }

  /** Fills the batch with waiting records; `batch.count` is 0 when there are none. */
  read(batch: RecordBatch): void {
    batch.count = this.#ring.read(batch.bytes, batch.index);
  }

  /**
   * Asks to be woken by the next record. Until this is called again, records do not wake: the
   * reader looks into the ring by itself. A record that was sent meanwhile may have missed the
   * request, so look once more after some time.
   */
  sleep(): void {
    this.#object.mapSet('consumer_sleeps', firstKey, sleeps);
  }

  /** Calls back once per turn of the event loop while records wait. */
  onReadable(callback: (() => void) | null): void {
    this.#ring.onReadable(callback);
  }

  readCounters(): Counters {
    return readCounters(this.#object, this.programs);
  }

  /** Detaches all programs; what they sent can still be read. */
  detach(): void {
    for (const link of this.#links) link.detach();
  }

  close(): void {
    this.#object.close();
  }
}

function prepare(
  native: Native,
  options: ProbeOptions,
  programs: readonly string[],
): Result<BpfObject> {
  const opened = native.openObject(options.objectBytes, {
    name: 'fimbul',
    ...(options.btfPath === undefined ? {} : { btfPath: options.btfPath }),
  });
  if (!opened.ok) return opened;
  const object = opened.value;
  for (const { name } of object.programs()) object.setAutoload(name, programs.includes(name));
  object.setMapEntries('ring', options.ringBytes);
  object.setVariable('typed_reads', options.plan.typedReads);
  object.setVariable('agent_pid', options.agentPid);
  const reserve = (options.ringBytes * kernelLimits.RING_RESERVE_PERCENT) / 100;
  object.setVariable('ring_reserve_above', options.ringBytes - reserve);
  const loaded = object.load();
  if (loaded.ok) return succeed(object);
  object.close();
  return loaded;
}

/** Loads what the kernel takes: an optional program that it refuses is left out and reported. */
function load(
  native: Native,
  options: ProbeOptions,
): Result<{ object: BpfObject; degradations: Degradation[] }> {
  const degradations: Degradation[] = [];
  const optional = new Set(options.plan.programs.filter((p) => !p.required).map((p) => p.name));
  let programs = options.plan.programs.map((program) => program.name);
  for (;;) {
    const prepared = prepare(native, options, programs);
    if (prepared.ok) return succeed({ object: prepared.value, degradations });
    const program = prepared.error.program;
    if (program === null || !optional.has(program)) return prepared;
    degradations.push({ program, error: prepared.error });
    programs = programs.filter((name) => name !== program);
    optional.delete(program);
  }
}

function attachAll(
  object: BpfObject,
  options: ProbeOptions,
  degradations: Degradation[],
): Result<BpfLink[]> {
  const left = new Set(degradations.map(({ program }) => program));
  const links: BpfLink[] = [];
  for (const { name, required } of options.plan.programs) {
    if (left.has(name)) continue;
    const attached = object.attach(name);
    if (attached.ok) {
      links.push(attached.value);
    } else if (required) {
      return attached;
    } else {
      degradations.push({ program: name, error: attached.error });
    }
  }
  return succeed(links);
}

function installFilters(object: BpfObject, filters: readonly OperationFilter[]): Result<void> {
  for (const { map, key, value } of encodeFilters(filters)) {
    if (object.mapSet(map, key, value) === 'full') {
      return refuse({
        code: 'map_refused',
        errno: 0,
        what: `install the kernel filter: more than ${kernelLimits.FILTER_NAMES_MAX} names`,
        advice: 'use patterns in place of long lists of exact names',
      });
    }
  }
  return succeed(undefined);
}

/** Loads, installs the filters, then attaches: no event passes a filter that is not there yet. */
export function startProbe(native: Native, options: ProbeOptions): Result<Probe> {
  const loaded = load(native, options);
  if (!loaded.ok) return loaded;
  const { object, degradations } = loaded.value;
  const installed = installFilters(object, options.filters);
  if (!installed.ok) {
    object.close();
    return installed;
  }
  const attached = attachAll(object, options, degradations);
  if (!attached.ok) {
    object.close();
    return attached;
  }
  return succeed(new Probe(object, attached.value, degradations));
}
