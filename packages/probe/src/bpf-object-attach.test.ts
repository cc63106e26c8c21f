// SPDX-License-Identifier: Apache-2.0
// Programs that are aimed from user space. What a kernel refuses to a trivial program it refuses
// to these too, cleanly; everything else must attach, run, count and go, on every kernel.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadNative } from './native.ts';
import {
  type AimedKind,
  aimedKinds,
  attachKind,
  compileAttachKinds,
  countRuns,
  getOpenFunction,
  openAttachKind,
} from './testing/attach-kinds.ts';
import { expectOk } from './testing/numbered.ts';

const native = loadNative();
const bytes = compileAttachKinds();
const openFunction = getOpenFunction(native);
const killedChild = fileURLToPath(new URL('./testing/killed-while-attached.ts', import.meta.url));
const blockedOpens = fileURLToPath(new URL('../native/testdata/blocked-opens.c', import.meta.url));
const definitionsFile = '/sys/kernel/tracing/kprobe_events';

function getTarget(kind: AimedKind): string {
  return kind === 'lsm' ? 'file_open' : openFunction;
}

function openFiles(count: number): void {
  for (let done = 0; done < count; done += 1) closeSync(openSync('/', 'r'));
}

/** The definitions of this host's agents, where the tracing files are mounted to be seen. */
function listDefinitions(): readonly string[] {
  if (!existsSync(definitionsFile)) return [];
  const lines = readFileSync(definitionsFile, 'utf8').split('\n');
  return lines.filter((line) => line.includes(':fimbul_'));
}

for (const kind of aimedKinds) {
  test(`a program of section "${kind}" runs at the function it is aimed at, or is refused`, () => {
    const trial = native.tryProgram(kind, getTarget(kind));
    const object = openAttachKind(native, bytes, kind);
    const attached = attachKind(object, kind, getTarget(kind));
    if (trial.outcome !== 'attached') {
      assert.ok(!attached.ok, 'a trivial program was refused');
      assert.equal(attached.error.code, trial.outcome);
      assert.equal(attached.error.errno, trial.errno);
    } else {
      const link = expectOk(attached);
      const before = countRuns(object, kind);
      openFiles(50);
      const after = countRuns(object, kind);
      // An LSM that is not among the active ones attaches and never runs.
      assert.equal(after - before, trial.ran === false ? 0 : 50);
      link.detach();
      openFiles(1);
      assert.equal(countRuns(object, kind), after);
    }
    object.close();
  });
}

test('a function that no kernel has is refused, of tracing and LSM programs before loading', () => {
  for (const kind of aimedKinds) {
    const object = openAttachKind(native, bytes, kind);
    const attached = attachKind(object, kind, 'no_such_function');
    assert.ok(!attached.ok, kind);
    const isProbe = kind === 'kprobe' || kind === 'kretprobe';
    assert.equal(attached.error.code, isProbe ? 'attach_refused' : 'target_unknown');
    assert.equal(attached.error.program, `at_${kind}`);
    assert.match(attached.error.message, /"no_such_function": E[A-Z]+; /);
    object.close();
  }
});

test('a name that is no word never reaches the tracing files', () => {
  const object = openAttachKind(native, bytes, 'kretprobe');
  const before = listDefinitions();
  expectOk(object.load());
  for (const name of [`${openFunction} x=%ax`, `${openFunction}\n-:x`, '-', '']) {
    assert.ok(!object.attach('at_kretprobe', name).ok, JSON.stringify(name));
  }
  assert.deepEqual(listDefinitions(), before);
  object.close();
});

test('only probes of functions take a function when they are attached', () => {
  const object = openAttachKind(native, bytes, 'kprobe');
  expectOk(object.load());
  assert.throws(() => object.attach('at_fexit', openFunction), {
    code: 'wrong_argument',
    message: /section "fexit" to a function by name; use setAttachTarget\(\) before loading/,
  });
  const unnamed = object.attach('at_kprobe');
  assert.ok(!unnamed.ok && unnamed.error.code === 'attach_refused');
  assert.throws(() => object.setAttachTarget('at_fexit', openFunction), { code: 'wrong_state' });
  object.close();
});

