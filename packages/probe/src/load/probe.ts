// SPDX-License-Identifier: Apache-2.0
// A running probe: the object loaded as planned, filter installed, programs attached, and the ring
// to read. Closing it, or the end of the process however it comes, detaches everything.

import { type KernelFilter, kernelLimits, type ProgramFilter, recordKinds } from '@fimbul/schema';
import type { BpfLink } from '../bpf-link.ts';
import type { BpfObject } from '../bpf-object.ts';
import type { BpfRing } from '../bpf-ring.ts';
import type { RecordBatch } from '../decode/record-batch.ts';
import type { Native } from '../native.ts';
import type { ProgramStats } from '../native-addon.ts';
import type { Attachment } from '../plan/attachments.ts';
import type { Exclusion, PlanRefusal, ProbePlan } from '../plan/plan.ts';
import { excludeProgram } from '../plan/plan.ts';
import { type ProbeError, type Result, refuse, succeed } from '../probe-error.ts';
import type { FittingFilter } from './coarse-filter.ts';
import { type Counters, readCounters } from './counters.ts';
import { FilterBanks, makeRoom } from './filter-banks.ts';
import { chooseRoom, type FilterRoom } from './filter-room.ts';
import { type HostNamespaces, type ToldCgroup, tellCgroup, tellFilesystems } from './places.ts';
import type { ToldProcess } from './told-processes.ts';

const firstKey = new Uint8Array(4);
const sleeps = new Uint8Array(Uint32Array.of(1).buffer);

export type ProbeOptions = {
  readonly plan: ProbePlan;
  /** Plans again, without what the kernel turned out not to take; without it the start fails. */
  readonly replan?: (exclusions: readonly Exclusion[]) => ProbePlan | PlanRefusal;
  /** The compiled BPF object. */
  readonly objectBytes: Uint8Array;
  readonly filter: KernelFilter;
  /** Bytes of the ring; a power of two and a multiple of the page size. */
  readonly ringBytes: number;
  /** The agent's id in the initial pid namespace; 0 when it is in another one. */
  readonly agentPid: number;
  /** Without them, who is in no container is not told. */
  readonly hostNamespaces?: HostNamespaces;
  readonly btfPath?: string;
};

type LoadOptions = ProbeOptions & {
  readonly room: FilterRoom;
  /** Addresses of locks of the kernel; 0 where it does not tell. */
  readonly renameLock: bigint;
  readonly mountLock: bigint;
};

/** A program that this kernel did not take, and that another one serves for or none. */
export type Degradation = { readonly program: string; readonly error: ProbeError };

type ProbeParts = {
  readonly object: BpfObject;
  readonly banks: FilterBanks;
  readonly links: readonly BpfLink[];
  readonly degradations: readonly Degradation[];
};

export class Probe {
  /** What is attached, as far as no degradation says otherwise. */
  readonly plan: ProbePlan;
  readonly degradations: readonly Degradation[];
  readonly #object: BpfObject;
  readonly #ring: BpfRing;
  readonly #banks: FilterBanks;
  readonly #links: readonly BpfLink[];
  /** Of links that are detached. */
  readonly #missedRuns = new Map<BpfLink, bigint | null>();

  constructor(plan: ProbePlan, { object, banks, links, degradations }: ProbeParts) {
    this.plan = plan;
    this.#object = object;
    this.#ring = object.ring('ring');
    this.#banks = banks;
    this.#links = links;
    this.degradations = degradations;
  }

  /** What records are marked with that the filter lets pass. */
  get filterGeneration(): number {
    return this.#banks.generation;
  }

  /** What the serving filter asks of programs; classes of processes are those of its automaton. */
  get programFilter(): ProgramFilter | null {
    return this.#banks.programs;
  }

  /**
   * Tells the filter that serves of a process. It holds as long as the process runs that image; the
   * kernel knows better of what it saw itself. False when there is no room for more.
   */
  tellProcess(process: ToldProcess): boolean {
    return this.#banks.tellProcess(process);
  }

