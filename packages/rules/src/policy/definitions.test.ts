// SPDX-License-Identifier: Apache-2.0
// What becomes of definitions that meet: on which hosts they exist, which policy replaces which,
// what later entries change of earlier ones, and in which order rules are evaluated.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CompileOptions, compilePolicies } from '../compile.ts';

const debian = { 'os.id': 'debian', 'os.is_debian': true, 'kernel.version.major': 6n };

/** Compiles policies given by file name. */
function compile(texts: Readonly<Record<string, string>>, options: CompileOptions = {}) {
  const sources = Object.entries(texts).map(([path, text]) => ({ path, text }));
  return compilePolicies(sources, options);
}

function compileRules(rules: readonly string[], options: CompileOptions = {}) {
  return compile(
    { 'x.policy': `rules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}` },
    options,
  );
}

type Compiled = ReturnType<typeof compile>;

const listIds = ({ rules }: Compiled) => rules.map(({ id }) => id);
const listCodes = ({ diagnostics }: Compiled) => diagnostics.map(({ code }) => code);

describe('filters', () => {
  const accepts = (filters: string, host: CompileOptions['host'] = debian) => {
    const rule = `{ id: a, expression: open.flags == 0, filters: ${filters} }`;
    const compiled = compileRules([rule], { host: host ?? null });
    assert.deepEqual(listCodes(compiled), []);
    assert.equal(compiled.rules.length + compiled.filteredCount, 1);
    return compiled.rules.length === 1;
  };

  it('accept where any one is true', () => {
    assert.equal(accepts('[os.is_debian]'), true);
    assert.equal(accepts('[os.is_rhel]'), false);
    assert.equal(accepts('[os.is_rhel, os.id == "debian"]'), true);
    assert.equal(accepts('[os.is_rhel, kernel.version.major < 5]'), false);
    assert.equal(accepts('[]'), true);
  });

  it('read what is not known of a host as zero, empty and false', () => {
    assert.equal(accepts(`['hostname == "" && kernel.version.minor == 0 && !os.is_cos']`), true);
    assert.equal(accepts(`['"HOME=/root" in envs']`), false);
    assert.equal(accepts(`['"HOME=/root" in envs']`, { envs: ['A=1', 'HOME=/root'] }), true);
  });

  it('without a host accept everywhere', () => {
    assert.equal(accepts('[os.is_rhel]', null), true);
  });

  it('choose between definitions that share an id, of rules and macros', () => {
    const text = `
macros:
  - { id: NAMES, values: [dpkg], filters: [os.is_debian] }
  - { id: NAMES, values: [rpm], filters: [os.is_rhel] }
rules:
  - { id: a, expression: open.file.name in NAMES && open.flags == 1, filters: [os.is_rhel] }
  - { id: a, expression: open.file.name in NAMES && open.flags == 2, filters: [os.is_debian] }
`;
    const compiled = compile({ p: text }, { host: debian });
    assert.deepEqual(listCodes(compiled), []);
    assert.deepEqual(
      compiled.rules.map(({ expression }) => expression),
      ['open.file.name in NAMES && open.flags == 2'],
    );
    assert.deepEqual([...(compiled.filter.operations[0]?.source.names.keys() ?? [])], ['dpkg']);
    assert.equal(compiled.filteredCount, 1);
  });

  it('check without a host what they would choose between, and load the first', () => {
    const compiled = compileRules([
      '{ id: a, expression: open.flags == 1, filters: [os.is_rhel] }',
      '{ id: a, expression: open.flagz == 2, filters: [os.is_debian] }',
    ]);
    assert.deepEqual(listCodes(compiled), ['FR1101']);
    assert.deepEqual(
      [compiled.rules[0]?.expression, compiled.filteredCount],
      ['open.flags == 1', 1],
    );
  });

  it('of one kind do not let an id stand twice', () => {
    const rule = '{ id: a, expression: open.flags == 1, filters: [os.is_debian] }';
    for (const host of [null, debian]) {
      assert.deepEqual(listCodes(compileRules([rule, rule], { host })), ['FR4006']);
    }
    const off = '{ id: a, expression: open.flags == 1, filters: [os.is_rhel], disabled: true }';
    assert.deepEqual(listIds(compileRules([rule, off])), ['a']);
  });

  it('leave out what is not for this version, even without a host', () => {
    const compiled = compileRules([
      `{ id: a, expression: 'open.new_field == 1', agent_version: '>= 8' }`,
      `{ id: a, expression: open.flags == 1, agent_version: '< 8' }`,
    ]);
    assert.deepEqual([listIds(compiled), listCodes(compiled)], [['a'], []]);
    assert.equal(compiled.filteredCount, 1);
  });

  it('let entries about a rule for other hosts pass in silence', () => {
    const compiled = compileRules(
      [
        '{ id: a, expression: open.flags == 1, filters: [os.is_rhel] }',
        '{ id: a, disabled: true }',
        '{ id: a, combine: override, every: 5s, override_options: { fields: [every] } }',
      ],
      { host: debian },
    );
    assert.deepEqual([listIds(compiled), listCodes(compiled)], [[], []]);
  });
});

