// SPDX-License-Identifier: Apache-2.0
// Whole files of rule tests: what passes, what fails and where, and what lives how long.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PolicySource } from '../policy/read-policy.ts';
import { CompiledLast, type RuleTestReport, runRuleTests } from './run-rule-tests.ts';

const policies: Readonly<Record<string, string>> = {
  'p.policy': 'rules:\n  - { id: from_file, expression: open.file.name == "a" }\n',
  'broken.policy': 'rules:\n  - { id: broken, expression: open.file.nam == "a" }\n',
};

function run(text: string, compiledLast?: CompiledLast): RuleTestReport {
  const resolvePolicy = (path: string) => {
    const found = policies[path];
    const list: PolicySource[] = [{ path, text: found ?? '' }];
    return found === undefined ? { reason: `there is no ${path}` } : { policies: list };
  };
  return runRuleTests({ path: 't.yaml', text, resolvePolicy }, compiledLast);
}

function outcomes(report: RuleTestReport): readonly string[] {
  assert.deepEqual(report.diagnostics, []);
  return report.cases.map(({ outcome }) => outcome);
}

/** A file with one rule and one case for each event, which is to match or not. */
function makeFile(expression: string, events: readonly (readonly [string, boolean])[]): string {
  const cases = events.map(([event, isMatch]) => {
    return `  - event: ${event}\n    matches: [${isMatch ? 'r' : ''}]\n`;
  });
  const quoted = `'${expression.replaceAll("'", "''")}'`;
  return `rules:\n  - { id: r, expression: ${quoted} }\ncases:\n${cases.join('')}`;
}

function check(expression: string, events: readonly (readonly [string, boolean])[]): void {
  const report = run(makeFile(expression, events));
  assert.deepEqual(report.diagnostics, []);
  const failed = report.cases.flatMap(({ outcome }, index) =>
    outcome === 'passed' ? [] : [events[index]?.[0]],
  );
  assert.deepEqual(failed, []);
}

describe('a file', () => {
  it('is about policies that it names, or about rules of its own, or both', () => {
    const event = '{ event: { type: open, open.file.path: /a }, matches: ';
    const named = `policy: p.policy\ncases:\n  - ${event} [from_file] }\n`;
    assert.deepEqual(outcomes(run(named)), ['passed']);
    const both = `policy: [p.policy]
rules: [{ id: own, expression: open.flags == 0 }]
cases:
  - ${event} [own, from_file] }
`;
    assert.deepEqual(outcomes(run(both)), ['passed']);
  });

  it('that names the same policy as the last one does not compile it again', () => {
    const compiledLast = new CompiledLast();
    const text =
      'policy: p.policy\n' +
      'cases: [{ event: { type: open, open.file.path: /a }, matches: [from_file] }]\n';
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(outcomes(run(text, compiledLast)), ['passed']);
    }
    const other = text.replace('p.policy', 'broken.policy');
    assert.equal(run(other, compiledLast).ok, false);
    const host = `host: { os.id: debian }\n${text}`;
    assert.deepEqual(outcomes(run(host, compiledLast)), ['passed']);
  });

  it('may say on which host it is', () => {
    const text = (host: string) => `${host}
rules:
  - id: r
    expression: open.flags == 0
    filters: ['os.id == "debian" && kernel.version.major > 5']
  - { id: other, expression: open.flags == 0 }
cases: [{ event: { type: open }, matches: [r, other] }]`;
    assert.equal(run(text('')).ok, true);
    assert.equal(run(text('host: { os.id: debian, kernel.version.major: 6 }')).ok, true);
    assert.equal(run(text('host: { os: { id: debian }, kernel.version: { major: 6 } }')).ok, true);
    const elsewhere = run(text('host: { os.id: debian, kernel.version.major: 5 }'));
    assert.deepEqual(
      elsewhere.diagnostics.map(({ code }) => code),
      ['FR5012'],
    );
  });

  it('has errors of its rules at their place in it', () => {
    const { ok, diagnostics, cases } = run(
      'cases:\n  - { event: { type: open }, matches: [] }\n' +
        'rules:\n  - id: x\n    expression: >-\n' +
        '      open.flags == 0\n      && open.file.nam == "a"\n',
    );
    assert.equal(ok, false);
    assert.deepEqual(
      diagnostics.map(({ code, line, column, length }) => [code, line, column, length]),
      [['FR1101', 7, 10, 13]],
    );
    assert.deepEqual(
      cases.map(({ outcome }) => outcome),
      ['not-run'],
    );
  });

  it('does not run with a policy that has an error', () => {
    const { ok, diagnostics, cases, texts } = run(
      'policy: broken.policy\ncases: [{ event: { type: open }, matches: [] }]',
    );
    assert.equal(ok, false);
    assert.deepEqual(
      diagnostics.map(({ code, file, line }) => [code, file, line]),
      [['FR1101', 'broken.policy', 2]],
    );
    assert.ok(texts.has('broken.policy'));
    assert.deepEqual(
      cases.map(({ outcome }) => outcome),
      ['not-run'],
    );
  });
});

