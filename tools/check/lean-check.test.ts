// SPDX-License-Identifier: Apache-2.0
// Ways in which a program comes to load what is kept from it, and those that load nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLeanPrograms } from './lean-check.ts';

const programs = { 'packages/a/src/main.ts': ['@fimbul/b', 'yaml'] };
const manifest = {
  path: 'packages/b/package.json',
  text: JSON.stringify({ exports: { '.': './src/index.ts', './run': './src/run.ts' } }),
};

function check(main: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  const files = Object.entries({ 'packages/a/src/main.ts': main, ...others });
  const sources = [manifest, ...files.map(([path, text]) => ({ path, text }))];
  return checkLeanPrograms(sources, programs).map(({ message }) => message);
}

test('what is kept is found over files and packages, with the way to it', () => {
  const others = {
    'packages/a/src/c.ts': "export { d } from '@fimbul/b/run';\n",
    'packages/b/src/run.ts': "import { d } from './d.ts';\n",
    'packages/b/src/d.ts': "import 'yaml';\n",
  };
  assert.deepEqual(check("import { c } from './c.ts';\n", others), [
    'must not load packages/a/src/c.ts → packages/b/src/run.ts → packages/b/src/d.ts → yaml',
  ]);
  assert.deepEqual(check("import { b } from '@fimbul/b';\n"), ['must not load @fimbul/b']);
});

test('types, later imports and circles are no fault', () => {
  const others = { 'packages/a/src/c.ts': "import './main.ts';\n" };
  const main =
    "import type { T } from 'yaml';\nimport './c.ts';\nconst b = await import('@fimbul/b');\n";
  assert.deepEqual(check(main, others), []);
});

test('a program that is not there is told', () => {
  assert.deepEqual(
    checkLeanPrograms([], programs).map(({ message }) => message),
    ['is not in the checkout'],
  );
});
