// SPDX-License-Identifier: Apache-2.0
// The constants of rules are those of the kernel's own headers on this machine.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ConstantGroup } from './constant-group.ts';
import { constantDescriptions, constantGroups, integerConstants } from './constants.ts';

const headers = [
  ...['asm/errno.h', 'asm/mman.h', 'asm/ptrace.h', 'linux/audit.h', 'linux/bpf.h'],
  ...['linux/capability.h', 'linux/fcntl.h', 'linux/fs.h', 'linux/if_ether.h', 'linux/mman.h'],
  ...['linux/ptrace.h', 'linux/sched.h', 'linux/stat.h', 'netinet/in.h', 'signal.h', 'stdio.h'],
  ...['sys/resource.h', 'sys/socket.h'],
];

/** Constants whose name in the headers is another one, or that are built from what is there. */
const spelledInC: Readonly<Record<string, string>> = {
  O_ASYNC: 'FASYNC',
  AUDIT_AUID_UNSET: 'AUDIT_UID_UNSET',
  MAP_ANON: 'MAP_ANONYMOUS',
  SOCK_DCCP: '6',
  SOCK_PACKET: '10',
};

/** Numbers that are ours, that only the kernel's own sources name, or that IANA assigns. */
const groupsWithoutHeader: readonly string[] = [
  ...['exitCauses', 'directions', 'fileTypes', 'compressions', 'architectures', 'abis'],
  ...['pipeFlags', 'memoryAreaFlags'],
  ...['dnsTypes', 'dnsClasses', 'dnsResponses', 'tlsVersions'],
];

/** What arm64 numbers differently or does not have; the group says which numbers it has. */
const differsOnArm64 =
  /^(?:O_(?:DIRECT|DIRECTORY|LARGEFILE|NOFOLLOW|TMPFILE)|MAP_32BIT|PTRACE_.*)$/;

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
  if (group === 'protocols') return name.replace('IP_PROTO_', 'IPPROTO_');
  return spelledInC[name] ?? name;
}

test('constants have the values of the kernel headers', () => {
  const expected = Object.entries(constantGroups)
    .filter(([group]) => !groupsWithoutHeader.includes(group))
    .flatMap(([group, constants]: [string, ConstantGroup]) =>
      Object.entries(constants).map(([name, value]) => ({ group, name, value })),
    )
    .filter(({ name }) => process.arch === 'x64' || !differsOnArm64.test(name));
  const lines = expected.map(
    ({ group, name }) => `printf("${name} %lld\\n", (long long)(${spell(group, name)}));`,
  );
  const includes = headers.map((header) => `#include <${header}>\n`).join('');
  const main = `#define _GNU_SOURCE\n${includes}int main(void)\n{\n${lines.join('\n')}\n}\n`;
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

test('every error and signal of the headers has its constant', () => {
  const source = '#define _GNU_SOURCE\n#include <asm/errno.h>\n#include <signal.h>\n';
  const macros = execFileSync('clang', ['-E', '-dM', '-x', 'c', '-'], { input: source }).toString();
  const names = [...macros.matchAll(/^#define ((?:E|SIG)[A-Z0-9]+) \d+$/gm)].map(
    ([, name]) => name,
  );
  assert.ok(names.length > 150);
  for (const name of names) assert.ok(name && integerConstants.has(name), name);
});

test('names can be written in rules, and are no words of the language', () => {
  const words = ['true', 'false', 'and', 'or', 'not', 'in', 'allin'];
  for (const name of integerConstants.keys()) {
    assert.match(name, /^[A-Za-z_][A-Za-z0-9_]*$/);
    assert.ok(!words.includes(name), name);
  }
});

test('every group has a sentence', () => {
  assert.deepEqual(Object.keys(constantDescriptions), Object.keys(constantGroups));
  for (const text of Object.values(constantDescriptions)) assert.match(text, /^[A-Z].*\.$/);
});
