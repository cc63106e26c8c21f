// SPDX-License-Identifier: Apache-2.0
// The fields that every event has whatever it is about, and those that the engine writes into
// alerts, which no rule can read.

import {
  type FieldDraft,
  type FieldSpec,
  flag,
  int64,
  integer,
  makeFields,
  text,
  textList,
  time,
} from './field-spec.ts';

const owner = { event: '*', source: 'engine' } as const;
const unfilled = { filled: false } as const;

const eventDrafts: readonly FieldDraft[] = [
  text('id', 'Identifier of the event, shared by its alerts.', { inRules: false }),
  text('type', 'Event type.', { inRules: false }),
  time('timestamp', 'When the operation ended.'),
  text('hostname', 'Name of the host.'),
  text('os', 'Always `linux`.'),
  text('origin', 'How the event was observed: `ebpf`.'),
  text(
    'source',
    'Where the event comes from: `runtime`, it happened while the agent looked; `snapshot`, it ' +
      'stands for what the agent found when it started. This agent gives `runtime` alone.',
  ),
  flag('async', 'True when a program had the kernel do it later (io_uring).', unfilled),
  text('service', 'Service that the process belongs to, or empty.', unfilled),
  text('signature', 'Signature of the event, or empty.', unfilled),
  textList(
    'rule.tags',
    'Product tags of the rule that matched. Alerts have them; rules read an empty list.',
    unfilled,
  ),
];

const ruleDrafts: readonly FieldDraft[] = [
  text('id', 'The rule that matched.'),
  text('description', 'Its description.'),
  text('version', 'Its version.'),
  textList('tags', 'Its tags, as `key:value`.'),
  text('policy', 'Name of the policy file.'),
  count('suppressed', 'Matches that `every` held back, apart from the one this alert is about.'),
  textList(
    'suppressed_paths',
    'Paths of the matches that were held back, at most 100, in their order.',
  ),
  count(
    'suppressed_paths_omitted',
    'Matches held back whose path is not among `rule.suppressed_paths`.',
  ),
  // An alert has a list of objects there, one for each action.
  text('actions.type', 'An action of the rule: `kill` or `log`.'),
  text('actions.status', 'What became of the action.'),
  text('actions.signal', 'The signal of a `kill`.'),
  text('actions.scope', 'Whom a `kill` is for: process, container or cgroup.'),
  count('actions.processes', 'How many processes a `kill` reached.'),
  text('actions.level', 'The level of a `log`.'),
  text('actions.message', 'The message of a `log`.'),
];

const lossDrafts: readonly FieldDraft[] = [
  text('operation', 'Operation whose events were lost.'),
  text('reason', 'Why they were lost.'),
  count('count', 'How many were lost.'),
  time('since', 'Start of the window in which they were lost; it ends at `event.timestamp`.'),
];

function count(name: string, description: string): FieldDraft {
  return integer(name, description, { range: int64 });
}

function alertOnly(prefix: string, drafts: readonly FieldDraft[]): FieldSpec[] {
  return makeFields(
    prefix,
    owner,
    drafts.map((draft) => ({ ...draft, inRules: false })),
  );
}

/** Fields of the event itself, of the rule that matched it, and of events that were lost. */
export const engineFields: readonly FieldSpec[] = [
  ...makeFields('event', owner, eventDrafts),
  ...alertOnly('rule', ruleDrafts),
  ...alertOnly('loss', lossDrafts),
];
