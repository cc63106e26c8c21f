// SPDX-License-Identifier: Apache-2.0
// The reference page of actions: when each runs, its keys, an example.

import { actionCatalogue } from '../../packages/rules/src/action-catalogue.ts';
import {
  type ActionKind,
  actionKeys,
  actionKinds,
} from '../../packages/rules/src/policy/policy-keys.ts';
import { describeKeys } from './keys-table.ts';
import { page, paragraph } from './markdown.ts';

function describeAction(kind: ActionKind): string {
  const { description, keys } = actionKinds[kind];
  const { runs, defaults, example } = actionCatalogue[kind];
  const yaml = `  - ${example.replaceAll('\n', '\n    ')}`;
  return [
    `## ${kind}`,
    description,
    paragraph(runs),
    describeKeys(keys, defaults),
    `\`\`\`yaml\nrules:\n${yaml}\n\`\`\``,
  ].join('\n\n');
}

const introduction = paragraph(
  'What a rule does when it matches. Its `actions` are a list; each entry has exactly one of ' +
    'these keys, and maybe a `filter`.',
);

/** Writes the page. */
export function writeActionsPage(): string {
  return page('Actions', 'packages/rules/src/action-catalogue.ts', [
    introduction,
    describeKeys(actionKeys),
    ...(Object.keys(actionKinds) as ActionKind[]).map(describeAction),
  ]);
}