describe('replace_policy_id', () => {
  const base = 'rules: [{ id: a, expression: open.flags == 1 }, { id: b, expression: wrong }]';
  const other = 'replace_policy_id: base\nrules: [{ id: a, expression: open.flags == 2 }]';

  it('leaves an earlier policy out as a whole', () => {
    const compiled = compile({ '/etc/base.policy': base, '/etc/other.policy': other });
    assert.deepEqual(listCodes(compiled), []);
    assert.deepEqual(
      compiled.rules.map(({ expression }) => expression),
      ['open.flags == 2'],
    );
    assert.equal(compiled.skippedCount, 0);
  });

  it('does nothing to a later one', () => {
    const compiled = compile({ '/etc/other.policy': other, '/etc/base.policy': base });
    assert.deepEqual(listCodes(compiled), ['FR4104', 'FR4006', 'FR1101']);
  });
});

describe('disabled', () => {
  const rule = (disabled: boolean, flags = 1) =>
    `{ id: a, expression: open.flags == ${flags}, disabled: ${disabled} }`;

  it('switches an earlier rule and keeps its expression', () => {
    const compiled = compileRules([rule(true, 1), rule(false, 2)]);
    assert.deepEqual(listCodes(compiled), ['FR4105']);
    assert.equal(compiled.rules[0]?.expression, 'open.flags == 1');
  });

  it('counts rules that are off, and says nothing of an entry that changes nothing', () => {
    const compiled = compileRules([rule(true), '{ id: a, disabled: true }']);
    assert.deepEqual(listCodes(compiled), []);
    assert.deepEqual([compiled.rules.length, compiled.disabledCount], [0, 1]);
  });

  it('of two whole definitions in the same state is a double', () => {
    assert.deepEqual(listCodes(compileRules([rule(true), rule(true)])), ['FR4006']);
  });
});

describe('combine: override', () => {
  const base =
    '{ id: a, expression: open.flags == 1, every: 5s, silent: true, tags: { x: "1" }, ' +
    'product_tags: [p], actions: [{ log: { message: first } }] }';
  const override = (text: string, fields?: string) => {
    const options = fields === undefined ? '' : `, override_options: { fields: [${fields}] }`;
    const compiled = compileRules([base, `{ id: a, combine: override${options}, ${text} }`]);
    assert.deepEqual(listCodes(compiled), []);
    const [rule] = compiled.rules;
    assert.ok(rule);
    const { expression, everyNs, silent, tags, productTags, actions } = rule;
    return { expression, everyNs, silent, tags, productTags, actions: actions.length };
  };
  const before = {
    expression: 'open.flags == 1',
    everyNs: 5_000_000_000n,
    silent: true,
    tags: { x: '1' },
    productTags: ['p'],
    actions: 1,
  };

  it('replaces the expression alone unless it is said', () => {
    const expression = 'open.flags == 2';
    assert.deepEqual(override(`expression: ${expression}`), { ...before, expression });
    assert.deepEqual(override(`expression: ${expression}`, ''), { ...before, expression });
  });

  it('replaces the parts that are named, also by nothing', () => {
    const changes: readonly (readonly [string, string, object])[] = [
      ['every: 1s', 'every', { everyNs: 1_000_000_000n }],
      ['description: no every', 'every', { everyNs: null }],
      ['tags: { y: 2 }', 'tags', { tags: { y: '2' } }],
      ['product_tags: [q]', 'product_tags', { productTags: ['q'] }],
      ['actions: []', 'actions', { actions: 0 }],
      ['tags: {}, every: 0', 'tags, every', { tags: {}, everyNs: null }],
    ];
    for (const [text, fields, change] of changes) {
      assert.deepEqual(override(text, fields), { ...before, ...change }, fields);
    }
  });

  it('replaces all of a rule', () => {
    assert.deepEqual(override('expression: open.flags == 2', 'all'), {
      ...{ expression: 'open.flags == 2', everyNs: null, silent: false, tags: {} },
      ...{ productTags: [], actions: 0 },
    });
  });

  it('keeps the policy that defines the rule, and its place in the order', () => {
    const compiled = compile({
      'default.policy': `rules: [${base}]`,
      'a.policy':
        'rules: [{ id: b, expression: open.flags == 3 }, ' +
        '{ id: a, combine: override, expression: open.flags == 2 }]',
    });
    assert.deepEqual(
      compiled.rules.map(({ id, policy }) => [id, policy]),
      [
        ['a', 'default.policy'],
        ['b', 'a.policy'],
      ],
    );
  });

  it('switches: a rule that is off goes on, and one can be switched off by it', () => {
    const off = '{ id: a, expression: open.flags == 1, disabled: true }';
    const on = '{ id: a, combine: override, expression: open.flags == 2 }';
    assert.equal(compileRules([off, on]).rules[0]?.expression, 'open.flags == 2');
    const compiled = compileRules([base, '{ id: a, combine: override, disabled: true }']);
    assert.deepEqual([compiled.rules.length, listCodes(compiled)], [0, []]);
  });
});

