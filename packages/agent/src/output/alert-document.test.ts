// SPDX-License-Identifier: Apache-2.0
// Alerts as documents: every path in one is a field, and what is not known is not there.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePolicies, type VariableSpec } from '@fimbul/rules';
import { fieldsByName, type Operation, operations, pathFlags, pathSources } from '@fimbul/schema';
import type { ProcessCache } from '../context/process-cache.ts';
import { makeCache, makeExec, makeFacts, makeFile, makeFork } from '../context/record-samples.ts';
import { makeEvent, makeHeader, makeKernelFile } from '../engine/event-samples.ts';
import { type Match, nothingSuppressed } from '../engine/match.ts';
import { describeAlert, describeLoss } from './alert-document.ts';
import { isDerived } from './derived-fields.ts';
import type { Json, JsonObject } from './field-writer.ts';

function makeMatch(changes: Pick<Match, 'rule' | 'event'> & Partial<Match>): Match {
  return {
    ...{ eventId: 'run-1', timeNs: 0n, outcome: 'alert', suppressed: nothingSuppressed },
    ...{ actions: [], results: [], variables: [], ...changes },
  };
}

function describeSample(
  operation: Operation,
  values: Parameters<typeof makeEvent>[1] = {},
  cache?: ProcessCache,
): JsonObject {
  const text = `rules:\n  - { id: r, expression: 'open.file.name == "x"' }`;
  const [rule] = compilePolicies([{ path: '/p.policy', text }]).rules;
  assert.ok(rule);
  const event = makeEvent(operation, values, cache);
  return describeAlert(makeMatch({ rule, event }), []);
}

/** A cache in which everything is known of process 100, its parent and the one before. */
function makeFullCache(): ProcessCache {
  const { cache } = makeCache();
  cache.applyExec(makeExec({ pid: 1, ppid: 0 }, '/sbin/init'));
  cache.applyFork(makeFork(makeFacts({ pid: 1 }), { pid: 50 }));
  const known = { pathFlags: pathFlags.INODE_KNOWN | pathFlags.TRUNCATED };
  const file = makeFile('/bin/bash', known);
  cache.applyExec(makeExec({ pid: 50 }, '/bin/bash', { file, argv: ['-bash'] }));
  cache.applyFork(makeFork(makeFacts({ pid: 50 }), { pid: 100 }));
  const script = makeFile('/srv/run', known);
  cache.applyExec(makeExec({ pid: 100 }, '/bin/sh', { script, file, argv: ['run', 'x'] }));
  return cache;
}

/** Leaves with their path; elements of `ancestors` share the path of the block. */
function listLeaves(value: Json, path: string): [path: string, leaf: Json][] {
  if (Array.isArray(value) && path.endsWith('ancestors')) {
    return value.flatMap((element) => listLeaves(element, path));
  }
  if (typeof value !== 'object' || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    listLeaves(inner, path === '' ? key : `${path}.${key}`),
  );
}

function get(document: Json, path: string): Json | undefined {
  return listLeaves(document, '').find(([name]) => name === path)?.[1];
}

const everything = {
  path_flags: pathFlags.INODE_KNOWN | pathFlags.TRUNCATED | pathFlags.DISCONNECTED,
};

