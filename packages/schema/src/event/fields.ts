// SPDX-License-Identifier: Apache-2.0
// Every field of an event, declared once: type, source, cost, and how the kernel can filter on it.
// The checker, the approver analysis, the agent's accessors, the JSON output and the reference
// pages derive from this table. A field's name is its path in the JSON of an alert.

import {
  type FieldDraft,
  type FieldSpec,
  int32,
  int64,
  makeField,
  uint16,
  uint32,
  uint64AsInt64,
} from './field-spec.ts';
import { type FileOperation, fileOperations } from './operations.ts';

type Owner = Pick<FieldSpec, 'event'> &
  Partial<Pick<FieldSpec, 'iterator' | 'source' | 'filterFile'>>;

/** The fields of one file of an operation, or of an executable. */
function fileFields(prefix: string, owner: Owner, filterable: boolean): FieldSpec[] {
  const drafts: FieldDraft[] = [
    {
      name: 'path',
      match: 'glob',
      cost: 20,
      filter: filterable ? 'path' : 'none',
      description: 'Path from the root of the mount namespace.',
    },
    {
      name: 'path_source',
      inRules: false,
      description:
        '`kernel`: from the kernel’s own objects; `caller`: from the string the caller passed.',
    },
    {
      name: 'path_raw',
      inRules: false,
      description: 'The path’s bytes in base64, present when they are not UTF-8.',
    },
    {
      name: 'path_truncated',
      type: 'bool',
      description: 'True when the path was longer or deeper than the agent keeps.',
    },
    {
      name: 'path_detached',
      type: 'bool',
      description:
        'True when the file was reached through a mount that is in no mount namespace (unmounted ' +
        'lazily, or never attached): the path begins at that mount’s root.',
    },
    {
      name: 'name',
      cost: 10,
      filter: filterable ? 'name' : 'none',
      description: 'Last component of the path.',
    },
    { name: 'extension', cost: 15, description: 'Extension of the name with its dot, or empty.' },
    { name: 'filesystem', description: 'Name of the filesystem type, such as `ext4`.' },
    {
      name: 'inode',
      type: 'int',
      range: uint64AsInt64,
      style: 'decimal',
      description: 'Inode number.',
    },
    {
      name: 'device',
      type: 'int',
      range: uint32,
      description: 'Device number of the filesystem: major << 20 | minor.',
    },
    { name: 'mount_id', type: 'int', range: int32, description: 'Identifier of the mount.' },
    {
      name: 'mode',
      type: 'int',
      range: uint16,
      constants: 'fileModes',
      description: 'Type and rights of the file (before a chmod changed them).',
    },
    {
      name: 'rights',
      type: 'int',
      range: [0n, 0o7777n],
      constants: 'fileModes',
      description: 'Rights of the file: mode & 07777.',
    },
    { name: 'uid', type: 'int', range: uint32, description: 'User that owns the file.' },
    {
      name: 'user',
      source: 'resolver',
      cost: 50,
      description: 'Name of the user that owns the file.',
    },
    { name: 'gid', type: 'int', range: uint32, description: 'Group that owns the file.' },
    {
      name: 'group',
      source: 'resolver',
      cost: 50,
      description: 'Name of the group that owns the file.',
    },
    {
      name: 'change_time',
      type: 'int',
      range: int64,
      style: 'time',
      description: 'Time of the last change of the inode, in nanoseconds since 1970.',
    },
    {
      name: 'modification_time',
      type: 'int',
      range: int64,
      style: 'time',
      description: 'Time of the last change of the content, in nanoseconds since 1970.',
    },
  ];
  return drafts.map((draft) => makeField({ ...owner, ...draft, name: `${prefix}.${draft.name}` }));
}

