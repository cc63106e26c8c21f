// SPDX-License-Identifier: Apache-2.0
// Actions and variables as they are compiled, from policies as they are written.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CompiledAction } from '../actions.ts';
import { compilePolicies } from '../compile.ts';
import { findSignal } from './signals.ts';

function compile(actions: readonly string[], expression = 'open.flags == 0') {
  const list = actions.map((action) => `      - ${action}\n`).join('');
  const text = `rules:\n  - id: r\n    expression: '${expression}'\n    actions:\n${list}`;
  const compiled = compilePolicies([{ path: 'p', text }]);
  assert.deepEqual(
    compiled.diagnostics.map(({ message }) => message),
    [],
  );
  const [rule] = compiled.rules;
  assert.ok(rule);
  return { actions: rule.actions, variables: compiled.variables };
}

function compileOne<Kind extends CompiledAction['kind']>(kind: Kind, action: string) {
  const { actions, variables } = compile([action]);
  const [first] = actions;
  assert.ok(first?.kind === kind);
  return { action: first as Extract<CompiledAction, { kind: Kind }>, variable: variables[0] };
}

describe('set', () => {
  const set = (rest: string) => compileOne('set', `set: { name: x, ${rest} }`);

  it('infers the type from a value, a default value or a field', () => {
    const rows: readonly (readonly [string, string, boolean, unknown])[] = [
      ['value: true', 'bool', false, false],
      ['value: 3', 'int', false, 0n],
      ['value: "3"', 'string', false, ''],
      ['value: [a, b]', 'string', true, []],
      ['value: [1, 2]', 'int', true, []],
      ['value: 3, append: true', 'int', true, []],
      ['value: [], default_value: [1]', 'int', true, [1n]],
      ['field: open.file.path', 'string', false, ''],
      ['field: open.file.path.length', 'int', false, 0n],
      ['field: process.uid, append: true', 'int', true, []],
      ['field: process.argv', 'string', true, []],
      ['field: "process.argv[0]"', 'string', false, ''],
      ['field: process.ancestors.uid', 'int', true, []],
      ['expression: "${x} + 1", default_value: 7', 'int', false, 7n],
      ['expression: process.uid == 0, default_value: true', 'bool', false, true],
      ['expression: "\\"a${process.pid}\\"", default_value: ""', 'string', false, ''],
      ['expression: open.file.name, default_value: "", append: true', 'string', true, []],
      ['value: a, default_value: [é], append: true', 'string', true, ['\u00c3\u00a9']],
    ];
    for (const [rest, type, list, defaultValue] of rows) {
      const { variable } = set(rest);
      assert.deepEqual(
        [variable?.type, variable?.list, variable?.defaultValue],
        [type, list, defaultValue],
        rest,
      );
    }
  });

  it('takes values as they are written', () => {
    const value = (rest: string) => set(rest).action.value;
    assert.deepEqual(value('value: é'), {
      type: 'string',
      node: { kind: 'string', value: '\u00c3\u00a9' },
    });
    assert.deepEqual(value('value: [1, 0x10, 010]'), { type: 'values', values: [1n, 16n, 8n] });
    assert.deepEqual(value('value: false'), { type: 'bool', node: { kind: 'bool', value: false } });
    const large = value('value: 9007199254740993');
    assert.ok(large.type === 'int' && large.node.kind === 'integer');
    assert.equal(large.node.value, 9_007_199_254_740_993n);
  });

  it('has the options of the format', () => {
    const { action, variable } = set(
      'value: a, append: true, size: 10, ttl: 1m30s, private: true, scope: process, ' +
        'inherited: true, scope_field: process.parent',
    );
    const { value: _, variable: __, ...rest } = action;
    assert.deepEqual(rest, {
      ...{ kind: 'set', append: true, size: 10, ttlNs: 90_000_000_000n, filter: null },
      scopeField: 'process.parent',
    });
    assert.deepEqual(variable, {
      ...{ name: 'process.x', scope: 'process', type: 'string', list: true, defaultValue: [] },
      ...{ inherited: true, isPrivate: true, key: 'process.x string[]' },
    });
    assert.equal(set('value: a, ttl: 1000000').action.ttlNs, 1_000_000n);
    assert.equal(set('value: a, scope: cgroup').variable?.name, 'cgroup.x');
  });

  it('shares one variable among the actions of a name', () => {
    const { actions, variables } = compile([
      'set: { name: x, value: 1 }',
      'set: { name: x, value: 2, default_value: 5, private: true }',
      'set: { name: x, scope: process, value: a }',
      'set: { name: y, value: [] }',
      'set: { name: y, field: process.uid, append: true }',
    ]);
    assert.deepEqual(
      variables.map(({ name, type, defaultValue, isPrivate, key }) => {
        return [name, type, defaultValue, isPrivate, key];
      }),
      [
        ['x', 'int', 5n, true, 'x int'],
        ['process.x', 'string', '', false, 'process.x string'],
        ['y', 'int', [], false, 'y int[]'],
      ],
    );
    for (const action of actions) {
      assert.ok(action.kind === 'set' && variables.includes(action.variable));
    }
  });

  it('declares variables for rules that are loaded before it', () => {
    const text = [
      'rules:',
      '  - { id: reads, expression: "open.flags == 0 && ${x} == 1" }',
      '  - { id: sets, expression: open.flags == 1, actions: [{ set: { name: x, value: 1 } }] }',
      '  - id: elsewhere',
      '    expression: dns.question.name == "a"',
      '    actions: [{ set: { name: y, field: dns.question.name } }]',
      '  - { id: reads_that, expression: "open.flags == 0 && ${y} == \\"a\\"" }',
    ].join('\n');
    const { rules, diagnostics } = compilePolicies([{ path: 'p', text }]);
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity !== 'info'),
      [],
    );
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['reads', 'sets', 'reads_that'],
    );
  });
});

