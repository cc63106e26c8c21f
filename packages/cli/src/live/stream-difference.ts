// SPDX-License-Identifier: Apache-2.0
// What a running agent's stream was sent for between two looks.

import { Failure } from '@fimbul/config';
import type { LiveExplainDocument, StreamDocument, StreamRuleRow } from '@fimbul/schema';

const again = 'ask again';

function findKey({ policy, id }: Pick<StreamRuleRow, 'policy' | 'id'>): string {
  return `${policy}\0${id}`;
}

/** Takes an earlier look from a later one of the same rules; throws a Failure for others. */
export function subtractStreams(
  earlier: StreamDocument,
  later: StreamDocument,
): LiveExplainDocument {
  if (earlier.agent_started !== later.agent_started) {
    throw new Failure('another agent has taken over while its stream was counted', again);
  }
  if (earlier.generation !== later.generation) {
    throw new Failure('the agent has got other rules while its stream was counted', again);
  }
  const counted = later.counted - earlier.counted;
  const before = new Map(earlier.rules.map((row) => [findKey(row), row]));
  return {
    format: 1,
    seconds: later.clock_seconds - earlier.clock_seconds,
    looked_at: later.looked_at - earlier.looked_at,
    counted,
    stream: later.stream.map(({ operation, seen, sent }, place) => ({
      operation,
      seen: seen - (earlier.stream[place]?.seen ?? 0),
      sent: sent - (earlier.stream[place]?.sent ?? 0),
    })),
    rules: later.rules.map((row) => {
      const own = before.get(findKey(row));
      const sent = row.sent - (own?.sent ?? 0);
      return {
        id: row.id,
        policy: row.policy,
        stream: {
          sent,
          sent_alone: row.sent_alone - (own?.sent_alone ?? 0),
          share: counted === 0 ? null : sent / counted,
          matches: row.matches - (own?.matches ?? 0),
        },
      };
    }),
  };
}
