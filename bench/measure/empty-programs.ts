// SPDX-License-Identifier: Apache-2.0
// Programs that do nothing, where the agent would attach its own: what hooks alone cost on a
// kernel, with which the agent's own cost is to be compared.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getObjectPath, loadNative, type ProbePlan, readObjectFile } from '@fimbul/probe';
import type { Workspace } from '../workspace.ts';

type Section = { readonly name: string; readonly section: string };

/** C that has a program of each name and section. */
export function writeEmptySource(programs: readonly Section[]): string {
  const functions = programs.map(
    ({ name, section }) =>
      `__attribute__((section("${section}"), used)) int ${name}(void *ctx)\n` +
      '{\n\t(void)ctx;\n\treturn 0;\n}\n',
  );
  const license = '__attribute__((section("license"), used)) char licence[] = "GPL";\n';
  return [license, ...functions].join('\n');
}

function listSections(wanted: (name: string) => boolean): readonly Section[] {
  const bytes = readObjectFile(getObjectPath());
  if (!bytes.ok) throw bytes.error;
  const object = loadNative().openObject(bytes.value);
  if (!object.ok) throw object.error;
  const programs = object.value.programs().filter(({ name }) => wanted(name));
  object.value.close();
  return programs;
}

/** Compiles an object with an empty program for each of ours that is `wanted`; its path. */
export function compileEmptyObject(
  workspace: Workspace,
  wanted: (name: string) => boolean = () => true,
): string {
  const source = join(workspace.directory, 'empty.bpf.c');
  const object = join(workspace.directory, 'empty.bpf.o');
  writeFileSync(source, writeEmptySource(listSections(wanted)));
  execFileSync('clang', ['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-c', '-o', object, source]);
  return object;
}

function isAimed(name: string): boolean {
  return /^f(entry|exit)_/.test(name);
}

export type EmptyPrograms = { readonly close: () => void };

/** Attaches those of an object that a plan has. */
export function attachEmptyPrograms(path: string, plan: ProbePlan): EmptyPrograms {
  const opened = loadNative().openObject(new Uint8Array(readFileSync(path)), { name: 'empty' });
  if (!opened.ok) throw opened.error;
  const object = opened.value;
  const planned = new Set(plan.programs.map(({ name }) => name));
  for (const { name } of object.programs()) object.setAutoload(name, planned.has(name));
  for (const { name, target } of plan.programs) {
    if (target !== null && isAimed(name)) object.setAttachTarget(name, target);
  }
  const loaded = object.load();
  if (!loaded.ok) throw loaded.error;
  for (const { name, target } of plan.programs) {
    const isProbe = /^k(ret)?probe_/.test(name);
    const attached = isProbe ? object.attach(name, target ?? undefined) : object.attach(name);
    if (!attached.ok) throw attached.error;
  }
  return { close: () => object.close() };
}
