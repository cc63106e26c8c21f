// SPDX-License-Identifier: Apache-2.0
// The addon as it is: its exports' types and where its file is. Maps and programs are indices, a
// number in place of a handle is a positive errno. Only the classes beside this file use it.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ProbeError } from './probe-error.ts';

export type BpfMapDescription = {
  readonly name: string;
  /** As libbpf names it: `hash`, `percpu_array`, `ringbuf`, … */
  readonly type: string;
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** Bytes of one entry as user space sees it: per-CPU maps have a value for each possible CPU. */
  readonly valueBytesAll: number;
  readonly maxEntries: number;
};

export type BpfProgramDescription = {
  readonly name: string;
  readonly type: string;
  readonly section: string;
  readonly autoload: boolean;
};

export type BpfVariableDescription = {
  readonly name: string;
  readonly section: string;
  /** Position in `maps()` of the map that holds the section. */
  readonly map: number;
  readonly offset: number;
  readonly size: number;
};

export type ProgramStats = {
  /** Runs and their time count only while somebody holds `enableRunStats()`. */
  readonly runCount: bigint;
  readonly runTimeNs: bigint;
  /** Runs that the kernel skipped because the program was already running on that CPU. */
  readonly recursionMisses: bigint;
  /** Instructions the verifier looked at; 0 on kernels that do not say (before 5.16). */
  readonly verifiedInstructions: number;
  readonly translatedBytes: number;
  readonly compiledBytes: number;
};

export type Clocks = {
  readonly boottimeNs: bigint;
  readonly realtimeNs: bigint;
  readonly monotonicNs: bigint;
};

export type ProgramKind =
  | 'lsm'
  | 'fentry'
  | 'fexit'
  | 'kprobe'
  | 'kretprobe'
  | 'kprobe.multi'
  | 'tp_btf'
  | 'raw_tp'
  | 'tracepoint';

export type RawLink = {
  callsMax(): number | null;
  missed(): bigint | null;
  detach(): void;
};

export type RawRing = {
  read(destination: Uint8Array, index: Uint32Array): number;
  pending(): number;
  consumed(): number;
  onReadable(callback: ((errno: number) => void) | null): number;
  setReferenced(referenced: boolean): void;
  close(): void;
};

export type RawObject = {
  maps(): BpfMapDescription[];
  programs(): BpfProgramDescription[];
  variables(): BpfVariableDescription[];
  setMaxEntries(map: number, maxEntries: number): number;
  setAutocreate(map: number, autocreate: boolean): number;
  setInitialValue(map: number, offset: number, bytes: Uint8Array): void;
  setAutoload(program: number, autoload: boolean): number;
  setAttachTarget(program: number, functionName: string): number;
  keepVerifierLog(program: number): number;
  verifierLog(program: number): string;
  load(): number;
  attach(program: number): RawLink | number;
  attachFunction(program: number, functionName: string): RawLink | number;
  ring(map: number): RawRing | number;
  mapGet(map: number, key: Uint8Array, value: Uint8Array): number;
  mapSet(map: number, key: Uint8Array, value: Uint8Array, flags: number): number;
  mapDelete(map: number, key: Uint8Array): number;
  mapNextKey(map: number, key: Uint8Array | null, next: Uint8Array): number;
  programStats(program: number): ProgramStats | number;
  takeLog(): string;
  close(): void;
};

export type RawKernelTypes = {
  find(name: string, kind: number): string | null;
  countParameters(functionName: string): number | null;
  close(): void;
};

export type RawTrial = {
  readonly load: number;
  readonly attach: number;
  readonly runs: number;
  readonly log: string;
};

export type RawAddon = {
  openObject(
    bytes: Uint8Array,
    name: string,
    btfPath: string | null,
  ): RawObject | { readonly errno: number; readonly log: string };
  enableRunStats(): { close(): void } | number;
  openKernelTypes(directory: string): RawKernelTypes | number;
  tryProgram(kind: ProgramKind, target: string, helper: number): RawTrial;
  findKernelSymbol(name: string): { readonly errno: number; readonly address: bigint };
  readKernelVariable(name: string): { readonly errno: number; readonly value: number };
  clocks(): Clocks;
  possibleCpus(): number;
  signalProcess(pid: number, startTicks: string, signal: number): number;
  lockFile(path: string): { close(): void } | number;
  waitForPrograms(): Promise<number>;
  releaseFreeMemory(): boolean;
};

/** Where set-up puts the addon in a checkout; `FIMBUL_PROBE_ADDON` names another build of it. */
export function getAddonPath(): string {
  const built = fileURLToPath(new URL('../../../build/fimbul_probe.node', import.meta.url));
  return process.env.FIMBUL_PROBE_ADDON ?? built;
}

/** Loads the addon's file; throws `addon_missing` when there is none or it does not load. */
export function loadAddon(path: string): RawAddon {
  const advice = 'run "npm run setup" to build it';
  if (!existsSync(path)) {
    const what = `load the native addon ${path}: no such file`;
    throw new ProbeError({ code: 'addon_missing', what, advice });
  }
  try {
    return createRequire(import.meta.url)(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what = `load the native addon ${path}: ${reason}`;
    throw new ProbeError({ code: 'addon_missing', what, advice });
  }
}
