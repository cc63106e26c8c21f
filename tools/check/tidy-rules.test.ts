// SPDX-License-Identifier: Apache-2.0
// Each tidy rule finds what it is for and leaves its neighbours alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTidiness } from './tidy.ts';

const header = '// SPDX-License-Identifier: Apache-2.0\n// What it is.\n\n';
const bpfHeader = '// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause\n// What it is.\n\n';

/** Lists what tidy finds as `rule` or `rule:line`. */
function find(path: string, text: string): readonly string[] {
  return checkTidiness([{ path, text }], []).map(({ rule, line }) =>
    line === undefined ? rule : `${rule}:${line}`,
  );
}

test('header: the licence line, then a comment of one to eight lines', () => {
  assert.deepEqual(find('packages/a/src/b.ts', `${header}const a = 1;\n`), []);
  assert.deepEqual(find('bpf/lib/a.h', `${bpfHeader}int a;\n`), []);
  assert.deepEqual(
    find('bin/fimbul', `#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n# x\n`),
    [],
  );
  assert.deepEqual(find('packages/a/src/b.ts', 'const a = 1;\n'), ['header:1']);
  assert.deepEqual(find('bpf/lib/a.h', `${header}int a;\n`), ['header:1']);
  const licence = '// SPDX-License-Identifier: Apache-2.0\n';
  assert.deepEqual(find('packages/a/src/b.ts', `${licence}\n// Late.\n`), ['header:2']);
  const lines = (count: number): string => `${licence}${'// line\n'.repeat(count)}\n`;
  assert.deepEqual(find('packages/a/src/b.ts', lines(8)), []);
  assert.deepEqual(find('packages/a/src/b.ts', lines(9)), ['header:2']);
});

test('header: a block comment counts, a directive does not', () => {
  const licence = '/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */\n';
  assert.deepEqual(find('bpf/lib/a.h', `${licence}/*\n * What it is.\n */\n#pragma once\n`), []);
  assert.deepEqual(find('bpf/lib/a.h', `${licence}#pragma once\n`), ['header:2']);
});

test('line-columns: a hundred columns, tabs to eight, addresses free', () => {
  const line = (text: string): readonly string[] => find('a.md', `# T\n\n${text}\n`);
  assert.deepEqual(line('é'.repeat(100)), []);
  assert.deepEqual(line('é'.repeat(101)), ['line-columns:3']);
  assert.deepEqual(line(`\t${'x'.repeat(93)}`), ['line-columns:3']);
  assert.deepEqual(line(`see https://example.org/${'x'.repeat(100)}`), []);
  assert.deepEqual(line(`| ${'x'.repeat(120)} |`), []);
});

test('file-lines: five hundred', () => {
  const file = (count: number): string => header + 'let a;\n'.repeat(count - 3);
  assert.deepEqual(find('packages/a/src/b.ts', file(500)), []);
  assert.deepEqual(find('packages/a/src/b.ts', file(501)), ['file-lines']);
  assert.deepEqual(find('packages/a/src/b.gen.ts', file(501)), []);
});

test('function-lines: seventy in C', () => {
  const body = (count: number): string => `${bpfHeader}int f(void)\n{\n${'\t;\n'.repeat(count)}}\n`;
  assert.deepEqual(find('bpf/lib/a.h', body(68)), []);
  assert.deepEqual(find('bpf/lib/a.h', body(69)), ['function-lines:5']);
});

test('banned-text: unfinished work, tests that do not run, escapes from types', () => {
  const line = (text: string, path = 'packages/a/src/b.ts'): readonly string[] =>
    find(path, `${header}${text}\n`);
  assert.deepEqual(line('// TODO(#12): wait for the kernel.'), []);
  assert.deepEqual(line('const mastodon = read.skipped;'), []);
  for (const text of [
    '// TODO: later',
    '// FIXME',
    "test.only('x', f);",
    "test.skip('x', f);",
    "test('x', { skip: true }, f);",
    'const a = b as any;',
    '// @ts-ignore',
    "spawnSync('gcc', []);",
  ]) {
    assert.deepEqual(line(text), ['banned-text:4'], text);
  }
  assert.deepEqual(find('bpf/lib/a.h', `${bpfHeader}bpf_printk("x");\n`), ['banned-text:4']);
});

test('host-name: registries and mirrors, not other hosts', () => {
  const line = (text: string): readonly string[] => find('.npmrc', `${text}\n`);
  assert.deepEqual(line('see www.debian.org and example.org'), []);
  assert.deepEqual(line('http://deb.debian.org/debian'), ['host-name:1']);
  assert.deepEqual(line('ftp.de.debian.org'), ['host-name:1']);
  assert.deepEqual(line('https://registry.npmjs.org/'), ['host-name:1']);
});

test('file-name: words that say nothing', () => {
  assert.deepEqual(find('packages/a/src/policy-watch.ts', header), []);
  assert.deepEqual(find('packaging/fimbul.service', ''), []);
  assert.deepEqual(find('packages/a/src/path-utils.ts', header), ['file-name']);
  assert.deepEqual(find('packages/a/src/helpers/path.ts', header), ['file-name']);
});

test('document-title: exactly one, code blocks aside', () => {
  assert.deepEqual(find('docs/a.md', '# Title\n\n## Part\n\n```sh\n# comment\n```\n'), []);
  assert.deepEqual(find('docs/a.md', '## Part\n'), ['document-title']);
  assert.deepEqual(find('docs/a.md', '# One\n\n# Two\n'), ['document-title']);
});

test('checkTidiness leaves exceptions out and reports those that nothing needs', () => {
  const files = [{ path: 'old/a.ts', text: 'let a;\n' }];
  const covering = { path: 'old/', rule: 'header', reason: 'r' };
  assert.deepEqual(checkTidiness(files, [covering]), []);
  const unneeded = { path: 'old/a.ts', rule: 'file-lines', reason: 'r' };
  assert.deepEqual(
    checkTidiness(files, [covering, unneeded]).map((problem) => problem.rule),
    ['exceptions'],
  );
});
