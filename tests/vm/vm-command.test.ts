// SPDX-License-Identifier: Apache-2.0
// `npm run vm` from end to end: one machine is booted, and what its command says, writes and exits
// with arrives on this side. Other tests rely on machines; this one says whether they can.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const rootDirectory = join(import.meta.dirname, '..', '..');
const results = mkdtempSync(join(tmpdir(), 'fimbul-vm-'));
after(() => rmSync(results, { recursive: true }));

function runVm(args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const script = join(rootDirectory, 'tools', 'vm.ts');
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}

test('a command runs under another kernel, and its output, results and status come back', () => {
  const command = [
    'uname -r',
    'pwd',
    'echo "an error" >/dev/stderr',
    'stat -f -c %T "$FIMBUL_VM_EXT4" "$FIMBUL_VM_TMPFS"',
    'modprobe overlay && grep -q "overlay$" /proc/filesystems && echo "modules load"',
    'test -e /sys/kernel/btf/vmlinux && test -d /sys/kernel/tracing/events && echo "can trace"',
    'grep -o bpf /sys/kernel/security/lsm',
    'touch package.json 2>/dev/null || echo "the checkout is read-only"',
    // Node would not take types away here: the host has.
    `node --no-strip-types -e 'import("${rootDirectory}/tools/vm/shell-quote.ts").then(
      ({ quoteForShell }) => console.log(quoteForShell("types are gone")))'`,
    'echo "a result" >"$FIMBUL_VM_RESULTS/result"',
    'exit 7',
  ].join('\n');
  const { status, stdout, stderr } = runVm(['--results', results, '6.1', 'sh', '-c', command]);
  const [release = '', ...rest] = stdout.trimEnd().split('\n');
  assert.match(release, /^6\.1\.\d+-.*-amd64$/, stderr);
  assert.deepEqual(rest, [
    rootDirectory,
    'ext2/ext3',
    'tmpfs',
    'modules load',
    'can trace',
    'bpf',
    'the checkout is read-only',
    "'types are gone'",
  ]);
  assert.match(stderr, /^an error$/m);
  assert.equal(status, 7);
  assert.equal(readFileSync(join(results, 'result'), 'utf8'), 'a result\n');
});

test('a wrong call says what is wrong and starts no machine', () => {
  const { status, stderr } = runVm(['--results', join(results, 'none'), '4.19', 'true']);
  assert.equal(status, 125);
  assert.match(stderr, /^vm: there is no kernel '4\.19'; there are 5\.10, 6\.1, 6\.12, 7$/m);
  assert.ok(!existsSync(join(results, 'none')));
});
