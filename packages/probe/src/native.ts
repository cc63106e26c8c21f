// SPDX-License-Identifier: Apache-2.0
// The typed face of the native addon: BPF objects from bytes, what the kernel can do, its clocks.
// Nothing is loaded until `loadNative()` is called, so what needs no kernel runs without the addon.

import { accessSync, constants } from 'node:fs';
import { version } from 'node:os';
import { BpfObject } from './bpf-object.ts';
import { KernelTypes } from './kernel-types.ts';
import {
  type Clocks,
  getAddonPath,
  loadAddon,
  type ProgramKind,
  type RawAddon,
  type RawTrial,
} from './native-addon.ts';
import {
  describePreemption,
  isChosenAtBoot,
  type Preemption,
  preemptionVariable,
} from './preemption.ts';
import { errnoName, type Result, refuse, succeed } from './probe-error.ts';

const EPERM = 1;
const ENOENT = 2;
const EWOULDBLOCK = 11;

export type OpenObjectOptions = {
  /** Names the object in messages; libbpf builds the names of its data maps from it. */
  readonly name?: string;
  /** Kernel types for CO-RE instead of the running kernel's `/sys/kernel/btf/vmlinux`. */
  readonly btfPath?: string;
};

export type RunStats = { close(): void };

/** Held until it is closed or its process ends; closing it removes the file. */
export type FileLock = { close(): void };

/** What became of a program of two instructions. */
export type ProgramTrial =
  | { readonly outcome: 'load_refused'; readonly errno: number; readonly errnoName: string }
  | { readonly outcome: 'attach_refused'; readonly errno: number; readonly errnoName: string }
  /** `ran` says whether opening a directory ran it; null when the kernel does not count runs. */
  | { readonly outcome: 'attached'; readonly ran: boolean | null };

export type Native = {
  /** Opens a compiled BPF object; `object_invalid` or `kernel_types_unreadable` when it cannot. */
  openObject(bytes: Uint8Array, options?: OpenObjectOptions): Result<BpfObject>;
  /** Makes the kernel count runs and time of all programs until the result is closed. */
  enableRunStats(): Result<RunStats>;
  /** Opens the types of the running kernel and its modules. */
  openKernelTypes(directory?: string): Result<KernelTypes>;
  /** Loads and attaches a trivial program of a kind, to see what this kernel allows. */
  tryProgram(kind: ProgramKind, target: string): ProgramTrial;
  /** Tells whether programs of a kind may call a helper; null when the kernel does not say. */
  helperSupported(kind: ProgramKind, target: string, helperId: number): boolean | null;
  /** Gets the address of a variable of the kernel; 0 when it does not tell. */
  findKernelSymbol(name: string): bigint;
  /** Finds out how the kernel preempts its own code; reads a list of 100,000 names, so ask once. */
  readPreemption(): Preemption;
  /** Reads the kernel's clocks together. */
  clocks(): Clocks;
  /** Gets how many values an entry of a per-CPU map has. */
  possibleCpus(): number;
  /**
   * Signals the process with this pid if it is the one that started in this tick of /proc's clock.
   * Returns 0 or an errno: ESRCH when that process is gone.
   */
  signalProcess(pid: number, startTicks: bigint, signal: number): number;
  /** Waits until all BPF programs that are running now have ended; refused when it cannot tell. */
  waitForPrograms(): Promise<Result<void>>;
  /** Gives memory that is free inside of the native heap back to the kernel; takes milliseconds. */
  releaseFreeMemory(): void;
  /** Takes a file that only one living process can hold; `held` when another one has it. */
  lockFile(path: string): Result<FileLock> | 'held';
};

/** Loads the addon and returns its typed face; throws `addon_missing` when it cannot. */
export function loadNative(addonPath: string = getAddonPath()): Native {
  const addon = loadAddon(addonPath);
  return {
    openObject: (bytes, options = {}) => openObject(addon, bytes, options),
    enableRunStats: () => enableRunStats(addon),
    openKernelTypes: (directory = '/sys/kernel/btf') => openKernelTypes(addon, directory),
    tryProgram: (kind, target) => readTrial(addon.tryProgram(kind, target, 0)),
    helperSupported: (kind, target, helperId) =>
      readHelperTrial(addon.tryProgram(kind, target, helperId)),
    findKernelSymbol: (name) => addon.findKernelSymbol(name).address,
    readPreemption: () => readPreemption(addon),
    clocks: () => addon.clocks(),
    possibleCpus: () => addon.possibleCpus(),
    signalProcess: (pid, startTicks, signal) =>
      addon.signalProcess(pid, startTicks.toString(), signal),
    waitForPrograms: () => waitForPrograms(addon),
    releaseFreeMemory: () => void addon.releaseFreeMemory(),
    lockFile: (path) => lockFile(addon, path),
  };
}

