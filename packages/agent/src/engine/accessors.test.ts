// SPDX-License-Identifier: Apache-2.0
// Every field of the schema has a reader, and reads what the record and the process cache say.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FieldSpec, fields, type Operation, operations, pathFlags } from '@fimbul/schema';
import { makeCache, makeExec, makeFacts, makeFile, makeFork } from '../context/record-samples.ts';
import { buildRuleAccessors, fieldReaders, type RuleAccessor } from './accessors.ts';
import { makeEvent, makeHeader, makeKernelFile, sampleTimeNs } from './event-samples.ts';
import type { EventView } from './event-view.ts';

const accessors = buildRuleAccessors();

function read(event: EventView, name: string): unknown {
  const reader = fieldReaders.get(name);
  assert.ok(reader, `no reader for ${name}`);
  return reader(event);
}

function readForRules(event: EventView, name: string): ReturnType<RuleAccessor> {
  const accessor = accessors.get(name);
  assert.ok(accessor, `rules cannot read ${name}`);
  return accessor(event);
}

/** The JavaScript type that rules expect of one value of a field. */
function getExpectedType({ type, range }: FieldSpec): string {
  if (type === 'bool') return 'boolean';
  if (type === 'string') return 'string';
  const isSafe = range[0] >= Number.MIN_SAFE_INTEGER && range[1] <= Number.MAX_SAFE_INTEGER;
  return isSafe ? 'number' : 'bigint';
}

const known = { path_flags: pathFlags.INODE_KNOWN };

/** Events of which nothing is known, and events of which everything is. */
function listEvents(operation: Operation): EventView[] {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/sbin/init'));
  cache.applyFork(makeFork(makeFacts({ pid: 1 }), { pid: 100 }));
  cache.applyExec(makeExec({ pid: 100 }, '/bin/vi', { script: makeFile('/bin/edit') }));
  const file = makeKernelFile('passwd/etc', known);
  const files: Readonly<Record<Operation, object>> = {
    open: { file },
    unlink: { file },
    rename: { file, destination: file },
    chmod: { file, mode_before_known: 1 },
    exec: { file, script: file },
    exit: {},
  };
  return [makeEvent(operation, {}), makeEvent(operation, { ...files[operation] }, cache)];
}

describe('readers', () => {
  const byEngine = /^(?:rule\..+|loss\..+|event\.(?:id|type))$/;

  it('exist for all fields that are filled, but those that the engine writes', () => {
    for (const { name, filled } of fields) {
      assert.equal(fieldReaders.has(name), filled && !byEngine.test(name), name);
    }
  });

  it('exist for rules wherever a rule may name the field', () => {
    const events: readonly string[] = ['*', ...operations];
    const named = fields
      .filter(({ inRules, event }) => inRules && events.includes(event))
      .map(({ name }) => name);
    assert.deepEqual([...accessors.keys()].sort(), [...named, 'process.ancestors.length'].sort());
  });

  for (const operation of operations) {
    it(`give rules values of the type that they count on: ${operation}`, () => {
      for (const event of listEvents(operation)) {
        for (const spec of fields) {
          if (!spec.inRules || (spec.event !== '*' && spec.event !== operation)) continue;
          const value = readForRules(event, spec.name);
          const elements = spec.iterator === null ? [value] : value;
          assert.ok(Array.isArray(elements), spec.name);
          for (const element of elements) {
            assert.equal(Array.isArray(element), spec.list, spec.name);
            for (const single of Array.isArray(element) ? element : [element]) {
              assert.equal(typeof single, getExpectedType(spec), spec.name);
            }
          }
        }
      }
    });
  }

  it('give rules the zero value of what is not known', () => {
    const event = makeEvent('open', { file: makeKernelFile('x') });
    assert.equal(read(event, 'open.file.inode'), null);
    assert.equal(readForRules(event, 'open.file.inode'), 0n);
    assert.equal(readForRules(event, 'open.file.uid'), 0);
    assert.equal(readForRules(event, 'open.file.user'), '');
    assert.equal(readForRules(event, 'process.parent.is_exec'), false);
    assert.deepEqual(readForRules(event, 'process.parent.argv'), []);
    assert.deepEqual(readForRules(event, 'process.ancestors.pid'), []);
  });
});

describe('fields that are not filled', () => {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/sbin/init'));
  cache.applyFork(makeFork(makeFacts({ pid: 1 }), { pid: 100 }));
  const event = makeEvent('open', {}, cache);

  it('read as zero', () => {
    assert.equal(readForRules(event, 'process.sid'), 0);
    assert.equal(readForRules(event, 'process.user_session.ssh_username'), '');
    assert.deepEqual(readForRules(event, 'open.file.hashes'), []);
  });

  it('of ancestors have one zero for each', () => {
    assert.deepEqual(readForRules(event, 'process.ancestors.pid'), [1]);
    assert.deepEqual(readForRules(event, 'process.ancestors.sid'), [0]);
    assert.deepEqual(readForRules(event, 'process.ancestors.envs'), [[]]);
    const alone = makeEvent('open', {});
    assert.deepEqual(readForRules(alone, 'process.ancestors.sid'), []);
  });
});

