// SPDX-License-Identifier: Apache-2.0
// Which control group stands for a process, and where its directory is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMountTable } from './mount-table.ts';
import { chooseCgroup, findCgroupDirectory } from './proc-cgroup.ts';

test('the unified group wins unless it is the root', () => {
  const text = '4:memory:/m\n8:pids:/p\n0::/system.slice/a.service\n';
  assert.deepEqual(chooseCgroup(text), {
    hierarchy: 0,
    controller: '',
    path: '/system.slice/a.service',
  });
});

test('then memory, pids, cpu and devices, in this order', () => {
  const line = (hierarchy: number, controllers: string, path: string): string =>
    `${hierarchy}:${controllers}:${path}\n`;
  const devices = line(5, 'devices', '/d');
  const cpu = line(2, 'cpu,cpuacct', '/c');
  const pids = line(8, 'pids', '/p');
  const memory = line(4, 'memory', '/m');
  const unified = line(0, '', '/');
  const choose = (text: string): string | undefined => chooseCgroup(text)?.path;
  assert.equal(choose(devices + cpu + pids + memory + unified), '/m');
  assert.equal(choose(devices + cpu + pids + line(4, 'memory', '/') + unified), '/p');
  assert.equal(choose(devices + cpu + unified), '/c');
  assert.equal(choose(devices + unified), '/d');
  assert.equal(choose(line(9, 'name=systemd', '/s') + unified), '/');
});

test('a path may hold colons and bytes; without any group there is none', () => {
  assert.equal(chooseCgroup('0::/a:b/\xff\n')?.path, '/a:b/\xff');
  assert.equal(chooseCgroup(''), null);
});

const mounts = parseMountTable(
  [
    '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
    '36 31 0:33 / /sys/fs/cgroup/cpu\\040and rw - cgroup cgroup rw,cpu,cpuacct',
    '41 31 0:38 /docker/a /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw,nsdelegate',
  ].join('\n'),
);

test('the directory is below the mount of the hierarchy', () => {
  const find = (controller: string, path: string): string | null =>
    findCgroupDirectory({ hierarchy: 1, controller, path }, mounts);
  assert.equal(find('memory', '/a/b'), '/sys/fs/cgroup/memory/a/b');
  assert.equal(find('cpu', '/a'), '/sys/fs/cgroup/cpu and/a');
  assert.equal(find('', '/docker/a/b'), '/sys/fs/cgroup/unified/b');
  assert.equal(find('', '/docker/a'), '/sys/fs/cgroup/unified');
  assert.equal(find('', '/docker/ab'), null);
  assert.equal(find('pids', '/a'), null);
});

test('groups outside of a control group namespace are only found where they are mounted', () => {
  const group = { hierarchy: 0, controller: '', path: '/../web' };
  const line = (root: string): string => `41 31 0:38 ${root} /groups rw - cgroup2 cgroup2 rw`;
  assert.equal(findCgroupDirectory(group, parseMountTable(line('/'))), null);
  assert.equal(findCgroupDirectory(group, parseMountTable(line('/..'))), '/groups/web');
});
