// SPDX-License-Identifier: Apache-2.0
// The real /proc of this machine: this process, and children made to be difficult.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathFlags, toByteString } from '@fimbul/schema';
import { NodeProcSource } from './node-proc-source.ts';
import { kernelDevice } from './proc-executable.ts';
import { type ProcProcess, tickNs } from './proc-source.ts';

const proc = new NodeProcSource();
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'fimbul-proc-')));
const children: ChildProcess[] = [];

after(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a program that says a line on stdout once it runs, and reads it from /proc. */
async function readChild(program: string, args: readonly string[]): Promise<ProcProcess> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  assert.ok(child.stdout !== null);
  await once(child.stdout, 'data');
  return readKnown(child.pid ?? 0);
}

function readKnown(pid: number): ProcProcess {
  const read = proc.readProcess(pid);
  assert.ok(read !== null);
  return read.process;
}

function readOwnIds(name: 'Uid' | 'Gid'): number[] {
  const line = readFileSync('/proc/self/status', 'latin1').split(`${name}:\t`)[1] ?? '';
  return (line.split('\n')[0] ?? '').split('\t').map(Number);
}

test('this process is what it knows of itself', () => {
  const own = readKnown(process.pid);
  const stats = statSync(process.execPath, { bigint: true });
  assert.equal(own.ppid, process.ppid);
  assert.equal(own.executable?.path, toByteString(realpathSync(process.execPath)));
  assert.equal(own.executable.inode, stats.ino);
  assert.equal(own.executable.device, kernelDevice(stats.dev));
  assert.equal(own.executable.mode, Number(stats.mode));
  assert.equal(own.executable.modificationTimeNs, stats.mtimeNs);
  assert.equal(own.executable.pathFlags, pathFlags.INODE_KNOWN);
  assert.notEqual(own.executable.filesystem, '');
  assert.notEqual(own.executable.mountId, 0);
  assert.equal(own.argv[0], toByteString(process.argv0));
  const [uid, euid, , fsuid] = readOwnIds('Uid');
  const [gid, egid, , fsgid] = readOwnIds('Gid');
  const { credentials } = own;
  assert.deepEqual([credentials.uid, credentials.euid, credentials.fsuid], [uid, euid, fsuid]);
  assert.deepEqual([credentials.gid, credentials.egid, credentials.fsgid], [gid, egid, fsgid]);
  assert.equal(`mnt:[${own.mountNamespace}]`, readlinkSync('/proc/self/ns/mnt'));
  assert.equal(`net:[${own.networkNamespace}]`, readlinkSync('/proc/self/ns/net'));
  assert.equal(`pid:[${own.pidNamespace}]`, readlinkSync('/proc/self/ns/pid'));
  assert.ok(own.cgroup !== null);
  const lines = readFileSync('/proc/self/cgroup', 'latin1');
  const { hierarchy, path } = own.cgroup;
  assert.match(lines, new RegExp(`^${hierarchy}:[^:]*:${RegExp.escape(path)}$`, 'm'));
  assert.equal(own.isForkCopy, false);
  assert.equal(own.isZombie, false);
});

test('the start is before now, in ticks since boot', () => {
  const { startTicks } = readKnown(process.pid);
  const nowNs = proc.readBootTimeNs();
  const ageNs = nowNs - startTicks * tickNs;
  assert.ok(ageNs >= 0n);
  const ageMs = process.uptime() * 1000;
  assert.ok(Math.abs(Number(ageNs / 1_000_000n) - ageMs) < 2000, `${ageNs} ns, ${ageMs} ms`);
  assert.equal(proc.readStartTicks(process.pid), startTicks);
});

test('arguments are bytes: newlines, empty ones, and what is not UTF-8', async () => {
  const script = 'printf "ready\\n"; read line';
  const byte = join(directory, 'bytes.sh');
  // A shell makes the byte, because an argument given from here is always UTF-8.
  const command = `exec /bin/sh -c '${script}' "a b" "" "c
d" "$(printf '\\377\\376')" end`;
  writeFileSync(byte, command);
  const { argv, comm } = await readChild('/bin/sh', [byte]);
  assert.deepEqual(argv, ['/bin/sh', '-c', script, 'a b', '', 'c\nd', '\xff\xfe', 'end']);
  assert.equal(comm, 'sh');
});

test('arguments beyond the limit are cut', async () => {
  const long = 'x'.repeat(10_000);
  const { argv, argumentsTruncated } = await readChild('/bin/sh', [
    '-c',
    'echo ready; read line',
    long,
  ]);
  assert.equal(argumentsTruncated, true);
  assert.equal(argv.join('\0').length, 4096);
});

test('a command name that looks like the rest of the line is read whole', async () => {
  const hostile = 'a) (\nS 1 1';
  const program = `require('fs').writeFileSync('/proc/self/comm', ${JSON.stringify(hostile)});
    console.log('ready'); process.stdin.on('data', () => {});`;
  const child = await readChild(process.execPath, ['-e', program]);
  assert.equal(child.comm, hostile);
  assert.equal(child.ppid, process.pid);
});

test('an executable that was removed is known by the name it had', async () => {
  const path = join(directory, 'removed');
  copyFileSync(realpathSync('/bin/sh'), path);
  const child = spawn(path, ['-c', 'echo ready; read line'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  unlinkSync(path);
  const { executable } = readKnown(child.pid ?? 0);
  assert.equal(executable?.path, toByteString(path));
  assert.equal(executable.pathFlags, pathFlags.INODE_KNOWN | pathFlags.UNLINKED);
});

test('an executable whose name says that it was removed keeps it', async () => {
  const path = join(directory, 'kept (deleted)');
  copyFileSync(realpathSync('/bin/sh'), path);
  const { executable } = await readChild(path, ['-c', 'echo ready; read line']);
  assert.equal(executable?.path, toByteString(path));
  assert.equal(executable.pathFlags, pathFlags.INODE_KNOWN);
});

test('a running script is the program', async () => {
  const path = join(directory, 'a long script name.sh');
  writeFileSync(path, '#! /bin/sh -e \necho ready\nread line\n');
  chmodSync(path, 0o755);
  const { script, executable, argv } = await readChild(path, ['argument']);
  assert.equal(script?.path, toByteString(path));
  assert.equal(script.inode, statSync(path, { bigint: true }).ino);
  assert.equal(executable?.path, realpathSync('/bin/sh'));
  assert.deepEqual(argv, ['/bin/sh', '-e', path, 'argument']);
});

test('an interpreter that was given a script is no script', async () => {
  const path = join(directory, 'sh');
  writeFileSync(path, '#!/bin/bash\necho ready\nread line\n');
  // Command name and argument agree; the first line names another interpreter.
  const { script } = await readChild('/bin/sh', [path]);
  assert.equal(script, null);
});

test('what is not there is null', () => {
  assert.equal(proc.readProcess(0x7fffffff), null);
  assert.equal(proc.readStartTicks(0x7fffffff), null);
});