describe('an alert', () => {
  for (const operation of operations) {
    it(`has fields of the schema at its leaves, for this event only: ${operation}`, () => {
      const file = makeKernelFile('\xff/etc', everything);
      const values: Readonly<Record<Operation, object>> = {
        open: { file },
        unlink: { file },
        rename: { file, destination: file },
        chmod: { file, mode_before_known: 1 },
        exec: { file },
        exit: {},
      };
      for (const document of [
        describeSample(operation),
        describeSample(operation, { ...values[operation] }, makeFullCache()),
      ]) {
        for (const [path, leaf] of listLeaves(document, '')) {
          const spec = fieldsByName.get(path);
          assert.ok(spec, `${path} is not a field`);
          assert.ok(spec.event === '*' || spec.event === operation, path);
          assert.ok(leaf !== '' && leaf !== null && leaf !== undefined, path);
        }
        // Nothing that JSON does not have.
        assert.deepEqual(JSON.parse(JSON.stringify(document)), document);
      }
    });
  }

  it('has all fields of the file when everything is known', () => {
    const document = describeSample('open', { file: makeKernelFile('\xff/etc', everything) });
    const expected = [...fieldsByName.values()]
      .filter(({ name, filled }) => filled && name.startsWith('open.file.') && !isDerived(name))
      .map(({ name }) => name);
    const found = listLeaves(document, '').map(([path]) => path);
    // No extension, and no name for an empty filesystem.
    const absent = expected.filter((name) => !found.includes(name));
    assert.deepEqual(absent, ['open.file.extension', 'open.file.filesystem']);
  });

  it('leaves out what is not known, instead of zero', () => {
    const document = describeSample('open', { file: makeKernelFile('x') });
    for (const path of [
      'open.file.inode',
      'open.file.uid',
      'open.file.user',
      'open.file.mode',
      'process.file.path',
      'process.argv',
      'process.parent.pid',
    ]) {
      assert.equal(get(document, path), undefined, path);
    }
    assert.equal((document.process as JsonObject).parent, undefined);
    assert.deepEqual((document.process as JsonObject).ancestors, []);
  });

  it('has zero where zero is what is known', () => {
    const facts = { path_flags: pathFlags.INODE_KNOWN };
    const document = describeSample('open', { file: makeKernelFile('x', facts) });
    assert.equal(get(document, 'open.file.uid'), 0);
    assert.equal(get(document, 'open.file.user'), 'root');
    assert.equal(get(document, 'open.file.inode'), '0');
    assert.equal(get(document, 'open.retval'), 0);
    assert.equal(get(document, 'process.uid'), 0);
  });

  it('has the bytes of a path that is not text, exactly', () => {
    const bytes = '/\xff\xfe\n caf\xc3\xa9';
    const document = describeSample('open', {
      file: { path_source: pathSources.indexOf('kernel'), path: bytes.slice(1) },
    });
    const raw = Buffer.from(String(get(document, 'open.file.path_raw')), 'base64');
    assert.equal(raw.toString('latin1'), bytes);
    assert.equal(get(document, 'open.file.path'), '/\ufffd\ufffd\n café');
    assert.equal(
      get(describeSample('open', { file: makeKernelFile('a') }), 'open.file.path_raw'),
      undefined,
    );
  });

  it('has all arguments, where rules see those after the first', () => {
    const document = describeSample('open', {}, makeFullCache());
    assert.deepEqual(get(document, 'process.argv'), ['run', 'x']);
    assert.deepEqual(get(document, 'process.parent.argv'), ['-bash']);
    assert.equal(get(document, 'process.args'), undefined);
  });

  it('has the parent and the ancestors, nearest first', () => {
    const { process } = describeSample('open', {}, makeFullCache()) as {
      process: { parent: JsonObject; ancestors: JsonObject[] };
    };
    assert.equal(process.parent.pid, 50);
    assert.deepEqual(
      process.ancestors.map((ancestor) => [ancestor.pid, get(ancestor, 'file.path')]),
      [
        [50, '/bin/bash'],
        [1, '/sbin/init'],
      ],
    );
  });

  it('has the beginning of long arguments of ancestors, and says that they were cut', () => {
    const { cache } = makeCache();
    const argv = ['sh', 'a'.repeat(1000), 'b'.repeat(1000), 'c'];
    cache.applyExec(makeExec({ pid: 50 }, '/bin/sh', { argv }));
    cache.applyFork(makeFork(makeFacts({ pid: 50 }), { pid: 100 }));
    cache.applyExec(makeExec({ pid: 100 }, '/bin/vi', { argv }));
    const document = describeSample('open', {}, cache);
    const cut = ['sh', 'a'.repeat(1000), 'b'.repeat(20)];
    assert.deepEqual(get(document, 'process.parent.argv'), cut);
    assert.equal(get(document, 'process.parent.args_truncated'), true);
    assert.deepEqual(get(document, 'process.ancestors.argv'), cut);
    // Those of the process itself are what the alert is about.
    assert.deepEqual(get(document, 'process.argv'), argv);
    assert.equal(get(document, 'process.args_truncated'), undefined);
  });

  it('has the credentials of the moment for the process itself', () => {
    const header = makeHeader(100, { euid: 33, tid: 105 });
    const document = describeSample('open', { header }, makeFullCache());
    assert.equal(get(document, 'process.euid'), 33);
    assert.equal(get(document, 'process.euser'), 'user33');
    assert.equal(get(document, 'process.tid'), 105);
    // Nothing executed in it: that is what `is_exec` says already.
    assert.equal(get(document, 'process.is_thread'), undefined);
  });

  it('of exec and exit has the process under their name too', () => {
    const exit = describeSample('exit', { status: 0x8b }, makeFullCache());
    assert.equal(get(exit, 'exit.file.path'), '/srv/run');
    assert.equal(get(exit, 'exit.code'), 11);
    assert.deepEqual(get(exit, 'exit.cause'), ['COREDUMPED']);
    const exec = describeSample('exec', {}, makeFullCache());
    assert.equal(get(exec, 'exec.file.path'), '/srv/run');
    assert.equal(get(exec, 'exec.interpreter.file.path'), '/bin/bash');
    assert.equal(get(exec, 'process.file.path'), '/srv/run');
  });

  it('does not change with what a later alert says of the same ancestors', () => {
    const cache = makeFullCache();
    const first = describeSample('open', {}, cache);
    const text = JSON.stringify(first);
    describeSample('exit', { header: makeHeader(100, { euid: 9 }) }, cache);
    assert.equal(JSON.stringify(first), text);
  });
});