/** Compiles the program whose threads block in open, and makes the FIFO they block on. */
function makeBlockedOpens(): string {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-blocked-'));
  execFileSync('clang', ['-O2', '-pthread', '-o', join(directory, 'program'), blockedOpens]);
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  return directory;
}

/** Calls back while that many threads block in open; returns once all of them have returned. */
async function blockOpens(
  directory: string,
  count: number,
  whileBlocked: () => void,
): Promise<void> {
  const program = join(directory, 'program');
  const args = [join(directory, 'fifo'), String(count)];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited]);
  assert.equal(child.exitCode, null);
  whileBlocked();
  child.stdin.end();
  assert.deepEqual(await exited, [0, null]);
}

test('returns are followed for 4096 calls at once, and those that are missed are counted', {
  timeout: 120_000,
}, async () => {
  const object = openAttachKind(native, bytes, 'kretprobe');
  const attached = attachKind(object, 'kretprobe', openFunction);
  if (!attached.ok) {
    assert.notEqual(native.tryProgram('kretprobe', openFunction).outcome, 'attached');
    object.close();
    return;
  }
  const directory = makeBlockedOpens();
  const link = attached.value;
  assert.equal(link.callsMax, 4096);
  assert.equal(link.target, openFunction);
  assert.equal(link.missedRuns(), 0n);
  // Many more than perf alone would allow, which is about two for each CPU.
  await blockOpens(directory, 200, () => openFiles(50));
  assert.ok(countRuns(object, 'kretprobe') >= 50);
  assert.equal(link.missedRuns(), 0n);
  await blockOpens(directory, 4196, () => openFiles(50));
  const missed = link.missedRuns() ?? 0n;
  assert.ok(missed >= 100n + 50n, `${missed} missed`);
  link.detach();
  assert.equal(link.missedRuns(), null);
  object.close();
  rmSync(directory, { recursive: true });
});

test('the definition of a killed agent goes when the next one starts', () => {
  const child = spawnSync(process.execPath, [killedChild, openFunction], { encoding: 'utf8' });
  const isSupported = native.tryProgram('kretprobe', openFunction).outcome === 'attached';
  assert.equal(child.signal, 'SIGKILL', child.stderr);
  assert.equal(child.stdout, isSupported ? 'attached\n' : 'attach_refused\n');
  const left = () => listDefinitions().filter((line) => line.includes(`fimbul_${child.pid}/`));
  if (isSupported && existsSync(definitionsFile)) assert.equal(left().length, 1);
  const object = openAttachKind(native, bytes, 'kretprobe');
  attachKind(object, 'kretprobe', openFunction);
  assert.deepEqual(left(), []);
  object.close();
  assert.deepEqual(
    listDefinitions().filter((line) => line.includes(`fimbul_${process.pid}/`)),
    [],
  );
});

test("the verifier's statistics are kept of the programs that were chosen", () => {
  const object = openAttachKind(native, bytes, 'kprobe');
  object.setAutoload('at_kretprobe', true);
  object.keepVerifierLog('at_kprobe');
  assert.equal(object.verifierLog('at_kprobe'), '');
  expectOk(object.load());
  assert.match(object.verifierLog('at_kprobe'), /^processed \d+ insns .* peak_states \d+/m);
  assert.match(object.verifierLog('at_kprobe'), /^stack depth \d+/m);
  assert.equal(object.verifierLog('at_kretprobe'), '');
  assert.throws(() => object.keepVerifierLog('at_kprobe'), { code: 'wrong_state' });
  object.close();
  assert.throws(() => object.verifierLog('at_kprobe'), { code: 'closed' });
});