type Case = readonly [
  operation: Operation,
  values: Parameters<typeof makeEvent>[1],
  expected: Readonly<Record<string, unknown>>,
];

const cases: readonly Case[] = [
  [
    'open',
    { retval: -13, flags: 0o2000101, mode: 0o7777_7777, created: 1 },
    {
      'open.retval': -13,
      'open.flags': 0o2000101,
      'open.created': true,
      'open.file.destination.mode': 0o177777,
      'open.file.destination.rights': 0o7777,
    },
  ],
  ['open', { created: 0, mode: 0o644 }, { 'open.created': false, 'open.retval': 0 }],
  ['unlink', { retval: -2, flags: 0x200 }, { 'unlink.retval': -2, 'unlink.flags': 0x200 }],
  ['rename', { retval: -18, flags: 2 }, { 'rename.retval': -18, 'rename.flags': 2 }],
  [
    'rename',
    { file: makeKernelFile('a/x'), destination: makeKernelFile('b/y') },
    {
      'rename.file.path': '/x/a',
      'rename.file.name': 'a',
      'rename.file.destination.path': '/y/b',
      'rename.file.destination.name': 'b',
    },
  ],
  [
    'chmod',
    {
      retval: -1,
      file: { mode: 0o104755, ...known },
      mode_before_known: 1,
      mode_after: 0o100644,
    },
    {
      'chmod.retval': -1,
      'chmod.file.mode': 0o104755,
      'chmod.file.rights': 0o4755,
      'chmod.file.destination.mode': 0o100644,
      'chmod.file.destination.rights': 0o644,
    },
  ],
  [
    'chmod',
    { file: { mode: 0o100755, ...known }, mode_before_known: 0 },
    { 'chmod.file.mode': null, 'chmod.file.rights': null },
  ],
];

for (const [operation, values, expected] of cases) {
  it(`${operation} reads ${Object.keys(expected).join(', ')}`, () => {
    const event = makeEvent(operation, values);
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(read(event, name), value, name);
    }
  });
}

describe('the end of a process', () => {
  const statuses: readonly (readonly [status: number, code: number, cause: number, why: string])[] =
    [
      [0, 0, 0, 'it returned'],
      [0x0100, 1, 0, 'it failed'],
      [0xff00, 255, 0, 'it failed as much as it could'],
      [9, 9, 2, 'a signal killed it'],
      [0x8b, 11, 1, 'a signal killed it, and its memory was kept'],
      [0x7f00, 127, 0, 'its code looks like the mask of the signal'],
    ];
  for (const [status, code, cause, why] of statuses) {
    it(`${why}: status 0x${status.toString(16)}`, () => {
      const event = makeEvent('exit', { status });
      assert.equal(read(event, 'exit.code'), code);
      assert.equal(read(event, 'exit.cause'), cause);
    });
  }
});

describe('fields of every event', () => {
  it('tell when and where', () => {
    const event = makeEvent('open', {});
    assert.equal(read(event, 'event.timestamp'), 1_700_000_000_000_000_000n + sampleTimeNs);
    assert.equal(read(event, 'event.hostname'), 'host');
    assert.equal(read(event, 'event.os'), 'linux');
    assert.equal(read(event, 'event.origin'), 'ebpf');
    assert.equal(read(event, 'event.source'), 'runtime');
  });

  it('tell threads from their leader', () => {
    const leader = makeEvent('open', {});
    assert.equal(read(leader, 'process.tid'), 100);
    const thread = makeEvent('open', { header: makeHeader(100, { tid: 103 }) });
    assert.equal(read(thread, 'process.tid'), 103);
    assert.equal(read(thread, 'process.pid'), 100);
  });
});

