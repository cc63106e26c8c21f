// SPDX-License-Identifier: Apache-2.0
// Records of other versions: made here by moving, adding and taking away members of ours.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  describeRecords,
  encodeRecord,
  openRecordOffsets,
  pathFlags,
  type RecordedMember,
  type RecordSchema,
  recordHeaderOffsets,
  recordKinds,
} from '@fimbul/schema';
import { readFileFacts } from '../decode/file-facts.ts';
import { readProcessFacts } from '../decode/process-facts.ts';
import { RecordBatch } from '../decode/record-batch.ts';
import { RecordView } from '../decode/record-view.ts';
import { planTranslation, type Translation } from './record-translator.ts';

const own = describeRecords();

const record = encodeRecord('open', {
  header: { timestamp_ns: 5n, process: { pid: 7, ppid: 3, comm: 'cat' } },
  file: {
    path: 'passwd/etc',
    path_source: 1,
    path_flags: 16,
    inode: 2n ** 63n,
    filesystem: 'ext4',
  },
  retval: -13n,
  flags: 0o2001,
});

function plan(from: RecordSchema): Translation {
  const translation = planTranslation(from);
  assert.ok(!('refusal' in translation), JSON.stringify(translation));
  return translation;
}

function translate(from: RecordSchema, bytes: Uint8Array): RecordView {
  const { translate: work } = plan(from);
  assert.ok(work !== null);
  const translated = work(bytes);
  assert.ok(translated !== null);
  const batch = RecordBatch.of(translated);
  const view = new RecordView(batch);
  assert.equal(view.moveTo(batch, 0), 'open');
  return view;
}

/** Ours, with other members in the records of opens. */
function changeOpen(
  change: (members: readonly RecordedMember[]) => readonly RecordedMember[],
  growth = 0,
): RecordSchema {
  const layouts = own.layouts.map((layout) =>
    layout.kind === 'open'
      ? { ...layout, size: layout.size + growth, members: change(layout.members) }
      : layout,
  );
  return { ...own, layouts };
}

/** The record with `growth` bytes put in at a place, and its texts behind them. */
function insertBytes(bytes: Uint8Array, at: number, growth: number): Uint8Array {
  const wider = new Uint8Array(bytes.length + growth).fill(0xee, at, at + growth);
  wider.set(bytes.subarray(0, at));
  wider.set(bytes.subarray(at), at + growth);
  const view = new DataView(wider.buffer);
  for (const ref of [openRecordOffsets.file.path.at, openRecordOffsets.file.callerPath.at]) {
    const place = ref < at ? ref : ref + growth;
    const offset = view.getUint32(place, true);
    if (offset !== 0) view.setUint32(place, offset + growth, true);
  }
  return wider;
}

describe('records of this version', () => {
  it('need no translation', () => {
    assert.deepEqual(planTranslation(own), { translate: null, missing: [], unknownKinds: [] });
    assert.equal(plan(JSON.parse(JSON.stringify(own))).translate, null);
  });
});

