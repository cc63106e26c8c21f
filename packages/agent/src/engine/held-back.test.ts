// SPDX-License-Identifier: Apache-2.0
// What is kept of matches that are held back: the last as it was, all paths, and no more than fits.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordBatch, RecordView, readProcessFacts } from '@fimbul/probe';
import {
  type CompiledRule,
  compilePolicies,
  type DueAction,
  type LogAction,
  nameLimit,
  type VariableSpec,
} from '@fimbul/rules';
import { encodeRecord, type Operation, type StructValues } from '@fimbul/schema';
import { makeCache, makeExec } from '../context/record-samples.ts';
import { makeHeader, makeKernelFile, makeSurroundings } from './event-samples.ts';
import { EventView } from './event-view.ts';
import { type HeldActions, HeldBack, heldBackLimits } from './held-back.ts';
import { type ActionResult, type Match, nothingSuppressed } from './match.ts';

const [rule] = compilePolicies([
  { path: 'p', text: `rules:\n  - { id: r, expression: 'open.file.name == "x"' }` },
]).rules as [CompiledRule];

const limit = nameLimit(rule);
const surroundings = makeSurroundings();
const { cache } = makeCache();
cache.applyExec(makeExec({ pid: 7 }, '/bin/seven'));
cache.applyExec(makeExec({ pid: 8 }, '/bin/eight'));

const nothingDone: HeldActions = { results: [], deferred: [] };

/** One batch for all events, as the ring has it. */
const batch = new RecordBatch(64 * 1024, 1);
const record = new RecordView(RecordBatch.of());
const view = new EventView(record, surroundings);

function variable(name: string): VariableSpec {
  return { name } as VariableSpec;
}

function makeLog(message: string): DueAction {
  const action = { kind: 'log', level: 'info' } as LogAction;
  return { kind: 'log', action, message };
}

type Given = { readonly eventId?: string; readonly pid?: number };

function makeMatch(operation: Operation, values: StructValues, given: Given = {}): Match {
  const { eventId = 'e', pid = 7 } = given;
  batch.count = 0;
  assert.ok(batch.append(encodeRecord(operation, { header: makeHeader(pid), ...values })));
  record.moveTo(batch, 0);
  const facts = readProcessFacts(record);
  view.moveTo(operation, { entry: cache.resolve(facts), facts });
  return {
    ...{ rule, event: view, eventId, timeNs: 5n, outcome: 'held-back', actions: [], results: [] },
    ...{ suppressed: nothingSuppressed, variables: [] },
  };
}

function open(path: string, given: Given = {}): Match {
  return makeMatch(
    'open',
    { file: makeKernelFile(path.slice(1).split('/').reverse().join('/')) },
    given,
  );
}

describe('of a period', () => {
  it('the last match is kept as it was, whatever became of its batch', () => {
    const held = new HeldBack(surroundings);
    const results: ActionResult[] = [
      { type: 'kill', signal: 'SIGKILL', scope: 'process', status: 'sent', processes: 1 },
    ];
    held.keep(
      '',
      open('/tmp/a-much-longer-name-than-the-next', { eventId: 'first', pid: 8 }),
      nothingDone,
    );
    held.keep('', open('/tmp/b', { eventId: 'second' }), { results, deferred: [] });
    open('/elsewhere');
    const kept = held.take(limit, '');
    assert.ok(kept);
    assert.equal(kept.event.file.path, '/tmp/b');
    assert.equal(kept.event.operation, 'open');
    assert.equal(kept.event.subject.entry.image.executable?.path, '/bin/seven');
    assert.equal(kept.eventId, 'second');
    assert.deepEqual(kept.results, results);
    assert.equal(held.take(limit, ''), null);
    assert.equal(held.size, 0);
  });

  it('its process is that of the last match, not of the first', () => {
    const held = new HeldBack(surroundings);
    held.keep('', open('/a', { pid: 7 }), nothingDone);
    held.keep('', open('/b', { pid: 8 }), nothingDone);
    const { entry, facts } = held.take(limit, '')?.event.subject ?? assert.fail('not kept');
    assert.deepEqual([facts.pid, entry.image.executable?.path], [8, '/bin/eight']);
  });

  it('the variables are kept as they were, of lists what alerts show', () => {
    const held = new HeldBack(surroundings);
    const list = Array.from({ length: 150 }, (_, index) => BigInt(index));
    const variables = [
      { variable: variable('n'), value: 4n },
      { variable: variable('paths'), value: list },
    ];
    held.keep('', { ...open('/a'), variables }, nothingDone);
    list.push(150n);
    const shown = held.take(limit, '')?.variables.map(({ value }) => value);
    assert.deepEqual(shown, [4n, list.slice(50, 150)]);
  });

  it('what is due when it is told is kept', () => {
    const held = new HeldBack(surroundings);
    held.keep('', open('/a'), { results: [], deferred: [makeLog('first')] });
    held.keep('', open('/a'), { results: [], deferred: [makeLog('second')] });
    assert.deepEqual(held.take(limit, '')?.deferred, [makeLog('second')]);
  });

  it('all paths are kept in their order, each once; a rename has two', () => {
    const held = new HeldBack(surroundings);
    for (const path of ['/a', '/b', '/a']) held.keep('', open(path), nothingDone);
    const rename = { file: makeKernelFile('b'), destination: makeKernelFile('c') };
    held.keep('', makeMatch('rename', rename), nothingDone);
    held.keep('', makeMatch('exec', {}), nothingDone);
    const kept = held.take(limit, '');
    assert.deepEqual(kept?.suppressed, {
      paths: ['/a', '/b', '/c', '/bin/seven'],
      pathsOmitted: 0,
    });
  });

  it('paths beyond the limit are counted', () => {
    const held = new HeldBack(surroundings);
    for (let count = 0; count < heldBackLimits.pathsMax + 8; count += 1)
      held.keep('', open(`/f${count}`), nothingDone);
    held.keep('', open('/f0'), nothingDone);
    const { paths, pathsOmitted } = held.take(limit, '')?.suppressed ?? {};
    assert.equal(paths?.length, heldBackLimits.pathsMax);
    assert.equal(pathsOmitted, 8);
  });
});