  /** Tells the filter whether a control group that was announced is a container's. */
  tellCgroup(cgroup: ToldCgroup): void {
    tellCgroup(this.#object, cgroup);
  }

  /** Makes a filter fit into the room that the first one was given. */
  fitFilter(filter: KernelFilter): FittingFilter {
    return this.#banks.fit(filter);
  }

  /**
   * Lets another filter serve, from one event to the next. An event that began before may still be
   * decided by the one before; its record is marked with that one's generation. Refused when the
   * filter does not fit, or when the last one that was replaced was not forgotten.
   */
  replaceFilter(filter: KernelFilter): Result<void> {
    return this.#banks.serve(filter);
  }

  /**
   * Makes the room of the replaced filter free. Programs may be using it until a grace period of
   * RCU has passed, and records of it may come until the ring has been read to its end after that.
   */
  forgetReplacedFilter(): void {
    this.#banks.forgetReplaced();
  }

  /** Where records that are sent from now on will stand. */
  get ringEnd(): number {
    return this.#ring.consumed() + this.#ring.pending();
  }

  /** Whether all records before this place have been read. */
  isReadTo(place: number): boolean {
    return this.#ring.consumed() >= place;
  }

  /** Names of the attached programs. */
  get programs(): readonly string[] {
    return [...new Set(this.#links.map((link) => link.program))];
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
    const links = this.#links.map((link) => ({
      program: link.program,
      missedRuns: () => link.missedRuns() ?? this.#missedRuns.get(link) ?? null,
    }));
    return readCounters(this.#object, links);
  }

  /** What the kernel counted of an attached program; its time only while somebody asks for it. */
  readProgramStats(program: string): ProgramStats | null {
    return this.#object.programStats(program);
  }

  /** Detaches all programs; what they sent can still be read, and so can the counters. */
  detach(): void {
    // Begins before ends, so that no call is taken for one whose end was missed.
    for (const link of this.#links.toReversed()) {
      this.#missedRuns.set(link, link.missedRuns());
      link.detach();
    }
  }

  close(): void {
    this.#object.close();
  }
}

/** Sizes the ring, and spares the kernel the memory of tables that this plan does not use. */
function setMapEntries(object: BpfObject, plan: ProbePlan, options: LoadOptions): void {
  object.setMapEntries('ring', options.ringBytes);
  makeRoom(object, options.room);
  const uses = (pattern: RegExp): boolean => plan.programs.some(({ name }) => pattern.test(name));
  if (!uses(/^sys_exit/)) object.setMapEntries('objects_in_flight', 1);
  const keepsCalls = uses(/^(fentry|kprobe_(unlink|rename|chmod))_/);
  const keepsOpens = uses(/^kprobe_open_/);
  if (!keepsCalls) object.setMapEntries('calls', 1);
  if (!keepsOpens) object.setMapEntries('opens', 1);
  // Kept with tasks only where programs read through typed pointers: older kernels lack such maps.
  object.setAutocreate('calls_of_tasks', keepsCalls && plan.typedReads);
  object.setAutocreate('opens_of_tasks', keepsOpens && plan.typedReads);
}

/** What the programs are told before they are loaded. */
function setVariables(object: BpfObject, plan: ProbePlan, options: LoadOptions): void {
  object.setVariable('typed_reads', plan.typedReads);
  object.setVariable('open_root_has_mount', plan.openRootHasMount);
  object.setVariable('agent_pid', options.agentPid);
  object.setVariable('host_pid_namespace', options.hostNamespaces?.pid ?? 0);
  object.setVariable('host_mount_namespace', options.hostNamespaces?.mount ?? 0);
  const leftOut = plan.leftToOthers.map((kind) => 1 << recordKinds.indexOf(kind));
  object.setVariable(
    'syscalls_left_out',
    leftOut.reduce((mask, bit) => mask | bit, 0),
  );
  object.setVariable('rename_lock_address', options.renameLock);
  object.setVariable('mount_lock_address', options.mountLock);
  const reserve = (options.ringBytes * kernelLimits.RING_RESERVE_PERCENT) / 100;
  object.setVariable('ring_reserve_above', options.ringBytes - reserve);
}

/** Trampolines are made for a function when they are loaded; kprobes when they attach. */
function setTargets(object: BpfObject, plan: ProbePlan): Result<void> {
  for (const { name, target } of plan.programs) {
    if (target === null || !/^f(entry|exit)_/.test(name)) continue;
    const set = object.setAttachTarget(name, target);
    if (!set.ok) return set;
  }
  return succeed(undefined);
}

function prepare(
  native: Native,
  plan: ProbePlan,
  options: LoadOptions,
  leftOut: ReadonlySet<string>,
): Result<BpfObject> {
  const opened = native.openObject(options.objectBytes, {
    name: 'fimbul',
    ...(options.btfPath === undefined ? {} : { btfPath: options.btfPath }),
  });
  if (!opened.ok) return opened;
  const object = opened.value;
  const wanted = new Set(plan.programs.map(({ name }) => name));
  for (const { name } of object.programs()) {
    object.setAutoload(name, wanted.has(name) && !leftOut.has(name));
  }
  setMapEntries(object, plan, options);
  setVariables(object, plan, options);
  const set = setTargets(object, plan);
  const loaded = set.ok ? object.load() : set;
  if (loaded.ok) return succeed(object);
  object.close();
  return loaded;
}

type Loaded = { readonly object: BpfObject; readonly degradations: readonly Degradation[] };

/** Loads what the kernel takes: an optional program that it refuses is left out and reported. */
function load(native: Native, plan: ProbePlan, options: LoadOptions): Result<Loaded> {
  const degradations: Degradation[] = [];
  const optional = new Set(plan.programs.filter((p) => !p.required).map((p) => p.name));
  for (;;) {
    const leftOut = new Set(degradations.map(({ program }) => program));
    const prepared = prepare(native, plan, options, leftOut);
    if (prepared.ok) return succeed({ object: prepared.value, degradations });
    const { program } = prepared.error;
    if (program === null || !optional.has(program)) return prepared;
    degradations.push({ program, error: prepared.error });
    optional.delete(program);
  }
}

/** Attaches a program; one that would miss returns without a count is refused. */
function attach(
  object: BpfObject,
  { name, target }: Pick<Attachment, 'name' | 'target'>,
): Result<BpfLink> {
  if (!/^k(ret)?probe_/.test(name)) return object.attach(name);
  const attached = object.attach(name, target ?? undefined);
  if (!attached.ok || !name.startsWith('kretprobe_') || attached.value.callsMax !== null) {
    return attached;
  }
  attached.value.detach();
  return refuse({
    code: 'attach_refused',
    errno: 0,
    program: name,
    what:
      `attach ${name} to the return of ${target}: without tracefs the kernel follows few calls ` +
      'at once, and does not count what it misses',
    advice: 'mount tracefs at /sys/kernel/tracing, or allow the agent to (fsopen, fsmount)',
  });
}

/** Whether a program at a begin would be without the one at the end of the same calls. */
function lacksEnd(name: string, target: string | null, links: readonly BpfLink[]): boolean {
  if (!name.startsWith('kprobe_')) return false;
  const end = name.replace('kprobe_', 'kretprobe_');
  return !links.some((link) => link.program === end && link.target === target);
}

type Attached = {
  readonly links: readonly BpfLink[];
  readonly degradations: readonly Degradation[];
};

function attachAll(plan: ProbePlan, { object, degradations }: Loaded): Result<Attached> {
  const left = new Set(degradations.map(({ program }) => program));
  const links: BpfLink[] = [];
  const more: Degradation[] = [];
  for (const { name, target, required } of plan.programs) {
    if (left.has(name)) continue;
    if (!required && lacksEnd(name, target, links)) continue;
    const attached = attach(object, { name, target });
    if (attached.ok) {
      links.push(attached.value);
    } else if (required) {
      return attached;
    } else {
      more.push({ program: name, error: attached.error });
    }
  }
  return succeed({ links, degradations: [...degradations, ...more] });
}

/** Loads, installs the filter, then attaches: no event passes a filter that is not there yet. */
function startPlan(
  native: Native,
  plan: ProbePlan,
  options: LoadOptions,
  refused: readonly Degradation[],
): Result<Probe> {
  const loaded = load(native, plan, options);
  if (!loaded.ok) return loaded;
  const { object } = loaded.value;
  tellFilesystems(object);
  const banks = new FilterBanks(object, options.room);
  const installed = banks.serve(options.filter);
  const attached = installed.ok ? attachAll(plan, loaded.value) : installed;
  if (!attached.ok) {
    object.close();
    return attached;
  }
  const { links, degradations } = attached.value;
  const parts = { object, banks, links, degradations: [...refused, ...degradations] };
  return succeed(new Probe(plan, parts));
}

/**
 * Starts a probe as planned. Where the kernel refuses a program that an operation cannot do
 * without, another backend serves the operation; that is told among the degradations.
 */
export function startProbe(native: Native, options: ProbeOptions): Result<Probe> {
  const exclusions: Exclusion[] = [];
  const refused: Degradation[] = [];
  const room = chooseRoom(options.filter);
  if (!room.ok) return room;
  const loadOptions: LoadOptions = {
    ...options,
    room: room.value,
    renameLock: native.findKernelSymbol('rename_lock'),
    mountLock: native.findKernelSymbol('mount_lock'),
  };
  let { plan } = options;
  for (;;) {
    const started = startPlan(native, plan, loadOptions, refused);
    if (started.ok) return started;
    const { program, what } = started.error;
    const exclusion = program === null ? null : excludeProgram(plan, program, what);
    const next = exclusion && options.replan?.([...exclusions, exclusion]);
    if (!program || !exclusion || !next || 'what' in next) return started;
    exclusions.push(exclusion);
    refused.push({ program, error: started.error });
    plan = next;
  }
}
