// SPDX-License-Identifier: Apache-2.0
// Compiles packages/probe/native into build/fimbul_probe.node, one object per source file, and
// links it with libbpf. Only what changed is compiled again.

import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StepLog } from './command.ts';
import { getLibbpfKey, libbpfIncludeDirectory, libbpfLibrary } from './libbpf.ts';
import { buildDirectory, rootDirectory } from './paths.ts';
import { runPool } from './pool.ts';
import { computeKey, forget, isCurrent, listFiles, remember } from './stamp.ts';

const nativeDirectory = join(rootDirectory, 'packages', 'probe', 'native');
const objectDirectory = join(buildDirectory, 'native');
const nodeIncludeDirectory = join(dirname(dirname(process.execPath)), 'include', 'node');

export const addonFile = join(buildDirectory, 'fimbul_probe.node');

const compileFlags: readonly string[] = [
  ...['-std=c++20', '-O2', '-g', '-fPIC', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden'],
  ...['-fstack-protector-strong', '-D_FORTIFY_SOURCE=2', '-DNAPI_VERSION=9'],
  ...['-Wall', '-Wextra', '-Wshadow', '-Werror'],
  // System headers, so that their own warnings are not ours.
  ...['-isystem', nodeIncludeDirectory, '-isystem', libbpfIncludeDirectory],
];
const linkFlags: readonly string[] = ['-shared', '-Wl,-z,relro,-z,now,-z,noexecstack'];

type Unit = { readonly source: string; readonly object: string; readonly key: string };

export type AddonPlan = { readonly units: readonly Unit[]; readonly key: string };

/** Computes what the addon is made of and the keys that tell whether it is current. */
export function planAddon(): AddonPlan {
  const headers = listFiles(nativeDirectory, '**/*.h');
  const parts = [process.version, getLibbpfKey(), ...compileFlags];
  const units = listFiles(nativeDirectory, '**/*.cc').map((source) => ({
    source,
    object: join(objectDirectory, `${basename(source, '.cc')}.o`),
    key: computeKey({ inputs: [source, ...headers], parts }),
  }));
  const key = computeKey({ inputs: [], parts: [...linkFlags, ...units.map((unit) => unit.key)] });
  return { units, key };
}

export function isAddonCurrent(plan: AddonPlan): boolean {
  return plan.units.length === 0 || isCurrent(addonFile, plan.key);
}

/** Builds the addon; throws a `SetupError` with the compiler's words if it does not compile. */
export async function buildAddon(plan: AddonPlan): Promise<void> {
  mkdirSync(objectDirectory, { recursive: true });
  await runPool(
    plan.units.filter((unit) => !isCurrent(unit.object, unit.key)),
    compileUnit,
  );
  forget(addonFile);
  await new StepLog('addon-link').run(
    {
      title: 'link the addon',
      program: 'clang++',
      args: [
        ...[...linkFlags, '-o', addonFile, ...plan.units.map((unit) => unit.object)],
        ...[libbpfLibrary, '-lelf', '-lz'],
      ],
    },
    'correct packages/probe/native',
  );
  remember(addonFile, plan.key);
}

async function compileUnit(unit: Unit): Promise<void> {
  forget(unit.object);
  await new StepLog(`addon-${basename(unit.source)}`).run(
    {
      title: `compile ${unit.source}`,
      program: 'clang++',
      args: [...compileFlags, '-c', '-o', unit.object, unit.source],
      directory: rootDirectory,
    },
    `correct ${unit.source}`,
  );
  remember(unit.object, unit.key);
}
