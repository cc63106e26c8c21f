// SPDX-License-Identifier: Apache-2.0
// Every diagnostic that the compiler can give, declared once: code, severity, message, advice and
// a longer explanation. Codes are stable and never reused (FR1007 and FR1102 are retired). FR10
// syntax, FR11 names, FR12 types,
// FR20 warnings about meaning, FR30 facts, FR40 policy files, FR41 warnings about policy files,
// FR50 rule tests, FR60 formatting.

import { languageDiagnostics } from './language-diagnostics.ts';
import { policyDiagnostics } from './policy-diagnostics.ts';
import { ruleTestDiagnostics } from './rule-test-diagnostics.ts';

export type Severity = 'error' | 'warning' | 'info';

export type CatalogueEntry = {
  readonly severity: Severity;
  /** What is wrong; words in braces are filled in. */
  readonly message: string;
  /** What to do. */
  readonly advice: string;
  /** Why it is so, for the reference page. */
  readonly explanation: string;
};

export const diagnosticCatalogue = {
  FR1001: {
    severity: 'error',
    message: 'unexpected character {character}',
    advice: 'strings stand in double quotes; numbers are decimal integers',
    explanation: 'The character begins nothing that the language has.',
  },
  FR1002: {
    severity: 'error',
    message: 'this {literal} has no closing quote',
    advice: 'close it with a double quote',
    explanation: 'Strings, patterns and regular expressions stand between double quotes.',
  },
  FR1003: {
    severity: 'error',
    message: 'expected {expected}, found {found}',
    advice: '{suggestion}',
    explanation: 'The expression does not follow the grammar at this place.',
  },
  FR1004: {
    severity: 'error',
    message: '{text} does not fit into 64 bits',
    advice: 'integers go from -9223372036854775808 to 9223372036854775807',
    explanation: 'All integers of the language are signed and have 64 bits.',
  },
  FR1005: {
    severity: 'error',
    message: 'the expression is nested more than {limit} levels deep',
    advice: 'split it into several rules, or use lists',
    explanation: 'A limit keeps hostile or generated policies from exhausting the compiler.',
  },
  FR1006: {
    severity: 'error',
    message: 'with its macros, the expression has more than {limit} parts',
    advice: 'split the rule, or shorten the macros it uses',
    explanation: 'Macros are put in where they are named, so a few of them can grow without bound.',
  },
  FR1008: {
    severity: 'error',
    message: 'a list of {first} cannot contain {second}',
    advice: 'write two lists and combine two comparisons with ||',
    explanation:
      'A list holds strings, patterns and regular expressions; or integers; or constants.',
  },
  FR1009: {
    severity: 'error',
    message: '{text} is not a duration',
    advice: 'write digits and one unit: 500ms, 5s, 10m or 1h',
    explanation:
      'A duration is an integer with the unit ms, s, m or h and fits into 64 bits of ns.',
  },
  FR1010: {
    severity: 'error',
    message: 'the regular expression is not valid: {reason}',
    advice: 'the syntax is RE2: no look-around and no back-references',
    explanation: 'Regular expressions run in linear time, which rules out some constructs.',
  },
  FR1011: {
    severity: 'error',
    message: '`**` is allowed only once in a pattern',
    advice: 'use `*` for one path component, or two comparisons',
    explanation: 'A path pattern is a prefix and a suffix around at most one `**`.',
  },
  FR1101: {
    severity: 'error',
    message: 'unknown name {name}',
    advice: '{suggestion}',
    explanation: 'The name is no constant, no macro and no field.',
  },
  FR1103: {
    severity: 'error',
    message: '{name} is part of alerts only, rules cannot read it',
    advice: 'choose another field',
    explanation: 'The field is made after the rules were evaluated.',
  },
  FR1104: {
    severity: 'error',
    message: 'a rule is about one event type, this one names {first} and {second}',
    advice: 'write one rule for each event type',
    explanation: 'An event has one type, so such a rule could never match.',
  },
  FR1105: {
    severity: 'error',
    message: 'the rule names no event type',
    advice: 'compare a field of the event, such as open.file.path or exec.file.path',
    explanation: 'Fields such as process.* exist for every event and do not choose one.',
  },
  FR1106: {
    severity: 'error',
    message: 'the macro {name} has an error: rule skipped',
    advice: 'see the diagnostic at the macro',
    explanation: 'A rule that uses a macro with an error cannot be evaluated.',
  },
  FR1107: {
    severity: 'error',
    message: 'the macro {name} uses itself',
    advice: 'break the circle',
    explanation: 'Macros are put in where they are named, so they cannot be recursive.',
  },
  FR1108: {
    severity: 'error',
    message: '{name} has no length',
    advice: 'only strings and lists have one',
    explanation: '`.length` is the number of bytes of a string or of elements of a list.',
  },
  FR1201: {
    severity: 'error',
    message: 'expected {expected}, found {found}',
    advice: '{suggestion}',
    explanation: 'The operator or the rule needs a value of another type.',
  },
  FR1202: {
    severity: 'error',
    message: '{operator} cannot compare {left} with {right}',
    advice: '{suggestion}',
    explanation: 'Strings compare with strings, integers with integers, booleans with booleans.',
  },
  FR1203: {
    severity: 'error',
    message: 'a pattern must be a literal, found {found}',
    advice: '{suggestion}',
    explanation: 'Patterns are compiled when the policy is loaded, so they cannot be computed.',
  },
  FR1204: {
    severity: 'error',
    message: '{value} can never be a value of {name}',
    advice: 'the smallest value is 0; "not set" is AUDIT_AUID_UNSET for auid',
    explanation: 'Identifiers of users, groups and processes are not negative.',
  },
  FR1205: {
    severity: 'error',
    message: '{name} cannot be compared with a duration by {operator}',
    advice: 'compare the age of a time field with <, <=, > or >=',
    explanation:
      'A time field compared with a duration means its age at the time of the event. Ages are ' +
      'never equal to a literal, and fields that are no times have no age.',
  },
  FR2001: {
    severity: 'warning',
    message: 'the * in {text} is compared literally',
    advice: '{suggestion}',
    explanation: 'A plain string under ==, != and in lists is exact; only patterns have wildcards.',
  },
  FR2002: {
    severity: 'warning',
    message: 'comparing with {value} is always {result}: {name} goes from {min} to {max}',
    advice: 'use a value in that range',
    explanation: 'The literal is outside of what the field can hold.',
  },
  FR2003: {
    severity: 'warning',
    message: 'no event can match this rule',
    advice: 'look for conditions that exclude each other',
    explanation: 'What the rule demands of names, flags and results contradicts itself.',
  },
  FR3001: {
    severity: 'info',
    message: 'this agent produces no {event} events: the rule is not applicable here',
    advice: 'nothing to do; the rest of the policy is loaded',
    explanation: 'The event type is part of the language but not of what this version observes.',
  },
  ...languageDiagnostics,
  ...policyDiagnostics,
  ...ruleTestDiagnostics,
  FR6001: {
    severity: 'error',
    message: 'the file cannot be formatted: {reason}',
    advice: 'write this part in another way, or leave the file as it is',
    explanation: 'The file is left as it is: formatting never changes what a policy means.',
  },
  FR6002: {
    severity: 'warning',
    message: 'the expression is left as it is: {reason}',
    advice: 'correct it; `fimbul rules check` shows all problems',
    explanation: 'What cannot be parsed cannot be laid out without the risk of changing it.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type DiagnosticCode = keyof typeof diagnosticCatalogue;
