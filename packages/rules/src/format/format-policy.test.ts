// SPDX-License-Identifier: Apache-2.0
// The layout of policy files: the examples of testdata/format (UPDATE=1 writes what comes out
// instead of comparing), what is refused, and properties on generated policies.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { arbitraryMessyPolicy } from '../testing/arbitrary-yaml.ts';
import { haveSameTokens } from './format-expression.ts';
import { type FormattedPolicy, formatPolicy } from './format-policy.ts';

const folder = new URL('../../testdata/format/', import.meta.url);

function format(text: string): string {
  const formatted = formatPolicy('x.policy', text);
  if (formatted.kind === 'refused') assert.fail(formatted.problems[0]?.message);
  return formatted.text;
}

function listCodes({ problems }: FormattedPolicy): readonly string[] {
  return problems.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

describe('examples', () => {
  for (const name of readdirSync(folder).filter((entry) => entry.includes('.in.'))) {
    it(name.replace(/\.in\..*/, ''), () => {
      const formatted = format(readFileSync(new URL(name, folder), 'utf8'));
      const expected = new URL(name.replace('.in.', '.out.'), folder);
      if (process.env.UPDATE === '1') writeFileSync(expected, formatted);
      assert.equal(formatted, readFileSync(expected, 'utf8'));
      assert.equal(format(formatted), formatted);
    });
  }
});

it('our own policies and the examples of the guide are in the one layout', () => {
  const root = new URL('../../../../', import.meta.url);
  const list = (path: string, pattern: RegExp): readonly URL[] =>
    readdirSync(new URL(path, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => pattern.test(name))
      .map((name) => new URL(path + name, root));
  const examples = list('docs/guide/', /\.md$/).flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```/gms)].flatMap(([, text = '']) =>
      /^(?:rules|cases):/m.test(text) ? [text] : [],
    ),
  );
  const policies = list('policies/', /\.(?:policy|yaml)$/).map((file) =>
    readFileSync(file, 'utf8'),
  );
  assert.ok(policies.length > 1 && examples.length > 1);
  for (const text of [...policies, ...examples]) {
    assert.equal(text, format(text), "run 'fimbul rules fmt'");
  }
});

describe('the text of a file', () => {
  it('loses its byte order mark, carriage returns and spaces at ends of lines', () => {
    const text =
      '\ufeffversion: "1"  \r\n\r\nrules: \r\n- id: a\r\n  description: |\r\n    x\r\n    y\r\n';
    const expected = 'version: "1"\n\nrules:\n  - id: a\n    description: |\n      x\n      y\n';
    assert.equal(format(text), expected);
  });

  it('is changed or not', () => {
    const isChanged = (text: string): boolean => {
      const formatted = formatPolicy('x', text);
      return formatted.kind === 'formatted' && formatted.isChanged;
    };
    assert.equal(isChanged('version: "1"\n'), false);
    for (const text of [
      'version: "1"',
      'version:  "1"\n',
      '\ufeffversion: "1"\n',
      'version: a\r\n',
    ]) {
      assert.equal(isChanged(text), true, JSON.stringify(text));
    }
  });
});

describe('what is refused', () => {
  const cases: readonly (readonly [name: string, text: string, codes: readonly string[]])[] = [
    ['invalid YAML', 'rules:\n  - id: "a\n', ['FR4001 3:1']],
    ['all errors of it', 'a: b: c\nd: [\n', ['FR4001 1:4', 'FR4001 3:1']],
    ['an empty file', '', ['FR4005 1:1']],
    ['a file of comments', '# nothing\n', ['FR4005 1:1']],
    ['a document of nothing', '---\n', ['FR4005 1:1']],
    ['a list', '- a\n', ['FR6001 1:1']],
    ['several documents', 'a: 1\n---\nb: 2\n', ['FR6001 1:1']],
    ['a list as a key', 'a: 1\n? [b]\n: c\n', ['FR6001 2:3']],
  ];
  for (const [name, text, codes] of cases) {
    it(name, () => {
      const formatted = formatPolicy('x.policy', text);
      assert.equal(formatted.kind, 'refused');
      assert.deepEqual(listCodes(formatted), codes);
    });
  }
});

it('nesting that no reader can follow is refused', () => {
  for (const text of [`a: ${'['.repeat(1e5)}${']'.repeat(1e5)}`, `a:\n ${'- '.repeat(1e4)}b`]) {
    const { kind, problems } = formatPolicy('x.policy', text);
    assert.equal(kind, 'refused');
    assert.match(problems[0]?.message ?? '', /nested too deeply/);
  }
});

it('an expression that does not parse stays as it is, and its place is told', () => {
  const text = `rules:\n  -   id: a\n      expression: 'open.file.path  ==  == "x"'\n`;
  const formatted = formatPolicy('x.policy', text);
  assert.deepEqual(listCodes(formatted), ['FR6002 3:40']);
  assert.ok(formatted.kind === 'formatted' && formatted.text.includes('open.file.path  ==  =='));
});

it('an expression that is broken keeps its lines, quotes and spaces', () => {
  for (const scalar of [
    '>\n      # a comment\n      open.file.path == "/etc/y"\n',
    '>-\n      open.file.path ==\n        "/etc/y" AND\n\n      open.flags == 1\n',
    '|\n      open.file.path ==   \n',
    '\'open.file.path  == "/etc/y" =\'\n',
    '"open.flags  ="\n',
    'open.file.path == "/x"\n      AND open.flags == 1\n',
  ]) {
    const text = `rules:\n  - id: a\n    expression: ${scalar}    silent: true\n`;
    const formatted = formatPolicy('x.policy', text);
    assert.ok(formatted.kind === 'formatted');
    assert.equal(formatted.text, text);
    assert.equal(formatted.problems[0]?.code, 'FR6002', scalar);
  }
  const inFlow = 'rules:\n  - { id: a, expression: "open.flags  =" }\n';
  const formatted = formatPolicy('x.policy', inFlow);
  assert.ok(formatted.kind === 'formatted' && formatted.text === inFlow);
});

/** Compares values; expressions may differ in their white space. */
function assertSame(before: unknown, after: unknown): void {
  if (typeof before === 'string' && typeof after === 'string') {
    assert.ok(before === after || haveSameTokens(before, after), `${before} ≠ ${after}`);
  } else if (typeof before === 'object' && before !== null) {
    assert.ok(typeof after === 'object' && after !== null);
    assert.deepEqual(Object.keys(after), Object.keys(before));
    Object.values(before).forEach((value, index) => {
      assertSame(value, Object.values(after)[index]);
    });
  } else {
    assert.equal(after, before);
  }
}

describe('generated policies', () => {
  it('keep their values and their comments', () => {
    fc.assert(
      fc.property(arbitraryMessyPolicy, ({ text, commentCount }) => {
        const formatted = format(text);
        assertSame(parse(text), parse(formatted));
        for (let number = 1; number <= commentCount; number++) {
          assert.equal(formatted.split(`#c${number}.`).length, 2, `comment ${number}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('do not change when they are formatted again', () => {
    fc.assert(
      fc.property(arbitraryMessyPolicy, ({ text }) => {
        const once = format(text);
        assert.equal(format(once), once);
      }),
      { numRuns: 300 },
    );
  });

  it('are formatted or refused, whatever is done to their text', () => {
    const pieces = fc.constantFrom(
      ...[
        '\n',
        '  ',
        ' # x\n',
        '- ',
        '? ',
        ': ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        "'",
        '|',
        '>',
        '&a ',
      ],
      ...['*a ', '!!str ', '---\n', '...\n', '%TAG ! x\n', '\t', '\r', '\ufeff', '\0', '<<: *a\n'],
    );
    const edits = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), pieces),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(arbitraryMessyPolicy, edits, ({ text }, changes) => {
        const damaged = changes.reduce((before, [place, count, piece]) => {
          const at = Math.floor(place * before.length);
          return before.slice(0, at) + piece + before.slice(at + count);
        }, text);
        const formatted = formatPolicy('x', damaged);
        if (formatted.kind === 'refused') assert.notEqual(formatted.problems.length, 0);
        else assert.equal(format(formatted.text), formatted.text);
      }),
      { numRuns: 500 },
    );
  });
});