describe('a case that fails', () => {
  const text = `rules:
  - { id: a, expression: 'open.file.name == "x"' }
  - { id: b, expression: 'open.file.name == "x"', every: 10s }
  - { id: c, expression: 'open.file.name == "y"' }
cases:
  - name: both
    event: { type: open, open: { file: { path: /x } } }
    matches: [c, b]
  - name: sequence
    events:
      - { event: { type: open, open.file.path: /x }, matches: [a, b] }
      - at: 1500ms
        event: { type: open, open.file.path: /x }
        matches: [a, b]
`;

  it('says which rules are missing and which are unexpected, and where', () => {
    const [both] = run(text).cases;
    assert.equal(both?.outcome, 'failed');
    assert.equal(both.place.line, 6);
    assert.deepEqual(both.failures, [
      {
        place: { file: 't.yaml', line: 8, column: 5, length: 7 },
        ...{ position: 1, count: 1, atNs: 0n, eventType: 'open' },
        ...{ expected: ['c', 'b'], actual: ['a', 'b'], missing: ['c'], unexpected: ['a'] },
        heldBack: [],
      },
    ]);
  });

  it('says of which event, and what `every` held back', () => {
    const failures = run(text).cases[1]?.failures;
    assert.deepEqual(
      failures?.map(({ place, position, count, atNs, missing, heldBack }) => {
        return { line: place.line, position, count, atNs, missing, heldBack };
      }),
      [{ line: 14, position: 2, count: 2, atNs: 1_500_000_000n, missing: ['b'], heldBack: ['b'] }],
    );
  });
});

describe('variables and periods', () => {
  const rules = `rules:
  - id: sets
    expression: open.file.name == "set"
    silent: true
    actions: [{ set: { name: seen, value: true } }]
  - { id: reads, expression: 'open.file.name == "get" && \${seen}' }
  - { id: limited, expression: 'open.file.name == "often"', every: 10s }
`;
  const at = (time: string, name: string, matches: string) =>
    `      - at: ${time}\n        event: { type: open, open.file.path: /${name} }\n` +
    `        matches: [${matches}]\n`;
  const sequence = (...steps: string[]) => `  - events:\n${steps.join('')}`;

  it('live through a sequence, and no longer', () => {
    const text = `${rules}cases:
${sequence(at('0s', 'set', 'sets'), at('0s', 'get', 'reads'), at('1h', 'get', 'reads'))}
${sequence(at('0s', 'get', ''), at('0s', 'often', 'limited'), at('9s', 'often', ''))}
${sequence(at('0s', 'often', 'limited'), at('10s', 'often', 'limited'))}`;
    assert.deepEqual(outcomes(run(text)), ['passed', 'passed', 'passed']);
  });

  it('belong to processes by pid, to their children where inherited, and to containers', () => {
    const text = `rules:
  - id: sets
    expression: exec.file.name == "curl"
    actions:
      - set: { name: net, scope: process, value: true, inherited: true }
      - set: { name: own, scope: process, value: true }
      - set: { name: box, scope: container, value: true }
      - set: { name: born, scope: process, scope_field: process.parent, value: true }
  - { id: net, expression: 'open.flags == 0 && \${process.net}' }
  - { id: own, expression: 'open.flags == 0 && \${process.own}' }
  - { id: box, expression: 'open.flags == 0 && \${container.box}' }
  - { id: born, expression: 'open.flags == 0 && \${process.born}' }
cases:
  - events:
      - event:
          type: exec
          exec: { file: { path: /usr/bin/curl } }
          process: { pid: 5, parent: { pid: 4 } }
          container: { id: abc }
        matches: [sets]
      - { event: { type: open, process: { pid: 5 } }, matches: [net, own] }
      - { event: { type: open, process: { pid: 6, ppid: 5 } }, matches: [net] }
      - { event: { type: open, process: { pid: 6 } }, matches: [net] }
      - event: { type: open, process: { pid: 8, ancestors: [{ pid: 7 }, { pid: 6 }] } }
        matches: [net]
      - { event: { type: open, process: { pid: 9, container.id: abc } }, matches: [box] }
      - { event: { type: open, process: { pid: 4 } }, matches: [born] }
      - event: { type: open, process: { pid: 5, created_at: 1ms } }
        matches: []
`;
    assert.deepEqual(outcomes(run(text)), ['passed']);
  });
});

