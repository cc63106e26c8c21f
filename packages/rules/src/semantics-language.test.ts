// SPDX-License-Identifier: Apache-2.0
// What the parts of the language mean that go beyond fields and literals: variables, references,
// registers, indexes, networks, domain names and written files. The emitted code is what runs.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventType } from '@fimbul/schema';
import { parseNetwork } from './1-parse/network.ts';
import type { EventScalar } from './testing/interpret-values.ts';
import { type Given, runExpression } from './testing/run-expression.ts';

type Row = readonly [expression: string, expected: boolean];

function check(title: string, given: Given, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [expression, expected] of rows) {
      it(`${expression} is ${expected}`, () => {
        assert.equal(runExpression(expression, given), expected);
      });
    }
  });
}

function net(text: string) {
  const parsed = parseNetwork(text);
  assert.ok(parsed);
  return parsed;
}

const processes = {
  'open.flags': 0n,
  'process.pid': 77n,
  'process.ppid': 200n,
  'process.comm': 'sh',
  'process.argv': ['-c', 'id; ls'],
  'process.ancestors.pid': [10n, 100n, 200n],
  'process.ancestors.file.path': ['/bin/AAA', '/bin/BBB', '/bin/CCC'],
  'process.ancestors.comm': ['AAA', 'BBB', 'CCC'],
  'process.ancestors.argv': [['a'], [], ['b', 'c', 'd']],
  'process.ancestors.is_kworker': [true, true, false],
} as const;

function onOpen(rows: readonly Row[]): Row[] {
  return rows.map(([expression, expected]) => [`open.flags == 0 && (${expression})`, expected]);
}

check(
  'variables',
  {
    event: { ...processes, 'open.file.path': '/proc/77/maps/x' },
    variables: {
      name: 'x',
      count: 77n,
      seen: true,
      names: ['sh', 'bash'],
      counts: [1n, 100n],
      'process.mark': '/proc/77/maps/x',
    },
  },
  onOpen([
    ['process.pid == ${count}', true],
    ['process.pid == ${process.pid}', true],
    ['process.ppid == ${process.pid}', false],
    ['${count} + 1 == 78 && ${count} & 64 > 0', true],
    ['open.file.path == "/proc/${process.pid}/maps/${name}"', true],
    ['open.file.path == "/proc/${count}/maps/${nothere"', false],
    ['open.file.path != "/proc/${process.pid/maps"', true],
    ['open.file.path == ${process.mark}', true],
    ['${seen} && ${seen} == true && !(${seen} != true)', true],
    ['process.comm in ${names}', true],
    ['process.comm not in ${names}', false],
    ['process.ancestors.comm in ${names}', false],
    ['process.ancestors.comm not in ${names}', true],
    ['process.ancestors.pid in ${counts}', true],
    ['"bash" in ${names} && ~"*sh" in ${names} && "zsh" not in ${names}', true],
    ['${names} == "sh"', true],
    ['${names} != "sh"', false],
    ['${names.length} == 2 && ${counts.length} > 1 && ${name.length} == 1', true],
    ['"${names}" == "sh,bash" && "${counts}" == "1,100" && "${seen}" == "true"', true],
    ['${process.mark} =~ "*maps*" && ${process.mark} == r"^/proc/[0-9]+/"', true],
    ['${builtins.uuid4} == r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"', true],
    ['open.file.path in ["/x", "/proc/${process.pid}/maps/${name}"]', true],
    ['open.file.path not in ["/x", "/proc/${process.pid}/maps/${name}"]', false],
    ['"x" in ["${name}", "b"]', true],
    ['~"/tmp/*" == "/tmp/${name}"', true],
  ]),
);

check(
  'variables that nothing has set',
  { event: processes },
  onOpen([
    ['${name} == "" && ${count} == 0 && !${seen}', true],
    ['${names.length} == 0 && process.comm not in ${names}', true],
    ['process.comm in ${names}', false],
    ['"/${name}/${names}/" == "///"', true],
  ]),
);

