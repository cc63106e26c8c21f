// SPDX-License-Identifier: Apache-2.0
// The keys of a file of rule tests, in the form of those of policies.

import { type KeyTable, policyKeys } from '../policy/policy-keys.ts';

const matches = {
  form: 'texts',
  description: 'The ids of exactly the rules that match: alerts, and matches of silent rules.',
} as const;

const event = {
  form: 'value',
  description: 'The event, by the names of its fields. What is not given is zero.',
} as const;

export const stepKeys = {
  at: { form: 'duration', description: 'When it happens, from the beginning of the case.' },
  event,
  matches,
} as const satisfies KeyTable;

export const caseKeys = {
  name: { form: 'text', description: 'What the case is about.' },
  description: { form: 'text', description: 'More about it.' },
  event,
  matches,
  events: { form: 'list', keys: stepKeys, description: 'Several events, in the order of time.' },
} as const satisfies KeyTable;

/** Those that the reader of policies must not wonder about. */
const ownKeys = {
  description: { form: 'text', description: 'What the tests are about.' },
  policy: { form: 'texts', description: 'Paths of policies, from the folder of the test file.' },
  host: { form: 'value', description: 'Facts that filters of policies look at.' },
  cases: { form: 'list', keys: caseKeys, description: 'What happens, and what matches it.' },
} as const satisfies KeyTable;

export const ownKeyNames: readonly string[] = Object.keys(ownKeys);

export const testFileKeys = { ...ownKeys, ...policyKeys } as const satisfies KeyTable;
