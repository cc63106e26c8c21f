// SPDX-License-Identifier: Apache-2.0
// A line says who was struck, whatever its program is called.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActionScope, CompiledRule } from '@fimbul/rules';
import { makeCache, makeExec } from '../context/record-samples.ts';
import { makeEvent, makeHeader } from '../engine/event-samples.ts';
import { type KillStatus, type Match, nothingSuppressed } from '../engine/match.ts';
import { KillLines } from './kill-lines.ts';

test('a line says who was struck, and that only where somebody was', () => {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 7 }, '/bin/a\n'));
  const event = makeEvent('open', { header: makeHeader(7) }, cache);
  const rule = { id: 'r' } as CompiledRule;
  const match: Match = {
    ...{ rule, event, eventId: 'e', timeNs: 0n, outcome: 'silent', suppressed: nothingSuppressed },
    ...{ actions: [], results: [], variables: [] },
  };
  const lines: string[] = [];
  const killLines = new KillLines((text) => lines.push(text) > 0);
  const write = (scope: ActionScope, processes: number, status: KillStatus = 'sent'): void =>
    killLines.write(match, { type: 'kill', signal: 'SIGTERM', scope, status, processes });
  write('process', 1);
  write('container', 9);
  write('cgroup', 1);
  for (const status of ['gone', 'not allowed', 'protected'] as const) write('process', 0, status);
  assert.deepEqual(lines, [
    'fimbul: kill rule r: SIGTERM to process 7 (/bin/a\\x0a)\n',
    'fimbul: kill rule r: SIGTERM to 9 processes in the container of process 7 (/bin/a\\x0a)\n',
    'fimbul: kill rule r: SIGTERM to 1 process in the control group of process 7 (/bin/a\\x0a)\n',
  ]);
});
