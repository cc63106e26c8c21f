// SPDX-License-Identifier: Apache-2.0
// The JSON schema of policy files, for editors: from the tables that the reader reads by, so that
// the two agree. It says what can be said of the structure; expressions it knows as text only.

import { durationPattern } from './go-duration.ts';
import {
  type ActionKind,
  actionKeys,
  actionKinds,
  type KeySpec,
  type KeyTable,
  killKeys,
  macroKeys,
  policyKeys,
  ruleKeys,
  setKeys,
} from './policy-keys.ts';
import { idPatterns } from './read-definition.ts';
import { signals } from './signals.ts';
import { oldBooleans } from './yaml-reader.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** A key that has a value: one without is a key that is not there. */
function given(key: string, value: JsonSchema = {}): JsonSchema {
  return { required: [key], properties: { [key]: { not: { type: 'null' }, ...value } } };
}

const notGiven = (key: string): JsonSchema => ({ not: given(key) });

/** Text of a form that no number has; true and false are words too. */
function isText(pattern: RegExp): JsonSchema {
  return { anyOf: [{ type: 'string', pattern: pattern.source }, { type: 'boolean' }] };
}

const textTypes = ['string', 'number', 'boolean'];
const scalars = { type: ['string', 'integer', 'boolean'] };
const text = { type: [...textTypes, 'null'] };

/** What the value of a key looks like. */
function makeValue(spec: KeySpec): JsonSchema {
  if (spec.waiting !== undefined) return {};
  switch (spec.form) {
    case 'text':
    case 'expression':
      return text;
    case 'boolean':
      return { enum: [true, false, null, ...Object.keys(oldBooleans)] };
    case 'duration':
      return { type: ['string', 'integer', 'null'], minimum: 0, pattern: durationPattern.source };
    case 'texts':
      return { type: ['array', 'null'], items: { type: textTypes } };
    case 'text-map':
      return { type: ['object', 'null'], additionalProperties: text };
    case 'value':
      return { anyOf: [scalars, { type: 'array', items: scalars }, { type: 'null' }] };
    case 'integer':
      return { type: ['integer', 'null'], minimum: spec.min, maximum: spec.max };
    case 'choice':
      return { enum: [...spec.choices, null] };
    case 'choices':
      return { type: ['array', 'null'], items: { enum: spec.choices } };
    case 'map':
      return makeMap(spec.keys);
    case 'list':
      return { type: ['array', 'null'], items: makeMap(spec.keys, ['object']) };
  }
}

function makeMap(keys: KeyTable, types: readonly string[] = ['object', 'null']): JsonSchema {
  const constraint = constraints.get(keys);
  const properties = Object.entries(keys).map(([key, spec]) => {
    return [key, { description: spec.description, ...makeValue(spec) }];
  });
  return {
    type: types,
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    ...(keys === policyKeys && { patternProperties: { '^x-': {} } }),
    // A key without a value is one that is not there.
    ...(constraint && { allOf: [{ anyOf: [{ type: 'null' }, constraint] }] }),
  };
}

const isOverride = given('combine', { const: 'override' });
const otherParts = ruleKeys.override_options.keys.fields.choices.filter(
  (part) => part !== 'all' && part !== 'expression',
);

const rule: JsonSchema = {
  allOf: [
    given('id', { anyOf: [isText(idPatterns.rule), { type: 'integer', minimum: 0 }] }),
    {
      anyOf: [
        given('expression'),
        { ...given('disabled'), not: isOverride },
        // What switches another rule off needs nothing of its own.
        { allOf: [isOverride, given('disabled', { enum: [true, 'y', 'Y', 'yes', 'on'] })] },
        {
          allOf: [
            isOverride,
            given(
              'override_options',
              given('fields', { type: 'array', minItems: 1, items: { enum: otherParts } }),
            ),
          ],
        },
      ],
    },
  ],
};

const set: JsonSchema = {
  allOf: [
    given('name', isText(idPatterns.macro)),
    { oneOf: ['value', 'field', 'expression'].map((key) => given(key)) },
    { anyOf: [notGiven('expression'), given('default_value')] },
    {
      anyOf: [
        given('scope', { const: 'process' }),
        {
          allOf: [
            notGiven('scope_field'),
            { not: given('inherited', { enum: [true, 'y', 'Y', 'yes', 'on'] }) },
          ],
        },
      ],
    },
  ],
};

const signal: JsonSchema = {
  anyOf: [
    { enum: [...signals.keys()] },
    { type: 'integer', minimum: 1, maximum: 31 },
    { type: 'string', pattern: '^(?:0?[1-9]|[12][0-9]|3[01])$' },
  ],
};

/** What holds between the keys of a map. */
const constraints: ReadonlyMap<KeyTable, JsonSchema> = new Map<KeyTable, JsonSchema>([
  [policyKeys, { anyOf: [given('rules'), given('macros')] }],
  [
    macroKeys,
    {
      allOf: [
        given('id', isText(idPatterns.macro)),
        { oneOf: [given('expression'), given('values', { minItems: 1 })] },
        { anyOf: [notGiven('expression'), notGiven('values')] },
      ],
    },
  ],
  [ruleKeys, rule],
  [actionKeys, { oneOf: (Object.keys(actionKinds) as ActionKind[]).map((kind) => given(kind)) }],
  [setKeys, set],
  [killKeys, given('signal', signal)],
]);

/** Makes the JSON schema of policy files. */
export function makePolicySchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Fimbul policy',
    description: 'Rules and macros, as files that end in .policy.',
    ...makeMap(policyKeys, ['object']),
  };
}
