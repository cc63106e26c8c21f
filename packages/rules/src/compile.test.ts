// SPDX-License-Identifier: Apache-2.0
// Whole policies: what is carried over, in which order, and that no text makes it throw.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filterTablesPerValueMax, filterValueBitsMax, laneCountMax } from '@fimbul/schema';
import fc from 'fast-check';
import { emitRuleSet } from './4-emit/emit-rule-set.ts';
import { compilePolicies } from './compile.ts';
import { renderDiagnostic } from './render.ts';
import { makeAccessors } from './testing/plain-events.ts';

/** Any character; fast-check's own unit `binary` takes half a second to set up. */
const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

const policy = `
version: 1.2.3
macros:
  - id: WRITES
    expression: O_CREAT | O_WRONLY
rules:
  - id: first
    version: 2
    description: What it is about.
    expression: open.file.path == "/etc/passwd" && open.flags & WRITES > 0
    tags: { tactic: TA0006, level: 3 }
    product_tags: [a, "b:c"]
    every: 1m30s
    silent: true
    group_id: g
  - id: second
    expression: exec.file.path == "/bin/sh"
    every: 0
`;

describe('compilePolicies', () => {
  it('says which file cannot be read, and loads the others', () => {
    const unreadable = { reason: 'it is a directory', advice: 'remove it' };
    const { rules, diagnostics } = compilePolicies([
      { path: 'bad.policy', text: '', unreadable },
      { path: 'a.policy', text: policy },
    ]);
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['first', 'second'],
    );
    assert.equal(diagnostics.length, 1);
    const [diagnostic] = diagnostics;
    assert.ok(diagnostic);
    assert.equal(diagnostic.code, 'FR4033');
    assert.equal(
      renderDiagnostic(diagnostic, '', { color: false }),
      'bad.policy:1:1: error FR4033: cannot be read: it is a directory\n   = help: remove it',
    );
  });

  it('carries over what a rule says about itself', () => {
    const { rules, diagnostics } = compilePolicies([{ path: 'a.policy', text: policy }]);
    assert.deepEqual(diagnostics, []);
    const [first, second] = rules;
    assert.ok(first && second);
    const { condition, guard, explanation, ...facts } = first;
    assert.deepEqual(facts, {
      id: 'first',
      index: 0,
      eventType: 'open',
      group: 0,
      limiterToken: [],
      priority: 0,
      actions: [],
      description: 'What it is about.',
      version: '2',
      tags: { tactic: 'TA0006', level: '3' },
      productTags: ['a', 'b:c'],
      everyNs: 90_000_000_000n,
      silent: true,
      groupId: 'g',
      policy: 'a.policy',
      expression: 'open.file.path == "/etc/passwd" && open.flags & WRITES > 0',
      lanes: 1n,
    });
    assert.equal(condition.kind, 'and');
    assert.equal(guard?.kind, 'or');
    assert.deepEqual(explanation.lanes, [
      {
        lane: 0,
        shared: 0,
        unselective: false,
        selectedBy: ['source name', 'source path', 'flags'],
      },
    ]);
    assert.deepEqual([second.index, second.eventType, second.everyNs], [1, 'exec', null]);
    assert.deepEqual([second.lanes, second.guard], [0n, null]);
  });

  it('loads sources in the order given, macros across them', () => {
    const sources = [
      {
        path: 'b',
        text: 'rules: [{ id: z, expression: M }, { id: y, expression: exec.pid == 1 }]',
      },
      { path: 'a', text: 'macros: [{ id: M, expression: open.flags == 0 }]\nrules: []' },
      { path: 'c', text: 'rules: [{ id: y, disabled: true }, { id: x, expression: M }]' },
    ];
    const { rules, diagnostics, disabledCount } = compilePolicies(sources);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      rules.map(({ id, index, policy: path }) => [id, index, path]),
      [
        ['z', 0, 'b'],
        ['x', 1, 'c'],
      ],
    );
    assert.equal(disabledCount, 1);
  });

  it('counts rules that were left out', () => {
    const text = [
      'rules:',
      '  - { id: a, expression: open.flags == }',
      '  - { id: b, expression: open.flags }',
      '  - { id: b, expression: open.flags == 0 }',
      '  - { id: c }',
      '  - { id: d, expression: mkdir.retval == 0 }',
      '  - { id: e, expression: open.flags == 0 }',
    ].join('\n');
    const compiled = compilePolicies([{ path: 'p', text }]);
    assert.deepEqual(
      compiled.rules.map(({ id }) => id),
      ['e'],
    );
    assert.deepEqual([compiled.skippedCount, compiled.notApplicableCount], [4, 1]);
  });

  it('plans a filter for every operation on files, empty without rules', () => {
    const { filter } = compilePolicies([]);
    assert.deepEqual(
      filter.operations.map(({ operation, lanes }) => [operation, lanes]),
      [
        ['open', 0n],
        ['unlink', 0n],
        ['rename', 0n],
        ['chmod', 0n],
      ],
    );
  });

  it('stays within the limits of the kernel tables', () => {
    const flags = ['O_WRONLY', 'O_RDWR', 'O_CREAT', 'O_EXCL', 'O_NOCTTY', 'O_TRUNC', 'O_APPEND'];
    const more = ['O_NONBLOCK', 'O_DSYNC', 'O_DIRECT', 'O_NOFOLLOW', 'O_PATH', 'O_TMPFILE'];
    const rules = [...flags, ...more].flatMap((flag, at) =>
      Array.from({ length: 20 }, (_, index) => ({
        id: `r${at}_${index}`,
        expression: `open.file.name == "n${index}" && open.flags & ${flag} > 0`,
      })),
    );
    const compiled = compilePolicies([{ path: 'p', text: JSON.stringify({ rules }) }]);
    const [open] = compiled.filter.operations;
    assert.ok(open);
    assert.equal(compiled.rules.length, 260);
    assert.ok(open.values.length > 1 && open.values.length <= filterTablesPerValueMax);
    for (const { classes, masks } of open.values) {
      assert.ok(classes.kind === 'bits' && classes.bits.length <= filterValueBitsMax);
      assert.equal(masks.length, 2 ** classes.bits.length);
    }
    assert.ok(open.lanes < 1n << BigInt(laneCountMax));
    assert.ok(compiled.rules.every(({ lanes }) => lanes !== 0n && (lanes & ~open.lanes) === 0n));
    assert.equal(open.source.otherNames, 0n);
  });

  it('gives a rule with too many conjunctions a lane all the same', () => {
    const parts = Array.from({ length: 40 }, (_, index) => {
      const other = `rename.file.destination.name == "d${index}"`;
      return `(rename.file.name == "s${index}" && ${other})`;
    });
    const rules = [{ id: 'r', expression: parts.join(' || ') }];
    const compiled = compilePolicies([{ path: 'p', text: JSON.stringify({ rules }) }]);
    const rename = compiled.filter.operations[2];
    assert.equal(rename?.lanes, 1n);
    assert.equal(rename?.source.names.get('s39'), 1n);
    assert.equal(rename?.source.otherNames, 0n);
  });
});

