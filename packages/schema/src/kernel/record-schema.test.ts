// SPDX-License-Identifier: Apache-2.0
// The described layout against the generated offsets, which the kernel's side is held to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordKinds } from './enums.ts';
import { openRecordOffsets, renameRecordOffsets } from './offsets.gen.ts';
import { describeRecords } from './record-schema.ts';

test('every kind is described, at its number', () => {
  const { layouts } = describeRecords();
  assert.deepEqual(
    layouts.map(({ kind }) => kind),
    recordKinds,
  );
});

test('members stand where the generated offsets say', () => {
  const { layouts } = describeRecords();
  const find = (kind: string, name: string) =>
    layouts.find((layout) => layout.kind === kind)?.members.find((m) => m.name === name);
  assert.deepEqual(find('open', 'header.process.start_time_ns'), {
    name: 'header.process.start_time_ns',
    offset: openRecordOffsets.header.process.startTimeNs,
    size: 8,
    type: 'unsigned',
  });
  assert.deepEqual(find('rename', 'destination.caller_path'), {
    name: 'destination.caller_path',
    offset: renameRecordOffsets.destination.callerPath.at,
    size: 8,
    type: 'text',
  });
  assert.equal(find('rename', 'retval')?.type, 'signed');
  assert.equal(find('exec', 'tty')?.type, 'bytes');
});

test('members do not overlap and end within the fixed part', () => {
  for (const { kind, size, members } of describeRecords().layouts) {
    let end = 0;
    for (const member of members) {
      assert.ok(member.offset >= end, `${kind}.${member.name}`);
      end = member.offset + member.size;
    }
    assert.ok(end <= size, kind);
    assert.ok(!members.some(({ name }) => name.includes('pad_')));
  }
});
