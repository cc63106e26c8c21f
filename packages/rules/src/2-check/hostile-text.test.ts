// SPDX-License-Identifier: Apache-2.0
// Nothing that stands in a policy makes the parser or the checker throw, or takes them more than a
// moment: soup of tokens, rules with pieces missing, and texts of a megabyte.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseExpression, parseMacro } from '../1-parse/parser.ts';
import { formatTree } from '../1-parse/tree.ts';
import type { Diagnostic } from '../diagnostics.ts';
import { createPlainExpression, type ExpressionText } from '../source-text.ts';
import { parseCases } from '../testing/case-file.ts';
import { allEvents, makeContext, testModel } from '../testing/check-context.ts';
import {
  checkCondition,
  checkField,
  checkHostFilter,
  checkTemplate,
  checkValue,
} from './check-action.ts';
import { checkMacro, checkRule } from './check-rule.ts';
import { formatBool, formatValue } from './format-typed.ts';

/** More runs than a check has time for: FIMBUL_PROPERTY_RUNS=20000. */
const numRuns = Number(process.env.FIMBUL_PROPERTY_RUNS ?? 400);

const cases = parseCases(
  readFileSync(new URL('../../testdata/typed.case', import.meta.url), 'utf8'),
);
const macros = new Map(
  [
    ['LIST', '["a", ~"b*", r"c"]'],
    ['BITS', 'O_CREAT|O_TRUNC'],
    ['ROOT', 'process.uid == 0 && process.ancestors[A].uid == 0'],
    ['NETS', '[10.0.0.0/8, ::1]'],
    ['SELF', 'SELF || true'],
  ].map(([id = '', text = '']) => {
    const { tree } = parseMacro(createPlainExpression('macro', text));
    return [id, { id, tree }];
  }),
);
const context = { ...makeContext(allEvents), macros };
const narrowContext = { ...makeContext(['open']), macros };
const owner = { eventType: 'open', changedFile: null } as const;

function checkPlaces(source: ExpressionText, problems: readonly Diagnostic[]): void {
  for (const { file, line, column, length } of problems) {
    if (file === 'macro') continue;
    const text = source.text.split('\n')[line - 1] ?? '';
    assert.ok(column >= 1 && column + length <= text.length + 2, `${line}:${column}+${length}`);
  }
}

/** Does everything with a text that a policy may ask for. */
function checkAll(text: string): void {
  const source = createPlainExpression('test', text);
  const { tree, problem } = parseExpression(source);
  if (problem) checkPlaces(source, [problem]);
  if (tree) {
    formatTree(tree);
    for (const own of [context, narrowContext]) {
      const checked = checkRule(tree, own);
      const isBroken = checked.problems.some(({ severity }) => severity === 'error');
      assert.equal(checked.kind === 'rejected', isBroken);
      checkPlaces(source, checked.problems);
      if (checked.kind === 'rule') checked.variants.map(({ condition }) => formatBool(condition));
    }
    checkCondition(tree, context, owner);
    checkHostFilter(tree, testModel);
  }
  const macro = parseMacro(source);
  if (macro.tree) {
    checkMacro(macro.tree, context);
    const { value } = checkValue(macro.tree, context, owner);
    if (value) formatValue(value);
  }
  checkField(source, context, owner);
  checkTemplate(source, context, owner);
}

const words = [
  ...['open.file.path', 'open.file.name', 'open.flags', 'open.retval', 'process.argv', 'process'],
  ...['process.ancestors', 'process.ancestors.argv', 'process.ancestors[A].pid', 'true', 'EPERM'],
  ...['process.ancestors[0].argv[1]', 'process.ancestors[].x', 'connect.addr.ip', 'dns.x', 'mkdir'],
  ...[
    'fim.write.file.path',
    'fim.write.file',
    'O_CREAT',
    'S_IXUSR',
    'LIST',
    'BITS',
    'ROOT',
    'NETS',
  ],
  ...[
    'SELF',
    '.length',
    '.root_domain',
    '[A]',
    '[0]',
    '[_]',
    '[]',
    '[',
    ']',
    '(',
    ')',
    ',',
    'bpf.x',
  ],
  ...['==', '!=', '<', '<=', '>', '>=', '=~', '!~', 'in', 'not in', 'not', 'allin', '&&', '||'],
  ...[
    'and',
    'or',
    '!',
    '-',
    '+',
    '^',
    '&',
    '|',
    '~',
    '%',
    '=',
    '$',
    '{',
    '}',
    '#',
    '//',
    '\n',
    ' ',
  ],
  ...['1', '-1', '0644', '9223372036854775807', '99999999999999999999', '5s', '10m', '5mss', '1h'],
  ...[
    '"a"',
    '~"a*"',
    'r"a(b|c)"',
    'r"("',
    '""',
    '~""',
    '"a*"',
    '~"/**/x/**"',
    '"',
    '~"',
    'r"',
    "'",
  ],
  ...['10.0.0.1', '10.0.0.0/8', '::1', '::', '1:2', '300.1.1.1', '::ffff:1.2.3.4', 'fe80::/200'],
  ...['${name}', '${names}', '${peers}', '${count}', '${x}', '%{open.flags}', '%{', '${', '${name'],
  ...['"${name}/%{open.flags}"', '~"${name}"', '"${nope}"', '[1, 2]', '["a", "${name}"]', '[::1]'],
];

