// SPDX-License-Identifier: Apache-2.0
// The counters of an agent that ended, as the agent itself formats them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordKinds } from '@fimbul/schema';
import { makeCounters } from '../../packages/agent/src/health/counter-samples.ts';
import { formatDrainReport } from '../../packages/agent/src/health/drain-report.ts';
import { parseDrainText, sumLosses } from './drain-text.ts';

const received = Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as Record<
  (typeof recordKinds)[number],
  number
>;

describe('parseDrainText', () => {
  it('reads what the agent writes', () => {
    const kernel = makeCounters(
      {
        open: { seen: 10, sent: 7, lost_ring_full: 3 },
        fork: { seen: 2, sent: 1, lost_no_scratch: 1 },
      },
      { skippedRuns: { sys_exit: 4 } },
    );
    const engine = { received: { ...received, open: 7, fork: 1 }, undecodable: 0 };
    const text = formatDrainReport({ kernel, engine, judgement: null });
    const counters = parseDrainText(`fimbul: ready\n${text}`);
    assert.deepEqual(counters.get('open'), { seen: 10, sent: 7, lost_ring_full: 3, received: 7 });
    assert.equal(sumLosses(counters), 8);
  });

  it('reads rules by their ids', () => {
    const text = 'fimbul: counters\n  rule some_id: matched=5 suppressed=4\n';
    assert.deepEqual(parseDrainText(text).get('rule some_id'), { matched: 5, suppressed: 4 });
  });

  it('refuses what an agent says that did not come to its end', () => {
    assert.throws(() => parseDrainText('fimbul: ready\n'), /told no counters/);
  });
});
