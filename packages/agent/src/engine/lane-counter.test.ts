// SPDX-License-Identifier: Apache-2.0
// Which lanes records are counted for: those of a recording as the filter would decide, those of a
// live stream as the kernel did, and a share of a large batch for all of it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RecordBatch } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { encodeRecord, pathSources } from '@fimbul/schema';
import { makeHeader, makeKernelFile } from './event-samples.ts';
import { LaneCounter } from './lane-counter.ts';

const generation = 7;
const { filter, rules } = compilePolicies([
  {
    path: 'p',
    text: JSON.stringify({
      rules: [
        { id: 'shadow', expression: 'open.file.path == "/etc/shadow"' },
        { id: 'any', expression: 'open.file.inode == 5' },
      ],
    }),
  },
]);
const [shadow = 0n, any = 0n] = rules.map(({ lanes }) => lanes);

type Open = { readonly lanes?: bigint; readonly generation?: number; readonly isKnown?: boolean };

/** `path` is leaf first, as records have it. */
function open(path: string, { lanes = shadow | any, isKnown = true, ...changes }: Open = {}) {
  const caller = { path_source: pathSources.indexOf('caller'), caller_path: `/${path}` };
  return encodeRecord('open', {
    header: { ...makeHeader(100), generation: changes.generation ?? generation, lanes },
    file: isKnown ? makeKernelFile(path) : caller,
    retval: 3n,
  });
}

function countLive(records: readonly Uint8Array[], random = 0): LaneCounter {
  const counter = new LaneCounter(filter, () => random);
  counter.countLive(RecordBatch.of(...records), generation);
  return counter;
}

function list({ census }: LaneCounter): ReadonlyMap<bigint, number> {
  return new Map(census.list('open'));
}

describe('a recording', () => {
  it('counts for the lanes that its paths do not rule out, whatever it was recorded for', () => {
    const counter = new LaneCounter(filter);
    counter.countRecorded(open('shadow/etc', { lanes: 0n, generation: 1 }));
    counter.countRecorded(open('other/etc', { lanes: 0n }));
    counter.countRecorded(open('other/etc', { isKnown: false }));
    assert.deepEqual(
      list(counter),
      new Map([
        [shadow | any, 2],
        [any, 1],
      ]),
    );
  });

  it('leaves out what is no record, and what is about a process', () => {
    const counter = new LaneCounter(filter);
    counter.countRecorded(new Uint8Array(8));
    counter.countRecorded(encodeRecord('fork', { header: makeHeader(100) }));
    assert.equal(counter.census.countAll('open'), 0);
  });
});

describe('a live stream', () => {
  it('counts for the lanes that neither the kernel nor the path rules out', () => {
    const counter = countLive([open('other/etc'), open('shadow/etc', { lanes: shadow })]);
    assert.deepEqual(
      list(counter),
      new Map([
        [any, 1],
        [shadow, 1],
      ]),
    );
    assert.equal(counter.lookedAt, 2);
  });

  it('takes the word of the kernel where the path is another one by now', () => {
    assert.deepEqual(
      list(countLive([open('other/etc', { lanes: shadow })])),
      new Map([[shadow, 1]]),
    );
  });

  it('leaves out what the filter of other rules let pass', () => {
    const counter = countLive([open('shadow/etc', { generation: generation - 1 })]);
    assert.deepEqual([list(counter), counter.lookedAt], [new Map(), 0]);
  });

  it('goes on behind bytes that are no record', () => {
    assert.equal(countLive([new Uint8Array(8), open('a')]).lookedAt, 1);
  });

  it('looks at a share of a large batch, which stands for all of it', () => {
    const records = Array.from({ length: 1000 }, () => open('a'));
    for (const random of [0, 0.5, 0.999]) {
      const counter = countLive(records, random);
      assert.ok(counter.lookedAt >= 60 && counter.lookedAt <= 64, `${counter.lookedAt}`);
      const counted = counter.census.countAll('open');
      assert.ok(Math.abs(counted - 1000) <= 16, `${counted}`);
    }
  });
});
