// SPDX-License-Identifier: Apache-2.0
// From records to documents: what alerts tell of what was done for their match, at once and when
// `every` held it back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordBatch } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { encodeRecord } from '@fimbul/schema';
import { type Kill, refuseToKill } from './actions/kill.ts';
import { Alerting } from './alerting.ts';
import { makeCache } from './context/record-samples.ts';
import { makeHeader, makeKernelFile, sampleTimeNs } from './engine/event-samples.ts';
import type { JsonObject } from './output/field-writer.ts';

function makeAlerting(rule: string, kill: Kill) {
  const text = `rules:\n  - { id: r, expression: 'open.file.name == "a"', ${rule} }\n`;
  const policies = compilePolicies([{ path: 'p', text }]);
  assert.deepEqual(policies.diagnostics, []);
  const documents: JsonObject[] = [];
  const status: string[] = [];
  const alerting = new Alerting(
    {
      ...{ policies, kill, hostname: 'host', runId: 'run', makeUuid: () => '' },
      processes: makeCache().cache,
      names: { findUser: () => '', findGroup: () => '' },
      sink: { write: (document) => void documents.push(document), flush: () => undefined },
      writeStatus: (line) => status.push(line) > 0,
    },
    new RecordBatch(0, 0),
  );
  /** Opens a file at a number of milliseconds. */
  const open = (pid: number, milliseconds = 0): void => {
    const timestamp_ns = sampleTimeNs + BigInt(milliseconds) * 1_000_000n;
    const header = { ...makeHeader(pid), timestamp_ns };
    alerting.take(RecordBatch.of(encodeRecord('open', { header, file: makeKernelFile('a') })));
  };
  /** Of each alert: the process, how many others it stands for, and what was done. */
  const list = (): readonly string[] =>
    documents.map(({ rule: told, process }) => {
      const { suppressed = 0, actions = [] } = told as JsonObject;
      const done = (actions as readonly JsonObject[]).map(
        ({ type, status }) => ` ${type} ${status}`,
      );
      return `${(process as JsonObject).pid} +${suppressed}${done.join('')}`;
    });
  return { alerting, status, open, list };
}

const log = '{ log: { level: info, message: "by %{process.pid}" } }';
const kill = '{ kill: { signal: SIGKILL } }';

test('what was held back is logged when it is told, after what was done for it at once', () => {
  const rule = `every: 1h, actions: [${log}, ${kill}]`;
  const { alerting, status, open, list } = makeAlerting(rule, refuseToKill('not allowed'));
  for (const pid of [7, 8, 9]) open(pid);
  assert.deepEqual(status, ['fimbul: log info rule r: by 7\n']);
  alerting.end();
  assert.deepEqual(status.slice(1), ['fimbul: log info rule r: by 9\n']);
  assert.deepEqual(list(), [
    '7 +0 log written kill not allowed',
    '9 +1 kill not allowed log written',
  ]);
});

test('a log that was held back counts for the second in which it is told', () => {
  const { alerting, status, open } = makeAlerting(
    `every: 1m, limiter_token: [process.pid], actions: [${log}]`,
    refuseToKill('not allowed'),
  );
  for (let pid = 1; pid <= 100; pid += 1) open(pid);
  open(7, 10);
  assert.equal(status.length, 100);
  alerting.look(sampleTimeNs + 70_000_000_000n);
  assert.deepEqual(status.slice(100), ['fimbul: log info rule r: by 7\n']);
});

/** Strikes everybody, except the process that it is told to have lost. */
function makeKill(gone: number): Kill {
  return ({ signalName, scope }, { event }) => {
    const isGone = event.subject.facts.pid === gone;
    const outcome = { status: isGone ? 'gone' : 'sent', processes: isGone ? 0 : 1 } as const;
    return { type: 'kill', signal: signalName, scope, ...outcome };
  };
}

test('who was struck is told whatever `every` says, each process once', () => {
  const rule = `every: 1h, actions: [${log}, ${kill}]`;
  const { alerting, open, list } = makeAlerting(rule, makeKill(9));
  // The last of 7 came while it ended; 9 had ended before.
  for (const pid of [7, 8, 8, 9, 7]) open(pid);
  assert.deepEqual(list(), ['7 +0 log written kill sent', '8 +0 kill sent log written']);
  alerting.end();
  assert.deepEqual(list().slice(2), ['7 +2 kill sent log written']);
  const [counters] = alerting.readJudgement().matches.rules;
  assert.deepEqual(counters, { matches: 5, alerts: 2, heldBack: 3, silent: 0 });
});

test('the kills of a silent rule are lines, no more than some in a second', () => {
  const { alerting, open, status, list } = makeAlerting(
    `silent: true, actions: [${kill}]`,
    makeKill(9),
  );
  for (const pid of [7, 9, 8]) open(pid);
  assert.deepEqual(status.splice(0), [
    'fimbul: kill rule r: SIGKILL to process 7\n',
    'fimbul: kill rule r: SIGKILL to process 8\n',
  ]);
  for (let count = 0; count < 103; count += 1) open(7);
  assert.equal(status.length, 98);
  alerting.look(sampleTimeNs);
  assert.equal(status.at(-1), 'fimbul: kill: 5 more kills of silent rules were left out\n');
  open(7, 1000);
  assert.equal(status.at(-1), 'fimbul: kill rule r: SIGKILL to process 7\n');
  assert.deepEqual(list(), []);
});
