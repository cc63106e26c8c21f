// SPDX-License-Identifier: Apache-2.0
// Windows between two readings of the counters, and the share that the kernel dropped.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeCounters } from '../../packages/agent/src/health/counter-samples.ts';
import { addWindows, emptyWindow, getDroppedPercent, openWindows } from './shares.ts';

const none = { open: 0, unlink: 0, rename: 0, chmod: 0 };

describe('openWindows', () => {
  it('takes what was before from what is after, by operation', () => {
    const before = makeCounters({ open: { seen: 10, sent: 4, approver_dropped: 6 } });
    const after = makeCounters({
      open: {
        ...{ seen: 110, sent: 14, approver_dropped: 86, discarder_dropped: 4 },
        ...{ ignored_agent: 1, ignored_failed: 2, ignored_not_file: 1, lost_ring_full: 2 },
      },
      rename: { seen: 1, sent: 1 },
    });
    const windows = openWindows(before, after, { ...none, open: 5 });
    const open = { seen: 100, ignored: 4, dropped: 84, sent: 10, lost: 2, matched: 5 };
    assert.deepEqual(windows.open, open);
    assert.deepEqual(windows.rename, { ...emptyWindow, seen: 1, sent: 1 });
    assert.deepEqual(windows.unlink, emptyWindow);
    assert.deepEqual(addWindows([windows.open, windows.rename]), { ...open, seen: 101, sent: 11 });
  });
});

describe('getDroppedPercent', () => {
  it('leaves out what a rule matched', () => {
    assert.equal(getDroppedPercent({ ...emptyWindow, dropped: 75, sent: 35, matched: 10 }), 75);
  });

  it('takes what was lost for not dropped', () => {
    assert.equal(getDroppedPercent({ ...emptyWindow, dropped: 50, sent: 25, lost: 25 }), 50);
  });

  it('knows no share of nothing', () => {
    assert.equal(getDroppedPercent({ ...emptyWindow, sent: 3, matched: 3 }), null);
  });
});
