// SPDX-License-Identifier: Apache-2.0
// Every field of an event, declared once: type, source, cost, and how the kernel can filter on it.
// The checker, the approver analysis, the agent's accessors, the JSON output and the reference
// pages derive from this table. A field's name is its path in the JSON of an alert.

import type { ConstantGroupName } from './constants.ts';
import type { EventType } from './event-types.ts';
import { type FileOperation, fileOperations } from './operations.ts';

export type FieldType = 'string' | 'int' | 'bool' | 'ip';

/** A prefix whose fields have one value for each of several elements. */
export type IteratorName = 'process.ancestors';

/** Where the value comes from: the record, the process cache, or a look-up in user space. */
export type FieldSource = 'kernel' | 'process' | 'resolver' | 'engine';

/**
 * The kernel table that can decide a comparison of this field with literals.
 * `name`: exact last component; `path`: last component of an exact path; `flags`: open's flag bits;
 * `result`: the operation's result class; `none`: user space decides.
 */
export type FieldFilter = 'name' | 'path' | 'flags' | 'result' | 'none';

/** How an integer is written in JSON. */
export type IntegerStyle = 'number' | 'decimal' | 'names' | 'time';

export type FieldSpec = {
  readonly name: string;
  readonly type: FieldType;
  /** True where the value is a list: comparisons then mean "any element", negated ones "none". */
  readonly list: boolean;
  /**
   * Set where the field has a value for each element of an iterator: comparisons then mean "any
   * element". The value is an array with an entry for each element; of a list, an array of arrays.
   */
  readonly iterator: IteratorName | null;
  /** The event type the field belongs to, or `*` for fields of every event. */
  readonly event: EventType | '*';
  /** Inclusive bounds of an integer; the compiler uses them to choose its arithmetic. */
  readonly range: readonly [bigint, bigint];
  /** How a pattern literal is matched: path components (`glob`) or any run of bytes (`pattern`). */
  readonly match: 'glob' | 'pattern';
  /** True for domain names, which compare without regard to case and have a `.root_domain`. */
  readonly isDomain: boolean;
  readonly source: FieldSource;
  /** Relative price of reading the field; cheap ones are read first. */
  readonly cost: number;
  readonly filter: FieldFilter;
  /** Which file of the operation the kernel tables look at. */
  readonly filterFile: 'source' | 'destination';
  readonly style: IntegerStyle;
  readonly constants: ConstantGroupName | null;
  /** False where this agent knows the field and does not fill it yet: it reads as zero. */
  readonly filled: boolean;
  /** False for fields of an alert that no rule can read (`rule.id`). */
  readonly inRules: boolean;
  readonly description: string;
};

type FieldDraft = Partial<FieldSpec> & Pick<FieldSpec, 'name' | 'description'>;

const int64: readonly [bigint, bigint] = [-(1n << 63n), (1n << 63n) - 1n];
const uint32: readonly [bigint, bigint] = [0n, 0xffffffffn];
const uint64AsInt64: readonly [bigint, bigint] = [0n, (1n << 63n) - 1n];
const int32: readonly [bigint, bigint] = [-(1n << 31n), (1n << 31n) - 1n];
const uint16: readonly [bigint, bigint] = [0n, 0xffffn];

function field(draft: FieldDraft): FieldSpec {
  return {
    type: 'string',
    list: false,
    iterator: null,
    event: '*',
    range: int64,
    match: 'pattern',
    isDomain: false,
    source: 'kernel',
    cost: 1,
    filter: 'none',
    filterFile: 'source',
    style: 'number',
    constants: null,
    filled: true,
    inRules: true,
    ...draft,
  };
}

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
  return drafts.map((draft) => field({ ...owner, ...draft, name: `${prefix}.${draft.name}` }));
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
      field({
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
  return field({
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
    field({ ...common, name: `${event}.file.destination.mode`, range: uint16, description }),
    field({
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
    field({ source: 'engine', inRules: false, ...draft, name: `${prefix}.${draft.name}` }),
  );
}

const engineFields: FieldSpec[] = [
  field({
    name: 'event.id',
    source: 'engine',
    inRules: false,
    description: 'Identifier of the event, shared by its alerts.',
  }),
  field({ name: 'event.type', source: 'engine', inRules: false, description: 'Event type.' }),
  field({
    name: 'event.timestamp',
    type: 'int',
    style: 'time',
    source: 'engine',
    description: 'When the operation ended, in nanoseconds since 1970.',
  }),
  field({ name: 'event.hostname', source: 'engine', description: 'Name of the host.' }),
  field({ name: 'event.os', source: 'engine', description: 'Always `linux`.' }),
  field({ name: 'event.origin', source: 'engine', description: 'Always `ebpf`.' }),
  field({
    name: 'rule.id',
    source: 'engine',
    inRules: false,
    description: 'The rule that matched.',
  }),
  field({
    name: 'rule.description',
    source: 'engine',
    inRules: false,
    description: 'Its description.',
  }),
  field({ name: 'rule.version', source: 'engine', inRules: false, description: 'Its version.' }),
  field({
    name: 'rule.tags',
    source: 'engine',
    inRules: false,
    list: true,
    description: 'Its tags, as `key:value`.',
  }),
  field({
    name: 'rule.policy',
    source: 'engine',
    inRules: false,
    description: 'Name of the policy file.',
  }),
  field({
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
  field({
    name: 'loss.operation',
    source: 'engine',
    inRules: false,
    description: 'Operation whose events were lost.',
  }),
  field({ name: 'loss.reason', source: 'engine', inRules: false, description: 'Why.' }),
  field({
    name: 'loss.count',
    type: 'int',
    source: 'engine',
    inRules: false,
    description: 'How many.',
  }),
  field({
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
  field({
    name: 'open.flags',
    type: 'int',
    event: 'open',
    range: uint32,
    filter: 'flags',
    style: 'names',
    constants: 'openFlags',
    description: 'Flags passed to open.',
  }),
  field({
    name: 'open.created',
    type: 'bool',
    event: 'open',
    description: 'True when the call created the file.',
  }),
  ...fileFields('open.file', { event: 'open' }, true),
  ...modeFields('open', 'Mode passed for a new file.'),
  field({
    name: 'unlink.flags',
    type: 'int',
    event: 'unlink',
    range: uint32,
    style: 'names',
    constants: 'unlinkFlags',
    description: 'Flags passed to unlinkat.',
  }),
  ...fileFields('unlink.file', { event: 'unlink' }, true),
  field({
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
  field({
    name: 'exit.code',
    type: 'int',
    event: 'exit',
    range: uint32,
    description: 'Exit status, or number of the signal.',
  }),
  field({
    name: 'exit.cause',
    type: 'int',
    event: 'exit',
    range: [0n, 2n],
    constants: 'exitCauses',
    style: 'names',
    description: 'How the process ended.',
  }),
  field({ name: 'process.tid', type: 'int', range: uint32, description: 'Thread id.' }),
  field({
    name: 'process.is_thread',
    type: 'bool',
    description: 'True when a thread other than the leader did it.',
  }),
  field({
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
