// SPDX-License-Identifier: Apache-2.0
// Programs that fail, as processes of their own: what they say, what they still do, how they end.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const main = JSON.stringify(new URL('./run-main.ts', import.meta.url).href);

/** Runs a body of `runMain`; `say` in it is the writer of messages. */
function run(body: string) {
  const { FIMBUL_TRACE: _trace, ...env } = process.env;
  const script = `import { runMain } from ${main}; runMain((say) => { ${body} });`;
  const args = ['--input-type=module', '-e', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const stop = `{ stop() { console.log('stopped'); say('fimbul: counters\\n'); } }`;
const bug = /^fimbul: unexpected error: broken\\x0aring\n {2}→ this is a fault of fimbul;.*\n/;

for (const [how, failing] of [
  ['a timer', 'setTimeout(() => { throw new Error("broken\\nring"); }, 1)'],
  ['a promise', 'Promise.reject(new Error("broken\\nring"))'],
] as const) {
  test(`what ${how} throws is told in words, and the program ends in order, with 1`, () => {
    // The interval would keep it running for good.
    const body = `setInterval(() => undefined, 1000); ${failing}; return ${stop};`;
    const { status, stdout, stderr } = run(body);
    assert.match(stderr, bug);
    assert.ok(stderr.endsWith('fimbul: counters\n'));
    assert.equal(stderr.split('\n').length, 4, stderr);
    assert.deepEqual({ status, stdout }, { status: 1, stdout: 'stopped\n' });
  });
}

test('what fails while it ends, because of that, hides nothing', () => {
  const throwing = '{ stop() { throw new Error("second"); } }';
  const failing = 'setTimeout(() => { throw new Error("broken\\nring"); }, 1);';
  const { status, stderr } = run(`${failing} return ${throwing};`);
  assert.match(stderr, bug);
  assert.doesNotMatch(stderr, /second| at /);
  assert.equal(status, 1);
});

test('a bug before anything runs is told in the same way', () => {
  const { status, stderr } = run('throw new Error("broken\\nring");');
  assert.match(stderr, bug);
  assert.equal(status, 1);
});
