// SPDX-License-Identifier: Apache-2.0
// The schema that editors use and the reader of policies say the same of a file's structure.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import { durationPattern, parseGoDuration } from './go-duration.ts';
import { type KeySpec, type KeyTable, policyKeys } from './policy-keys.ts';
import { makePolicySchema } from './policy-schema.ts';
import { readPolicy } from './read-policy.ts';

const ajv = new Ajv({ allErrors: true, strictTypes: false, strictRequired: false });
const isValid = ajv.compile(makePolicySchema());

const root = new URL('../../../../', import.meta.url);

function check(text: string, path: string): void {
  const document: unknown = parse(text, { merge: true });
  isValid(document);
  assert.deepEqual(isValid.errors ?? [], [], path);
}

describe('the schema', () => {
  it('accepts the policies that come with this version', () => {
    for (const folder of ['policies/', 'tests/recordings/']) {
      const names = readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.policy'));
      assert.ok(names.length > 0);
      for (const name of names) {
        check(readFileSync(new URL(folder + name, root), 'utf8'), folder + name);
      }
    }
  });

  it('describes every key', () => {
    const visit = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties, additionalProperties } = schema as Record<string, unknown>;
      if (additionalProperties === false) {
        for (const [key, value] of Object.entries(properties ?? {})) {
          assert.match(String(value.description), /^[A-Z`].*\.$/s, key);
        }
      }
      Object.values(schema).forEach(visit);
    };
    visit(makePolicySchema());
  });
});

/** Values that a key may have, and some that it may not. */
function arbitraryValue(spec: KeySpec): fc.Arbitrary<unknown> {
  const wrong = fc.constantFrom<unknown>(null, 7, true, 'word', {}, [], [{}], ['word'], -1);
  return fc.oneof({ weight: 12, arbitrary: arbitraryRight(spec) }, { weight: 1, arbitrary: wrong });
}

function arbitraryRight(spec: KeySpec): fc.Arbitrary<unknown> {
  const name = fc.constantFrom('a', 'b_1', 'SIGKILL', '9', '1x', 'two words', '');
  const scalar = fc.constantFrom('text', 1, false);
  switch (spec.form) {
    case 'text':
      return name;
    case 'expression':
      return fc.constantFrom('open.flags == 0', 'true');
    case 'boolean':
      return fc.boolean();
    case 'duration':
      return fc.constantFrom('5s', '1m30s', 0, 1000, '', '5x', '.5h', '.s');
    case 'texts':
      return fc.array(fc.constantFrom<unknown>('a', 1, true), { maxLength: 2 });
    case 'text-map':
      return fc.dictionary(name, fc.constantFrom<unknown>('a', 1, null), { maxKeys: 2 });
    case 'value':
      return fc.oneof(scalar, fc.constantFrom([], ['a', 'b'], [1]));
    case 'integer':
      return fc.constantFrom<number>(spec.min, spec.max, 0, 1);
    case 'choice':
      return fc.constantFrom(...spec.choices);
    case 'choices':
      return fc.array(fc.constantFrom(...spec.choices), { maxLength: 2 });
    case 'map':
      return arbitraryMap(spec.keys);
    case 'list':
      return fc.array(arbitraryMap(spec.keys), { maxLength: 2 });
  }
}

const frequent = new Set(['id', 'rules', 'macros', 'expression', 'name', 'signal']);

function arbitraryMap(keys: KeyTable): fc.Arbitrary<object> {
  const entries = Object.entries(keys).map(([key, spec]) => {
    const [given, absent] = frequent.has(key) ? [6, 1] : [1, 4];
    return fc.oneof(
      { weight: given, arbitrary: arbitraryValue(spec).map((value) => ({ [key]: value })) },
      { weight: absent, arbitrary: fc.constant({}) },
    );
  });
  return fc.tuple(...entries).map((parts) => Object.assign({}, ...parts));
}

/** What the schema cannot say: which types belong together, and what a version constraint is. */
const beyondSchema = new Set(['FR4018', 'FR4027']);

function isBeyondSchema({ code, message }: { code: string; message: string }): boolean {
  return beyondSchema.has(code) || (code === 'FR4002' && message.includes('the first one'));
}

describe('the reader and the schema', () => {
  it('refuse the same structures', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(arbitraryMap(policyKeys), (document) => {
        const { problems } = readPolicy({ path: 'p', text: JSON.stringify(document) });
        const errors = problems.filter(({ severity }) => severity === 'error');
        // Where only such a problem is left, the two may differ.
        if (errors.length > 0 && errors.every(isBeyondSchema)) return;
        const accepts = isValid(document);
        const why = { errors: errors.map(({ message }) => message), schema: isValid.errors };
        assert.equal(accepts, errors.length === 0, JSON.stringify(why));
        seen[accepts ? 'accepted' : 'refused']++;
      }),
      { numRuns: 3000 },
    );
    assert.ok(seen.accepted > 100 && seen.refused > 100, JSON.stringify(seen));
  });

  it('take a key without a value for one that is not there', () => {
    const actions = [{ set: null, kill: { signal: 'SIGKILL' } }];
    const rule = { id: 'a', expression: 'open.flags == 0', actions };
    const document = { version: '1.0.0', macros: null, rules: [rule] };
    assert.deepEqual(readPolicy({ path: 'p', text: JSON.stringify(document) }).problems, []);
    assert.ok(isValid(document), JSON.stringify(isValid.errors));
    assert.ok(!isValid({ ...document, rules: [{ ...rule, actions: [{ set: null }] }] }));
  });

  it('know the same durations', () => {
    const pieces = fc.constantFrom('5', '0', '.', 's', 'm', 'ms', 'µs', 'h', '+', '-', ' ', 'x');
    const text = fc.array(pieces, { maxLength: 6 }).map((list) => list.join(''));
    fc.assert(
      fc.property(text, (duration) => {
        const expected = duration === '' || parseGoDuration(duration) !== null;
        assert.equal(durationPattern.test(duration), expected);
      }),
      { numRuns: 2000 },
    );
  });
});