describe('kill', () => {
  it('has a signal by name or number, a scope and its switches', () => {
    const { action } = compileOne('kill', 'kill: { signal: SIGTERM }');
    assert.deepEqual(action, {
      ...{ kind: 'kill', signal: 15, signalName: 'SIGTERM', scope: 'process', filter: null },
      ...{ disableContainerDisarmer: false, disableExecutableDisarmer: false },
    });
    const whole = compileOne(
      'kill',
      'kill: { signal: 9, scope: container, disable_container_disarmer: true }',
    ).action;
    assert.deepEqual(
      [whole.signalName, whole.scope, whole.disableContainerDisarmer],
      ['SIGKILL', 'container', true],
    );
  });

  it('knows the signals by their numbers', () => {
    const rows = { SIGHUP: 1, SIGUSR1: 10, SIGUSR2: 12, SIGCHLD: 17, SIGSTOP: 19, SIGSYS: 31 };
    for (const [name, number] of Object.entries(rows)) {
      assert.deepEqual(findSignal(name), { signal: number, signalName: name });
      assert.deepEqual(findSignal(String(number)), { signal: number, signalName: name });
    }
    assert.deepEqual(findSignal('SIGPOLL'), { signal: 29, signalName: 'SIGIO' });
    for (const text of ['0', '32', '-9', 'sigkill', 'KILL', '']) {
      assert.equal(findSignal(text), null, text);
    }
  });
});

describe('log', () => {
  it('has a level, and a message with values in it', () => {
    const { action } = compileOne('log', 'log: { level: warn, message: "pid ${process.pid}!" }');
    assert.equal(action.level, 'warning');
    assert.equal(action.message.kind, 'string-template');
  });

  it('says which rule matched where nothing else is said', () => {
    const { action } = compileOne('log', 'log: { level: critical }');
    assert.deepEqual(
      [action.level, action.message],
      ['error', { kind: 'string', value: 'rule r matched' }],
    );
  });
});

describe('hash', () => {
  it('is about the file of the event, or the one that is named', () => {
    assert.deepEqual(compileOne('hash', 'hash: {}').action, {
      ...{ kind: 'hash', field: 'open.file', maxFileSize: null, filter: null },
    });
    const named = compileOne('hash', 'hash: { field: process.file, max_file_size: 1000 }').action;
    assert.deepEqual([named.field, named.maxFileSize], ['process.file', 1000]);
    const { actions } = compile(
      ['hash: { field: rename.file.destination }'],
      'rename.file.name == "x"',
    );
    assert.ok(actions[0]?.kind === 'hash' && actions[0].field === 'rename.file.destination');
  });
});

describe('filter', () => {
  it('is a condition of the action alone', () => {
    const { actions } = compile([
      'filter: process.uid == 0\n        kill: { signal: SIGKILL }',
      'hash: {}',
    ]);
    assert.deepEqual(
      actions.map(({ filter }) => filter?.kind ?? null),
      ['order', null],
    );
  });
});

describe('actions that are not executed here', () => {
  it('are left out, and the rule is loaded', () => {
    const text =
      'rules: [{ id: r, expression: open.flags == 0, actions: [{ coredump: {} }, { hash: {} }] }]';
    const { rules, diagnostics } = compilePolicies([{ path: 'p', text }]);
    assert.deepEqual(
      diagnostics.map(({ code, severity }) => [code, severity]),
      [['FR4108', 'warning']],
    );
    assert.deepEqual(
      rules[0]?.actions.map(({ kind }) => kind),
      ['hash'],
    );
  });
});
