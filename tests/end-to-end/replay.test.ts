// SPDX-License-Identifier: Apache-2.0
// `fimbul replay` of what is no whole recording: every answer says what, where and what to do, with
// the exit status of the documentation, and nothing of a damaged part becomes an alert.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { getAlertsPath, getRecordingPath, policyPath } from '../recordings/places.ts';
import type { Ended } from './support/child.ts';
import { runFimbul } from './support/fimbul.ts';
import { assertNoTrace, assertRefused } from './support/refusal.ts';
import { Workspace } from './support/workspace.ts';

const recording = readFileSync(getRecordingPath('host'));
const alerts = readFileSync(getAlertsPath('host'), 'utf8').trimEnd().split('\n');

const preambleBytes = 24;
const chunkHeaderBytes = 24;

function replay(path: string, ...args: readonly string[]): Promise<Ended> {
  return runFimbul(['replay', path, '--policy', policyPath, '--output', 'json', ...args]);
}

async function replayBytes(bytes: Uint8Array): Promise<Ended> {
  using workspace = new Workspace();
  return await replay(workspace.writeFile('a.rec', bytes));
}

function listLines(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n');
}

describe('fimbul replay refuses', () => {
  it('to be called in a wrong way', async () => {
    const path = getRecordingPath('host');
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['--policy', policyPath], /missing required argument 'recording'/],
      [[path], /required option '--policy <path>' not specified/],
      [[path, '--policy', policyPath, '--output', 'xml'], /--output.*xml.* is invalid/],
      [['', '--policy', policyPath], /no recording is named/],
    ];
    for (const [args, what] of wrong) {
      assertRefused(await runFimbul(['replay', ...args]), { status: 2, what, advice: /./ });
    }
  });

  it('what is no file of ours', async () => {
    const advice = /recording that|file that/;
    for (const [path, what] of [
      ['/nonexistent', /no such file or directory$/],
      ['/', /it is a directory$/],
      ['/dev/zero', /it is no file$/],
      ['/etc/passwd', /it is no recording$/],
      [policyPath, /it is no recording$/],
    ] as const) {
      assertRefused(await replay(path), { status: 1, what, advice });
    }
    assertRefused(await replayBytes(Buffer.alloc(0)), {
      status: 1,
      what: /the file is empty$/,
      advice,
    });
  });

  it('what is of another version or another byte order', async () => {
    const newer = Buffer.from(recording);
    newer.writeUInt32LE(9, 8);
    newer.writeUInt32LE(crc32(newer.subarray(0, 20)), 20);
    assertRefused(await replayBytes(newer), {
      status: 1,
      what: /it has version 9 of the format, this reads 1$/,
      advice: /version of fimbul that made it, or a newer one/,
    });
    const swapped = Buffer.from(recording);
    swapped.subarray(8, preambleBytes).swap32();
    assertRefused(await replayBytes(swapped), {
      status: 1,
      what: /other byte order/,
      advice: /machine like the one that made it/,
    });
  });

  it('a policy without rules', async () => {
    using workspace = new Workspace();
    const policy = workspace.writePolicy([]);
    assertRefused(await runFimbul(['replay', getRecordingPath('host'), '--policy', policy]), {
      status: 1,
      what: /no rule could be loaded/,
      advice: /add a rule/,
    });
  });
});

describe('a recording that is not whole', () => {
  it('is replayed as far as it is, and then told of with status 3', async () => {
    const end = await replayBytes(recording.subarray(0, recording.length - 1));
    assert.equal(end.status, 3);
    assert.deepEqual(listLines(end.stdout), alerts);
    assert.match(
      end.stderr,
      /a\.rec: the file was cut: it ends before its footer, in chunk \d+ \(byte \d+\)\n {2}→ what/,
    );
    const start = await replayBytes(recording.subarray(0, 100));
    assert.equal(start.status, 3);
    assert.equal(start.stdout, '');
    assertNoTrace(start.stderr);
  });

  it('has no alert of a chunk whose checksum fails', async () => {
    const second = preambleBytes + chunkHeaderBytes + recording.readUInt32LE(preambleBytes + 12);
    const bytes = Buffer.from(recording);
    const at = second + chunkHeaderBytes + 100;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { status, stdout, stderr } = await replayBytes(bytes);
    assert.equal(status, 3);
    assert.equal(stdout, '');
    assert.ok(stderr.includes(`the checksum of chunk 1 does not hold (byte ${second})`), stderr);
  });

  it('changed and cut at random never says what was not recorded', async () => {
    const change = fc.record({
      at: fc.nat(recording.length - 1),
      value: fc.integer({ min: 0, max: 255 }),
    });
    const length = fc.oneof(fc.constant(recording.length), fc.nat(recording.length));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), length, async (changes, size) => {
        const bytes = Buffer.from(recording);
        for (const { at, value } of changes) bytes[at] = value;
        const { status, signal, stdout, stderr } = await replayBytes(bytes.subarray(0, size));
        const lines = listLines(stdout);
        assert.deepEqual(lines, alerts.slice(0, lines.length));
        assertNoTrace(stderr);
        assert.doesNotMatch(stderr, /unexpected error/);
        assert.equal(signal, null);
        const isWhole = size === recording.length && bytes.equals(recording);
        assert.ok(isWhole ? status === 0 : status === 1 || status === 3, `${status}: ${stderr}`);
      }),
      // The reader's own test makes hundreds; here each is a start of the command.
      { numRuns: 8 },
    );
  });
});

describe('a replay', () => {
  it('says what it replays, and what the rules made of it', async () => {
    const { status, stderr } = await runFimbul([
      ...['replay', getRecordingPath('host'), '--policy', policyPath],
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^fimbul: replaying .*: 10 rules; recorded by fimbul \S+, backend/m);
    assert.match(stderr, /^ {2}rule written: matched=\d+$/m);
  });
});
