// SPDX-License-Identifier: Apache-2.0
// The programs that cases run, compiled from operations/*.c into build/, where a virtual machine
// that shares the checkout finds them ready: it cannot write there.

import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../tools/setup/command.ts';
import { buildDirectory, rootDirectory } from '../../tools/setup/paths.ts';
import { computeKey, isCurrent, listFiles, remember } from '../../tools/setup/stamp.ts';

const sourceDirectory = join(rootDirectory, 'tests', 'kernel', 'operations');
const targetDirectory = join(buildDirectory, 'tests', 'kernel');

export type Operations = {
  /** Performs a script (script.ts). */
  readonly operate: string;
  /** Does nothing; it is what cases execute. */
  readonly nothing: string;
  /** Loads that no script can describe (operations/stress.h). */
  readonly stress: string;
  /** Becomes other programs and makes processes (operations/lineage.c). */
  readonly lineage: string;
};

const programs: Readonly<Record<keyof Operations, readonly string[]>> = {
  operate: ['operate.c', 'script.c', 'report.c', 'calls.c', 'ring.c', 'tasks.c', 'loads.c'],
  nothing: ['nothing.c'],
  lineage: ['lineage.c'],
  stress: ['stress.c', 'contend.c', 'contend_work.c', 'brief_lives.c', 'deep.c', 'mounts.c'],
};

/** Static: loading libraries would be events. Below 4 GiB: the 32-bit entry takes no more. */
const flags = ['-static', '-fno-pie', '-pthread', '-O1', '-Wall', '-Wextra', '-Werror'];

/** Compiles the programs that are not current, and tells where all of them are. */
export async function buildOperations(): Promise<Operations> {
  mkdirSync(targetDirectory, { recursive: true });
  const inputs = listFiles(sourceDirectory, '*.{c,h}');
  const key = computeKey({ inputs, parts: flags });
  const build = async (name: keyof Operations): Promise<string> => {
    const target = join(targetDirectory, name);
    if (isCurrent(target, key)) return target;
    const sources = programs[name].map((source) => join(sourceDirectory, source));
    // Whoever runs the old one or compiles at the same time is not disturbed.
    const made = `${target}.${process.pid}`;
    const args = [...flags, '-o', made, ...sources];
    const { status, output } = await runCommand({
      program: 'clang',
      args,
      directory: rootDirectory,
    });
    if (status !== 0) throw new Error(`compile ${name}: ${output}`);
    renameSync(made, target);
    remember(target, key);
    return target;
  };
  return {
    operate: await build('operate'),
    nothing: await build('nothing'),
    stress: await build('stress'),
    lineage: await build('lineage'),
  };
}
