// SPDX-License-Identifier: Apache-2.0
// Every key of a policy file, declared once: what its value looks like and what it is for. The
// reader, its suggestions and the JSON schema for editors derive from these tables.

export type KeyForm =
  | { readonly form: 'text' | 'expression' | 'boolean' | 'duration' | 'texts' | 'text-map' }
  /** A boolean, an integer or text, or a list of one of these. */
  | { readonly form: 'value' }
  | { readonly form: 'integer'; readonly min: number; readonly max: number }
  | { readonly form: 'choice' | 'choices'; readonly choices: readonly string[] }
  | { readonly form: 'map' | 'list'; readonly keys: KeyTable };

export type KeySpec = KeyForm & {
  readonly description: string;
  /** What happens instead, for a key that this version reads and does not act on. */
  readonly waiting?: string;
};

export type KeyTable = Readonly<Record<string, KeySpec>>;

const text = (description: string): KeySpec => ({ form: 'text', description });
const expression = (description: string): KeySpec => ({ form: 'expression', description });
const boolean = (description: string): KeySpec => ({ form: 'boolean', description });
const duration = (description: string): KeySpec => ({ form: 'duration', description });
const texts = (description: string): KeySpec => ({ form: 'texts', description });

function choice<const Choice extends string>(choices: readonly Choice[], description: string) {
  return { form: 'choice', choices, description } as const;
}

function integer(min: number, max: number, description: string) {
  return { form: 'integer', min, max, description } as const;
}

export const scopes = ['process', 'container', 'cgroup'] as const;
export const overrideFields = [
  ...(['all', 'expression', 'actions', 'every', 'tags', 'product_tags'] as const),
] as const;
export const ownLogLevels = ['debug', 'info', 'warning', 'error'] as const;
/** Names of other agents among them. */
export const logLevels = [...ownLogLevels, 'trace', 'warn', 'critical'] as const;

const forHosts = {
  agent_version: text(
    'Versions of the language that it is for, such as ">= 7.65"; for others it does not exist.',
  ),
  filters: texts(
    'Conditions on the host, such as os.id == "debian". Any true one is enough; where none is, ' +
      'it does not exist.',
  ),
} as const satisfies KeyTable;

export const setKeys = {
  name: text('Name of the variable, without its scope.'),
  value: { form: 'value', description: 'What the variable is set to.' },
  field: text('The field whose value the variable is set to.'),
  expression: expression('The expression whose value the variable is set to.'),
  default_value: {
    form: 'value',
    description: 'What the variable reads as while it is not set; it also says the type.',
  },
  append: boolean('Adds to a list instead of replacing the value.'),
  scope: choice(scopes, 'What the variable belongs to; everything, unless it is said.'),
  scope_field: text('The process that the variable is set at, such as process.parent.'),
  size: integer(1, 1_000_000, 'Most values of a list; the oldest goes.'),
  ttl: duration('How long a value lives, such as 10m; 0 is for good.'),
  private: boolean('Keeps the variable out of alerts.'),
  inherited: boolean('Lets a process without a value of its own read that of its ancestors.'),
} as const satisfies KeyTable;

export const killKeys = {
  signal: text('The signal by name, such as SIGKILL, or by number.'),
  scope: choice(scopes, 'What is killed: the process, or all of its container or control group.'),
  disable_container_disarmer: boolean(
    'Goes on killing however many containers the rule has killed in.',
  ),
  disable_executable_disarmer: boolean(
    'Goes on killing however many programs the rule has killed.',
  ),
} as const satisfies KeyTable;

export const logKeys = {
  level: choice(logLevels, 'How much it matters; info, unless it is said.'),
  message: text('What is written; values stand in it as ${process.pid} or %{open.file.path}.'),
} as const satisfies KeyTable;

export const hashKeys = {
  field: text('Prefix of the fields of the file, such as open.file.'),
  max_file_size: integer(1, 2 ** 53 - 1, 'Larger files are not hashed, in bytes.'),
} as const satisfies KeyTable;

