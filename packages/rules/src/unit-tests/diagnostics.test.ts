// SPDX-License-Identifier: Apache-2.0
// What is said of files of rule tests that are wrong, and at which place: each code of FR50, and
// the codes of policy files that also are about tests.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KernelFilter } from '@fimbul/schema';
import type { RuleMatch } from '../5-run/match.ts';
import { compilePolicies } from '../compile.ts';
import { ruleTestDiagnostics } from '../rule-test-diagnostics.ts';
import { findDropped } from './kernel-check.ts';
import { testCharactersMax } from './read-test-file.ts';
import { runRuleTests } from './run-rule-tests.ts';
import type { TestEvent } from './test-event.ts';

const rules = 'rules: [{ id: r, expression: \'open.file.name == "a"\' }]\n';

function diagnose(text: string): readonly string[] {
  const resolvePolicy = () => ({ reason: 'read policy x: there is no such file' });
  const report = runRuleTests({ path: 't.yaml', text, resolvePolicy });
  assert.equal(report.ok, false);
  assert.ok(report.cases.every(({ outcome }) => outcome !== 'passed'));
  return report.diagnostics.map(({ code, line, column, length, message, advice }) => {
    return `${line}:${column}+${length} ${code} ${message} | ${advice}`;
  });
}

/** Of an event in a file that is right otherwise. */
function diagnoseEvent(event: string): readonly string[] {
  return diagnose(`${rules}cases:\n- event: ${event}\n  matches: []\n`);
}

const wholeFiles: readonly (readonly [name: string, text: string, expected: readonly string[]])[] =
  [
    [
      'no rules',
      'cases: [{ event: { type: open }, matches: [] }]',
      [
        '1:1+1 FR5001 the test names no policy and has no rules | ' +
          'add `policy:` with the path of a policy, or `rules:` as in a policy',
      ],
    ],
    [
      'a policy that is not there',
      'policy: x\ncases: [{ event: { type: open }, matches: [] }]',
      [
        '1:9+1 FR5002 the policy cannot be used: read policy x: there is no such file | ' +
          'the path starts at the folder of the test file',
      ],
    ],
    [
      'event and events',
      `${rules}cases:\n- event: { type: open }\n` +
        '  events: [{ event: { type: open }, matches: [] }]\n',
      [
        '3:3+5 FR5010 the case has both event and events | ' +
          'write the first event into the list as well',
      ],
    ],
    [
      'times that go back',
      `${rules}cases:\n- events:\n  - { at: 5s, event: { type: open }, matches: [] }\n` +
        '  - { at: 1s, event: { type: open }, matches: [] }\n',
      [
        '5:11+2 FR5011 this event is before the one above it: 1s after 5s | ' +
          'write events in the order of their times',
      ],
    ],
    [
      'a rule that is not there',
      'rules: [{ id: shadow, expression: open.flags == 0 }]\n' +
        'cases:\n- event: { type: open }\n  matches: [shadoww]\n',
      ['4:13+7 FR5012 no rule "shadoww" is loaded | did you mean shadow?'],
    ],
    [
      'an id twice',
      `${rules}cases:\n- event: { type: open }\n  matches: [r, r]\n`,
      ['4:16+1 FR5013 "r" stands twice in matches | remove one of the two'],
    ],
    [
      'no cases',
      rules,
      [
        '1:1+5 FR5015 the test has no cases | ' +
          'add `cases:` with at least one event and what matches it',
      ],
    ],
    [
      'a file that is empty',
      '# nothing\n',
      [
        '1:1+1 FR5015 the test has no cases | ' +
          'add `cases:` with at least one event and what matches it',
      ],
    ],
    [
      'a file that is too large',
      `#${'x'.repeat(testCharactersMax)}`,
      [
        '1:1+1 FR5017 the test has 4194305 characters, at most 4194304 are read | ' +
          'split it into several files',
      ],
    ],
    [
      'a fact that no host has',
      `host: { os.idd: debian }\n${rules}cases: [{ event: { type: open }, matches: [zz] }]`,
      [
        '1:9+6 FR5018 unknown fact "os.idd" of the host | did you mean os.id?',
        '3:44+2 FR5012 no rule "zz" is loaded | ' +
          'check its spelling, and whether it is disabled or for other hosts',
      ],
    ],
    [
      'a time that is none',
      `${rules}cases:\n- events: [{ at: soon, event: { type: open }, matches: [] }]\n`,
      [
        '3:18+4 FR4009 "soon" is not a duration | ' +
          'write it as in 5s, 1m30s or 1h, or as an integer number of nanoseconds',
      ],
    ],
    [
      'a case without matches',
      `${rules}cases:\n- event: { type: open }\n`,
      ['3:3+5 FR4003 the case has no matches | add the key matches'],
    ],
    [
      'matches beside events',
      `${rules}cases:\n- events: [{ event: { type: open }, matches: [] }]\n  matches: [r]\n`,
      [
        '4:3+7 FR4002 matches must be at each of the events, found it at the case | ' +
          'correct the value',
      ],
    ],
  ];