describe('periods', () => {
  it('of other rules and tokens are others', () => {
    const held = new HeldBack(surroundings);
    held.keep('a', open('/a'), nothingDone);
    held.keep('b', open('/b'), nothingDone);
    held.keep('a', { ...open('/c'), rule: { ...rule, id: 'quiet' } }, nothingDone);
    assert.equal(held.take(limit, 'a')?.event.file.path, '/a');
    assert.equal(held.take(limit, 'b')?.event.file.path, '/b');
    assert.equal(held.take(nameLimit({ ...rule, id: 'quiet' }), 'a')?.event.file.path, '/c');
  });

  it('are to be told, oldest first, when there are too many', () => {
    const held = new HeldBack(surroundings);
    for (let key = 0; key < heldBackLimits.periodsMax; key += 1)
      held.keep(String(key), open('/a'), nothingDone);
    assert.equal(held.findExcess(), null);
    // It is the last that is kept of it, and yet the oldest.
    held.keep('0', open('/a'), nothingDone);
    held.keep('new', open('/a'), nothingDone);
    assert.deepEqual(held.findExcess(), { limit, limiterKey: '0' });
    assert.ok(held.take(limit, '0'));
    assert.equal(held.findExcess(), null);
    assert.equal(held.size, heldBackLimits.periodsMax);
  });

  it('are to be told of the rule that has most of them, whichever holds back', () => {
    const held = new HeldBack(surroundings);
    const ofQuiet = (path: string): Match => ({ ...open(path), rule: { ...rule, id: 'quiet' } });
    held.keep('', ofQuiet('/a'), nothingDone);
    for (let key = 1; key < heldBackLimits.periodsMax; key += 1)
      held.keep(String(key), open('/a'), nothingDone);
    held.keep('x', ofQuiet('/a'), nothingDone);
    assert.deepEqual(held.findExcess(), { limit, limiterKey: '1' });
  });

  it('are to be told when they need too much room, of the rule that needs most', () => {
    const held = new HeldBack(surroundings);
    const long = (n: number): string => `/${n}/${'x'.repeat(250)}`.padEnd(4000, '/y');
    const ofQuiet = (path: string): Match => ({ ...open(path), rule: { ...rule, id: 'quiet' } });
    for (let key = 0; key < 600; key += 1) held.keep(String(key), ofQuiet('/a'), nothingDone);
    let key = 0;
    for (; held.findExcess() === null; key += 1) {
      for (let path = 0; path < 8; path += 1) held.keep(String(key), open(long(path)), nothingDone);
    }
    assert.ok(key < 600);
    const roughly = key * (4000 + 8 * 4000);
    const { bytesMax } = heldBackLimits;
    assert.ok(Math.abs(roughly - bytesMax) < 0.2 * bytesMax, `${roughly} bytes`);
    assert.deepEqual(held.findExcess(), { limit, limiterKey: '0' });
    assert.ok(held.take(limit, '0'));
    assert.equal(held.findExcess(), null);
    for (let n = 1; n < key; n += 1) assert.ok(held.take(limit, String(n)));
    const quiet = nameLimit({ ...rule, id: 'quiet' });
    for (let n = 0; n < 600; n += 1) assert.ok(held.take(quiet, String(n)));
    assert.equal(held.size, 0);
  });
});

it('variables and messages count as room', () => {
  const text = 'x'.repeat(4 * 1024 * 1024);
  const variables = [
    { variable: variable('n'), value: text },
    { variable: variable('list'), value: [1n, text] },
  ];
  const held = new HeldBack(surroundings);
  const deferred = [makeLog(text)];
  held.keep('1', { ...open('/a'), variables }, { results: [], deferred });
  assert.equal(held.findExcess(), null);
  held.keep('1', { ...open('/a'), variables }, { results: [], deferred });
  assert.equal(held.findExcess(), null);
  held.keep('2', open('/a'), { results: [], deferred });
  assert.ok(held.findExcess());
});

it('a match whose paths cannot be read changes nothing', () => {
  const held = new HeldBack(surroundings);
  held.keep('', open('/a'), nothingDone);
  const match = open('/b');
  const { subject, operation } = match.event;
  const unreadable = {
    subject,
    operation,
    get file() {
      return assert.fail('unreadable');
    },
  };
  const event = unreadable as unknown as EventView;
  assert.throws(() => held.keep('', { ...match, event }, nothingDone), /unreadable/);
  assert.throws(() => held.keep('other', { ...match, event }, nothingDone), /unreadable/);
  assert.equal(held.size, 1);
  assert.equal(held.take(limit, '')?.event.file.path, '/a');
});