check(
  'field references',
  { event: { ...processes, 'open.file.path': '/home/sh', 'process.file.path': '/home/sh' } },
  onOpen([
    ['open.file.path == %{process.file.path} && open.file.name == %{process.comm}', true],
    ['open.file.path == "/home/%{process.comm}"', true],
    ['"%{process.argv}" == "-c,id; ls" && "%{process.argv[1]}" == "id; ls"', true],
    ['"%{process.ancestors.pid} %{process.ancestors[1].pid}" == "10,100,200 100"', true],
    ['"%{process.argv.length} %{process.comm.length} %{open.flags}" == "2 2 0"', true],
    ['%{process.argv.length} == 2 && %{process.ancestors.length} == 3', true],
    ['"-c" in %{process.argv} && process.comm not in %{process.ancestors.comm}', true],
    ['%{process.ancestors.pid} == 100', true],
  ]),
);

check(
  'registers',
  { event: processes },
  onOpen([
    ['process.ancestors.pid == 200 && process.ancestors.comm == "AAA"', true],
    ['process.ancestors[A].pid == 200 && process.ancestors[A].comm == "AAA"', false],
    ['process.ancestors[A].pid == 200 && process.ancestors[A].comm == "CCC"', true],
    ['process.ancestors[A].pid == 200 && process.ancestors[B].comm == "AAA"', true],
    ['process.ancestors[A].pid == 10 && !(process.ancestors[A].comm == "BBB")', true],
    ['process.ancestors[A].pid == 10 && process.ancestors[A].comm != "AAA"', false],
    ['process.ancestors[A].pid != 10', true],
    ['process.ancestors[A].pid + 100 == process.ancestors[B].pid', true],
    ['process.ancestors[A].pid + 101 == process.ancestors[B].pid', false],
    ['process.ancestors[A].argv == "c" && process.ancestors[A].pid == 200', true],
    ['process.ancestors[A].argv == "c" && process.ancestors[A].pid == 10', false],
    ['process.ancestors[A].argv.length == 0 && process.ancestors[A].comm == "BBB"', true],
    ['process.ancestors[A].argv[2] == "d" && process.ancestors[A].is_kworker == false', true],
    ['process.ppid == process.ancestors[A].pid && process.ancestors[A].comm =~ "C*"', true],
    ['"%{process.ancestors[A].comm}" == "BBB" && process.ancestors[A].pid == 100', true],
    ['true || process.ancestors[A].pid == 1', true],
  ]),
);

check(
  'registers without elements',
  { event: { 'open.flags': 0n } },
  onOpen([
    ['process.ancestors[A].pid == 0', false],
    ['process.ancestors[A].pid != 1', false],
    ['!(process.ancestors[A].pid == 1)', false],
    ['true || process.ancestors[A].pid == 1', false],
    ['process.ancestors.pid != 1', true],
  ]),
);

check(
  'indexes and lengths',
  { event: processes },
  onOpen([
    ['process.argv[0] == "-c" && process.argv[1] =~ "*ls"', true],
    ['process.argv[2] == "" && process.argv[2].length == 0', true],
    ['process.argv[0] != "-c"', false],
    ['process.ancestors[0].pid == 10 && process.ancestors[2].comm == "CCC"', true],
    ['process.ancestors[3].pid == 0 && process.ancestors[3].comm == ""', true],
    ['process.ancestors[3].is_kworker', false],
    ['process.ancestors[2].argv == "c" && process.ancestors[2].argv[1] == "c"', true],
    ['process.ancestors[9].argv == "c"', false],
    ['process.ancestors[2].argv.length == 3 && process.ancestors[9].argv.length == 0', true],
    ['process.ancestors.argv[0] == "b"', true],
    ['process.ancestors.argv[0] != "b"', false],
    ['process.ancestors.argv[0] == ""', true],
    ['process.ancestors.argv.length == 1', true],
    ['process.ancestors.argv.length == 2', false],
    ['process.ancestors.argv.length != 3', false],
    ['process.ancestors.comm.length == 3 && process.ancestors.length == 3', true],
    ['process.ancestors.comm.length != 3', false],
    ['process.ancestors.argv == "c"', true],
  ]),
);

