// SPDX-License-Identifier: Apache-2.0
// What is suggested at a place, which is marked by `¦` in the examples.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantGroups, fields } from '@fimbul/schema';
import fc from 'fast-check';
import { arbitraryExpression } from '../testing/arbitrary-expressions.ts';
import { type CompletionContext, completeExpression } from './complete-expression.ts';

const rules: CompletionContext = {
  model: 'event',
  macros: [{ name: 'CREDENTIALS', description: 'Files with passwords.' }],
  variables: [{ name: 'process.seen', description: 'Set by the rule first.' }],
};
const filters: CompletionContext = { model: 'host', macros: [], variables: [] };

function complete(marked: string, context = rules) {
  const position = marked.indexOf('¦');
  return completeExpression(marked.replace('¦', ''), position, context);
}

function list(marked: string, context = rules): readonly string[] {
  return complete(marked, context)?.suggestions.map(({ label }) => label) ?? [];
}

describe('a value', () => {
  it('at the start is a field, a macro or a negation', () => {
    assert.ok(list('proc¦').every((label) => /proc/i.test(label)));
    assert.equal(list('open.file.pat¦')[0], 'open.file.path');
    assert.deepEqual(list('CRED¦')[0], 'CREDENTIALS');
    assert.deepEqual(list('no¦ a')[0], 'not');
  });

  it('is of the event that the expression is about', () => {
    const labels = list('open.flags > 0 && ¦');
    assert.ok(labels.includes('open.file.path'));
    assert.ok(labels.includes('process.file.path'));
    assert.ok(labels.every((label) => !label.startsWith('rename.')));
    // The event may be named after the place too.
    assert.deepEqual(list('unl¦ && open.flags > 0'), []);
  });

  it('begins with the fields of the event, and those that are filled', () => {
    assert.match(list('open.retval == 0 && ¦')[0] ?? '', /^open\./);
    const filled = fields.find(({ filled: isFilled, inRules }) => !isFilled && inRules);
    if (filled) assert.notEqual(list('¦')[0], filled.name);
  });

  it('of a field with constants is one of them first', () => {
    const flags = Object.keys(constantGroups.openFlags);
    assert.deepEqual(list('open.flags & ¦').slice(0, flags.length), flags);
    assert.deepEqual(list('open.flags in [O_CREAT, ¦'), flags);
    assert.equal(list('open.flags & (O_CREAT|O_TR¦')[0], 'O_TRUNC');
    assert.deepEqual(list('open.file.path_truncated == ¦').slice(0, 2), ['true', 'false']);
  });

  it('after `in` is a list', () => {
    const labels = list('open.file.path in ¦');
    assert.equal(labels[0], 'CREDENTIALS');
    assert.ok(labels.includes('process.argv'));
    assert.ok(!labels.includes('open.file.name'));
  });

  it('in a list of strings is nothing that has a name', () => {
    assert.deepEqual(list('open.file.path in ["a" ¦'), []);
  });

  it('of the host is a fact of the host', () => {
    assert.deepEqual(list('os.i¦', filters).slice(0, 2), ['os.id', 'os.is_amazon_linux']);
    assert.deepEqual(
      list('os.i¦', rules).filter((label) => label.startsWith('os.')),
      [],
    );
  });

  it('keeps the brackets that are written', () => {
    assert.equal(list('process.ancestors[A].file.na¦')[0], 'process.ancestors[A].file.name');
  });

  it('has what derives from a field', () => {
    assert.deepEqual(list('open.file.path.¦'), ['open.file.path.length']);
    assert.ok(list('fim.write.file.p¦').includes('fim.write.file.path'));
    assert.deepEqual(list('fim.write.file.path_sou¦'), []);
  });
});

describe('an operator', () => {
  it('fits the type of the field before it', () => {
    assert.deepEqual(list('open.file.path ¦'), ['==', '!=', '=~', '!~', 'in', 'not in']);
    assert.ok(list('open.flags ¦').includes('&'));
    assert.ok(!list('open.flags ¦').includes('=~'));
    assert.deepEqual(list('open.file.path.length ¦').slice(2, 4), ['>', '>=']);
    assert.equal(list('open.file.path_truncated ¦')[0], '&&');
  });

  it('after a comparison joins it to another', () => {
    assert.deepEqual(list('open.file.path == "a" ¦'), ['&&', '||']);
    assert.deepEqual(list('open.file.path == process.file.path ¦'), ['&&', '||']);
    assert.deepEqual(list('open.file.path in ["a"] ¦'), ['&&', '||']);
    assert.deepEqual(list('open.flags > 0 ¦').slice(0, 3), ['&&', '||', '&']);
    assert.ok(list('open.flags > 0 && open.retval ¦').includes('<='));
  });
});

describe('a place', () => {
  it('inside of `${}` takes variables, inside of `%{}` fields', () => {
    const variables = ['process.seen', 'process.pid', 'builtins.uuid4'];
    assert.deepEqual(list('open.file.path in ${¦'), variables);
    assert.deepEqual(list('open.file.path == "/proc/${¦/mem"'), variables);
    assert.deepEqual(list('open.file.path == "a ${process.se¦}"'), ['process.seen']);
    assert.equal(list('open.file.path == %{process.file.pat¦}')[0], 'process.file.path');
  });

  it('inside of a literal or a comment takes anything', () => {
    for (const text of ['a == "¦', 'a == "op¦"', 'a =~ ~"x¦', 'a == r"${¦', 'a # o¦', 'a // ¦']) {
      assert.equal(complete(text), null, text);
    }
  });

  it('covers the name around it', () => {
    const found = complete('open.fi¦le.path == "x"');
    assert.deepEqual([found?.from, found?.to], [0, 14]);
    const next = complete('open.flags & ¦O_CREAT');
    assert.deepEqual([next?.from, next?.to], [13, 13]);
  });
});

it('suggestions say what they are', () => {
  const [field] = complete('open.file.path¦')?.suggestions ?? [];
  assert.equal(field?.kind, 'field');
  assert.equal(field?.detail, 'string');
  assert.match(field?.description ?? '', /^Path /);
  const details = (text: string) => complete(text)?.suggestions.map(({ detail }) => detail)[0];
  assert.equal(details('process.argv¦'), 'list of strings');
  assert.equal(details('process.ancestors.pid¦'), 'integer of each of process.ancestors');
  assert.equal(details('chmod.file.mode & S_ISUID¦'), '04000');
});

it('a long list is cut, and says so', () => {
  const found = complete('¦');
  assert.equal(found?.isComplete, false);
  assert.equal(found?.suggestions.length, 200);
  assert.equal(complete('open.flags ¦')?.isComplete, true);
});

it('any text has suggestions that fit it, each once', () => {
  fc.assert(
    fc.property(arbitraryExpression, fc.nat(), fc.boolean(), (text, at, isHost) => {
      const position = at % (text.length + 1);
      const found = completeExpression(text, position, isHost ? filters : rules);
      if (found === null) return;
      assert.ok(found.from <= position && position <= found.to && found.to <= text.length);
      const labels = found.suggestions.map(({ label }) => label);
      assert.equal(new Set(labels).size, labels.length);
      const word = text.slice(found.from, position).toLowerCase();
      for (const label of labels) assert.ok(label.toLowerCase().includes(word), label);
    }),
    { numRuns: 300 },
  );
});