describe('macros that combine', () => {
  const compileMacros = (...macros: readonly string[]) => {
    const rule = '{ id: r, expression: open.file.name in M }';
    const text = macros.map((macro) => `  - { id: M, ${macro} }\n`).join('');
    const compiled = compile({ p: `macros:\n${text}rules: [${rule}]` });
    assert.deepEqual(listCodes(compiled), []);
    return [...(compiled.filter.operations[0]?.source.names.keys() ?? [])];
  };

  it('merge by adding values', () => {
    assert.deepEqual(compileMacros('values: [a]', 'values: [b, c], combine: merge'), [
      'a',
      'b',
      'c',
    ]);
    assert.deepEqual(compileMacros('values: [a], combine: merge'), ['a']);
  });

  it('override by replacing', () => {
    assert.deepEqual(compileMacros('values: [a]', 'values: [b], combine: override'), ['b']);
    const expression = `expression: '["c"]', combine: override`;
    assert.deepEqual(compileMacros('values: [a]', expression), ['c']);
  });

  it('are known to rules of earlier policies', () => {
    const compiled = compile({
      a: 'macros: [{ id: M, values: [a] }]\nrules: [{ id: r, expression: open.file.name in M }]',
      b: 'macros: [{ id: M, values: [b], combine: merge }]\nrules: []',
    });
    assert.deepEqual([...(compiled.filter.operations[0]?.source.names.keys() ?? [])], ['a', 'b']);
  });
});

describe('the order of evaluation', () => {
  it('is execution contexts, the default policy, priorities, and then the load order', () => {
    const rule = (id: string, rest = '') =>
      `  - { id: ${id}, expression: open.flags == 1${rest} }\n`;
    const context = ', tags: { execution_context: True }';
    const compiled = compile({
      '/a/default.policy': `rules:\n${rule('d1')}${rule('d2', ', priority: 1')}`,
      '/a/x.policy': `rules:\n${rule('x1')}${rule('x2', ', priority: 9')}${rule('x3', context)}`,
      '/a/not-default.policy':
        `rules:\n${rule('y1', ', priority: -1')}${rule('y2')}` +
        rule('y3', ', tags: { execution_context: "false" }'),
    });
    assert.deepEqual(listCodes(compiled), []);
    assert.deepEqual(listIds(compiled), ['x3', 'd2', 'd1', 'x2', 'x1', 'y2', 'y3', 'y1']);
    assert.deepEqual(
      compiled.rules.map(({ index }) => index),
      [...compiled.rules.keys()],
    );
  });
});

describe('fim.write.file', () => {
  const text =
    'rules:\n' +
    '  - { id: other, expression: open.flags == 0, priority: 5 }\n' +
    '  - id: change\n    expression: fim.write.file.name == "x"\n    every: 5s\n' +
    '    limiter_token: [fim.write.file.path]\n    actions: [{ hash: {} }]\n';

  it('stands for siblings with the author’s id, counted as one', () => {
    const compiled = compile({ p: text });
    assert.deepEqual(listCodes(compiled), []);
    const siblings = compiled.rules.filter(({ id }) => id === 'change');
    assert.ok(siblings.length > 3);
    assert.deepEqual(new Set(siblings.map(({ group }) => group)), new Set([1]));
    assert.equal(compiled.rules[0]?.group, 0);
    assert.equal(compiled.ruleCount, 2);
  });

  it('has the file of each event type in what belongs to the rule', () => {
    for (const { id, eventType, limiterToken, actions } of compile({ p: text }).rules) {
      if (id !== 'change') continue;
      const [token] = limiterToken;
      assert.equal(token?.event, eventType);
      const [action] = actions;
      assert.ok(action?.kind === 'hash');
      assert.equal(`${action.field}.path`, token?.name);
    }
  });

  it('is not applicable where none of its events is produced', () => {
    const compiled = compile({ p: text }, { events: new Set(['exec'] as const) });
    assert.deepEqual([compiled.ruleCount, compiled.notApplicableCount], [0, 2]);
  });
});