describe('networks', () => {
  const run = (address: string, expression: string) =>
    runExpression(expression, {
      event: { 'connect.addr.ip': net(address) satisfies EventScalar },
      variables: { peer: net('10.0.0.7'), peers: [net('10.0.0.0/24'), net('fe80::1')] },
    });
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['192.168.0.1', 'connect.addr.ip == 192.168.0.1', true],
    ['192.168.0.1', 'connect.addr.ip == ::ffff:192.168.0.1', true],
    ['::ffff:192.168.0.1', 'connect.addr.ip == 192.168.0.1', true],
    ['192.168.0.1', 'connect.addr.ip != 192.168.0.1', false],
    ['192.168.0.1', 'connect.addr.ip in 192.168.0.0/16', true],
    ['192.168.0.1', 'connect.addr.ip in [10.0.0.0/8, ::1]', false],
    ['192.168.0.1', 'connect.addr.ip not in [10.0.0.0/8, 192.168.0.1]', false],
    ['192.168.0.1', 'connect.addr.ip in ::1/0', false],
    ['2001:db8::1', 'connect.addr.ip in 0.0.0.0/0', false],
    ['2001:db8::1', 'connect.addr.ip in [2001:db8::/32, 10.0.0.0/8]', true],
    ['2001:db8::1', 'connect.addr.ip allin 2001:db8::/32', true],
    ['10.0.0.7', 'connect.addr.ip in ${peers}', true],
    ['10.0.1.7', 'connect.addr.ip in ${peers}', false],
    ['10.0.0.7', 'connect.addr.ip == ${peer} && connect.addr.ip in ${peer}', true],
    ['10.0.0.7', '${peers} allin [10.0.0.0/8, fe80::/10] && 10.0.0.99 in ${peers}', true],
    ['10.0.0.7', '${peers} allin [10.0.0.0/8]', false],
    ['10.0.0.7', '${peers} in [10.0.0.0/8] && ${peers} allin ${peers}', true],
    ['10.0.0.7', '${peer} allin ${peers} && ${peer} in 10.0.0.0/29', true],
    ['10.0.0.7', '"${peer} %{connect.addr.ip}" == "10.0.0.7 10.0.0.7"', true],
  ];
  for (const [address, expression, expected] of rows) {
    it(`for ${address}, ${expression} is ${expected}`, () => {
      const whole = `connect.addr.port == 0 && (${expression})`;
      assert.equal(run(address, whole), expected);
    });
  }
  it('all of none lie within anything', () => {
    const expression = 'connect.addr.port == 0 && ${peers} allin 10.0.0.0/8';
    assert.equal(runExpression(expression, {}), true);
  });
});

describe('literal networks', () => {
  const rows: readonly Row[] = [
    ['10.0.0.0/16 in 10.0.1.0/24', true],
    ['2001:db8::/32 in [2001:db8:1::/64]', true],
    ['2001:db8::/32 allin [2001:db8:1::/64]', false],
    ['2001:db8:1::/64 allin [10.0.0.0/8, 2001:db8::/32]', true],
    ['10.0.0.1 == ::ffff:10.0.0.1', true],
    ['10.0.0.1 in ::/0 || ::1 in 0.0.0.0/0', false],
    ['::ffff:10.0.0.1 in 10.0.0.0/8', true],
  ];
  for (const [expression, expected] of rows) {
    it(`${expression} is ${expected}`, () => {
      assert.equal(runExpression(`open.flags == 0 && (${expression})`, {}), expected);
    });
  }
});

check('domain names', { event: { 'dns.question.name': 'WWW.Example.CO.uk' } }, [
  ['dns.question.name == "www.example.co.uk"', true],
  ['dns.question.name != "www.EXAMPLE.co.uk"', false],
  ['dns.question.name in ["a.b", ~"*.Example.co.UK"]', true],
  ['dns.question.name == r"^www\\.example"', true],
  ['dns.question.name == "%{dns.question.name}" && dns.question.name.length == 17', true],
  ['dns.question.name.root_domain == "Example.co.uk"', true],
  ['%{dns.question.name.root_domain} != "example.co.uk"', false],
]);

