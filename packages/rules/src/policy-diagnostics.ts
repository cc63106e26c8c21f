// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue that is about policy files: FR40 errors, FR41 warnings. A code that is
// missing between others was given by an earlier version and is not used again.

import type { CatalogueEntry } from './diagnostic-catalogue.ts';

const errors = {
  FR4001: {
    severity: 'error',
    message: 'the file is not valid YAML: {reason}',
    advice: 'correct the file; nothing of it is loaded',
    explanation: 'Policies and rule tests are YAML, one document in each file.',
  },
  FR4002: {
    severity: 'error',
    message: '{key} must be {expected}, found {found}',
    advice: 'correct the value',
    explanation: 'The value of the key has the wrong type, or is out of range.',
  },
  FR4003: {
    severity: 'error',
    message: 'the {item} has no {key}',
    advice: 'add the key {key}',
    explanation: 'The key is mandatory.',
  },
  FR4004: {
    severity: 'error',
    message: 'the key {key} stands twice in the same map',
    advice: 'remove one of the two',
    explanation: 'Which of the two values counts would be chance.',
  },
  FR4005: {
    severity: 'error',
    message: 'the file is empty',
    advice: 'a policy is a map with the keys version, macros and rules',
    explanation: 'An empty policy protects nothing, which is never what its author meant.',
  },
  FR4006: {
    severity: 'error',
    message: 'the rule {id} is defined already, in {place}',
    advice: 'give this rule another id, or add combine: override to change the other',
    explanation: 'The first definition is kept and this one is skipped.',
  },
  FR4007: {
    severity: 'error',
    message: 'the macro {id} is defined already, in {place}',
    advice: 'give this macro another id, or add combine: merge or combine: override',
    explanation: 'The first definition is kept and this one is skipped.',
  },
  FR4008: {
    severity: 'error',
    message: '{id} is not a valid id',
    advice: 'use letters, digits and underscores; a macro does not begin with a digit',
    explanation: 'Ids appear in alerts and file names; macro ids are names of the language.',
  },
  FR4009: {
    severity: 'error',
    message: '{text} is not a duration',
    advice: 'write it as in 5s, 1m30s or 1h, or as an integer number of nanoseconds',
    explanation:
      '`every` is the shortest time between two alerts of the rule, `ttl` the life of a value; 0 ' +
      'is no limit.',
  },
  FR4010: {
    severity: 'error',
    message: 'there is no rule {id} to switch on or off',
    advice: 'correct the id, or load the policy that defines the rule before this one',
    explanation: 'An entry with only id and disabled changes a rule that was defined earlier.',
  },
  FR4011: {
    severity: 'error',
    message: 'the macro {id} has {found}',
    advice: 'give it either an expression or values',
    explanation: 'A macro stands for an expression or for a list of strings.',
  },
  FR4013: {
    severity: 'error',
    message: 'the file has no rules',
    advice: '{suggestion}',
    explanation:
      'A policy with neither rules nor macros does nothing, which is never what was meant; ' +
      'most often the key `rules` is misspelt. `rules: []` says it on purpose.',
  },
  FR4014: {
    severity: 'error',
    message: '{found} is no value of {key}',
    advice: '{suggestion}',
    explanation: 'The key has a fixed set of values.',
  },
  FR4015: {
    severity: 'error',
    message: 'there is no rule {id} to override',
    advice: 'correct the id, or load the policy that defines the rule before this one',
    explanation: 'combine: override changes a rule that was defined earlier.',
  },
  FR4016: {
    severity: 'error',
    message: 'values cannot be merged: the macro {id} is an expression in {place}',
    advice: 'use combine: override to replace it, or make both lists of values',
    explanation: 'combine: merge appends the values of one macro to those of another.',
  },
  FR4017: {
    severity: 'error',
    message: 'the override of {id} has no expression',
    advice: 'add an expression, or name other parts in override_options.fields',
    explanation:
      'Without override_options.fields, an override replaces the expression and nothing else.',
  },
  FR4018: {
    severity: 'error',
    message: '{text} is not a version constraint',
    advice: 'write it as in ">= 7.65" or ">= 7.50, < 7.80"',
    explanation:
      'Constraints compare the version of the language with <, <=, >, >=, =, !=, ^ and ~; commas ' +
      'and spaces mean "and", || means "or".',
  },
  FR4019: {
    severity: 'error',
    message: 'the aliases of this file repeat too much: the rest of it is not read',
    advice: 'write fewer aliases, or move what they repeat into a macro',
    explanation:
      'A small file can repeat an anchor within an anchor until it fills the memory. A limit ' +
      'keeps reading in proportion to the size of the file.',
  },
  FR4020: {
    severity: 'error',
    message: 'there is no anchor {name} before this alias',
    advice: 'correct the name, or write the anchor before it is used',
    explanation: '`*name` repeats what `&name` marked further up in the same file.',
  },
  FR4021: {
    severity: 'error',
    message: 'an action has exactly one of {kinds}, this one has {found}',
    advice: 'write one entry of the list for each action',
    explanation: 'What an action does is named by its key; only `filter` may stand beside it.',
  },
  FR4022: {
    severity: 'error',
    message: '{name} cannot be the name of a variable: {reason}',
    advice: 'use letters, digits and underscores; the scope is a key of its own',
    explanation:
      'A variable is read by the same syntax as a field, so it cannot have the name of a field, ' +
      'a constant or a macro.',
  },
  FR4023: {
    severity: 'error',
    message: 'set needs exactly one of value, field and expression, this one has {found}',
    advice: 'keep the one that you mean',
    explanation: 'They are three ways to say what the variable is set to.',
  },
  FR4024: {
    severity: 'error',
    message: 'the type of the variable {name} is not known',
    advice: 'add a default_value: "" for text, 0 for numbers, false for booleans, [] for lists',
    explanation:
      'Rules are checked before any of them runs, so a variable that an expression sets says ' +
      'its type by its default value.',
  },
  FR4025: {
    severity: 'error',
    message: 'the variable {name} is {type} here, and {other} in {place}',
    advice: 'use two variables, or make the types agree',
    explanation: 'All actions that set a variable agree on its type.',
  },
  FR4026: {
    severity: 'error',
    message: '{key} is only for variables with scope: process',
    advice: 'add scope: process, or remove {key}',
    explanation: 'Only processes have ancestors to inherit from, and a parent to set values at.',
  },
  FR4027: {
    severity: 'error',
    message: 'the value of {name} is {found}, the variable is {expected}',
    advice: 'make the default_value and the value agree',
    explanation: 'The type of a variable is that of its value, or of its default value.',
  },
  FR4028: {
    severity: 'error',
    message: '{text} is not a signal',
    advice: '{suggestion}',
    explanation: 'Signals are written by name, such as SIGKILL or SIGTERM, or by number.',
  },
  FR4029: {
    severity: 'error',
    message: 'the hash action does not say which file of {event} events it is about',
    advice: 'add field, such as field: {event}.file',
    explanation: 'Only open and exec have a file that goes without saying.',
  },
  FR4030: {
    severity: 'error',
    message: '{field} is no file of {event} events',
    advice: '{suggestion}',
    explanation: 'The field of a hash action is the prefix of the fields of a file.',
  },
  FR4031: {
    severity: 'error',
    message: '{field} is no process that a variable of {event} events can belong to',
    advice: 'use process.parent, or leave scope_field out for the process itself',
    explanation: 'scope_field sets the variable at another process than the one of the event.',
  },
  FR4032: {
    severity: 'error',
    message: 'a limiter token is a whole field, found {found}',
    advice: 'use a field as it is, such as process.file.path',
    explanation: '`every` counts for each value of its fields; what derives from them is not one.',
  },
  FR4033: {
    severity: 'error',
    message: 'cannot be read: {reason}',
    advice: '{advice}',
    explanation:
      'The file is not there, is no file, is too large, is not UTF-8, or may not be read. It ' +
      'costs its own rules or tests; those of other files are loaded.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const warnings = {
  FR4101: {
    severity: 'warning',
    message: 'unknown key {key}',
    advice: '{suggestion}',
    explanation: 'The key has no meaning and is ignored.',
  },
  FR4102: {
    severity: 'warning',
    message: 'the key {key} is not supported yet: {consequence}',
    advice: 'check that the policy still means what you want without it',
    explanation: 'The key is part of the policy format, but this version does not act on it.',
  },
  FR4104: {
    severity: 'warning',
    message: 'there is no earlier policy {id} to replace',
    advice:
      'correct the id: it is the name of a file without .policy, of one that is loaded before',
    explanation: 'replace_policy_id leaves out a policy that was loaded earlier.',
  },
  FR4105: {
    severity: 'warning',
    message: '{key} has no effect: {reason}',
    advice: '{suggestion}',
    explanation: 'What is written there changes nothing, so it is probably not what was meant.',
  },
  FR4106: {
    severity: 'warning',
    message: 'there is no earlier rule {id} to override: it is loaded as a rule of its own',
    advice: 'correct the id, load the other policy first, or remove combine',
    explanation: 'An override with an expression is a whole rule, so it is not lost.',
  },
  FR4107: {
    severity: 'warning',
    message: 'the default value of {name} is {value} here, and {other} in {place}: that one counts',
    advice: 'make the default values agree',
    explanation: 'An unset variable reads as the same value in all rules.',
  },
  FR4108: {
    severity: 'warning',
    message: 'this agent does not execute {kind} actions: the rule is loaded without it',
    advice: 'check that the rule still means what you want without it',
    explanation: 'The action is part of the policy format, but not of what this agent does.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export const policyDiagnostics = { ...errors, ...warnings } as const;