describe('a rule on fim.write', () => {
  it('is expected once, by the id that its author gave it', () => {
    check('fim.write.file.name == "a"', [
      ['{ type: open, open: { file: { path: /a }, flags: [O_WRONLY] } }', true],
      ['{ type: open, open: { file: { path: /a } } }', false],
      ['{ type: rename, rename: { file: { path: /a, destination: { path: /b/a } } } }', true],
      ['{ type: link, link: { file: { path: /a, destination: { path: /x } } } }', true],
    ]);
  });
});

describe('fields', () => {
  it('are nested, dotted, or both', () => {
    check('open.file.path == "/a/b" && process.file.name == "c"', [
      ['{ type: open, open: { file: { path: /a/b } }, process: { file: { path: /c } } }', true],
      ['{ type: open, open.file.path: /a/b, process.file: { name: c } }', true],
      ['{ type: open, open.filename: /a/b, process: { file.name: c } }', true],
    ]);
  });

  it('have flags and modes as numbers of any base, or names of constants', () => {
    const mode = (written: string) => `{ type: chmod, chmod: { file: { mode: ${written} } } }`;
    check('chmod.file.rights == 420', [
      ...['420', '0o644', '0644', '0x1a4', '0o100644', 'S_IRUSR|S_IWUSR|S_IRGRP|S_IROTH'].map(
        (written) => [mode(written), true] as const,
      ),
      [mode('[S_IFREG, 0o600, S_IRGRP, S_IROTH]'), true],
      [mode('644'), false],
    ]);
    check('open.retval == EACCES', [
      ['{ type: open, open: { retval: EACCES } }', true],
      ['{ type: open, open: { retval: -13 } }', true],
    ]);
  });

  it('have integers of 64 bits', () => {
    check('process.cap_effective & CAP_CHECKPOINT_RESTORE > 0 && open.flags == 0', [
      ['{ type: open, process: { cap_effective: [CAP_CHECKPOINT_RESTORE] } }', true],
      ['{ type: open, process: { cap_effective: 0x7fffffffffffffff } }', true],
      ['{ type: open, process: { cap_effective: 0x0fffffff } }', false],
    ]);
    check('open.file.inode == 9007199254740993', [
      ['{ type: open, open: { file: { inode: 9007199254740993 } } }', true],
      ['{ type: open, open: { file: { inode: 9007199254740992 } } }', false],
    ]);
  });

  it('have text that is no string in YAML as it is written, and names as bytes', () => {
    check('open.file.name in ["123", "true", "0x10"]', [
      ['{ type: open, open: { file: { name: 123 } } }', true],
      ['{ type: open, open: { file: { name: true } } }', true],
      ['{ type: open, open: { file: { name: 0x10 } } }', true],
    ]);
    check('open.file.name == "ä" && open.file.name.length == 2', [
      ['{ type: open, open: { file: { path: /ä } } }', true],
    ]);
  });

  it('have addresses', () => {
    check('connect.addr.ip in [10.0.0.0/8, ::1] && connect.addr.port == 22', [
      ['{ type: connect, connect: { addr: { ip: 10.1.2.3, port: 22 } } }', true],
      ['{ type: connect, connect: { addr: { ip: "::1", port: 22 } } }', true],
      ['{ type: connect, connect: { addr: { port: 22 } } }', false],
    ]);
  });

  it('that are times are ages', () => {
    check('open.flags == 0 && process.created_at < 5s', [
      ['{ type: open, process: { created_at: 4999ms } }', true],
      ['{ type: open, process: { created_at: 5s } }', false],
      ['{ type: open }', false],
      ['{ type: open, process: { created_at: 1767225599000000000 } }', true],
    ]);
  });

  it('of ancestors stand in a list', () => {
    check(
      'open.flags == 0 && process.ancestors[A].pid == 7 && process.ancestors[A].uid == 3' +
        ' && process.ancestors.length == 2',
      [
        ['{ type: open, process: { ancestors: [{ pid: 1 }, { pid: 7, uid: 3 }] } }', true],
        ['{ type: open, process: { ancestors: [{ pid: 7 }, { uid: 3 }] } }', false],
        ['{ type: open, process: { ancestors: [{ pid: 7, uid: 3 }] } }', false],
      ],
    );
  });
});

it('what `<<` brings in counts where the event has no such key', () => {
  const text = `x-event: &base { type: open, open: { file: { path: /a } } }
rules: [{ id: r, expression: 'open.file.name == "a" && process.uid == 0' }]
cases:
  - { event: *base, matches: [r] }
  - { event: { <<: *base, process: { uid: 1 } }, matches: [] }
`;
  assert.deepEqual(outcomes(run(text)), ['passed', 'passed']);
});