check(
  'ages and moments',
  {
    event: {
      'open.flags': 0n,
      'event.timestamp': 1_000_000_000_000n,
      'process.created_at': 996_000_000_000n,
      'open.file.change_time': 998_000_000_000n,
      'process.ancestors.created_at': [900_000_000_000n, 999_000_000_000n],
    },
  },
  onOpen([
    ['open.file.change_time - process.created_at + 3s <= 5s', true],
    ['open.file.change_time - process.created_at + 4s <= 5s', false],
    ['open.file.change_time - process.created_at == 2s', true],
    ['process.ancestors[0].created_at > 90s && process.ancestors[1].created_at < 2s', true],
    ['process.ancestors[A].created_at < 2s && process.ancestors[A].created_at > 90s', false],
    ['5s > process.created_at && 4s <= process.created_at', true],
  ]),
);

describe('a file that is written', () => {
  const path = '/etc/passwd';
  const run = (eventType: EventType, event: Given['event']) =>
    runExpression('fim.write.file.path == "/etc/passwd"', { eventType, event: event ?? {} });
  it('is opened for writing', () => {
    assert.equal(run('open', { 'open.file.path': path, 'open.flags': 0n }), false);
    assert.equal(run('open', { 'open.file.path': path, 'open.flags': 1n }), true);
    assert.equal(run('open', { 'open.file.path': path, 'open.flags': 0o1000n }), true);
    assert.equal(run('open', { 'open.file.path': '/etc/x', 'open.flags': 1n }), false);
  });
  it('gets other rights', () => {
    const chmod = { 'chmod.file.path': path, 'chmod.file.mode': 0o100644n };
    assert.equal(run('chmod', { ...chmod, 'chmod.file.destination.mode': 0o100644n }), false);
    assert.equal(run('chmod', { ...chmod, 'chmod.file.destination.mode': 0o100600n }), true);
  });
  it('gets another owner or group, where one is asked for', () => {
    const chown = { 'chown.file.path': path, 'chown.file.uid': 5n, 'chown.file.gid': 6n };
    const owner = (uid: bigint, gid: bigint) =>
      run('chown', {
        ...chown,
        'chown.file.destination.uid': uid,
        'chown.file.destination.gid': gid,
      });
    assert.equal(owner(-1n, -1n), false);
    assert.equal(owner(5n, -1n), false);
    assert.equal(owner(5n, 6n), false);
    assert.equal(owner(-1n, 7n), true);
    assert.equal(owner(0n, -1n), true);
  });
  it('is either file of a rename', () => {
    assert.equal(run('rename', { 'rename.file.path': path }), true);
    assert.equal(run('rename', { 'rename.file.destination.path': path }), true);
    assert.equal(run('rename', { 'rename.file.path': '/x' }), false);
  });
  it('is linked, unlinked, or gets other times', () => {
    for (const eventType of ['link', 'unlink', 'utimes'] as const) {
      assert.equal(run(eventType, { [`${eventType}.file.path`]: path }), true);
      assert.equal(run(eventType, { [`${eventType}.file.path`]: '/x' }), false);
      const failed = { [`${eventType}.file.path`]: path, [`${eventType}.retval`]: -2n };
      assert.equal(run(eventType, failed), false);
    }
  });
});

describe('evaluation', () => {
  it('reads the cheap side first, and the dear one only where it matters', () => {
    const reads: string[] = [];
    const onRead = (name: string) => reads.push(name);
    const event = { ...processes, 'process.gid': 1n };
    for (const expression of [
      'open.flags == 0 && process.ancestors.pid == 44 && process.gid == 55',
      'open.flags == 0 && process.args in [~"*a", ~"*b"] && process.gid == 55',
      'open.flags == 0 && process.ancestors[A].pid == 44 && process.gid == 55',
    ]) {
      assert.equal(runExpression(expression, { event, onRead }), false);
    }
    assert.ok(reads.includes('process.gid'));
    assert.ok(!reads.includes('process.ancestors.pid') && !reads.includes('process.args'));
  });
});
