// SPDX-License-Identifier: Apache-2.0
// `fimbul record` on this host: what it writes, how it ends, and what a replay of it says beside
// what the running agent said of the same operations.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, it } from 'node:test';
import { find, isAlert } from './support/alert.ts';
import { run } from './support/child.ts';
import { fimbulPath, runFimbul } from './support/fimbul.ts';
import { RecorderRun } from './support/recorder-run.ts';
import { assertRefused } from './support/refusal.ts';
import { RunningAgent } from './support/running-agent.ts';
import { type RuleDraft, Workspace } from './support/workspace.ts';

function watch(directory: string): readonly RuleDraft[] {
  const below = `=~ "${directory}/**"`;
  return [
    { id: 'written', expression: `open.file.path ${below} && open.flags & O_WRONLY > 0` },
    { id: 'absent', expression: `open.file.path ${below} && open.retval == ENOENT` },
    { id: 'renamed', expression: `rename.file.path ${below} && process.user == "root"` },
    { id: 'changed', expression: `chmod.file.path ${below}` },
    { id: 'removed', expression: `unlink.file.path ${below}` },
    { id: 'ran', expression: `exec.file.path ${below}` },
  ];
}

/** Ends with the removal of `last`. */
function operate(directory: string): void {
  writeFileSync(`${directory}/a`, '1');
  assert.throws(() => readFileSync(`${directory}/absent`));
  renameSync(`${directory}/a`, `${directory}/b`);
  chmodSync(`${directory}/b`, 0o600);
  writeFileSync(`${directory}/script`, '#!/bin/sh\necho "$1" >"$0.out"\n');
  chmodSync(`${directory}/script`, 0o755);
  execFileSync(`${directory}/script`, ['argument']);
  execFileSync('rm', [`${directory}/b`]);
  writeFileSync(`${directory}/last`, '');
  unlinkSync(`${directory}/last`);
}

/** What an alert says apart from which run said it and the nanoseconds that the two differ by. */
function withoutTimes(line: string): unknown {
  return JSON.parse(line, (key, value: unknown) => {
    if (key === 'timestamp' || key === 'created_at' || key === 'policy') return undefined;
    if (key === 'event') return { ...(value as object), id: '' };
    return value;
  });
}

