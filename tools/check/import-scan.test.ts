// SPDX-License-Identifier: Apache-2.0
// What counts as an import.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findImports, findIncludes, resolveRelative } from './import-scan.ts';

test('findImports finds every form, with the line of the module name', () => {
  const text = [
    "import { a } from './a.ts';",
    "import type { B } from './b.ts';",
    'import {',
    '  c,',
    '  type D,',
    "} from '@fimbul/schema';",
    "export { e } from './e.ts';",
    "export * from './f.ts';",
    "import './g.ts';",
    "const h = await import('./h.ts');",
  ].join('\n');
  assert.deepEqual(findImports(text), [
    { target: './a.ts', line: 1, loads: 'with' },
    { target: './b.ts', line: 2, loads: 'never' },
    { target: '@fimbul/schema', line: 6, loads: 'with' },
    { target: './e.ts', line: 7, loads: 'with' },
    { target: './f.ts', line: 8, loads: 'with' },
    { target: './g.ts', line: 9, loads: 'with' },
    { target: './h.ts', line: 10, loads: 'later' },
  ]);
});

test('findImports leaves other exports and comments alone', () => {
  const text = [
    "// import { a } from './a.ts';",
    "export const from = 'b';",
    "export const text = `x`; const y = 'from';",
    'export function f() {}',
  ].join('\n');
  assert.deepEqual(findImports(text), []);
});

test('findIncludes finds quoted headers only', () => {
  const text = '#include <linux/bpf.h>\n#include "lib/path.h"\n#  include "maps.h"\n';
  assert.deepEqual(findIncludes(text), [
    { target: 'lib/path.h', line: 2, loads: 'with' },
    { target: 'maps.h', line: 3, loads: 'with' },
  ]);
});

test('resolveRelative resolves against the importing file', () => {
  assert.equal(resolveRelative('packages/a/src/b/c.ts', '../d.ts'), 'packages/a/src/d.ts');
});
