// SPDX-License-Identifier: Apache-2.0
// Alerts in a file, by rule.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { countAlerts, lossLine } from './alert-lines.ts';

const directory = mkdtempSync(join(tmpdir(), 'fimbul-alerts-'));
after(() => rmSync(directory, { recursive: true }));

it('counts alerts by rule, all or those about something', async () => {
  const file = join(directory, 'alerts.jsonl');
  const alert = (id: string, path: string): string => JSON.stringify({ rule: { id }, path });
  const loss = JSON.stringify({ event: { type: 'loss' } });
  writeFileSync(
    file,
    `${[alert('a', '/x'), alert('a', '/y'), alert('b', '/x'), loss].join('\n')}\n`,
  );
  assert.deepEqual(
    [...(await countAlerts(file))],
    [
      ['a', 2],
      ['b', 1],
      [lossLine, 1],
    ],
  );
  assert.deepEqual(
    [...(await countAlerts(file, '/x'))],
    [
      ['a', 1],
      ['b', 1],
    ],
  );
});
