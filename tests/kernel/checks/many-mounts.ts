// SPDX-License-Identifier: Apache-2.0
// Thousands of mounts in one namespace: bound directories, filesystems of their own, mounts stacked
// over one directory, files bound over files. Every path is right, or is said to be cut: where a
// filesystem has more mounts than are looked at, the path is the caller's.

import { spawnSync } from 'node:child_process';
import { fileOperations, pathFlags } from '@fimbul/schema';
import { KernelProbe, passEverything } from '../kernel-probe.ts';
import type { ObservedRecord } from '../observed-record.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 16 * 1024 * 1024;
const deadlineMs = 90_000;
const problemsMax = 5;

type FileRecord = Extract<ObservedRecord, { readonly file: unknown; readonly retval: number }>;

type Done = {
  readonly what: string;
  readonly path: string;
  /** More mounts are above the path than are climbed. */
  readonly isCut: boolean;
};

function readDone(output: string): readonly Done[] {
  const lines = output.trimEnd().split('\n');
  const cutAt = lines.indexOf('cut');
  return lines.flatMap((line, index) => {
    const [what = '', path = ''] = line.split(' ');
    return index === cutAt ? [] : [{ what, path, isCut: index > cutAt }];
  });
}

function isFileRecord(record: ObservedRecord): record is FileRecord {
  return fileOperations.some((operation) => operation === record.kind);
}

/** What is wrong with a record about a call, in words. */
function compare({ what, path, isCut }: Done, record: FileRecord): string | null {
  const { file } = record;
  const wasCut = (file.pathFlags & pathFlags.TRUNCATED) !== 0;
  const got = `${record.kind} ${JSON.stringify(file.path)}${wasCut ? ' (cut)' : ''}`;
  if (record.kind !== what) return `expected ${what} ${path}, got ${got}`;
  if (file.path === path && !wasCut) return null;
  // A path that was cut begins somewhere in the middle.
  const isEnd = !file.path.startsWith('/') && path.endsWith(`/${file.path}`);
  return isCut && wasCut && isEnd ? null : `expected ${what} ${path}, got ${got}`;
}

function checkMounts(kit: CheckKit): readonly string[] {
  const counts = kit.isOwnMachine ? ['1500', '100', '900', '100'] : ['2000', '400', '900', '400'];
  const directory = kit.playground.makeDirectory('ext4');
  const probe = new KernelProbe(kit.kernel, passEverything('permission'), ringBytes);
  try {
    probe.take(() => false);
    const { pid, status, signal, stdout, stderr } = spawnSync(
      kit.operations.stress,
      ['mounts', ...counts],
      { cwd: directory, encoding: 'utf8', timeout: deadlineMs, maxBuffer: ringBytes },
    );
    if (status !== 0) return [`mounts ended with ${status ?? signal}: ${stderr}`];
    const done = readDone(stdout);
    const records = probe.take((candidate) => candidate === pid).filter(isFileRecord);
    const problems = done.flatMap((call, index) => {
      const record = records[index];
      return (record ? compare(call, record) : `${call.what} ${call.path} did not come`) ?? [];
    });
    if (records.length !== done.length) {
      problems.unshift(`${records.length} records of ${done.length} calls`);
    }
    return [...problems.slice(0, problemsMax), ...probe.findImbalances()];
  } finally {
    probe.close();
  }
}

export const manyMountChecks: readonly KernelCheck[] = [
  { name: 'below thousands of mounts every path is right or said to be cut', run: checkMounts },
];
