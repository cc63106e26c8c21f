// SPDX-License-Identifier: Apache-2.0
// Which names are noted, and when again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessFacts } from '@fimbul/probe';
import {
  makeCache,
  makeExec,
  makeFacts,
  makeFile,
  makeFork,
  makeProcess,
} from '../context/record-samples.ts';
import { NameRecorder } from './name-recorder.ts';

/** Names by `kind@namespace:id`, which a test may change. */
function makeRecorder() {
  const names = new Map<string, string>();
  const noted: string[] = [];
  const asked: string[] = [];
  const find = (kind: string) => (id: number, process: ProcessFacts) => {
    const key = `${kind}@${process.mountNamespace}:${id}`;
    asked.push(key);
    return names.get(key) ?? '';
  };
  const recorder = new NameRecorder(
    { findUser: find('passwd'), findGroup: find('group') },
    ({ database, mountNamespace, id, name }) =>
      void noted.push(`${database}@${mountNamespace}:${id}=${name}`),
  );
  return { names, noted, asked, recorder };
}

const facts = makeFacts({ mountNamespace: 7, uid: 5, euid: 6 });

test('a name is asked for once a second, and noted when it is news', () => {
  const { names, noted, asked, recorder } = makeRecorder();
  names.set('passwd@7:5', 'ann');
  recorder.noteOwner(5, 50, facts);
  recorder.noteOwner(5, 50, facts);
  assert.deepEqual(asked, ['passwd@7:5', 'group@7:50']);
  assert.deepEqual(noted, ['passwd@7:5=ann']);
  recorder.look();
  recorder.noteOwner(5, 50, facts);
  assert.deepEqual(noted.splice(0), ['passwd@7:5=ann']);
  names.set('passwd@7:5', 'eve');
  recorder.noteOwner(5, 50, facts);
  assert.deepEqual(noted, []);
  recorder.look();
  recorder.noteOwner(5, 50, facts);
  names.clear();
  recorder.look();
  recorder.noteOwner(5, 50, facts);
  assert.deepEqual(noted, ['passwd@7:5=eve', 'passwd@7:5=']);
});

test('a process brings the names of its ancestors, its program and its script', () => {
  const { cache, proc } = makeCache();
  proc.add(makeProcess(10, { executable: makeFile('/bin/init', { uid: 11, gid: 12 }) }));
  cache.applyFork(makeFork(makeFacts({ pid: 10 }), { pid: 20, uid: 21 }));
  const script = makeFile('/script', { uid: 23, gid: 24 });
  const file = makeFile('/bin/sh', { uid: 25, gid: 26 });
  const entry = cache.applyExec(makeExec({ pid: 20, euid: 22 }, '/bin/sh', { file, script }));
  const { asked, recorder } = makeRecorder();
  recorder.noteProcess(entry, { ...entry.facts, fsuid: 27 });
  const users = asked.flatMap((key) => /^passwd@\d+:(\d+)$/.exec(key)?.[1] ?? []).map(Number);
  for (const uid of [0, 11, 22, 23, 25, 27]) assert.ok(users.includes(uid), `${uid} of ${users}`);
  const before = asked.length;
  recorder.noteProcess(entry, entry.facts);
  assert.equal(asked.length, before);
});
