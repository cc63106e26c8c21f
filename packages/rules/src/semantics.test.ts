// SPDX-License-Identifier: Apache-2.0
// What the language means, by examples: expression, event, result. The emitted code is what runs.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emitRuleSet } from './4-emit/emit-rule-set.ts';
import { compilePolicies } from './compile.ts';
import type { PlainEvent } from './testing/interpret.ts';
import { makeAccessors, makeEvent } from './testing/plain-events.ts';

const accessors = makeAccessors();
const second = 1_000_000_000n;
const now = 1_700_000_000n * second;

function run(expression: string, given: PlainEvent, macros: readonly object[] = []): boolean {
  const text = JSON.stringify({ macros, rules: [{ id: 'r', expression }] });
  const compiled = compilePolicies([{ path: 'test.policy', text }]);
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(errors, []);
  const [rule] = compiled.rules;
  assert.ok(rule);
  const matches: number[] = [];
  emitRuleSet(compiled, accessors)
    .programs.get(rule.eventType)
    ?.evaluate(makeEvent(given), -1, -1, matches);
  assert.ok(matches.length === 0 || (matches.length === 1 && matches[0] === 0));
  return matches.length === 1;
}

/** Runs an expression that reads nothing of the event. */
function holds(expression: string): boolean {
  return run(`(${expression}) && open.flags == 0`, {});
}

type Row = readonly [expression: string, expected: boolean];

function check(title: string, given: PlainEvent, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [expression, expected] of rows) {
      it(`${expression} is ${expected}`, () => assert.equal(run(expression, given), expected));
    }
  });
}

describe('integers and booleans', () => {
  const rows: readonly Row[] = [
    ['--3 == 3', true],
    ['^0 == -1', true],
    ['3 ^ 3 == 0', true],
    ['1 == 1 & 1', true],
    ['0 != 3 & 1', true],
    ['not true && false', false],
    ['not (true && false)', true],
    ['(2|1) == 3', true],
    ['(true) == (true)', true],
    ['true != false', true],
    ['1 - 2 + 3 - (1 - 4) - (1 - 5) == 9', true],
    ['true || false && false', true],
    ['false && false || true', false],
    ['10s + 40s == 50s', true],
    ['9223372036854775807 + 1 == -9223372036854775808', true],
    ['CAP_BPF == 549755813888', true],
    ['EACCES == -13', true],
    ['2 in [1, 2]', true],
    ['2 not in [1, 2]', false],
    ['"a" in ["b", ~"a*"]', true],
    ['"aaa" == ~"a*"', true],
    ['"aaa" == "a*"', false],
    ['r"b" == "abc"', true],
  ];
  for (const [expression, expected] of rows) {
    it(`${expression} is ${expected}`, () => assert.equal(holds(expression), expected));
  }
});

check(
  'integers beyond 32 and 53 bits',
  {
    'open.flags': 0n,
    'process.cap_effective': (1n << 39n) | 1n,
    'process.auid': 0xffffffffn,
    'process.file.inode': (1n << 53n) + 1n,
    'process.uid': 0x80000000n,
  },
  [
    ['open.flags == 0 && process.cap_effective & CAP_BPF != 0', true],
    ['open.flags == 0 && process.cap_effective & (CAP_BPF|CAP_CHOWN) == CAP_BPF|CAP_CHOWN', true],
    ['open.flags == 0 && process.cap_effective & CAP_SYS_ADMIN != 0', false],
    ['open.flags == 0 && process.cap_effective & (1|1099511627776) == 1', true],
    ['open.flags == 0 && process.auid == AUDIT_AUID_UNSET', true],
    ['open.flags == 0 && process.auid == 4294967295', true],
    ['open.flags == 0 && process.auid & 2147483648 > 0', true],
    ['open.flags == 0 && process.auid | 0 > 0', true],
    ['open.flags == 0 && process.uid ^ 0 == 2147483648', true],
    ['open.flags == 0 && process.uid & process.auid == 2147483648', true],
    ['open.flags == 0 && ^process.uid == -2147483649', true],
    ['open.flags == 0 && process.file.inode == 9007199254740993', true],
    ['open.flags == 0 && process.file.inode == 9007199254740992', false],
    ['open.flags == 0 && process.file.inode in [9007199254740992, 9007199254740993]', true],
    ['open.flags == 0 && process.file.inode - 9007199254740992 == 1', true],
    ['open.flags == 0 && process.uid + 9223372036854775807 < 0', true],
  ],
);

