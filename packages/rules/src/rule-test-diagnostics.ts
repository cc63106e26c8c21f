// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue that is about rule tests: FR50. Problems of YAML and of keys have the
// same codes as in policy files.

import type { CatalogueEntry } from './diagnostic-catalogue.ts';

export const ruleTestDiagnostics = {
  FR5001: {
    severity: 'error',
    message: 'the test names no policy and has no rules',
    advice: 'add `policy:` with the path of a policy, or `rules:` as in a policy',
    explanation: 'A rule test is about the rules of policies that it names, or about its own.',
  },
  FR5002: {
    severity: 'error',
    message: 'the policy cannot be used: {reason}',
    advice: 'the path starts at the folder of the test file',
    explanation: 'A rule test names policies by their paths, from where the test file is.',
  },
  FR5003: {
    severity: 'error',
    message: 'unknown field {name}',
    advice: '{suggestion}',
    explanation: 'An event is written with the names of its fields, as rules use them.',
  },
  FR5004: {
    severity: 'error',
    message: 'unknown event type {name}',
    advice: '{suggestion}',
    explanation: 'The type of an event is the first word of its fields in rules, such as open.',
  },
  FR5005: {
    severity: 'error',
    message: '{name} is not part of an event of type {type}',
    advice: 'change the type of the event, or leave this out',
    explanation: 'An event has the fields of its own type, and those that every event has.',
  },
  FR5006: {
    severity: 'error',
    message: 'the event cannot give {name}: {reason}',
    advice: 'leave it out',
    explanation:
      'The value is made after the rules were evaluated, or follows from something else.',
  },
  FR5007: {
    severity: 'error',
    message: 'the field {name} is given twice',
    advice: 'remove one of the two',
    explanation: 'A field can be written nested, with dots, or by an older name: only once.',
  },
  FR5008: {
    severity: 'error',
    message: 'unknown constant {name}',
    advice: '{suggestion}',
    explanation: 'Integers are written as numbers or with the names of constants.',
  },
  FR5009: {
    severity: 'error',
    message: '{value} can never be a value of {name}',
    advice: 'its values go from {min} to {max}',
    explanation: 'The agent never fills such a value into this field.',
  },
  FR5010: {
    severity: 'error',
    message: 'the case has both event and events',
    advice: 'write the first event into the list as well',
    explanation: 'A case is about one event, or about a sequence.',
  },
  FR5011: {
    severity: 'error',
    message: 'this event is before the one above it: {at} after {before}',
    advice: 'write events in the order of their times',
    explanation: 'Times count from the beginning of the sequence and never go back.',
  },
  FR5012: {
    severity: 'error',
    message: 'no rule {id} is loaded',
    advice: '{suggestion}',
    explanation: 'Expected are ids of rules that the policy has, for this host and not disabled.',
  },
  FR5013: {
    severity: 'error',
    message: '{id} stands twice in matches',
    advice: 'remove one of the two',
    explanation: 'A rule matches an event once, however many files of the event it is about.',
  },
  FR5014: {
    severity: 'error',
    message: 'the kernel would drop this event, though {id} matches it: this is a bug of Fimbul',
    advice: 'report it, together with the policy and this test',
    explanation: 'What the kernel decides by itself must never be narrower than the rules.',
  },
  FR5015: {
    severity: 'error',
    message: 'the test has no cases',
    advice: 'add `cases:` with at least one event and what matches it',
    explanation: 'A test without cases proves nothing.',
  },
  FR5016: {
    severity: 'error',
    message: '{name} has a value for each of several processes',
    advice: 'write {iterator} as a list of maps, the nearest first',
    explanation: 'Each item of the list has the fields of one process.',
  },
  FR5017: {
    severity: 'error',
    message: 'the test has {size} characters, at most {limit} are read',
    advice: 'split it into several files',
    explanation: 'A limit keeps a wrong path from exhausting memory.',
  },
  FR5018: {
    severity: 'error',
    message: 'unknown fact {name} of the host',
    advice: '{suggestion}',
    explanation: '`host` has the names that `filters` of policies use.',
  },
} as const satisfies Record<string, CatalogueEntry>;