describe('records of another version', () => {
  it('are found by the names of their members, wherever those stand', () => {
    const at = openRecordOffsets.file.at;
    const schema = changeOpen(
      (members) => members.map((m) => (m.offset >= at ? { ...m, offset: m.offset + 16 } : m)),
      16,
    );
    const view = translate(schema, insertBytes(record, at, 16));
    const file = readFileFacts(view, at);
    assert.equal(file.path, '/etc/passwd');
    assert.equal(file.inode, 2n ** 63n);
    assert.equal(file.filesystem, 'ext4');
    assert.equal(view.getS64(openRecordOffsets.retval), -13n);
    assert.equal(view.getU32(openRecordOffsets.flags), 0o2001);
    assert.deepEqual((({ pid, ppid, comm }) => ({ pid, ppid, comm }))(readProcessFacts(view)), {
      pid: 7,
      ppid: 3,
      comm: 'cat',
    });
    assert.deepEqual(Buffer.from(view.copyBytes()), Buffer.from(record));
  });

  it('may have more members, which are left out', () => {
    const offset = openRecordOffsets.size;
    const extra: RecordedMember = { name: 'new', offset, size: 8, type: 'unsigned' };
    const schema = changeOpen((members) => [...members, extra], 8);
    const view = translate(schema, insertBytes(record, openRecordOffsets.size, 8));
    assert.deepEqual(Buffer.from(view.copyBytes()), Buffer.from(record));
  });

  it('may lack members, which are zero and told', () => {
    const schema = changeOpen((members) => members.filter(({ name }) => name !== 'flags'));
    assert.deepEqual(plan(schema).missing, ['open.flags']);
    assert.equal(translate(schema, record).getU32(openRecordOffsets.flags), 0);
  });

  it('may lack what nobody misses', () => {
    const unmissed = 'header.generation';
    const schema = changeOpen((members) => members.filter(({ name }) => name !== unmissed));
    assert.deepEqual(plan(schema).missing, []);
    const view = translate(schema, record);
    assert.equal(view.getU32(openRecordOffsets.header.generation), 0);
  });

  it('may have narrower numbers, which keep their sign', () => {
    const schema = changeOpen((members) =>
      members.map((m) => (m.name === 'retval' ? { ...m, size: 4 } : m)),
    );
    assert.equal(translate(schema, record).getS64(openRecordOffsets.retval), -13n);
  });

  it('are refused where a number does not fit or means something else', () => {
    const wider = changeOpen((members) =>
      members.map((m) =>
        m.name === 'flags' ? { ...m, offset: openRecordOffsets.retval, size: 8 } : m,
      ),
    );
    assert.deepEqual(planTranslation(wider), {
      refusal: 'open.flags is of another type there',
    });
    const bytes = changeOpen((members) =>
      members.map((m) => (m.name === 'flags' ? { ...m, type: 'bytes' } : m)),
    );
    assert.ok('refusal' in planTranslation(bytes));
  });

  it('may number kinds, sources and flags otherwise', () => {
    const schema: RecordSchema = {
      layouts: [{ kind: 'mount', size: recordHeaderOffsets.size, members: [] }, ...own.layouts],
      pathSources: ['none', 'guess', 'kernel', 'caller'],
      pathFlags: { ...own.pathFlags, TRUNCATED: 64, OTHER: 1, UPPER_LAYER: 256 },
    };
    const bytes = Uint8Array.from(record);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, recordKinds.indexOf('open') + 1, true);
    view.setUint16(openRecordOffsets.file.pathSource, 2, true);
    view.setUint16(openRecordOffsets.file.pathFlags, 64 | 16 | 1, true);
    const file = readFileFacts(translate(schema, bytes), openRecordOffsets.file.at);
    assert.equal(file.pathSource, 'kernel');
    assert.equal(file.pathFlags, 1 | 16);
    assert.deepEqual(plan(schema).unknownKinds, ['mount']);
    assert.equal(plan(schema).translate?.(new Uint8Array(200)), null);
  });

  it('does not take layers that were not told for those of images', () => {
    const { UPPER_LAYER: _upper, LAYER_UNKNOWN: _unknown, ...older } = own.pathFlags;
    const file = readFileFacts(
      translate({ ...own, pathFlags: older }, Uint8Array.from(record)),
      openRecordOffsets.file.at,
    );
    assert.equal(file.pathFlags & pathFlags.LAYER_UNKNOWN, pathFlags.LAYER_UNKNOWN);
  });

  it('are none when they are shorter than their layout', () => {
    const schema = changeOpen((members) => members, 8);
    const { translate: work } = plan(schema);
    assert.deepEqual(work?.(record.subarray(0, 100)), new Uint8Array(0));
    assert.deepEqual(work?.(Uint8Array.of(1)), new Uint8Array(0));
  });
});
