// SPDX-License-Identifier: Apache-2.0
// Room for what is held back runs out in the middle of an event that several rules match, and
// records that cannot be read are among what is held back: the rest is told all the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecordBatch, RecordError } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import {
  encodeRecord,
  openRecordOffsets,
  recordHeaderOffsets,
  textRefOffsets,
} from '@fimbul/schema';
import { ContainerOwners } from '../context/container-owners.ts';
import { makeCache } from '../context/record-samples.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { makeHeader, makeKernelFile, makeSurroundings, sampleTimeNs } from './event-samples.ts';
import { heldBackLimits } from './held-back.ts';
import type { ActionResult, Match } from './match.ts';

type Told = { readonly outcome: string; readonly rule: string; readonly eventId: string };

/** Each of its kills reaches somebody. */
function strike({ actions }: Match): readonly ActionResult[] {
  return actions.flatMap(({ action }) => {
    if (action.kind !== 'kill') return [];
    const { signalName, scope } = action;
    return [{ type: 'kill', signal: signalName, scope, status: 'sent', processes: 1 }];
  });
}

function makeEngine(...rules: readonly string[]) {
  const text = `rules:\n${rules.map((rule) => `  - { ${rule} }\n`).join('')}`;
  const policies = compilePolicies([{ path: 'test.policy', text }]);
  assert.equal(policies.ruleCount, rules.length);
  const told: Told[] = [];
  let sum = 0;
  const onMatch: EngineOptions['onMatch'] = (match) => {
    const { rule, event, eventId, outcome, suppressed } = match;
    if (rule.id === 'unreadable' && outcome === 'closing') throw new RecordError('cut');
    if (outcome === 'alert' || outcome === 'closing') {
      assert.notEqual(event.file.path, '');
      told.push({ outcome, rule: rule.id, eventId });
      sum += 1 + suppressed.count;
    }
    return strike(match);
  };
  const engine = new Engine(
    {
      ...{ policies, onMatch, processes: makeCache().cache, surroundings: makeSurroundings() },
      ...{ runId: 'run', containers: new ContainerOwners(), makeUuid: () => '' },
    },
    new RecordBatch(0, 0),
  );
  return { engine, told, countTold: () => sum };
}

function open(pid: number, path: string, milliseconds = 0): Uint8Array {
  const timestamp_ns = sampleTimeNs + BigInt(milliseconds) * 1_000_000n;
  return encodeRecord('open', {
    header: { ...makeHeader(pid), timestamp_ns },
    file: makeKernelFile(path),
  });
}

/** A record whose path is where there is none. */
function openAstray(pid: number): Uint8Array {
  const astray = open(pid, 'a');
  const length = openRecordOffsets.file.path.at + textRefOffsets.length;
  new DataView(astray.buffer).setUint32(length, 5000, true);
  return astray;
}

const every = 'every: 1h, limiter_token: [process.pid]';

/** Fills the room: a little more than a half is of the second rule, and process 1 is its oldest. */
function fill(engine: Engine): number {
  const half = heldBackLimits.periodsMax / 2;
  engine.judge(RecordBatch.of(open(1, 'a'), open(1, 'b'), open(1, 'b')));
  for (let pid = 2; pid <= half + 1; pid += 1) {
    engine.judge(RecordBatch.of(open(pid, 'b'), open(pid, 'b')));
  }
  for (let pid = 2; pid <= half; pid += 1) {
    engine.judge(RecordBatch.of(open(pid, 'a'), open(pid, 'a')));
  }
  return 3 + 2 * half + 2 * (half - 1);
}

test('a match of the event that runs out of room is told as what it is', () => {
  const { engine, told, countTold } = makeEngine(
    `id: first, expression: 'open.file.name in ["a", "both"]', ${every}`,
    `id: second, expression: 'open.file.name in ["b", "both"]', ${every}`,
  );
  const matches = fill(engine);
  assert.equal(engine.readMatchCounters().closedEarly, 0);
  // It is held back by both, and the first one finds no room but what the second one has for it.
  engine.judge(RecordBatch.of(open(1, 'both')));
  assert.equal(engine.readMatchCounters().closedEarly, 1);
  const { rule, outcome, eventId } = told.at(-1) ?? assert.fail();
  assert.deepEqual([rule, outcome], ['second', 'closing']);
  engine.closeAllPeriods();
  assert.equal(told.filter((one) => one.eventId === eventId).length, 2);
  assert.equal(countTold(), matches + 2);
});

test('a match that somebody was killed for is told in an event that runs out of room', () => {
  const { engine, told, countTold } = makeEngine(
    `id: first, expression: 'open.file.name in ["a", "both"]', ${every}`,
    `id: second, expression: 'open.file.name in ["b", "both"]', ${every},
     actions: [ { kill: { signal: SIGKILL }, filter: open.file.name == "both" } ]`,
  );
  const matches = fill(engine);
  engine.judge(RecordBatch.of(open(1, 'both')));
  assert.ok(told.some(({ rule, outcome }) => rule === 'second' && outcome === 'alert'));
  engine.closeAllPeriods();
  assert.equal(countTold(), matches + 2);
});

test('a record that cannot be read costs those of other rules nothing', () => {
  const { engine, told } = makeEngine(
    `id: all, expression: open.retval == 0`,
    `id: limited, expression: open.retval == 0, every: 1s`,
  );
  engine.judge(RecordBatch.of(open(7, 'a', 50), open(7, 'a', 51)));
  // The period ends with it, between two looks, and the alert of the first rule fails.
  const late = openAstray(7);
  late.set(open(7, 'a', 1_060).subarray(0, recordHeaderOffsets.lanes));
  engine.judge(RecordBatch.of(late));
  assert.equal(engine.counters.undecodable, 1);
  const closing = told.filter(({ outcome }) => outcome === 'closing');
  assert.deepEqual(closing, [{ outcome: 'closing', rule: 'limited', eventId: 'run-2' }]);
});

test('a record that cannot be read when its period ends is counted, and ends no run', () => {
  const { engine, told } = makeEngine(
    `id: unreadable, expression: open.file.name == "a", every: 1s`,
    `id: limited, expression: open.file.name == "a", every: 1s`,
  );
  engine.judge(RecordBatch.of(open(7, 'a'), open(7, 'a')));
  engine.closeAllPeriods();
  assert.equal(engine.counters.undecodable, 1);
  assert.deepEqual(told.at(-1), { outcome: 'closing', rule: 'limited', eventId: 'run-2' });
});