function openObject(
  addon: RawAddon,
  bytes: Uint8Array,
  options: OpenObjectOptions,
): Result<BpfObject> {
  const { name = 'fimbul', btfPath } = options;
  if (btfPath !== undefined && !isReadable(btfPath)) {
    return refuse({
      code: 'kernel_types_unreadable',
      errno: ENOENT,
      what: `open BPF object "${name}": kernel types ${btfPath} cannot be read`,
      advice: 'name a readable BTF file, or none to use /sys/kernel/btf/vmlinux',
    });
  }
  const raw = addon.openObject(bytes, name, btfPath ?? null);
  if ('errno' in raw) {
    return refuse({
      code: 'object_invalid',
      errno: raw.errno,
      what: `open BPF object "${name}" of ${bytes.length} bytes: ${errnoName(raw.errno)}`,
      advice: 'build it again: it is not a BPF object that libbpf understands',
      log: raw.log,
    });
  }
  return succeed(new BpfObject(raw, name));
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function enableRunStats(addon: RawAddon): Result<RunStats> {
  const handle = addon.enableRunStats();
  if (typeof handle !== 'number') return succeed(handle);
  return refuse({
    code: 'stats_refused',
    errno: handle,
    what: `count runs of BPF programs: ${errnoName(handle)}`,
    advice: 'run as root on Linux 5.8 or newer, or do without run counts',
  });
}

async function waitForPrograms(addon: RawAddon): Promise<Result<void>> {
  const errno = await addon.waitForPrograms();
  if (errno === 0) return succeed(undefined);
  return refuse({
    code: 'wait_refused',
    errno,
    what: `wait until running BPF programs have ended: ${errnoName(errno)}`,
    advice: 'run as root on Linux 5.10 or newer',
  });
}

function lockFile(addon: RawAddon, path: string): Result<FileLock> | 'held' {
  const handle = addon.lockFile(path);
  if (typeof handle !== 'number') return succeed(handle);
  if (handle === EWOULDBLOCK) return 'held';
  return refuse({
    code: 'lock_refused',
    errno: handle,
    what: `lock ${path}: ${errnoName(handle)}`,
    advice: 'name a file in a directory that this process may write',
  });
}

function openKernelTypes(addon: RawAddon, directory: string): Result<KernelTypes> {
  const raw = addon.openKernelTypes(directory);
  if (typeof raw !== 'number') return succeed(new KernelTypes(raw));
  return refuse({
    code: 'kernel_types_unreadable',
    errno: raw,
    what: `read the kernel's types in ${directory}: ${errnoName(raw)}`,
    advice: 'the kernel must be built with CONFIG_DEBUG_INFO_BTF and the directory be readable',
  });
}

function readPreemption(addon: RawAddon): Preemption {
  const kernelVersion = version();
  if (!isChosenAtBoot(kernelVersion)) return describePreemption(kernelVersion, null);
  const { errno, value } = addon.readKernelVariable(preemptionVariable);
  return describePreemption(kernelVersion, errno === 0 ? value : null);
}

function readTrial(trial: RawTrial): ProgramTrial {
  if (trial.load !== 0) {
    return { outcome: 'load_refused', errno: trial.load, errnoName: errnoName(trial.load) };
  }
  if (trial.attach !== 0) {
    return { outcome: 'attach_refused', errno: trial.attach, errnoName: errnoName(trial.attach) };
  }
  return { outcome: 'attached', ran: trial.runs < 0 ? null : trial.runs > 0 };
}

// The call has no arguments, so a helper that exists is refused for those, after its name was
// accepted; only the verifier's words tell the two refusals apart.
const helperRefusal = /unknown func|invalid func|cannot use helper|not allowed in probe/;

function readHelperTrial(trial: RawTrial): boolean | null {
  if (trial.load === 0) return true;
  if (helperRefusal.test(trial.log)) return false;
  return trial.load === EPERM || !/call .*#\d+/.test(trial.log) ? null : true;
}