describe('a recording', () => {
  it('replayed says what the agent said of the same operations', async () => {
    using workspace = new Workspace();
    const watched = workspace.makeDirectory('watched');
    const policy = workspace.writePolicy(watch(watched));
    const recording = workspace.path('all.rec');
    await using recorder = await RecorderRun.start(['-o', recording]);
    await using agent = await RunningAgent.start({ policy });
    operate(watched);
    await agent.waitForAlert('the last operation', (alert) =>
      isAlert(alert, 'removed', `${watched}/last`),
    );
    await agent.stop();
    const { status, stderr } = await recorder.stop();
    assert.equal(status, 0);
    assert.match(stderr, /^fimbul: counters\n {2}open: .* \(balanced\)$/m);
    assert.match(stderr, /^fimbul: recorded \d+ records, \d+ bytes, to .*all\.rec$/m);
    assert.equal(statSync(recording).mode & 0o7777, 0o600);
    const replayed = await runFimbul(['replay', recording, '--policy', policy, '--output', 'json']);
    assert.equal(replayed.status, 0, replayed.stderr);
    const lines = replayed.stdout.trimEnd().split('\n');
    const told = lines.filter((line) => !line.includes('"type":"loss"'));
    const live = agent.alerts.filter((alert) => find(alert, 'event.type') !== 'loss');
    assert.deepEqual(
      told.map(withoutTimes),
      live.map((alert) => withoutTimes(JSON.stringify(alert))),
    );
    assert.ok(told.length >= 10);
  });

  it('of a narrower policy says what it cannot hold, and of its own nothing', async () => {
    using workspace = new Workspace();
    const watched = workspace.makeDirectory('watched');
    const narrow = workspace.writePolicy(
      [{ id: 'a', expression: `open.file.name == "a" && open.file.path =~ "${watched}/**"` }],
      'narrow.policy',
    );
    const wide = workspace.writePolicy(watch(watched), 'wide.policy');
    const recording = workspace.path('narrow.rec');
    await using recorder = await RecorderRun.start(['-o', recording, '--policy', narrow]);
    operate(watched);
    assert.equal((await recorder.stop()).status, 0);
    const own = await runFimbul(['replay', recording, '--policy', narrow]);
    assert.doesNotMatch(own.stderr, /degraded/);
    assert.match(own.stdout, /created \S+\/watched\/a /);
    const other = await runFimbul(['replay', recording, '--policy', wide]);
    assert.equal(other.status, 0);
    assert.match(other.stderr, /degraded: only a part of the open events that these policies/);
    assert.match(other.stderr, /degraded: no unlink events were recorded/);
    assert.doesNotMatch(other.stdout, /removed/);
  });

  it('ends by itself after its time, and at its size', async () => {
    using workspace = new Workspace();
    const timed = workspace.path('timed.rec');
    const ended = await runFimbul(['record', '-o', timed, '--duration', '200ms']);
    assert.equal(ended.status, 0, ended.stderr);
    assert.equal(ended.stdout, '');
    await using recorder = await RecorderRun.start([
      '-o',
      workspace.path('full.rec'),
      '--max-size',
      '1',
      '--ring-size',
      '8',
    ]);
    const names = Array.from({ length: 200 }, (_, index) => workspace.path(`${index}`));
    while (!recorder.hasEnded) {
      // Names that do not compress.
      for (const name of names) writeFileSync(`${name}-${Math.random()}`, '');
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { status, stderr } = await recorder.waitForEnd();
    assert.equal(status, 0);
    assert.match(stderr, /the recording has its 1048576 bytes; stopping/);
    const policy = workspace.writePolicy(watch(workspace.directory));
    const replayed = await runFimbul(['replay', workspace.path('full.rec'), '--policy', policy]);
    assert.equal(replayed.status, 0, replayed.stderr);
  });

  it('that was killed is good up to its last second', async () => {
    using workspace = new Workspace();
    const watched = workspace.makeDirectory('watched');
    const recording = workspace.path('killed.rec');
    await using recorder = await RecorderRun.start(['-o', recording]);
    operate(watched);
    const before = statSync(recording).size;
    while (!recorder.hasEnded && statSync(recording).size <= before) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // A second look: what was done before the first is written for certain.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await recorder.stop('SIGKILL');
    const policy = workspace.writePolicy(watch(watched));
    const { status, stdout, stderr } = await runFimbul(['replay', recording, '--policy', policy]);
    assert.equal(status, 3);
    assert.match(stdout, /removed \S+\/last\n/);
    assert.match(stderr, /the file was cut: it ends before its footer, in chunk \d+ \(byte \d+\)/);
  });
});

describe('fimbul record refuses', () => {
  it('a file that exists, unless it is told to replace it', async () => {
    using workspace = new Workspace();
    const path = workspace.writeFile('old.rec', 'old');
    assertRefused(await runFimbul(['record', '-o', path]), {
      status: 1,
      what: /^write recording .*old\.rec: it exists$/,
      advice: /--force/,
    });
    assert.equal(readFileSync(path, 'utf8'), 'old');
    const args = ['record', '-o', path, '--force', '--duration', '1ms'];
    assert.equal((await runFimbul(args)).status, 0);
    assert.notEqual(readFileSync(path, 'utf8'), 'old');
  });

  it('a place that cannot be written', async () => {
    assertRefused(await runFimbul(['record', '-o', '/proc/a.rec']), {
      status: 1,
      what: /^write recording \/proc\/a\.rec: /,
      advice: /place that can be written/,
    });
  });

  it('to be called in a wrong way', async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /required option '-o, --out <file>' not specified/],
      [['-o', 'a', '--ring-size', '3'], /--ring-size "3" is no size of a ring/],
      [['-o', 'a', '--max-size', 'big'], /--max-size "big" is no size/],
      [['-o', 'a', '--duration', 'soon'], /--duration "soon" is not a duration/],
      [['-o', ''], /no file to record to/],
    ];
    for (const [args, what] of wrong) {
      const ended = await runFimbul(['record', ...args], { directory: '/' });
      assertRefused(ended, { status: 2, what, advice: /./ });
    }
  });

  it('to run without root', async () => {
    using workspace = new Workspace();
    const args = ['--reuid=65534', '--clear-groups', '--inh-caps=+dac_read_search'];
    const setpriv = [...args, '--ambient-caps=+dac_read_search', fimbulPath];
    const path = workspace.path('a.rec');
    assertRefused(await run('setpriv', [...setpriv, 'record', '-o', path]), {
      status: 1,
      what: /^fimbul record needs root to load eBPF programs$/,
      advice: /root/,
    });
  });
});

describe('a filesystem that is full', () => {
  it('ends the recording, which is good up to there', async () => {
    using workspace = new Workspace();
    const small = workspace.path('small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', small]);
    try {
      await using recorder = await RecorderRun.start(['-o', `${small}/a.rec`]);
      while (!recorder.hasEnded) {
        for (let index = 0; index < 100; index += 1) {
          writeFileSync(workspace.path(`${Math.random()}`), '');
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      const { status, stderr } = await recorder.waitForEnd();
      assert.equal(status, 1);
      assert.match(stderr, /a\.rec: no space is left on the device; stopping\n {2}→ make room/);
      const policy = workspace.writePolicy(watch(small));
      const replayed = await runFimbul(['replay', `${small}/a.rec`, '--policy', policy]);
      assert.equal(replayed.status, 3, replayed.stderr);
    } finally {
      execFileSync('umount', ['--lazy', small]);
    }
  });
});
