// SPDX-License-Identifier: Apache-2.0
// The constants of rules are those of the kernel's own headers on this machine.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ConstantGroup, constantGroups, integerConstants } from './constants.ts';

const headers = [
  'asm/errno.h',
  'linux/audit.h',
  'linux/capability.h',
  'linux/fcntl.h',
  'linux/fs.h',
  'linux/stat.h',
  'stdio.h',
];

/** Constants whose name in the headers is another one, or that are built from what is there. */
const spelledInC: Readonly<Record<string, string>> = {
  O_ASYNC: 'FASYNC',
  AUDIT_AUID_UNSET: 'AUDIT_UID_UNSET',
};

/** Ours: the kernel has no names for how a process ended. */
const ownGroups: readonly string[] = ['exitCauses'];

/** Flags that arm64 numbers differently; the group says which numbers it has. */
const differsOnArm64 = ['O_DIRECT', 'O_DIRECTORY', 'O_LARGEFILE', 'O_NOFOLLOW', 'O_TMPFILE'];

/** Compiles a program with clang and returns the bytes that it writes. */
function runC(source: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-c-'));
  try {
    const program = join(directory, 'program');
    const flags = ['-Wall', '-Wextra', '-Werror', '-x', 'c', '-o', program, '-'];
    execFileSync('clang', flags, { input: source });
    return execFileSync(program);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function spell(group: string, name: string): string {
  if (group === 'capabilities') return `1ULL << ${name}`;
  if (group === 'errors') return `-${name}`;
  return spelledInC[name] ?? name;
}

test('constants have the values of the kernel headers', () => {
  const expected = Object.entries(constantGroups)
    .filter(([group]) => !ownGroups.includes(group))
    .flatMap(([group, constants]: [string, ConstantGroup]) =>
      Object.entries(constants).map(([name, value]) => ({ group, name, value })),
    )
    .filter(({ name }) => process.arch === 'x64' || !differsOnArm64.includes(name));
  const lines = expected.map(
    ({ group, name }) => `printf("${name} %lld\\n", (long long)(${spell(group, name)}));`,
  );
  const includes = headers.map((header) => `#include <${header}>\n`).join('');
  const main = `${includes}int main(void)\n{\n${lines.join('\n')}\n}\n`;
  assert.deepEqual(
    runC(main).toString().trim().split('\n'),
    expected.map(({ name, value }) => `${name} ${value}`),
  );
});

test('every capability of the headers has its constant', () => {
  const main = `#include <linux/capability.h>
#include <stdio.h>
int main(void)
{
\tprintf("%d", CAP_LAST_CAP);
}
`;
  const last = Number(runC(main).toString());
  assert.ok(Object.keys(constantGroups.capabilities).length >= last + 1);
});

test('a name stands for one value in all groups', () => {
  const names = Object.values(constantGroups).flatMap((group) => Object.keys(group));
  assert.equal(new Set(names).size, names.length);
  assert.equal(integerConstants.size, names.length);
});