describe('the rule in an alert', () => {
  const text = `rules:
  - id: plain
    expression: open.file.name == "x"
  - id: full
    expression: open.file.name == "x"
    description: What it is.
    version: 1.2.3
    tags: { technique: T1, tactic: TA2 }`;
  const { rules } = compilePolicies([{ path: '/etc/p.policy', text }]);
  const describeRule = (index: number, suppressed: number): Json | undefined => {
    const rule = rules[index];
    assert.ok(rule);
    return describeAlert(
      makeMatch({
        rule,
        event: makeEvent('open', {}),
        suppressed: { ...nothingSuppressed, count: suppressed },
      }),
      [],
    ).rule;
  };

  it('says what the policy says of it', () => {
    const { tags, ...rest } = describeRule(1, 4) as { tags: string[] };
    assert.deepEqual(rest, {
      id: 'full',
      description: 'What it is.',
      version: '1.2.3',
      policy: rules[1]?.policy,
      suppressed: 4,
    });
    assert.deepEqual(tags.toSorted(), ['tactic:TA2', 'technique:T1']);
  });

  it('says what was held back, and which paths it was about', () => {
    const [rule] = rules;
    assert.ok(rule);
    const suppressed = { count: 40, paths: ['/a', '/\xff'], pathsOmitted: 7 };
    const match = makeMatch({ rule, event: makeEvent('open', {}), suppressed });
    const { policy, ...told } = describeAlert(match, []).rule as JsonObject;
    assert.deepEqual(told, {
      id: 'plain',
      suppressed: 40,
      suppressed_paths: ['/a', '/\ufffd'],
      suppressed_paths_omitted: 7,
    });
    for (const [path] of listLeaves({ rule: told }, '')) assert.ok(fieldsByName.has(path), path);
  });

  it('says what its actions did', () => {
    const [rule] = rules;
    assert.ok(rule);
    const document = describeAlert(makeMatch({ rule, event: makeEvent('open', {}) }), [
      { type: 'kill', signal: 'SIGKILL', scope: 'container', status: 'sent', processes: 3 },
      { type: 'log', level: 'info', message: 'caf\xc3\xa9', status: 'written' },
    ]);
    const { actions } = document.rule as { actions: JsonObject[] };
    assert.deepEqual(actions, [
      { type: 'kill', signal: 'SIGKILL', scope: 'container', status: 'sent', processes: 3 },
      { type: 'log', level: 'info', message: 'café', status: 'written' },
    ]);
    for (const action of actions) {
      for (const key of Object.keys(action))
        assert.ok(fieldsByName.has(`rule.actions.${key}`), key);
    }
  });

  it('has the variables that it was given', () => {
    const [rule] = rules;
    assert.ok(rule);
    const variable: VariableSpec = {
      ...{ name: 'process.seen', scope: 'process', type: 'bool', list: false, key: 'k' },
      ...{ defaultValue: false, inherited: false, isPrivate: false },
    };
    const event = makeEvent('open', {}, makeFullCache());
    const document = describeAlert(
      makeMatch({ rule, event, variables: [{ variable, value: true }] }),
      [],
    );
    assert.deepEqual((document.process as JsonObject).variables, { seen: true });
    assert.equal(get(document, 'process.pid'), 100);
    // What is shared between alerts stays as it was.
    const other = describeAlert(makeMatch({ rule, event }), []);
    assert.equal((other.process as JsonObject).variables, undefined);
  });

  it('leaves out what the policy does not say', () => {
    assert.deepEqual(describeRule(0, 0), { id: 'plain', policy: rules[0]?.policy });
  });
});

it('a loss is a document of the same schema', () => {
  const document = describeLoss({
    eventId: 'run-loss-1',
    operation: 'open',
    reason: 'ring_full',
    count: 5,
    sinceNs: 0n,
    untilNs: 1_000_000_000n,
    hostname: 'host',
  });
  assert.deepEqual(document, {
    event: {
      id: 'run-loss-1',
      type: 'loss',
      timestamp: '1970-01-01T00:00:01.000000000Z',
      hostname: 'host',
    },
    loss: {
      operation: 'open',
      reason: 'ring_full',
      count: 5,
      since: '1970-01-01T00:00:00.000000000Z',
    },
  });
  for (const [path] of listLeaves(document, '')) assert.ok(fieldsByName.has(path), path);
});