describe('fields of processes', () => {
  const ids = { uid: 1, gid: 2, euid: 3, egid: 4, fsuid: 5, fsgid: 6 };

  it('are those of the moment for the process itself', () => {
    const { cache } = makeCache();
    cache.applyExec(makeExec({ pid: 100, uid: 70, euid: 71 }, '/bin/su'));
    const event = makeEvent('open', { header: makeHeader(100, ids) }, cache);
    for (const [name, id] of Object.entries(ids)) assert.equal(read(event, `process.${name}`), id);
    assert.equal(read(event, 'process.user'), 'user1');
    assert.equal(read(event, 'process.group'), 'group2');
    assert.equal(read(event, 'process.euser'), 'user3');
    assert.equal(read(event, 'process.egroup'), 'group4');
    assert.equal(read(event, 'process.fsuser'), 'user5');
    assert.equal(read(event, 'process.fsgroup'), 'group6');
  });

  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/sbin/init'));
  cache.applyFork(makeFork(makeFacts({ pid: 1 }), { pid: 50 }));
  cache.applyExec(makeExec({ pid: 50 }, '/bin/bash', { argv: ['-bash'] }));
  cache.applyFork(makeFork(makeFacts({ pid: 50 }), { pid: 100 }));
  const script = makeFile('/srv/run.py', { pathSource: 'caller', pathFlags: 0 });
  cache.applyExec(
    makeExec({ pid: 100 }, '/bin/python3', {
      script,
      argv: ['run.py', 'a b', ''],
      terminal: 'pts1',
    }),
  );
  cache.applyExec(
    makeExec({ pid: 100 }, '/bin/python3', {
      script,
      argv: ['run.py', 'a b', 'c'],
      terminal: 'pts1',
    }),
  );
  const event = makeEvent('open', {}, cache);

  it('tell what runs: the script, and beside it its interpreter', () => {
    assert.equal(read(event, 'process.file.path'), '/srv/run.py');
    assert.equal(read(event, 'process.file.path_source'), 'caller');
    assert.equal(read(event, 'process.file.inode'), null);
    assert.equal(read(event, 'process.interpreter.file.path'), '/bin/python3');
    assert.equal(read(event, 'process.parent.interpreter.file.path'), null);
    assert.equal(read(event, 'process.tty_name'), 'pts1');
    assert.equal(read(event, 'process.is_exec'), true);
  });

  it('have the arguments after the first, and the first alone', () => {
    assert.equal(read(event, 'process.argv0'), 'run.py');
    assert.deepEqual(read(event, 'process.argv'), ['a b', 'c']);
    assert.equal(read(event, 'process.args'), 'a b c');
    assert.deepEqual(read(event, 'process.parent.argv'), []);
  });

  it('have flags and options among the arguments', () => {
    const { cache: own } = makeCache();
    own.applyExec(makeExec({ pid: 100 }, '/bin/nmap', { argv: ['nmap', '-sV', '-p', '80'] }));
    const scan = makeEvent('open', {}, own);
    assert.deepEqual(read(scan, 'process.args_flags'), ['s', 'V', 'sV', 'p']);
    assert.deepEqual(read(scan, 'process.args_options'), ['p=80']);
  });

  it('tell what ran a program itself from what goes on with that of its creator', () => {
    const { cache: own } = makeCache();
    own.applyExec(makeExec({ pid: 1, ppid: 0 }, '/sbin/init'));
    own.applyFork(makeFork(makeFacts({ pid: 1 }), { pid: 100 }));
    const forked = makeEvent('open', {}, own);
    assert.equal(read(forked, 'process.is_thread'), true);
    assert.equal(read(forked, 'process.is_exec'), false);
    assert.equal(read(forked, 'process.parent.is_thread'), false);
  });

  it('name the directory of the control group, where the group is known', () => {
    const groups: readonly (readonly [bigint, number, bigint | null, number | null])[] = [
      [7n, 0, 7n, 2],
      [7n, 3, 7n, 1],
      [0n, 0, null, null],
    ];
    for (const [cgroup_id, cgroup_hierarchy, inode, version] of groups) {
      const one = makeEvent('open', { header: makeHeader(100, { cgroup_id, cgroup_hierarchy }) });
      assert.equal(read(one, 'process.cgroup.file.inode'), inode);
      assert.equal(read(one, 'process.cgroup.version'), version);
    }
  });

  it('of the parent are those of another process, never of an earlier image', () => {
    assert.equal(read(event, 'process.parent.pid'), 50);
    assert.equal(read(event, 'process.parent.file.path'), '/bin/bash');
  });

  it('of ancestors are all earlier images and creators, nearest first', () => {
    assert.deepEqual(readForRules(event, 'process.ancestors.file.path'), [
      '/srv/run.py',
      '/bin/bash',
      '/sbin/init',
    ]);
    assert.deepEqual(readForRules(event, 'process.ancestors.pid'), [100, 50, 1]);
    assert.deepEqual(readForRules(event, 'process.ancestors.argv'), [['a b', ''], [], []]);
    assert.deepEqual(readForRules(event, 'process.ancestors.interpreter.file.name'), [
      'python3',
      '',
      '',
    ]);
  });

  it('of exec and exit are those of the process itself', () => {
    for (const operation of ['exec', 'exit'] as const) {
      const own = makeEvent(operation, {}, cache);
      assert.equal(read(own, `${operation}.file.path`), '/srv/run.py');
      assert.equal(read(own, `${operation}.pid`), 100);
    }
  });

  it('leave out namespaces that could not be read', () => {
    const unread = makeEvent('open', { header: makeHeader(100, { mount_namespace: 0 }) });
    assert.equal(read(unread, 'process.mntns'), null);
    assert.equal(read(unread, 'process.netns'), 3000);
  });
});