check('strings', { 'open.file.path': '/usr/bin/c$t', 'process.comm': 'aaa', 'process.args': '' }, [
  ['open.file.path == "/usr/bin/c$t"', true],
  ['open.file.path =~ "/usr/**"', true],
  ['open.file.path =~ "/usr/*"', false],
  ['open.file.path =~ "/usr/bin/*"', true],
  ['open.file.path =~ "/*/*/*"', true],
  ['open.file.path == "/usr/bin/*"', false],
  ['open.file.path == ~"/usr/bin/*"', true],
  ['open.file.path != ~"/usr/bin/*"', false],
  ['open.file.path !~ "/usr/sbin/*"', true],
  ['open.file.path == r"bin/c"', true],
  ['r"bin/c" == open.file.path', true],
  ['"/usr/bin/c$t" == open.file.path', true],
  ['open.file.path =~ r"^bin"', false],
  ['open.file.path in ["/a", r"^/usr"]', true],
  ['open.file.path not in ["/a", "/b", "/c", "/d"]', true],
  ['open.file.name == "c$t"', true],
  ['open.file.name.length == 3', true],
  ['open.file.path.length > 12', false],
  ['open.flags == 0 && process.comm in [~"*d*", "aa*"]', false],
  ['open.flags == 0 && process.comm in [~"*d*", ~"aa*"]', true],
  ['open.flags == 0 && process.comm in [~"*d*", r"aa.*"]', true],
  ['open.flags == 0 && process.args =~ ""', false],
  ['open.flags == 0 && process.args == ""', true],
  ['open.flags == 0 && process.args =~ "*"', true],
  ['open.file.path == "/proc/${pid"', false],
]);

check('strings that are not UTF-8', { 'open.file.path': '/tmp/\xff\xc3\xa9' }, [
  ['open.file.path == "/tmp/é"', false],
  ['open.file.name =~ "*é"', true],
  ['open.file.name == r"é$"', true],
  ['open.file.name == r"^.é$"', true],
  ['open.file.name.length == 3', true],
]);

check(
  'lists',
  {
    'open.flags': 0n,
    'process.ancestors.pid': [10n, 100n, 200n],
    'process.ancestors.file.path': ['/bin/AAA', '/bin/BBB', '/bin/CCC'],
    'process.ancestors.is_kworker': [true, true, false],
    'process.argv': ['-x', '--long'],
  },
  [
    ['open.flags == 0 && process.ancestors.pid == 10', true],
    ['open.flags == 0 && process.ancestors.pid != 10', false],
    ['open.flags == 0 && process.ancestors.pid != 9999', true],
    ['open.flags == 0 && process.ancestors.pid >= 200', true],
    ['open.flags == 0 && process.ancestors.pid > 200', false],
    ['open.flags == 0 && process.ancestors.pid < 100', true],
    ['open.flags == 0 && 9999 not in process.ancestors.pid', true],
    ['open.flags == 0 && 100 in process.ancestors.pid', true],
    ['open.flags == 0 && 10 > process.ancestors.pid', false],
    ['open.flags == 0 && process.ancestors.pid in [1, 100]', true],
    ['open.flags == 0 && process.ancestors.pid not in [1, 100]', false],
    ['open.flags == 0 && ~"AAA*" in process.ancestors.file.name', true],
    ['open.flags == 0 && process.ancestors.file.path not in [~"/bin/AA*"]', false],
    ['open.flags == 0 && process.ancestors.file.path !~ "/bin/X*"', true],
    ['open.flags == 0 && true in process.ancestors.is_kworker', true],
    ['open.flags == 0 && process.ancestors.is_kworker != false', false],
    ['open.flags == 0 && process.ancestors.is_kworker', true],
    ['open.flags == 0 && !process.ancestors.is_kworker', false],
    [
      'process.ancestors.pid == 200 && process.ancestors.file.name == "AAA" && open.flags == 0',
      true,
    ],
    ['open.flags == 0 && process.ancestors.length == 3', true],
    ['open.flags == 0 && process.argv.length == 2', true],
    ['open.flags == 0 && process.ancestors.file.name.length == 3', true],
    ['open.flags == 0 && process.ancestors.file.name.length > 3', false],
    ['open.flags == 0 && process.argv in ["-x", "-y"]', true],
    ['open.flags == 0 && "-x" in process.argv', true],
    ['open.flags == 0 && process.argv != "-x"', false],
  ],
);