describe('a file with', () => {
  for (const [name, text, expected] of wholeFiles) {
    it(name, () => {
      const found = diagnose(text);
      assert.deepEqual(found, expected);
    });
  }

  it('no YAML in it', () => {
    assert.match(diagnose('rules: [').join('\n'), /^1:9\+1 FR4001 the file is not valid YAML: /);
  });
});

const events: readonly (readonly [event: string, expected: string])[] = [
  ['{ open: {} }', '3:10+12 FR4003 the event has no type | add the key type'],
  ['{ type: opem }', '3:18+4 FR5004 unknown event type "opem" | did you mean open?'],
  [
    '{ type: open, open: { file: { pth: /a } } }',
    '3:40+3 FR5003 unknown field "open.file.pth" | did you mean open.file.path?',
  ],
  ['{ type: open, opn: { flags: 0 } }', '3:24+3 FR5003 unknown field "opn" | did you mean open?'],
  [
    '{ type: open, rename: { flags: 0 } }',
    '3:24+6 FR5005 "rename" is not part of an event of type open | ' +
      'change the type of the event, or leave this out',
  ],
  [
    '{ type: open, rule: { id: x } }',
    '3:32+2 FR5006 the event cannot give rule.id: it is part of alerts only | leave it out',
  ],
  [
    '{ type: open, event: { timestamp: 5 } }',
    '3:33+9 FR5006 the event cannot give event.timestamp: it follows from `at` | leave it out',
  ],
  [
    '{ type: open, open.flags: 0, open: { flags: 1 } }',
    '3:47+5 FR5007 the field open.flags is given twice | remove one of the two',
  ],
  [
    '{ type: open, open: { flags: [O_WRONLYY] } }',
    '3:40+9 FR5008 unknown constant "O_WRONLYY" | did you mean O_WRONLY?',
  ],
  [
    '{ type: open, process: { pid: -1 } }',
    '3:40+2 FR5009 -1 can never be a value of process.pid | its values go from 0 to 4294967295',
  ],
  [
    '{ type: open, process.ancestors.pid: 1 }',
    '3:24+21 FR5016 process.ancestors.pid has a value for each of several processes | ' +
      'write process.ancestors as a list of maps, the nearest first',
  ],
  [
    '{ type: open, process: { ancestors: { pid: 1 } } }',
    '3:35+9 FR5016 ancestors has a value for each of several processes | ' +
      'write process.ancestors as a list of maps, the nearest first',
  ],
  [
    '{ type: open, open: { flags: 1.5 } }',
    '3:39+3 FR4002 open.flags must be an integer, or names of constants, found "1.5" | ' +
      'correct the value',
  ],
  [
    '{ type: open, open: { flags: "0644" } }',
    '3:39+6 FR4002 open.flags must be an integer, or names of constants, found "0644" | ' +
      'correct the value',
  ],
  [
    '{ type: open, open: { created: maybe } }',
    '3:41+5 FR4002 open.created must be true or false, found "maybe" | correct the value',
  ],
  [
    '{ type: open, open: { file: { path: [/a] } } }',
    '3:46+4 FR4002 open.file.path must be text, found a list | correct the value',
  ],
  [
    '{ type: open, process: { argv: ls } }',
    '3:41+2 FR4002 process.argv must be a list, found "ls" | correct the value',
  ],
  [
    '{ type: connect, connect: { addr: { ip: here } } }',
    '3:50+4 FR4002 connect.addr.ip must be an address such as 10.0.0.1 or ::1, found "here" | ' +
      'correct the value',
  ],
  [
    '{ type: open, open: { flags: 0, flags: 1 } }',
    '3:42+5 FR4004 the key "flags" stands twice in the same map | remove one of the two',
  ],
];