export const coredumpKeys = {
  process: boolean('The process cache.'),
  mount: boolean('The mounts.'),
  dentry: boolean('The path cache.'),
  no_compression: boolean('Writes it as it is.'),
} as const satisfies KeyTable;

export const networkFilterKeys = {
  filter: text('Which packets, in the syntax of pcap.'),
  policy: text('What happens to them.'),
  scope: choice(scopes, 'Whose packets.'),
} as const satisfies KeyTable;

export const actionKinds = {
  set: { form: 'map', keys: setKeys, description: 'Sets a variable, at every match.' },
  kill: { form: 'map', keys: killKeys, description: 'Sends a signal, at every match.' },
  log: { form: 'map', keys: logKeys, description: 'Writes a line to the log, with each alert.' },
  hash: { form: 'map', keys: hashKeys, description: 'Adds hashes of a file to each alert.' },
  coredump: {
    form: 'map',
    keys: coredumpKeys,
    description: 'Dumps the state of the agent. Not executed by this agent.',
  },
  network_filter: {
    form: 'map',
    keys: networkFilterKeys,
    description: 'Drops packets. Not executed by this agent.',
  },
} as const satisfies KeyTable;

export type ActionKind = keyof typeof actionKinds;

export const actionKeys = {
  ...actionKinds,
  filter: expression('The action runs only where this holds too.'),
} as const satisfies KeyTable;

export const overrideKeys = {
  fields: {
    form: 'choices',
    choices: overrideFields,
    description: 'Which parts are replaced; only the expression, unless it is said.',
  },
} as const satisfies KeyTable;

export const macroKeys = {
  id: text('The name by which expressions use it.'),
  description: text('What it is for.'),
  expression: expression('The expression or list that the name stands for.'),
  values: texts('A list of strings that the name stands for.'),
  ...forHosts,
  combine: choice(
    ['merge', 'override', ''],
    'Adds its values to those of an earlier macro with this id, or replaces that macro.',
  ),
} as const satisfies KeyTable;

export const ruleKeys = {
  id: text('The name of the rule, in alerts and everywhere else.'),
  version: text('The version of the rule, copied into alerts.'),
  description: text('What a match means.'),
  expression: expression('The condition: a boolean about exactly one event type.'),
  tags: { form: 'text-map', description: 'Names and values, copied into alerts.' },
  product_tags: texts('Tags of the product, copied into alerts as event.rule.tags.'),
  ...forHosts,
  disabled: boolean('Switches the rule off, or an earlier rule with this id off or on.'),
  combine: choice(['override', ''], 'Changes an earlier rule with this id.'),
  override_options: { form: 'map', keys: overrideKeys, description: 'What combine changes.' },
  every: duration('Shortest time between two alerts, such as 10s; matches between are counted.'),
  limiter_token: texts('Fields: `every` holds for each combination of their values.'),
  silent: boolean('Runs actions and counts matches, and reports nothing.'),
  group_id: text('A name that several rules share.'),
  priority: integer(
    -(2 ** 31),
    2 ** 31 - 1,
    'Rules with a higher one are evaluated first, among those on one event type.',
  ),
  actions: { form: 'list', keys: actionKeys, description: 'What is done when the rule matches.' },
} as const satisfies KeyTable;

export const policyKeys = {
  version: text('The version of the policy.'),
  type: choice(['policy', 'content_pack', ''], 'What the file is; a policy, unless it is said.'),
  replace_policy_id: text('The earlier policy that this one replaces: its file name, no .policy.'),
  macros: { form: 'list', keys: macroKeys, description: 'Names for what expressions share.' },
  rules: { form: 'list', keys: ruleKeys, description: 'What is watched, and what is done then.' },
  hooks: {
    form: 'value',
    description: 'Hooks on demand. Not supported yet.',
    waiting: 'no hook is installed on demand',
  },
} as const satisfies KeyTable;
