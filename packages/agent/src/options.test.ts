// SPDX-License-Identifier: Apache-2.0
// The command line of the agent, and how it and the configuration go together.

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Failure } from '@fimbul/config';
import { parseDuration, readOptions } from './options.ts';

const durations: readonly (readonly [text: string, ms: number])[] = [
  ['1ms', 1],
  ['500ms', 500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['0.5s', 500],
  ['1.5h', 5_400_000],
  ['010s', 10_000],
  // The last that a timer takes: just below 24 days and 21 hours.
  ['2147483647ms', 2_147_483_647],
  ['596h', 2_145_600_000],
];

const noDurations = [
  ...['', '0s', '0ms', '0.0h', '-5s', '+5s', '5', 's', '5 s', ' 5s', '5s ', '5S', '5d', '5sec'],
  ...['1e3s', '.5s', '5.s', '1,5s', '0x10s', 'Infinitys', 'NaNs', '1h30m', '5s\n'],
  ...['2147483648ms', '597h', `${'9'.repeat(400)}s`],
];

function refuse(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    return error;
  }
  assert.fail('it was accepted');
}

describe('parseDuration', () => {
  for (const [text, ms] of durations) {
    it(`takes ${text}`, () => assert.equal(parseDuration(text), ms));
  }

  for (const text of noDurations) {
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      const failure = refuse(() => parseDuration(text));
      assert.equal(failure.message, `--duration "${text}" is not a duration`);
      assert.match(failure.advice, /such as 10s/);
      assert.equal(failure.exitCode, 2);
    });
  }
});

describe('readOptions', () => {
  let directory = '';
  let config = '';

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'fimbul-options-'));
    config = join(directory, 'fimbul.yaml');
    writeFileSync(
      config,
      'policies: [mine.policy]\nbackend: kprobe\nring_mib: 4\nactions: { kill: true }\n' +
        'control: { socket: x.sock }\n',
    );
    // It may kill, so that nobody else may write it.
    chmodSync(config, 0o644);
  });

  after(() => rmSync(directory, { recursive: true }));

  it('takes what is not said from the configuration', () => {
    assert.deepEqual(readOptions([`--config=${config}`]), {
      policies: [join(directory, 'mine.policy')],
      backend: 'kprobe',
      ringBytes: 4 * 2 ** 20,
      actions: {
        kill: true,
        killRefusal: null,
        killDisarmer: { containers: 5, executables: 5, periodMs: 60_000 },
      },
      control: { socketPath: join(directory, 'x.sock'), metrics: null },
      output: 'text',
      color: false,
      durationMs: null,
    });
  });

  it('prefers what is said', () => {
    const argv = ['--policy=a', '--policy', '/b', '--backend=tracepoint', '--output=json'];
    assert.deepEqual(readOptions([`--config=${config}`, ...argv, '--duration=2s', '--color']), {
      // From the current folder, unlike those of the configuration.
      policies: [resolve('a'), '/b'],
      backend: 'tracepoint',
      ringBytes: 4 * 2 ** 20,
      actions: {
        kill: true,
        killRefusal: null,
        killDisarmer: { containers: 5, executables: 5, periodMs: 60_000 },
      },
      control: { socketPath: join(directory, 'x.sock'), metrics: null },
      output: 'json',
      color: true,
      durationMs: 2000,
    });
  });

  it('takes values that start with a dash', () => {
    const { policies } = readOptions([`--config=${config}`, '--policy=-x']);
    assert.deepEqual(policies, [resolve('-x')]);
  });

  const wrong: readonly (readonly [argv: readonly string[], message: RegExp])[] = [
    [['--output', 'xml'], /^--output "xml" is not known$/],
    [['--backend', 'ebpf'], /^--backend "ebpf" is not known$/],
    [['--duration', '5'], /^--duration "5" is not a duration$/],
    [['--verbose'], /--verbose/],
    [['--policy'], /--policy/],
    [['stray'], /stray/],
  ];
  for (const [argv, message] of wrong) {
    it(`refuses ${argv.join(' ')} as a wrong call`, () => {
      const failure = refuse(() => readOptions([`--config=${config}`, ...argv]));
      assert.match(failure.message, message);
      assert.equal(failure.exitCode, 2);
    });
  }

  it('names the choices', () => {
    const { advice } = refuse(() => readOptions([`--config=${config}`, '--backend=x']));
    assert.equal(advice, 'choose auto, lsm, kprobe, fexit, tracepoint');
  });

  it('refuses a configuration that is not there', () => {
    const failure = refuse(() => readOptions(['--config=/nowhere/x.yaml']));
    assert.match(
      failure.message,
      /^read configuration \/nowhere\/x\.yaml: there is no such file or directory$/,
    );
    assert.equal(failure.exitCode, 1);
  });
});
