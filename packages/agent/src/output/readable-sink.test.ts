// SPDX-License-Identifier: Apache-2.0
// Alerts as people read them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import type { JsonObject } from './field-writer.ts';
import { createReadableSink } from './readable-sink.ts';

/** Any character; fast-check's own unit `binary` takes half a second to set up. */
const anyCharacter = fc
  .oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

function show(document: JsonObject, color = false): string {
  let written = '';
  const stream = {
    write: (text: string) => {
      written += text;
    },
    flush: () => undefined,
  };
  const sink = createReadableSink(stream, color);
  sink.write(document);
  sink.flush();
  return written;
}

/** The line that says what happened. */
function showEvent(operation: string, fields: JsonObject): string {
  const document = { event: { type: operation }, rule: { id: 'r' }, ...fields };
  return show(document).split('\n')[1]?.trim() ?? '';
}

/** The lines about the process. */
function showProcess(process: JsonObject, more: JsonObject = {}): string[] {
  const lines = show({ event: { type: 'open' }, rule: { id: 'r' }, process, ...more }).split('\n');
  return lines.slice(2, -1).map((line) => line.trim());
}

const file = { path: '/etc/x' };

const events: readonly (readonly [operation: string, fields: JsonObject, line: string])[] = [
  [
    'open',
    { open: { file, created: false, flags: ['O_WRONLY', 'O_TRUNC'] } },
    'opened /etc/x O_WRONLY|O_TRUNC',
  ],
  ['open', { open: { file, created: true, flags: ['O_RDONLY'] } }, 'created /etc/x O_RDONLY'],
  [
    'open',
    { open: { file, flags: ['O_RDONLY'], retval: -13 } },
    'opened /etc/x O_RDONLY refused (-13)',
  ],
  ['unlink', { unlink: { file, retval: 0 } }, 'removed /etc/x'],
  ['rename', { rename: { file: { path: '/a', destination: { path: '/b' } } } }, 'renamed /a to /b'],
  [
    'chmod',
    { chmod: { file: { path: '/a', rights: 0o644, destination: { rights: 0o4755 } } } },
    'changed rights of /a from 0644 to 4755',
  ],
  [
    'chmod',
    { chmod: { file: { path: '/a', destination: { rights: 0 } } } },
    'changed rights of /a from unknown to 0000',
  ],
  ['exec', { process: { file: { path: '/bin/sh' } } }, 'ran /bin/sh'],
  ['exit', { exit: { cause: ['EXITED'], code: 0 } }, 'ended: EXITED 0'],
  ['unlink', { unlink: { file: {} } }, 'removed (unknown file)'],
  ['rename', { rename: { file: { path: '/a' } } }, 'renamed /a to (unknown file)'],
];

describe('what happened', () => {
  for (const [operation, fields, line] of events) {
    it(line, () => assert.equal(showEvent(operation, fields), line));
  }
});

describe('the head', () => {
  it('has the time of day and the rule', () => {
    const document = {
      event: { type: 'unlink', timestamp: '2026-01-31T12:34:56.123456789Z' },
      rule: { id: 'passwd_changed' },
    };
    assert.equal(show(document).split('\n')[0], '12:34:56.123 passwd_changed');
  });

  it('says how much was held back', () => {
    const document = { event: { type: 'unlink' }, rule: { id: 'r', suppressed: 3 } };
    assert.equal(show(document).split('\n')[0]?.trim(), 'r (3 more held back)');
  });
});

describe('who did it', () => {
  it('is program, pid, user, terminal and container', () => {
    const process = {
      pid: 7,
      file: { path: '/bin/vi' },
      user: 'ann',
      euser: 'ann',
      auid: 0xffffffff,
      tty_name: 'pts0',
    };
    assert.deepEqual(showProcess(process, { container: { id: 'c1' } }), [
      'by /bin/vi pid 7, user ann, on pts0, in container c1',
    ]);
  });

  it('tells the effective and the login user where they differ', () => {
    const process = { pid: 7, comm: 'su', uid: 1000, user: 'ann', euser: 'root', auid: 1001 };
    assert.deepEqual(showProcess(process), ['by su pid 7, user ann, as root, login 1001']);
  });

  it('has the number of a user without a name, 0 too', () => {
    const process = { pid: 7, comm: 'x', uid: 0, euid: 0 };
    assert.deepEqual(showProcess(process), ['by x pid 7, user 0']);
  });

  it('has the nearest ancestors, and says that there are more', () => {
    const ancestors = Array.from({ length: 7 }, (_, index) => ({ comm: `p${index}` }));
    const few = showProcess({ pid: 7, ancestors: [{ file: { path: '/bin/sh' } }, {}] });
    assert.equal(few.at(-1), '← /bin/sh ← ?');
    const six = showProcess({ pid: 7, ancestors: ancestors.slice(1) });
    assert.equal(six.at(-1), '← p1 ← p2 ← p3 ← p4 ← p5 ← p6');
    const many = showProcess({ pid: 7, ancestors });
    assert.equal(many.at(-1), '← p0 ← p1 ← p2 ← p3 ← p4 ← p5 ← …');
  });
});

