// SPDX-License-Identifier: Apache-2.0
// Events for the rules of rule-samples.ts: what a busy host does, none of which any rule matches,
// with near misses among it; and changes of the files that the first applications own.

import type { EventType } from '@fimbul/schema';

export type EventSample = {
  readonly type: EventType;
  /** The values that differ from zero, by field. */
  readonly values: Readonly<Record<string, string | number | readonly string[]>>;
};

const programs = [
  '/usr/bin/bash',
  '/usr/bin/node',
  '/usr/sbin/nginx',
  '/usr/lib/postgresql/16/bin/postgres',
];

const quietPaths = [
  '/home/alice/src/project/lib/module17.js',
  '/home/alice/.config/editor/settings.json',
  '/var/lib/dpkg/info/libc6.list',
  '/var/log/nginx/access.log',
  '/usr/lib/x86_64-linux-gnu/libssl.so.3',
  '/usr/bin/appliance',
  '/usr/share/zoneinfo/Europe/Stockholm',
  '/proc/4711/status',
  '/tmp/cc3jf93.o',
  '/etc/ld.so.cache',
  '/etc/app',
  '/etc/app1',
  '/opt/application/lib/bin/x/y',
  '/srv/www/app3/index.html',
  '/etc/systemd/system/app.timer',
  '/var/lib/postgresql/16/main/base/16384/2619',
];

const writeOnly = 1;
const create = 0o100;

function getName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function describeProcess(index: number): Record<string, string | number | readonly string[]> {
  const program = programs[index % programs.length] ?? '';
  return {
    'process.file.path': program,
    'process.file.name': getName(program),
    'process.uid': index % 3 === 0 ? 0 : 1000,
    'process.auid': 1000,
    'process.ancestors.file.path': ['/usr/bin/bash', '/usr/sbin/sshd', '/usr/lib/systemd/systemd'],
  };
}

function makeOpen(path: string, index: number): EventSample {
  const flags = index % 2 === 0 ? writeOnly | create : 0;
  const values = { 'open.file.path': path, 'open.file.name': getName(path), 'open.flags': flags };
  return { type: 'open', values: { ...describeProcess(index), ...values } };
}

function makeRest(path: string, index: number): readonly EventSample[] {
  const process = describeProcess(index);
  return [
    { type: 'unlink', values: { ...process, 'unlink.file.path': path } },
    {
      type: 'rename',
      values: {
        ...process,
        'rename.file.path': `${path}.new`,
        'rename.file.destination.path': path,
      },
    },
    {
      type: 'chmod',
      values: {
        ...process,
        'chmod.file.path': path,
        'chmod.file.mode': 0o100644,
        'chmod.file.destination.mode': 0o100755,
      },
    },
  ];
}

/** Events that no rule matches: three opens for each other operation. */
export const quietEvents: readonly EventSample[] = quietPaths.flatMap((path, index) => [
  ...[0, 1, 2].map((shift) => makeOpen(path, index + shift)),
  ...makeRest(path, index).slice(index % 3, (index % 3) + 1),
]);

/** Events that rules on the first five applications match. */
export const loudEvents: readonly EventSample[] = [0, 1, 2, 3, 4].flatMap((app) => [
  makeOpen(`/etc/app${app}.conf`, 0),
  makeOpen(`/usr/lib/app${app}/modules/core.so`, 2),
  makeOpen(`/home/bob/.config/app${app}/settings`, 4),
  ...makeRest(`/var/lib/app${app}/state`, app),
]);