check('empty lists', { 'open.flags': 0n }, [
  ['open.flags == 0 && process.argv == "x"', false],
  ['open.flags == 0 && process.argv != "x"', true],
  ['open.flags == 0 && process.ancestors.pid >= 0', false],
  ['open.flags == 0 && process.ancestors.length == 0', true],
]);

check(
  'ages',
  {
    'event.timestamp': now,
    'process.created_at': now - 4n * second,
    'process.ancestors.created_at': [now - 60n * second, now - second],
  },
  [
    ['open.flags == 0 && process.created_at < 5s', true],
    ['open.flags == 0 && process.created_at < 4s', false],
    ['open.flags == 0 && process.created_at <= 4s', true],
    ['open.flags == 0 && process.created_at > 2s', true],
    ['open.flags == 0 && 5s > process.created_at', true],
    ['open.flags == 0 && process.created_at < 2s + 3s', true],
    ['open.flags == 0 && process.ancestors.created_at < 2s', true],
    ['open.flags == 0 && process.ancestors.created_at > 10m', false],
    ['open.flags == 0 && event.timestamp - process.created_at + 3s <= 7s', true],
    ['open.flags == 0 && event.timestamp - process.created_at == 4s', true],
  ],
);

describe('results', () => {
  const run3 = (expression: string) =>
    [0n, -13n, -1n, -2n].map((result) => run(expression, { 'open.retval': result }));

  it('are success or lack of permission for a rule that does not read them', () => {
    assert.deepEqual(run3('open.flags == 0'), [true, true, true, false]);
  });
  it('are whatever a rule asks for', () => {
    assert.deepEqual(run3('open.retval == ENOENT'), [false, false, false, true]);
    assert.deepEqual(run3('open.retval < 0'), [false, true, true, true]);
    assert.deepEqual(run3('open.retval == 3 || true'), [true, true, true, true]);
  });
});

describe('macros', () => {
  it('stand for expressions, lists and masks', () => {
    const macros = [
      { id: 'WRITES', expression: 'O_CREAT|O_TRUNC' },
      { id: 'NAMES', values: ['a', 'b'] },
      { id: 'PATTERNS', expression: '[~"/tmp/*", "/etc/a"]' },
      { id: 'WATCHED', expression: 'open.file.name in NAMES && open.file.path in PATTERNS' },
    ];
    const expression = 'WATCHED && open.flags & WRITES > 0';
    const event = { 'open.file.path': '/tmp/a', 'open.flags': 0o100n };
    assert.equal(run(expression, event, macros), true);
    assert.equal(run(expression, { ...event, 'open.file.path': '/tmp/c' }, macros), false);
    assert.equal(run(expression, { ...event, 'open.flags': 1n }, macros), false);
  });
});

describe('old names of fields', () => {
  it('mean the field of today', () => {
    assert.equal(run('open.filename == "/a"', { 'open.file.path': '/a' }), true);
  });
});
