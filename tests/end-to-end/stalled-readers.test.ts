// SPDX-License-Identifier: Apache-2.0
// Somebody holds the agent's standard output or error and reads neither: it ends in time all the
// same, and whoever looks later learns how much is missing.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileProgram } from './support/c-program.ts';
import { childTimeoutMs, getEnvironment, runOrFail, waitForEnd } from './support/child.ts';
import { readCounters } from './support/counters.ts';
import { fimbulPath } from './support/fimbul.ts';
import { Workspace, watchDirectory } from './support/workspace.ts';

const { O_NONBLOCK, O_RDWR } = constants;
/** What the agent grants both readers, and time to do the rest on a busy machine. */
const endMs = 30_000;
const files = 300;
const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const policy = workspace.writePolicy([
  ...watchDirectory(directory).map((rule) => ({ ...rule, every: 0 })),
  {
    id: 'talks',
    expression: `unlink.file.path =~ "${directory}/**"`,
    silent: true,
    actions: [{ log: { level: 'info', message: 'x'.repeat(4000) } }],
  },
]);
let storm = '';

before(async () => {
  storm = await compileProgram(workspace, 'storm');
});

after(() => workspace[Symbol.dispose]());

/** A FIFO that is open for reading, and read only when somebody asks for it. */
class Fifo implements Disposable {
  readonly descriptor: number;
  text = '';

  private constructor(path: string) {
    this.descriptor = openSync(path, O_RDWR | O_NONBLOCK);
  }

  static async make(name: string): Promise<Fifo> {
    const path = workspace.path(name);
    await runOrFail('mkfifo', [path]);
    return new Fifo(path);
  }

  /** Gets what waits in it, after what was there before. */
  readPresent(): string {
    const piece = Buffer.alloc(65_536);
    for (;;) {
      try {
        this.text += piece.toString('utf8', 0, readSync(this.descriptor, piece));
      } catch {
        return this.text;
      }
    }
  }

  get lineCount(): number {
    return this.readPresent().split('\n').length - 1;
  }

  async readUntil(holds: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(childTimeoutMs);
    while (!holds()) {
      if (deadline.aborted) throw new Error(`not all is in: ${this.text.slice(-5000)}`);
      await sleep(10);
    }
  }

  async readUntilText(text: string): Promise<void> {
    await this.readUntil(() => this.readPresent().includes(text));
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor);
  }
}

function start(out: Fifo, err: Fifo, duration: string) {
  const words = ['agent', '--output', 'json', '--policy', policy, '--duration', duration];
  const stdio = ['ignore', out.descriptor, err.descriptor] as const;
  const child = spawn(fimbulPath, words, { env: getEnvironment(), stdio: [...stdio] });
  return { child, end: waitForEnd(child) };
}

/** Alerts that came out whole, and those that the agent says did not. */
function countAlerts(out: Fifo, stderr: string) {
  const whole = out.readPresent().split('\n').slice(0, -1);
  for (const line of whole) JSON.parse(line);
  const unwritten = Number(/write alerts: (\d+) alerts or losses were not/.exec(stderr)?.[1]);
  return { whole: whole.length, unwritten };
}

test('standard output: what was not written is counted, and the agent ends', async () => {
  using out = await Fifo.make('out');
  using err = await Fifo.make('err');
  const { child, end } = start(out, err, '15m');
  await err.readUntilText('fimbul: ready');
  await runOrFail(storm, [`${directory}/a-`, String(files)]);
  const startMs = performance.now();
  child.kill('SIGTERM');
  const reading = err.readUntilText('\n  rule removed');
  const { status } = await end;
  await reading;
  assert.ok(performance.now() - startMs < endMs);
  assert.equal(status, 1);
  const stderr = err.readPresent();
  const { whole, unwritten } = countAlerts(out, stderr);
  assert.ok(whole > 0 && unwritten > 0, stderr);
  const { rules, outOfBalance } = readCounters(stderr);
  assert.deepEqual(outOfBalance, []);
  assert.deepEqual([rules.written?.matched, rules.removed?.matched], [files, files]);
  assert.equal(whole + unwritten, 2 * files);
});

test('standard output: a reader that comes back gets everything', async () => {
  using out = await Fifo.make('out-late');
  using err = await Fifo.make('err-late');
  const { child, end } = start(out, err, '15m');
  await err.readUntilText('fimbul: ready');
  await runOrFail(storm, [`${directory}/b-`, String(files)]);
  await sleep(500);
  assert.ok(out.readPresent().length < 1_000_000);
  await out.readUntil(() => out.lineCount === 2 * files);
  child.kill('SIGTERM');
  const { status } = await end;
  assert.equal(status, 0);
  assert.equal(out.lineCount, 2 * files);
});

test('standard error: alerts go on, and the agent ends', async () => {
  using out = await Fifo.make('out-read');
  using err = await Fifo.make('err-unread');
  const { child, end } = start(out, err, '15m');
  await err.readUntilText('fimbul: ready');
  for (let round = 0; round < 3; round += 1) {
    await runOrFail(storm, [`${directory}/c${round}-`, '100']);
    await out.readUntil(() => out.lineCount === 200 * (round + 1));
  }
  const startMs = performance.now();
  child.kill('SIGTERM');
  const { status } = await end;
  assert.ok(performance.now() - startMs < endMs);
  assert.equal(status, 0);
  assert.equal(out.lineCount, 2 * 300);
});

test('both: the agent ends after its time, and its status tells', async () => {
  using out = await Fifo.make('out-both');
  using err = await Fifo.make('err-both');
  const { end } = start(out, err, '3s');
  await err.readUntilText('fimbul: ready');
  const startMs = performance.now();
  await runOrFail(storm, [`${directory}/d-`, String(files)]);
  const { status } = await end;
  assert.ok(performance.now() - startMs < 3000 + endMs);
  assert.equal(status, 1);
});
