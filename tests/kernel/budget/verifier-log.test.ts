// SPDX-License-Identifier: Apache-2.0
// The statistics in logs that the kernels wrote; each sample is one of testdata/, unchanged.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { boundStackDepth, parseVerifierStatistics } from './verifier-log.ts';

function readSample(series: string): string {
  return readFileSync(new URL(`testdata/verifier-${series}.txt`, import.meta.url), 'utf8');
}

const verifiedMax = 1_000_000;
const samples = {
  '5.10': {
    ...{ verified: 142_075, verifiedMax, states: 7108, peakStates: 3124 },
    ...{ stackParts: [184, 72, 4, 16, 16], timeUs: 2_523_182 },
  },
  '6.1': {
    ...{ verified: 11_803, verifiedMax, states: 516, peakStates: 288 },
    ...{ stackParts: [72, 72, 16], timeUs: 83_092 },
  },
  '6.12': {
    ...{ verified: 2502, verifiedMax, states: 149, peakStates: 102 },
    ...{ stackParts: [32, 88], timeUs: 20_966 },
  },
  '6.18': {
    ...{ verified: 477, verifiedMax, states: 25, peakStates: 25 },
    ...{ stackParts: [32], timeUs: 724 },
  },
  '7.2': {
    ...{ verified: 93_849, verifiedMax, states: 4814, peakStates: 1986 },
    ...{ stackParts: [184, 72, 8, 8, 16], timeUs: 1_775_886 },
  },
};

for (const [series, expected] of Object.entries(samples)) {
  test(`what Linux ${series} says`, () => {
    assert.deepEqual(parseVerifierStatistics(readSample(series)), expected);
  });
}

test('statistics are found at the end of a long log', () => {
  const log = `0: (bf) r6 = r1\nR2 !read_ok\n${readSample('6.18')}`;
  assert.deepEqual(parseVerifierStatistics(log), samples['6.18']);
});

test('a log without statistics has none', () => {
  assert.equal(parseVerifierStatistics(''), null);
  assert.equal(parseVerifierStatistics('0: R1=ctx() R10=fp0\nprocessed some insns\n'), null);
  assert.equal(parseVerifierStatistics('stack depth 32\n'), null);
});

test('a kernel that does not tell the time is understood', () => {
  const log = readSample('6.18').replace(/^verification time.*\n/m, '');
  assert.equal(parseVerifierStatistics(log)?.timeUs, null);
});

test('the stack is bounded by the sum of its parts, each in units of 32 bytes', () => {
  assert.equal(boundStackDepth([0]), 32);
  assert.equal(boundStackDepth([32]), 32);
  assert.equal(boundStackDepth([33]), 64);
  assert.equal(boundStackDepth([184, 72, 4, 16, 16]), 192 + 96 + 32 + 32 + 32);
});