describe('arguments', () => {
  function showArguments(...argv: readonly string[]): string {
    return showProcess({ pid: 7, argv: [...argv] }).at(-1) ?? '';
  }

  it('are quoted as a shell would have them', () => {
    assert.equal(showArguments('ls', '-l', '/a_b.c'), '$ ls -l /a_b.c');
    assert.equal(showArguments('echo', 'a b', ''), "$ echo 'a b' ''");
    assert.equal(showArguments('echo', "it's", '$HOME', '*'), "$ echo 'it'\\''s' '$HOME' '*'");
  });

  it('have no control character', () => {
    assert.equal(showArguments('a\x1b[2J\n'), "$ 'a\\x1b[2J\\x0a'");
  });

  it('are cut when they are long', () => {
    assert.equal(showArguments('x'.repeat(200)), `$ ${'x'.repeat(200)}`);
    assert.equal(showArguments('x'.repeat(201)), `$ ${'x'.repeat(200)}…`);
  });
});

describe('names that anybody chose', () => {
  const hostile = fc.string({ unit: anyCharacter, maxLength: 20 });

  it('never reach the terminal as controls or bidirectional marks, and break no line', () => {
    const property = fc.property(hostile, (name) => {
      const output = show({
        event: { type: 'rename' },
        rule: { id: 'r' },
        rename: { file: { path: name, destination: { path: name } } },
        process: {
          pid: 1,
          comm: name,
          user: name,
          tty_name: name,
          argv: [name],
          file: { path: name },
          ancestors: [{ comm: name }],
        },
        container: { id: name },
      });
      assert.doesNotMatch(output.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      const lineCount = output.split('\n').length - 1;
      assert.ok(lineCount >= 4 && lineCount <= 5, output);
    });
    fc.assert(property);
  });

  it('are visible as what they are', () => {
    const line = showEvent('unlink', { unlink: { file: { path: '/a\x07\u202egpj.\u200b\x85' } } });
    assert.equal(line, 'removed /a\\x07\\u{202e}gpj.\\u{200b}\\x85');
  });
});

describe('a loss', () => {
  it('is one line', () => {
    const document = {
      event: { type: 'loss', timestamp: '2026-01-31T12:34:56.000000000Z' },
      loss: { count: 12, operation: 'open', reason: 'ring_full' },
    };
    assert.equal(show(document), '12:34:56.000 12 open events lost: ring_full\n');
  });
});

describe('colours', () => {
  const document = { event: { type: 'unlink' }, rule: { id: 'r' }, unlink: { file } };

  it('are there when asked for, whatever the stream is', () => {
    assert.ok(show(document, true).includes('\u001b[33mr\u001b[39m'));
  });

  it('are the only thing that they change', () => {
    assert.equal(stripVTControlCharacters(show(document, true)), show(document));
  });
});

describe('what rules did', () => {
  const showActions = (...actions: readonly JsonObject[]): string[] =>
    show({ event: { type: 'open' }, rule: { id: 'r', actions }, open: { file } })
      .split('\n')
      .filter((line) => line.startsWith('    →'))
      .map((line) => line.trim());

  const kill = { type: 'kill', signal: 'SIGKILL', scope: 'process', processes: 0 };

  it('is said in words', () => {
    assert.deepEqual(
      showActions(
        { ...kill, status: 'sent', processes: 1 },
        { ...kill, scope: 'container', status: 'sent', processes: 1 },
        { ...kill, scope: 'cgroup', status: 'sent', processes: 12 },
        { ...kill, status: 'not allowed' },
        { ...kill, scope: 'container', status: 'no container' },
        { ...kill, status: 'refused: EPERM' },
        { type: 'log', level: 'warning', message: 'look at\nthis', status: 'written' },
        { type: 'log', level: 'info', message: 'more', status: 'left out' },
      ),
      [
        '→ SIGKILL sent to the process',
        '→ SIGKILL sent to 1 process of the container',
        '→ SIGKILL sent to 12 processes of the control group',
        '→ SIGKILL not sent to the process: the configuration does not allow it',
        '→ SIGKILL not sent to the container: it is in none',
        '→ SIGKILL not sent to the process: refused: EPERM',
        '→ warning: look at\\x0athis',
        '→ info: more, left out of the log',
      ],
    );
  });

  it('includes what was held back, and the variables', () => {
    const suppressed_paths = ['/1', '/2', '/3', '/4', '/5', '/6', '/7\n'];
    const document = {
      ...{ event: { type: 'open' }, open: { file } },
      rule: { id: 'r', suppressed: 9, suppressed_paths },
      variables: { seen: true, names: ['a', 'b\u001b'] },
      process: { pid: 1, variables: { count: '3' } },
    };
    const text = show(document);
    assert.match(text, / r \(9 more held back\)\n/);
    assert.match(text, /^ {4}held back: \/1, \/2, \/3, \/4, \/5, \/6, …$/m);
    assert.match(text, /^ {4}with seen=true, names=a,b\\x1b, process\.count=3$/m);
    const few = { ...document, rule: { id: 'r', suppressed_paths: ['/a\n'] } };
    assert.match(show(few), /^ {4}held back: \/a\\x0a$/m);
  });
});