/** The fields of a process: the event’s own, its parent, an ancestor, or that of exec and exit. */
function processFields(prefix: string, owner: Owner): FieldSpec[] {
  const id = (name: string, description: string): FieldDraft => ({
    name,
    type: 'int',
    range: uint32,
    description,
  });
  const drafts: FieldDraft[] = [
    id('pid', 'Process id (of the thread group) in the initial pid namespace.'),
    id('ppid', 'Process id of the parent.'),
    { name: 'comm', description: 'Command name, at most 15 bytes.' },
    { name: 'argv0', description: 'First argument: the name the program was called by.' },
    {
      name: 'argv',
      list: true,
      cost: 100,
      description: 'Arguments after the first. In alerts the first is included.',
    },
    { name: 'args', cost: 500, description: 'Arguments after the first, joined by spaces.' },
    { name: 'args_truncated', type: 'bool', description: 'True when arguments were cut.' },
    {
      name: 'created_at',
      type: 'int',
      range: int64,
      style: 'time',
      description: 'When the process was created, in nanoseconds since 1970.',
    },
    id('uid', 'Real user id.'),
    id('gid', 'Real group id.'),
    id('euid', 'Effective user id.'),
    id('egid', 'Effective group id.'),
    id('fsuid', 'User id that file access is checked with.'),
    id('fsgid', 'Group id that file access is checked with.'),
    ...['user:uid', 'group:gid', 'euser:euid', 'egroup:egid', 'fsuser:fsuid', 'fsgroup:fsgid'].map(
      (pair): FieldDraft => {
        const [name, of] = pair.split(':') as [string, string];
        return { name, source: 'resolver', cost: 50, description: `Name of \`${of}\`.` };
      },
    ),
    id('auid', 'Login user id (audit), kept through su and sudo; AUDIT_AUID_UNSET when not set.'),
    {
      name: 'cap_effective',
      type: 'int',
      range: uint64AsInt64,
      style: 'decimal',
      constants: 'capabilities',
      description: 'Effective capabilities.',
    },
    {
      name: 'cap_permitted',
      type: 'int',
      range: uint64AsInt64,
      style: 'decimal',
      constants: 'capabilities',
      description: 'Permitted capabilities.',
    },
    { name: 'tty_name', description: 'Name of the controlling terminal, or empty.' },
    {
      name: 'is_exec',
      type: 'bool',
      description: 'True when the process ran a program itself, false after a mere fork.',
    },
    { name: 'is_kworker', type: 'bool', description: 'True for a thread of the kernel.' },
    id('mntns', 'Mount namespace (inode number).'),
    id('netns', 'Network namespace (inode number).'),
    id('pidns', 'Pid namespace (inode number).'),
    { name: 'cgroup.id', cost: 30, description: 'Path of the control group.' },
    { name: 'container.id', cost: 30, description: 'Identifier of the container, or empty.' },
  ];
  const processOwner: Owner = { source: 'process', ...owner };
  return [
    ...drafts.map((draft) =>
      makeField({
        ...processOwner,
        ...draft,
        name: `${prefix}.${draft.name}`,
      }),
    ),
    ...fileFields(`${prefix}.file`, processOwner, false),
    ...fileFields(`${prefix}.interpreter.file`, processOwner, false),
  ];
}

function retval(event: FileOperation): FieldSpec {
  return makeField({
    name: `${event}.retval`,
    type: 'int',
    event,
    range: int32,
    filter: 'result',
    constants: 'errors',
    description: 'Result of the call: 0 or above on success, a negative error constant otherwise.',
  });
}

function modeFields(event: FileOperation, description: string): FieldSpec[] {
  const common = { event, type: 'int', constants: 'fileModes' } as const;
  return [
    makeField({ ...common, name: `${event}.file.destination.mode`, range: uint16, description }),
    makeField({
      ...common,
      name: `${event}.file.destination.rights`,
      range: [0n, 0o7777n],
      description: `${description.slice(0, -1)}, rights only.`,
    }),
  ];
}

/** Fields that the engine writes into alerts, and that no rule can read. */
function alertOnlyFields(prefix: string, drafts: readonly FieldDraft[]): FieldSpec[] {
  return drafts.map((draft) =>
    makeField({ source: 'engine', inRules: false, ...draft, name: `${prefix}.${draft.name}` }),
  );
}

const engineFields: FieldSpec[] = [
  makeField({
    name: 'event.id',
    source: 'engine',
    inRules: false,
    description: 'Identifier of the event, shared by its alerts.',
  }),
  makeField({ name: 'event.type', source: 'engine', inRules: false, description: 'Event type.' }),
  makeField({
    name: 'event.timestamp',
    type: 'int',
    style: 'time',
    source: 'engine',
    description: 'When the operation ended, in nanoseconds since 1970.',
  }),
  makeField({ name: 'event.hostname', source: 'engine', description: 'Name of the host.' }),
  makeField({ name: 'event.os', source: 'engine', description: 'Always `linux`.' }),
  makeField({ name: 'event.origin', source: 'engine', description: 'Always `ebpf`.' }),
  makeField({
    name: 'rule.id',
    source: 'engine',
    inRules: false,
    description: 'The rule that matched.',
  }),
  makeField({
    name: 'rule.description',
    source: 'engine',
    inRules: false,
    description: 'Its description.',
  }),
  makeField({
    name: 'rule.version',
    source: 'engine',
    inRules: false,
    description: 'Its version.',
  }),
  makeField({
    name: 'rule.tags',
    source: 'engine',
    inRules: false,
    list: true,
    description: 'Its tags, as `key:value`.',
  }),
  makeField({
    name: 'rule.policy',
    source: 'engine',
    inRules: false,
    description: 'Name of the policy file.',
  }),
  makeField({
    name: 'rule.suppressed',
    type: 'int',
    source: 'engine',
    inRules: false,
    description: 'Matches that `every` held back, apart from the one that this alert is about.',
  }),
  ...alertOnlyFields('rule', [
    {
      name: 'suppressed_paths',
      list: true,
      description: 'Paths of the matches that were held back, at most 32, in their order.',
    },
    {
      name: 'suppressed_paths_omitted',
      type: 'int',
      description: 'Matches held back whose path is not among `rule.suppressed_paths`.',
    },
  ]),
  // An alert has a list of objects there, one for each action.
  ...alertOnlyFields('rule.actions', [
    { name: 'type', description: 'An action of the rule: `kill` or `log`.' },
    { name: 'status', description: 'What became of the action.' },
    { name: 'signal', description: 'The signal of a `kill`.' },
    { name: 'scope', description: 'Whom a `kill` is for: process, container or cgroup.' },
    { name: 'processes', type: 'int', description: 'How many processes a `kill` reached.' },
    { name: 'level', description: 'The level of a `log`.' },
    { name: 'message', description: 'The message of a `log`.' },
  ]),
  makeField({
    name: 'loss.operation',
    source: 'engine',
    inRules: false,
    description: 'Operation whose events were lost.',
  }),
  makeField({ name: 'loss.reason', source: 'engine', inRules: false, description: 'Why.' }),
  makeField({
    name: 'loss.count',
    type: 'int',
    source: 'engine',
    inRules: false,
    description: 'How many.',
  }),
  makeField({
    name: 'loss.since',
    type: 'int',
    style: 'time',
    source: 'engine',
    inRules: false,
    description: 'Start of the window in which they were lost; it ends at `event.timestamp`.',
  }),
];

