// SPDX-License-Identifier: Apache-2.0
// Counts the alerts of a storm without keeping them: there are tens of thousands, and each is some
// ten kilobytes.

import assert from 'node:assert/strict';
import { type Alert, find } from './alert.ts';

export type StormCount = {
  /** Alerts by rule id. */
  readonly alerts: Map<string, number>;
  /** Alerts about an open that created its file. */
  created: number;
  /** Events that the agent said were lost, by operation. */
  readonly lost: Map<string, number>;
  /** Sum of all counts above. */
  total: number;
};

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** Makes a count, and the function that adds one line to it. */
export function countStorm(): { count: StormCount; takeLine: (line: string) => void } {
  const count: StormCount = { alerts: new Map(), created: 0, lost: new Map(), total: 0 };
  const takeLine = (line: string): void => {
    assert.ok(line.startsWith('{') && line.endsWith('}'), `not an object: ${line.slice(0, 100)}`);
    const alert = JSON.parse(line) as Alert;
    if (find(alert, 'event.type') === 'loss') {
      const lost = find(alert, 'loss.count');
      assert.ok(typeof lost === 'number' && lost > 0, `a loss of nothing: ${line}`);
      add(count.lost, String(find(alert, 'loss.operation')), lost);
      count.total += lost;
    } else {
      add(count.alerts, String(find(alert, 'rule.id')), 1);
      if (find(alert, 'open.created') === true) count.created += 1;
      count.total += 1;
    }
  };
  return { count, takeLine };
}
