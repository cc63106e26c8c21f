// SPDX-License-Identifier: Apache-2.0
// The command line of `npm run vm`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVmArguments, type VmRequest } from './vm-arguments.ts';

function parseRun(args: readonly string[]): Extract<VmRequest, { kind: 'run' }> {
  const request = parseVmArguments(args);
  assert.equal(request.kind, 'run', JSON.stringify(request));
  return request as Extract<VmRequest, { kind: 'run' }>;
}

function getMessage(args: readonly string[]): string {
  const request = parseVmArguments(args);
  assert.equal(request.kind, 'invalid');
  return (request as Extract<VmRequest, { kind: 'invalid' }>).message;
}

test('parseVmArguments leaves the options of the command to the command', () => {
  const { series, command, options } = parseRun(['6.1', 'ls', '--all', '--timeout', '5']);
  assert.deepEqual(
    series.map(({ name }) => name),
    ['6.1'],
  );
  assert.deepEqual(command, ['ls', '--all', '--timeout', '5']);
  assert.equal(options.timeoutMs, 300_000);
});

test('parseVmArguments reads options before and after the kernel', () => {
  const { options, command } = parseRun([
    ...['--lsm', 'none', '--append', 'preempt=full x=1', '7.x', '--timeout', '60'],
    ...['--disk', '2G', '--memory', '512M', '--results', '/r', '--console', '--', '--odd'],
  ]);
  assert.deepEqual(command, ['--odd']);
  assert.deepEqual(options, {
    bpfLsm: false,
    append: 'preempt=full x=1',
    memory: '512M',
    diskBytes: 2 * 1024 ** 3,
    timeoutMs: 60_000,
    results: '/r',
    refresh: false,
    showConsole: true,
    jobs: 2,
  });
});

test('parseVmArguments takes --all for every kernel and --fetch for no command', () => {
  assert.equal(parseRun(['--all', 'uname']).series.length, 4);
  assert.deepEqual(parseRun(['--fetch', '--refresh', '6.12']).command, []);
});

test('parseVmArguments says what is wrong', () => {
  assert.match(getMessage([]), /no kernel/);
  assert.match(getMessage(['6.1']), /no command/);
  assert.match(getMessage(['4.19', 'ls']), /'4\.19'; there are 5\.10, 6\.1, 6\.12, 7$/);
  assert.match(getMessage(['--disk', '12', '6.1', 'ls']), /--disk cannot be '12'/);
  assert.match(getMessage(['--timeout']), /--timeout cannot be ''/);
  assert.match(getMessage(['--loud', '6.1', 'ls']), /no option --loud/);
  assert.match(getMessage(['--fetch', '6.1', 'ls']), /takes no command/);
});
