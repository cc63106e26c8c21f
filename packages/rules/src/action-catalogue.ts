// SPDX-License-Identifier: Apache-2.0
// What the reference page says of actions beside their keys: when they run, what keys mean that are
// left out, and an example that a test compiles. The keys themselves are those of the reader.

import type { ActionKind } from './policy/policy-keys.ts';

export type ActionEntry = {
  readonly runs: string;
  /** What a key means that is left out, by the name of the key. */
  readonly defaults: Readonly<Record<string, string>>;
  /** A rule of a policy file. */
  readonly example: string;
};

export const actionCatalogue: Readonly<Record<ActionKind, ActionEntry>> = {
  set: {
    runs:
      'At once when the rule matches, whatever `every` and `silent` say: rules that come later ' +
      'see the value, also on the same event. Exactly one of `value`, `field` and `expression` ' +
      'stands in it. The first `set` of a variable decides its type.',
    defaults: {
      default_value:
        'Without it the variable reads as zero, empty or false. An expression needs it.',
      append: 'Default: false.',
      scope_field: 'Default: the process of the event. With the scope `process` alone.',
      size: 'Default: the limit of the agent.',
      ttl: 'Default: for good.',
      private: 'Default: false.',
      inherited: 'Default: false. With the scope `process` alone.',
    },
    example: `id: shell_of_web_server
expression: exec.file.name in ["sh", "bash"] && process.parent.file.name == "nginx"
actions:
  - set:
      name: from_web
      value: true
      scope: process
      inherited: true
      ttl: 1h`,
  },
  kill: {
    runs:
      'At every match, where the configuration of the agent allows rules to kill. Never struck ' +
      'are process 1, the agent and what it descends from, and threads of the kernel. A rule ' +
      'that would kill in ever more containers or programs is disarmed.',
    defaults: {
      scope: 'Default: process.',
      disable_container_disarmer: 'Default: false.',
      disable_executable_disarmer: 'Default: false.',
    },
    example: `id: miner
expression: exec.args_flags in ["donate-level"]
actions:
  - kill:
      signal: SIGKILL
    filter: process.container.id != ""`,
  },
  log: {
    runs: 'With each alert of the rule, also with those that tell what `every` held back.',
    defaults: {
      level: '`trace` means debug, `warn` warning and `critical` error.',
      message: 'Default: that the rule matched.',
    },
    example: `id: sudoers
expression: open.file.path == "/etc/sudoers" && open.flags & O_RDWR > 0
actions:
  - log:
      level: warning
      message: "\${process.pid} opened %{open.file.path}"`,
  },
  hash: {
    runs: 'With each alert of the rule.',
    defaults: {
      field: 'Default: the file of the event, for `open`, `exec` and `fim.write.file`.',
      max_file_size: 'Default: the limit of the agent.',
    },
    example: `id: new_library
expression: open.file.path =~ "/usr/lib/**" && open.created
actions:
  - hash:
      field: open.file
      max_file_size: 16777216`,
  },
  coredump: {
    runs: 'Never: the key is read, so that policies that have it load.',
    defaults: {},
    example: `id: dump
expression: open.file.path == "/run/dump-now"
actions:
  - coredump:
      process: true`,
  },
  network_filter: {
    runs: 'Never: the key is read, so that policies that have it load.',
    defaults: {},
    example: `id: isolate
expression: exec.file.name == "miner"
actions:
  - network_filter:
      filter: tcp
      scope: process`,
  },
};
