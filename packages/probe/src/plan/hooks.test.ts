// SPDX-License-Identifier: Apache-2.0
// The table of hooks is about the programs that were built, and about nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileOperations } from '@fimbul/schema';
import { getObjectPath, readObjectFile } from '../load/object-file.ts';
import { loadNative, type ProgramTrial } from '../native.ts';
import { backendNames, type KernelFeatures } from './features.ts';
import { functionRoles } from './functions.ts';
import {
  objectSources,
  optionalHooks,
  replacedByTimestamps,
  requiredHooks,
  timestampHooks,
} from './hooks.ts';
import { planProbe } from './plan.ts';

const hooks = [...requiredHooks, ...optionalHooks];
const tracepoints = hooks.map(({ tracepoint }) => tracepoint);
const optional = optionalHooks.map(({ tracepoint }) => tracepoint);

test('the built object has two programs for every tracepoint, and no others', () => {
  const bytes = readObjectFile(getObjectPath());
  assert.ok(bytes.ok);
  const opened = loadNative().openObject(bytes.value);
  assert.ok(opened.ok);
  const programs = opened.value.programs().filter(({ section }) => section.startsWith('tp_btf/'));
  opened.value.close();
  const expected = tracepoints.flatMap((name) => [
    [name, `tp_btf/${name}`],
    [`${name}_probed`, `tp_btf/${name}`],
  ]);
  assert.deepEqual(programs.map(({ name, section }) => [name, section]).sort(), expected.sort());
});

test('a hook stands in the table once', () => {
  assert.equal(new Set(tracepoints).size, tracepoints.length);
});

test('what an operation gets its objects from are hooks that serve it', () => {
  for (const operation of fileOperations) {
    const serving = optionalHooks.filter((hook) => hook.operations.includes(operation));
    assert.deepEqual(
      serving.map(({ tracepoint }) => tracepoint).sort(),
      [...objectSources[operation]].sort(),
    );
  }
});

test('hooks that may be left out are optional', () => {
  for (const name of [...timestampHooks, ...replacedByTimestamps]) {
    assert.ok(optional.includes(name), name);
  }
  assert.ok(!timestampHooks.some((name) => replacedByTimestamps.includes(name)));
});

test('every operation has a hook that it cannot do without', () => {
  const served = requiredHooks.flatMap(({ operations }) => operations);
  assert.deepEqual(served.toSorted(), [...fileOperations, 'exec', 'exit', 'fork'].sort());
});

test('every program that a plan may name is built, and every program built may be planned', () => {
  const bytes = readObjectFile(getObjectPath());
  assert.ok(bytes.ok);
  const opened = loadNative().openObject(bytes.value);
  assert.ok(opened.ok);
  const built = opened.value.programs().map(({ name }) => name);
  opened.value.close();
  const runs: ProgramTrial = { outcome: 'attached', ran: true };
  const features: KernelFeatures = {
    release: '',
    typedReads: true,
    tracepoints: new Map(tracepoints.map((name) => [name, 'vmlinux'])),
    functions: new Map(functionRoles.map((role) => [role, { name: role, parameterCount: 3 }])),
    chmodSyscalls: ['chmod'],
    backends: { lsm: runs, kprobe: runs, fexit: runs, tracepoint: runs },
    preemption: 'none',
    lockdown: null,
    securityModules: null,
  };
  const planned = new Set<string>();
  for (const typedReads of [true, false]) {
    for (const backend of backendNames) {
      const plan = planProbe({ ...features, typedReads }, backend);
      assert.ok('programs' in plan);
      for (const { name } of plan.programs) planned.add(name);
    }
  }
  // What timestamps make superfluous is planned where there are none.
  for (const name of replacedByTimestamps) planned.add(name).add(`${name}_probed`);
  assert.deepEqual([...planned].sort(), built.sort());
});