const arbitrarySoup = fc
  .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(' ', ' ', '')), { maxLength: 30 })
  .map((pieces) => pieces.flat().join(''));

const arbitraryMutant = fc
  .tuple(
    fc.constantFrom(...cases.map(({ source }) => source)),
    fc.array(fc.tuple(fc.nat(400), fc.nat(12), fc.constantFrom('', ...words)), { maxLength: 4 }),
  )
  .map(([source, edits]) =>
    edits.reduce((text, [at, count, word]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + word + text.slice(start + count);
    }, source),
  );

describe('hostile text', () => {
  it('never makes the parser or the checker throw: soup of tokens', () => {
    fc.assert(fc.property(arbitrarySoup, checkAll), { numRuns });
  });
  it('never makes the parser or the checker throw: rules with changes', () => {
    fc.assert(fc.property(arbitraryMutant, checkAll), { numRuns });
  });
  it('never makes the parser or the checker throw: any characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), checkAll), {
      numRuns,
    });
  });
});

const size = 1_000_000;

function fill(piece: string): string {
  return piece.repeat(Math.ceil(size / piece.length));
}

const megabytes: Readonly<Record<string, string>> = {
  conditions: `${fill('open.flags == 0 && ')}true`,
  'unknown names': Array.from({ length: size / 20 }, (_, at) => `open.x${at} == 1`).join(' && '),
  colons: fill('1:'),
  brackets: fill('a['),
  'an open string': `"${fill('\\"')}`,
  'a pattern': `open.file.path =~ "${fill('*a')}"`,
  'a pattern of components': `open.file.path =~ "${fill('/*')}"`,
  'a pattern against a literal': `"${fill('a')}" =~ "${fill('*a')}b*" && open.flags == 0`,
  'a list': `open.flags in [${fill('1,')}1]`,
  'a list of strings': `open.file.path in [${fill('"a",')}"a"]`,
  'values in a string': `open.file.path == "${fill('${process.pid}')}"`,
  'open placeholders': `open.file.path == "${fill('${a')}"`,
  parentheses: fill('('),
  'a sum': `open.flags ${fill('+ 1 ')}== 0`,
  digits: `open.flags == ${fill('1')}`,
  'a long name': `open.file${fill('.x')}`,
  'a long register': `process.ancestors[${fill('A')}].pid == 1 && open.flags == 0`,
  'a large repetition': 'open.file.path == r"((((a{100}){100}){100}){100})"',
  'many repetitions': `open.file.path == r"${fill('a{1000}')}"`,
};

describe('a megabyte', () => {
  for (const [name, text] of Object.entries(megabytes)) {
    it(`of ${name} is read in a moment, and messages about it stay short`, () => {
      const source = createPlainExpression('test', text);
      const start = performance.now();
      const { tree, problem } = parseExpression(source);
      const problems = tree ? checkRule(tree, context).problems : [problem];
      // Far above what it takes, far below what anything quadratic would take.
      assert.ok(performance.now() - start < 20_000);
      for (const { message, advice } of problems) assert.ok(message.length + advice.length < 500);
    });
  }
});

describe('macros that double', () => {
  const member = { strings: '"a*"', integers: '007', constants: 'O_CREAT', networks: '10.0.0.1' };
  const leaf = {
    strings: '"x" in LIST',
    integers: 'open.flags in LIST',
    constants: 'open.flags in LIST',
    networks: '10.0.0.2 in LIST',
  };
  for (const kind of ['strings', 'integers', 'constants', 'networks'] as const) {
    it(`are refused before their lists of ${kind} cost much, and with an error`, () => {
      const list = `[${Array.from({ length: 40_000 }, () => member[kind]).join(', ')}]`;
      const doubled = Array.from({ length: 16 }, (_, at): [string, string] => {
        return [`M${at + 1}`, `M${at} || M${at}`];
      });
      const own = new Map(
        [['LIST', list], ['M0', leaf[kind]], ...doubled].map(([id = '', text = '']) => {
          const { tree } = parseMacro(createPlainExpression('macro', text));
          return [id, { id, tree }];
        }),
      );
      const { tree } = parseExpression(createPlainExpression('test', 'M16 && open.flags == 0'));
      assert.ok(tree);
      const start = performance.now();
      const { kind: result, problems } = checkRule(tree, { ...context, macros: own });
      assert.equal(result, 'rejected');
      assert.ok(problems.some(({ code }) => code === 'FR1006'));
      assert.ok(performance.now() - start < 20_000);
    });
  }
});
