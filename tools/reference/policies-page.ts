// SPDX-License-Identifier: Apache-2.0
// The reference page of policy files: every key that one may have.

import {
  macroKeys,
  overrideKeys,
  policyKeys,
  ruleKeys,
} from '../../packages/rules/src/policy/policy-keys.ts';
import { describeKeys } from './keys-table.ts';
import { page, paragraph } from './markdown.ts';

const introduction = paragraph(
  'A policy is a YAML file whose name ends in `.policy`. A key that is not here is a warning. ' +
    '`default.policy` is read first, the others in the order of their names. A duration is ' +
    'written `500ms`, `10s`, `5m` or `1h`, or as a number of nanoseconds.',
);

/** Writes the page. */
export function writePoliciesPage(): string {
  return page('Policy files', 'packages/rules/src/policy/policy-keys.ts', [
    introduction,
    '## The file',
    describeKeys(policyKeys),
    '## A macro',
    describeKeys(macroKeys),
    '## A rule',
    describeKeys(ruleKeys),
    'Keys of `override_options`:',
    describeKeys(overrideKeys),
    'Keys of an action are on the page of [actions](actions.md).',
  ]);
}
