// SPDX-License-Identifier: Apache-2.0
// The real probe on the running kernel, read by the tests: it counts every record of the machine,
// hands over those of some processes, and checks the balance of the counters against them.

import { statSync } from 'node:fs';
import {
  type BackendName,
  type Counters,
  getImbalance,
  getObjectPath,
  type KernelFeatures,
  loadNative,
  type Native,
  type Probe,
  type ProbePlan,
  planProbe,
  RecordBatch,
  RecordView,
  type Result,
  readKernelFeatures,
  readObjectFile,
  startProbe,
} from '@fimbul/probe';
import {
  type FileOperation,
  type KernelFilter,
  type RecordKind,
  recordHeaderOffsets,
  recordKinds,
} from '@fimbul/schema';
import { decodeRecord, type ObservedRecord } from './observed-record.ts';

const batchBytes = 1024 * 1024;
const batchRecordsMax = 4096;
/** Events of the machine go on while we look: a balance is found between two of them. */
const balanceDeadlineMs = 20_000;

function expect<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw result.error;
}

export type AskedKernel = { readonly native: Native; readonly features: KernelFeatures };

/** A kernel, and how it will be watched. */
export type Kernel = AskedKernel & { readonly backend: BackendRequest; readonly plan: ProbePlan };

export type BackendRequest = BackendName | 'auto';

/** Asks the running kernel. */
export function readKernel(): AskedKernel {
  const native = loadNative();
  return { native, features: expect(readKernelFeatures(native)) };
}

/** Plans with a backend for all operations that it can serve; throws where it serves none. */
export function planKernel(asked: AskedKernel, backend: BackendRequest): Kernel {
  const plan = planProbe(asked.features, backend);
  if ('what' in plan) throw new Error(`${plan.what}; ${plan.advice}`);
  return { ...asked, backend, plan };
}

/** What serves each file operation of a plan. */
export function listBackends(plan: ProbePlan): Readonly<Record<FileOperation, BackendName>> {
  const entries = plan.operations.map(({ operation, backend }) => [operation, backend]);
  return Object.fromEntries(entries) as Record<FileOperation, BackendName>;
}

function makeZeros(): Record<RecordKind, number> {
  return Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as Record<RecordKind, number>;
}

/** PROC_PID_INIT_INO of every kernel. */
const initialPidNamespace = 4026531836;

export class KernelProbe {
  readonly backend: BackendRequest;
  /** What serves each file operation. */
  readonly backends: Readonly<Record<FileOperation, BackendName>>;
  readonly #probe: Probe;
  readonly #batch = new RecordBatch(batchBytes, batchRecordsMax);
  readonly #view = new RecordView(this.#batch);
  readonly #received = makeZeros();

  constructor(kernel: Kernel, filter: KernelFilter, ringBytes: number) {
    const { native, backend, plan } = kernel;
    this.backend = backend;
    this.backends = listBackends(plan);
    const objectBytes = expect(readObjectFile(getObjectPath()));
    const hostNamespaces = { pid: initialPidNamespace, mount: statSync('/proc/self/ns/mnt').ino };
    const options = { plan, objectBytes, filter, ringBytes, agentPid: process.pid, hostNamespaces };
    this.#probe = expect(startProbe(native, options));
  }

  /** For what the agent does with it that no test does. */
  get probe(): Probe {
    return this.#probe;
  }

  /** Optional programs that this kernel did not take, with its words. */
  get degradations(): readonly string[] {
    return this.#probe.degradations.map(({ program, error }) => `${program}: ${error.what}`);
  }

  get received(): Readonly<Record<RecordKind, number>> {
    return this.#received;
  }

  /** Empties the ring; shows each batch, which is valid no longer than the call. */
  visitBatches(onBatch: (batch: RecordBatch) => void): void {
    for (;;) {
      this.#probe.read(this.#batch);
      if (this.#batch.count === 0) return;
      onBatch(this.#batch);
    }
  }

  /** Empties the ring; shows each record where it lies, which is no longer than the call. */
  visit(onRecord: (record: RecordView, kind: RecordKind) => void): void {
    this.visitBatches((batch) => {
      for (let index = 0; index < batch.count; index += 1) {
        const kind = this.#view.moveTo(batch, index);
        this.#received[kind] += 1;
        onRecord(this.#view, kind);
      }
    });
  }

  /** Empties the ring; decodes the records that `isWanted` says yes to, by process id. */
  take(isWanted: (pid: number) => boolean): ObservedRecord[] {
    const taken: ObservedRecord[] = [];
    this.visit((record, kind) => {
      if (!isWanted(record.getU32(recordHeaderOffsets.process.pid))) return;
      taken.push(decodeRecord(record, kind));
    });
    return taken;
  }

  /** Empties the ring; counts the records that `isWanted` says yes to, by kind. */
  count(isWanted: (pid: number, ppid: number) => boolean): Record<RecordKind, number> {
    const counts = makeZeros();
    const { pid, ppid } = recordHeaderOffsets.process;
    this.visit((record, kind) => {
      if (isWanted(record.getU32(pid), record.getU32(ppid))) counts[kind] += 1;
    });
    return counts;
  }

  onReadable(callback: (() => void) | null): void {
    this.#probe.onReadable(callback);
  }

  /** Lets another filter serve. */
  replaceFilter(filter: KernelFilter): void {
    expect(this.#probe.replaceFilter(filter));
  }

  forgetReplacedFilter(): void {
    this.#probe.forgetReplacedFilter();
  }

  readCounters(): Counters {
    return this.#probe.readCounters();
  }

  /**
   * Waits until each kind has been seen in balance: seen = the sum of its ends, received = sent.
   * Returns what never was. Records read meanwhile are of others.
   */
  findImbalances(): readonly string[] {
    const open = new Set<RecordKind>(recordKinds);
    const deadline = performance.now() + balanceDeadlineMs;
    for (;;) {
      this.take(() => false);
      const { kinds } = this.readCounters();
      for (const kind of open) {
        const balanced = getImbalance(kinds[kind]) === 0;
        if (balanced && kinds[kind].sent === this.#received[kind]) open.delete(kind);
      }
      if (open.size === 0) return [];
      if (performance.now() > deadline) {
        return [...open].map((kind) => {
          const counters = JSON.stringify(kinds[kind]);
          return `${kind} is out of balance: ${counters}, received ${this.#received[kind]}`;
        });
      }
    }
  }

  close(): void {
    this.#probe.close();
  }
}