const words = [
  ...['open.file.path', 'open.flags', 'process.argv', 'mkdir.retval', 'O_CREAT', 'M', 'x.length'],
  ...['&&', '||', '!', 'not', 'in', '==', '=~', '!=', '<', '&', '|', '^', '+', '-', '(', ')', '['],
  ...[
    ']',
    ',',
    '"a*"',
    '~"/**"',
    'r"("',
    'r"a"',
    '5s',
    '1',
    '-1',
    '\u0024{v}',
    '%{f}',
    '10.0.0.0/8',
  ],
  ...['::1', 'true', 'a[B].c', '"', '~', '#', '\n', '0x1', 'allin', "'"],
];

const arbitrarySoup = fc
  .array(fc.constantFrom(...words), { maxLength: 15 })
  .map((list) => list.join(' '));

const yamlWords = [
  ...[
    'rules:',
    'macros:',
    '- id: a',
    'expression: open.flags == 0',
    '  ',
    '\n',
    '{',
    '}',
    '[',
    ']',
  ],
  ...['&x', '*x', '|', '>', '"', "'", '#', '? ', ': ', '- ', '!!int', '<<: *x', '---', '%YAML 1.2'],
];

function compileText(text: string): void {
  const compiled = compilePolicies([{ path: 'p', text }]);
  for (const diagnostic of compiled.diagnostics) {
    const lines = text.split('\n');
    const line = lines[diagnostic.line - 1];
    assert.ok(line !== undefined, 'the line exists');
    assert.ok(diagnostic.column >= 1 && diagnostic.column <= line.length + 1);
    renderDiagnostic(diagnostic, text, { color: true });
  }
  emitRuleSet(compiled, makeAccessors());
}