/** Every field, in the order of reference pages and JSON. */
export const fields: readonly FieldSpec[] = [
  ...engineFields,
  ...fileOperations.map(retval),
  makeField({
    name: 'open.flags',
    type: 'int',
    event: 'open',
    range: uint32,
    filter: 'flags',
    style: 'names',
    constants: 'openFlags',
    description: 'Flags passed to open.',
  }),
  makeField({
    name: 'open.created',
    type: 'bool',
    event: 'open',
    description: 'True when the call created the file.',
  }),
  ...fileFields('open.file', { event: 'open' }, true),
  ...modeFields('open', 'Mode passed for a new file.'),
  makeField({
    name: 'unlink.flags',
    type: 'int',
    event: 'unlink',
    range: uint32,
    style: 'names',
    constants: 'unlinkFlags',
    description: 'Flags passed to unlinkat.',
  }),
  ...fileFields('unlink.file', { event: 'unlink' }, true),
  makeField({
    name: 'rename.flags',
    type: 'int',
    event: 'rename',
    range: uint32,
    style: 'names',
    constants: 'renameFlags',
    description: 'Flags passed to renameat2.',
  }),
  ...fileFields('rename.file', { event: 'rename' }, true),
  ...fileFields('rename.file.destination', { event: 'rename', filterFile: 'destination' }, true),
  ...fileFields('chmod.file', { event: 'chmod' }, true),
  ...modeFields('chmod', 'Mode after the call.'),
  ...processFields('exec', { event: 'exec' }),
  ...processFields('exit', { event: 'exit' }),
  makeField({
    name: 'exit.code',
    type: 'int',
    event: 'exit',
    range: uint32,
    description: 'Exit status, or number of the signal.',
  }),
  makeField({
    name: 'exit.cause',
    type: 'int',
    event: 'exit',
    range: [0n, 2n],
    constants: 'exitCauses',
    style: 'names',
    description: 'How the process ended.',
  }),
  makeField({ name: 'process.tid', type: 'int', range: uint32, description: 'Thread id.' }),
  makeField({
    name: 'process.is_thread',
    type: 'bool',
    description: 'True when a thread other than the leader did it.',
  }),
  makeField({
    name: 'container.id',
    source: 'process',
    cost: 30,
    description: 'Identifier of the container the process runs in, or empty.',
  }),
  ...processFields('process', { event: '*' }),
  ...processFields('process.parent', { event: '*' }),
  ...processFields('process.ancestors', { event: '*', iterator: 'process.ancestors' }),
];

export const fieldsByName: ReadonlyMap<string, FieldSpec> = new Map(
  fields.map((spec) => [spec.name, spec]),
);

/**
 * Names that mean another field: kept so that rules written elsewhere load.
 * A prefix alias ends in a dot.
 */
export const fieldAliases: ReadonlyMap<string, string> = new Map([
  ['container.', 'process.container.'],
  ['open.filename', 'open.file.path'],
  ['open.basename', 'open.file.name'],
  ['unlink.filename', 'unlink.file.path'],
  ['unlink.basename', 'unlink.file.name'],
  ['chmod.filename', 'chmod.file.path'],
  ['chmod.basename', 'chmod.file.name'],
  ['rename.old.filename', 'rename.file.path'],
  ['rename.new.filename', 'rename.file.destination.path'],
  ['process.filename', 'process.file.path'],
]);

/** Finds a field by the name a rule uses, aliases included. */
export function findField(name: string): FieldSpec | undefined {
  const direct = fieldsByName.get(name);
  if (direct) return direct;
  for (const [alias, target] of fieldAliases) {
    if (name === alias) return fieldsByName.get(target);
    if (alias.endsWith('.') && name.startsWith(alias)) {
      return fieldsByName.get(target + name.slice(alias.length));
    }
  }
  return undefined;
}
