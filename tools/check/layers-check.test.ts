// SPDX-License-Identifier: Apache-2.0
// Each kind of import that the table forbids, and one of each that it allows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLayers } from './layers-check.ts';
import type { SourceFile } from './source-file.ts';

const manifests: readonly SourceFile[] = ['schema', 'rules', 'probe', 'agent', 'cli'].map(
  (name) => ({
    path: `packages/${name}/package.json`,
    text: JSON.stringify({ dependencies: { '@fimbul/schema': '0.1.0', yaml: '2.9.1' } }),
  }),
);

function importing(path: string, target: string): readonly string[] {
  const file = { path, text: `import { x } from '${target}';\n` };
  return checkLayers([...manifests, file]).map((problem) => problem.message);
}

function including(path: string, target: string, others: readonly string[] = []) {
  const file = { path, text: `#include "${target}"\n` };
  const rest = others.map((other) => ({ path: other, text: '' }));
  return checkLayers([file, ...rest]).map((problem) => problem.message);
}

test('packages import downwards and by declared names', () => {
  assert.deepEqual(importing('packages/rules/src/a.ts', '@fimbul/schema'), []);
  assert.deepEqual(importing('packages/rules/src/a.ts', 'yaml'), []);
  assert.deepEqual(importing('packages/agent/src/a.ts', 'node:fs'), []);
  assert.deepEqual(importing('packages/rules/src/a.test.ts', 'node:test'), []);
  assert.deepEqual(importing('packages/rules/src/a.test.ts', 'fast-check'), []);
});

test('packages do not import upwards', () => {
  assert.deepEqual(importing('packages/schema/src/a.ts', '@fimbul/rules'), [
    'schema must not import rules (tools/layers.ts)',
  ]);
  assert.deepEqual(importing('packages/cli/src/a.ts', '@fimbul/agent'), [
    'cli must not import agent (tools/layers.ts)',
  ]);
  assert.deepEqual(importing('packages/rules/src/a.test.ts', '@fimbul/agent'), [
    'rules must not import agent (tools/layers.ts)',
  ]);
});

test('packages that run in browsers do not import from Node', () => {
  for (const target of ['node:fs', 'fs', 'fs/promises']) {
    assert.deepEqual(importing('packages/rules/src/a.ts', target), [
      `rules runs in browsers too and must not import '${target}'`,
    ]);
  }
});

test('what is imported is declared', () => {
  assert.deepEqual(importing('packages/agent/src/a.ts', '@fimbul/rules'), [
    "'@fimbul/rules' is not among the dependencies in packages/agent/package.json",
  ]);
  assert.deepEqual(importing('packages/agent/src/a.ts', 'pino'), [
    "'pino' is not among the dependencies in packages/agent/package.json",
  ]);
});

test('packages are imported by their name, whole', () => {
  assert.deepEqual(importing('packages/rules/src/a.ts', '../../schema/src/index.ts'), [
    "'../../schema/src/index.ts' leaves the package: import another package by its name",
  ]);
  assert.deepEqual(importing('packages/rules/src/a.ts', '@fimbul/schema/src/index.ts'), [
    "import from '@fimbul/schema', not from inside of it",
  ]);
  const parts = JSON.stringify({ exports: { '.': './src/index.ts', './run': './src/run.ts' } });
  const schema = { path: 'packages/schema/package.json', text: parts };
  const rules = manifests.filter(({ path }) => path !== schema.path);
  const file = { path: 'packages/rules/src/a.ts', text: "import { x } from '@fimbul/schema/run';" };
  assert.deepEqual(checkLayers([...rules, schema, file]), []);
});

test('folders import backwards along the pipeline', () => {
  assert.deepEqual(importing('packages/rules/src/3-plan/a.ts', '../1-parse/b.ts'), []);
  assert.deepEqual(importing('packages/rules/src/3-plan/a.ts', '../diagnostics.ts'), []);
  assert.deepEqual(importing('packages/rules/src/compile.ts', './4-emit/b.ts'), []);
  assert.deepEqual(importing('packages/rules/src/1-parse/a.ts', '../2-check/b.ts'), [
    'rules/1-parse must not import rules/2-check',
  ]);
  assert.deepEqual(importing('packages/agent/src/source/a.ts', '../engine/b.ts'), [
    'agent/source must not import agent/engine',
  ]);
  assert.deepEqual(importing('packages/agent/src/novelty/a.ts', '../engine/b.ts'), [
    "folder 'novelty' of agent is not in tools/layers.ts",
  ]);
});

test('a package that the table does not know is reported', () => {
  assert.deepEqual(importing('packages/novelty/src/a.ts', 'node:fs'), [
    "package 'novelty' is not in tools/layers.ts: decide what it may import",
  ]);
});

test('bpf includes from include to hooks', () => {
  const others = ['bpf/lib/path.h', 'bpf/events/open.h', 'bpf/tests/case.h'];
  assert.deepEqual(including('bpf/hooks/lsm.bpf.c', 'events/open.h', others), []);
  assert.deepEqual(including('bpf/lib/maps.h', 'path.h', others), []);
  assert.deepEqual(including('bpf/tests/path.c', 'lib/path.h', others), []);
  assert.deepEqual(including('bpf/lib/maps.h', 'events/open.h', others), [
    'bpf/lib must not include bpf/events (include → lib → events → syscalls → functions → hooks)',
  ]);
  assert.deepEqual(including('bpf/lib/maps.h', '../tests/case.h', others), [
    'bpf/lib must not include bpf/tests/case.h',
  ]);
  assert.deepEqual(including('bpf/lib/maps.h', 'nowhere.h', others), [
    '"nowhere.h" is not in the checkout: system headers are included in angle brackets',
  ]);
});

test('the addon includes only its own headers', () => {
  const path = 'packages/probe/native/ring.cc';
  assert.deepEqual(including(path, 'ring.h', ['packages/probe/native/ring.h']), []);
  assert.deepEqual(including(path, '../../../bpf/lib/maps.h', ['bpf/lib/maps.h']), [
    'the addon must not include bpf/lib/maps.h',
  ]);
});