describe('text that is wrong', () => {
  it('gives diagnostics with places in the file, never an exception: expressions', () => {
    fc.assert(
      fc.property(fc.oneof(arbitrarySoup, fc.string({ unit: anyCharacter })), (expression) => {
        const macros = [{ id: 'M', expression: 'open.flags & O_CREAT > 0' }];
        compileText(JSON.stringify({ macros, rules: [{ id: 'r', expression }] }, null, 1));
      }),
      { numRuns: 500 },
    );
  });

  it('gives diagnostics with places in the file, never an exception: documents', () => {
    const soup = fc.array(fc.constantFrom(...yamlWords)).map((list) => list.join(' '));
    fc.assert(fc.property(fc.oneof(soup, fc.string({ unit: anyCharacter })), compileText), {
      numRuns: 500,
    });
  });

  it('never exhausts the stack', () => {
    const deep = 20_000;
    const expressions = [
      `${'('.repeat(deep)}open.flags == 0${')'.repeat(deep)}`,
      `${'!'.repeat(deep)}true`,
      `${'- '.repeat(deep)}1 == 1`,
      `open.flags == ${'1 + '.repeat(deep)}1`,
      `open.flags == ${'1 & '.repeat(deep)}1`,
      `${'open.flags == 0 && true || '.repeat(deep)}true`,
      `${'1 == '.repeat(deep)}1`,
    ];
    for (const expression of expressions) {
      const text = JSON.stringify({ rules: [{ id: 'r', expression }] });
      const { diagnostics } = compilePolicies([{ path: 'p', text }]);
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        ['FR1005'],
      );
    }
    const chain = Array.from({ length: 1000 }, (_, index) => {
      const inner = index === 0 ? 'open.flags == 0' : `m${index - 1}`;
      return { id: `m${index}`, expression: `!(true && !(${inner} || false))` };
    });
    const text = JSON.stringify({ macros: chain, rules: [{ id: 'r', expression: 'm999' }] });
    const { diagnostics } = compilePolicies([{ path: 'p', text }]);
    assert.ok(diagnostics.some(({ code }) => code === 'FR1005'));
    compileText('['.repeat(100_000));
  });

  it('looks for near names a bounded number of times, and once for each name', () => {
    const compileNames = (names: readonly string[]) =>
      compilePolicies([
        {
          path: 'names.policy',
          text: JSON.stringify({
            rules: names.map((name, index) => ({
              id: `r${index}`,
              expression: `open.file.path == "/a" && ${name} == 1`,
            })),
          }),
        },
      ]).diagnostics.map(({ advice }) => advice);
    const same = compileNames(Array.from({ length: 300 }, () => 'open.flagz'));
    assert.deepEqual(new Set(same), new Set(['did you mean open.flags?']));
    const different = compileNames(Array.from({ length: 300 }, (_, at) => `open.flags${at}`));
    const suggested = different.filter((advice) => advice === 'did you mean open.flags?').length;
    assert.equal(suggested, 200);
  });

  it('compiles long flat expressions', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `open.file.name != "n${index}"`);
    const rules = [
      { id: 'a', expression: names.join(' && ') },
      { id: 'b', expression: names.join(' || ') },
    ];
    const compiled = compilePolicies([{ path: 'p', text: JSON.stringify({ rules }) }]);
    assert.equal(compiled.rules.length, 2);
    assert.equal(compiled.filter.operations[0]?.source.names.size, 3000);
    emitRuleSet(compiled, makeAccessors());
  });
});