describe('an event', () => {
  for (const [event, expected] of events) {
    it(event, () => assert.deepEqual(diagnoseEvent(event), [expected]));
  }
});

it('FR5014: an event that a rule matches and the kernel would drop', () => {
  const { rules: compiled, filter } = compilePolicies([{ path: 'x', text: rules }]);
  const [rule] = compiled;
  assert.ok(rule);
  const match: RuleMatch = {
    rule,
    outcome: 'alert',
    closed: [],
    limiterKey: null,
    actions: [],
    deferred: [],
  };
  const event = (values: Readonly<Record<string, string | bigint>>): TestEvent => ({
    type: 'open',
    values: new Map(Object.entries(values)),
    ancestors: [],
    timeNs: 0n,
  });
  const right = event({ 'open.file.name': 'a', 'open.file.path': '/a' });
  const operations = filter.operations.map((operation) => ({ ...operation, lanes: 0n }));
  const wrong: KernelFilter = { ...filter, operations };
  assert.deepEqual(findDropped(filter, right, [match]), []);
  assert.deepEqual(findDropped(wrong, right, [match]), [match]);
  // No file has a name that its path does not end with, so the kernel is not asked.
  const contradiction = event({ 'open.file.name': 'b', 'open.file.path': '/a' });
  assert.deepEqual(findDropped(filter, contradiction, [match]), []);
});

describe('hostile files are refused in words', () => {
  it('aliases of aliases', () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const item = level === 0 ? 'lol' : `*a${level - 1}, *a${level - 1}, *a${level - 1}`;
      return `x-${level}: &a${level} [${item}]\n`;
    });
    const event = '{ type: open, process: { argv: *a29 } }';
    const text = `${levels.join('')}${rules}cases: [{ event: ${event}, matches: [] }]`;
    assert.match(diagnose(text).join('\n'), /must be text, found a list/);
    const maps = Array.from({ length: 30 }, (_, level) => {
      const item = level === 0 ? 'uid: 1' : `uid: 1, <<: [*b${level - 1}, *b${level - 1}]`;
      return `y-${level}: &b${level} { ${item} }\n`.replace('y-', 'x-y');
    });
    const own = '{ type: open, process: *b29 }';
    const merged = `${maps.join('')}${rules}cases: [{ event: ${own}, matches: [] }]`;
    const resolvePolicy = () => ({ reason: '' });
    assert.equal(runRuleTests({ path: 't', text: merged, resolvePolicy }).ok, true);
  });

  it('an alias that repeats a large event', () => {
    const big = `{ ${Array.from({ length: 5000 }, (_, n) => `k${n}: 1`).join(', ')} }`;
    const cases = Array.from({ length: 5000 }, () => '- { event: *e, matches: [] }').join('\n');
    const found = diagnose(`x-e: &e ${big}\n${rules}cases:\n${cases}\n`);
    assert.ok(found.some((line) => line.includes('FR4019')));
  });

  it('maps a hundred thousand deep', () => {
    const found = diagnose(`${rules}cases: ${'['.repeat(100_000)}`);
    assert.match(found[0] ?? '', /FR4001/);
  });

  it('an event that contains itself', () => {
    const found = diagnoseEvent('&e { type: open, process: *e }');
    assert.match(found.join('\n'), /FR/);
  });
});

it('every code of FR50 is expected by a test above', () => {
  const expected = [
    ...wholeFiles.flatMap(([, , lines]) => lines),
    ...events.map(([, line]) => line),
  ];
  const codes = new Set([...expected.join('\n').matchAll(/FR50\d\d/g)].map(([code]) => code));
  const own = Object.keys(ruleTestDiagnostics).filter((code) => code !== 'FR5014');
  assert.deepEqual(
    own.filter((code) => !codes.has(code)),
    [],
  );
});
