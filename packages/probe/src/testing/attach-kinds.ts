// SPDX-License-Identifier: Apache-2.0
// The BPF programs that are aimed from user space, one of each kind. Every one counts its runs in
// one process.

import type { BpfLink } from '../bpf-link.ts';
import type { BpfObject } from '../bpf-object.ts';
import type { Native } from '../native.ts';
import type { Result } from '../probe-error.ts';
import { compileTestProgram } from './compile-test-program.ts';
import { expectOk } from './numbered.ts';

/** Positions of their counts in the map. */
export const aimedKinds = ['kprobe', 'kretprobe', 'fentry', 'fexit', 'lsm'] as const;
export type AimedKind = (typeof aimedKinds)[number];

export function compileAttachKinds(): Uint8Array {
  return compileTestProgram('attach-kinds');
}

/** A kernel function that every open of a file passes, with this kernel's name for it. */
export function getOpenFunction(native: Native): string {
  const types = expectOk(native.openKernelTypes());
  // KERNEL 7.1: renamed.
  const name = types.findFunction('do_filp_open') === null ? 'do_file_open' : 'do_filp_open';
  types.close();
  return name;
}

/** Opens the programs with one of them chosen, not loaded yet; 0 watches no process. */
export function openAttachKind(
  native: Native,
  bytes: Uint8Array,
  kind: AimedKind,
  watchedPid: number = process.pid,
): BpfObject {
  const object = expectOk(native.openObject(bytes, { name: 'attach_kinds' }));
  object.setAutoload(`at_${kind}`, true);
  object.setVariable('watched_tgid', watchedPid);
  return object;
}

/** Aims, loads and attaches one program; the first refusal is the answer. */
export function attachKind(
  object: BpfObject,
  kind: AimedKind,
  functionName: string,
): Result<BpfLink> {
  const program = `at_${kind}`;
  const isProbe = kind === 'kprobe' || kind === 'kretprobe';
  if (!isProbe) {
    const aimed = object.setAttachTarget(program, functionName);
    if (!aimed.ok) return aimed;
  }
  const loaded = object.load();
  if (!loaded.ok) return loaded;
  return isProbe ? object.attach(program, functionName) : object.attach(program);
}

/** How often a program ran in the watched process. */
export function countRuns(object: BpfObject, kind: AimedKind): number {
  const key = new Uint8Array(Uint32Array.of(aimedKinds.indexOf(kind)).buffer);
  const value = object.mapGet('runs', key) ?? new Uint8Array(8);
  return Number(new DataView(value.buffer).getBigUint64(0, true));
}
