// SPDX-License-Identifier: Apache-2.0
// What every refusal of the command has in common: nothing on stdout, one message that says what
// happened and what to do, the right exit status, and no stack trace.

import assert from 'node:assert/strict';
import type { Ended } from './child.ts';

export type Refusal = {
  /** 1: it did not work; 2: it was called in a wrong way. */
  readonly status: 1 | 2;
  /** What happened, and with what. */
  readonly what: RegExp;
  /** What to do about it. */
  readonly advice: RegExp;
};

/** Asserts that the command said nothing that only its makers understand. */
export function assertNoTrace(stderr: string): void {
  assert.doesNotMatch(stderr, /^\s+at /m);
  assert.doesNotMatch(stderr, /node:internal|Node\.js v\d/);
}

export function assertRefused({ status, signal, stdout, stderr }: Ended, refusal: Refusal): void {
  assertNoTrace(stderr);
  assert.equal(stdout, '');
  const messages = [...stderr.matchAll(/^fimbul: (.*)\n {2}→ (.*)\n/gm)];
  assert.equal(messages.length, 1, `not one message, but: ${stderr}`);
  const [, what = '', advice = ''] = messages[0] ?? [];
  assert.match(what, refusal.what);
  assert.match(advice, refusal.advice);
  assert.deepEqual({ status, signal }, { status: refusal.status, signal: null });
}
