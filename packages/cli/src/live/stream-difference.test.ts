// SPDX-License-Identifier: Apache-2.0
// Two looks at a stream, and when they are not of the same one.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type StreamDocument, statusFormat } from '@fimbul/schema';
import { subtractStreams } from './stream-difference.ts';

function makeStream(changes: Partial<StreamDocument> = {}): StreamDocument {
  return {
    ...{ format: statusFormat, clock_seconds: 10, agent_started: 'then', generation: 3 },
    ...{ looked_at: 5, counted: 50, stream: [{ operation: 'open', seen: 100, sent: 60 }] },
    rules: [{ id: 'a', policy: 'p', sent: 40, sent_alone: 30, matches: 7 }],
    ...changes,
  };
}

describe('the difference of two looks', () => {
  it('is of everything that was counted', () => {
    const later = makeStream({
      ...{ clock_seconds: 14, looked_at: 9, counted: 90 },
      stream: [{ operation: 'open', seen: 300, sent: 104 }],
      rules: [{ id: 'a', policy: 'p', sent: 60, sent_alone: 31, matches: 8 }],
    });
    assert.deepEqual(subtractStreams(makeStream(), later), {
      ...{ format: 1, seconds: 4, looked_at: 4, counted: 40 },
      stream: [{ operation: 'open', seen: 200, sent: 44 }],
      rules: [
        { id: 'a', policy: 'p', stream: { sent: 20, sent_alone: 1, share: 0.5, matches: 1 } },
      ],
    });
  });

  it('has no shares of nothing', () => {
    const { rules } = subtractStreams(makeStream(), makeStream({ clock_seconds: 11 }));
    assert.equal(rules[0]?.stream.share, null);
  });

  it('is refused for other rules, and for another agent', () => {
    assert.throws(
      () => subtractStreams(makeStream(), makeStream({ generation: 4 })),
      /other rules/,
    );
    const other = makeStream({ agent_started: 'now' });
    assert.throws(() => subtractStreams(makeStream(), other), /another agent/);
  });
});
