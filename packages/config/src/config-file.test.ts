// SPDX-License-Identifier: Apache-2.0
// Defaults, and one clear message for each way in which a configuration can be wrong.

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { backendChoices, loadConfig, parseConfig } from './config-file.ts';
import { Failure } from './failure.ts';
import { getDefaultPolicyPaths, getDefaultSocketPath } from './paths.ts';

const path = '/etc/fimbul/fimbul.yaml';

/** The message of the failure, without what all of them start with. */
function refuse(text: string): string {
  try {
    parseConfig(path, text);
  } catch (error) {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.exitCode, 1);
    assert.match(
      error.advice,
      /^correct the file; its keys are policies, backend, ring_mib, actions, control and metrics$/,
    );
    const start = `read configuration ${path}: `;
    assert.ok(error.message.startsWith(start), error.message);
    assert.ok(!error.message.includes('\n'), 'the message has more than one line');
    return error.message.slice(start.length);
  }
  assert.fail('the configuration was accepted');
}

describe('what is left out', () => {
  const defaults = {
    policies: getDefaultPolicyPaths(),
    backend: 'auto',
    ringBytes: 32 * 1024 * 1024,
    actions: {
      kill: false,
      killRefusal: null,
      killDisarmer: { containers: 5, executables: 5, periodMs: 60_000 },
    },
    control: { socketPath: getDefaultSocketPath(), metrics: null },
  };

  for (const text of ['', '# nothing\n', 'null', '{}', '---\n']) {
    it(`has its default: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseConfig(path, text), defaults);
    });
  }

  it('has its default beside what is there', () => {
    assert.deepEqual(parseConfig(path, 'ring_mib: 1'), { ...defaults, ringBytes: 1024 * 1024 });
    assert.deepEqual(parseConfig(path, 'backend: lsm'), { ...defaults, backend: 'lsm' });
    assert.deepEqual(parseConfig(path, 'actions: {}'), defaults);
    assert.deepEqual(parseConfig(path, 'actions: { kill_disarmer: {} }'), defaults);
    const policies = ['/p'];
    assert.deepEqual(parseConfig(path, 'policies: [/p]'), { ...defaults, policies });
  });
});

describe('what is there', () => {
  it('names policies from the folder of the file', () => {
    const text = 'policies: [a.policy, ../b, /c, ./d/]';
    assert.deepEqual(parseConfig(path, text).policies, [
      ...['/etc/fimbul/a.policy', '/etc/b', '/c', '/etc/fimbul/d'],
    ]);
  });

  it('chooses any backend', () => {
    for (const backend of backendChoices) {
      assert.equal(parseConfig(path, `backend: ${backend}`).backend, backend);
    }
  });

  it('takes every power of two within the bounds of the ring', () => {
    for (let size = 1; size <= 1024; size *= 2) {
      assert.equal(parseConfig(path, `ring_mib: ${size}`).ringBytes, size * 2 ** 20);
    }
  });
});

describe('actions', () => {
  it('kill only where the file says so', () => {
    const { actions } = parseConfig(path, 'actions: { kill: true }');
    assert.equal(actions.kill, true);
    assert.equal(parseConfig(path, 'actions: { kill: false }').actions.kill, false);
  });

  it('have a disarmer with bounds of its own', () => {
    const text = 'actions: { kill_disarmer: { containers: 1, executables: 20, period: 90s } }';
    assert.deepEqual(parseConfig(path, text).actions, {
      kill: false,
      killRefusal: null,
      killDisarmer: { containers: 1, executables: 20, periodMs: 90_000 },
    });
    const inHours = parseConfig(path, 'actions: { kill_disarmer: { period: 24h } }').actions;
    assert.equal(inHours.killDisarmer.periodMs, 86_400_000);
  });
});

describe('control and metrics', () => {
  const read = (text: string) => parseConfig(path, text).control;

  it('answers at a socket named from the folder of the file, or at none', () => {
    assert.equal(read('control: { socket: ../../run/x.sock }').socketPath, '/run/x.sock');
    assert.equal(read('control: { socket: /a/b }').socketPath, '/a/b');
    assert.equal(read('control: { socket: false }').socketPath, null);
  });

  it('has a port for metrics only where one is named', () => {
    assert.equal(read('control: {}').metrics, null);
    assert.deepEqual(read('metrics: { listen: "127.0.0.1:3461" }').metrics, {
      ...{ host: '127.0.0.1', port: 3461, isRemoteAllowed: false, watch: [] },
    });
    const remote = 'metrics: { listen: "[::]:9", allow_remote: true, watch: [programs, rules] }';
    assert.deepEqual(read(remote).metrics, {
      ...{ host: '::', port: 9, isRemoteAllowed: true, watch: ['programs', 'rules'] },
    });
  });
});

const refusals: readonly (readonly [text: string, message: RegExp])[] = [
  ['backend: ebpf', /^backend: .*"auto"\|"lsm"\|"kprobe"\|"fexit"\|"tracepoint"$/],
  ['backend:', /^backend: /],
  ['backend: [lsm]', /^backend: /],
  ['ring_mib: 0', /^ring_mib: .*>=1/],
  ['ring_mib: -8', /^ring_mib: /],
  ['ring_mib: 3', /^ring_mib: must be a power of two$/],
  ['ring_mib: 1023', /^ring_mib: must be a power of two$/],
  ['ring_mib: 2048', /^ring_mib: .*<=1024/],
  ['ring_mib: 4294967296', /^ring_mib: .*<=1024/],
  ['ring_mib: 1.5', /^ring_mib: .*int/],
  ['ring_mib: .inf', /^ring_mib: /],
  ['ring_mib: "32"', /^ring_mib: .*number.*string/],
  ['policies: a.policy', /^policies: .*array.*string/],
  ['policies: []', /^policies: /],
  ['policies: [a, ""]', /^policies\.1: /],
  ['policies: [7]', /^policies\.0: .*string.*number/],
  ['actions: kill', /^actions: .*object.*string/],
  ['actions:', /^actions: /],
  ['actions: { kill: "true" }', /^actions\.kill: .*boolean.*string/],
  ['actions: { kil: true }', /^actions: unrecognized key: "kil"$/],
  ['actions: { kill_disarmer: { containers: 0 } }', /^actions\.kill_disarmer\.containers: .*>=1/],
  ['actions: { kill_disarmer: { executables: 1.5 } }', /^actions\.kill_disarmer\.executables: /],
  ['actions: { kill_disarmer: { period: 60 } }', /^actions\.kill_disarmer\.period: .*string/],
  ['actions: { kill_disarmer: { period: 0s } }', /^actions\.kill_disarmer\.period: must be/],
  ['actions: { kill_disarmer: { period: 25h } }', /^actions\.kill_disarmer\.period: must be/],
  ['actions: { kill_disarmer: { every: 1s } }', /^actions\.kill_disarmer: unrecognized key/],
  ['control: { socket: true }', /^control\.socket: /],
  ['control: { socket: "" }', /^control\.socket: /],
  ['metrics:', /^metrics: /],
  ['metrics: {}', /^metrics\.listen: /],
  ['metrics: { listen: 3461 }', /^metrics\.listen: /],
  ['metrics: { listen: "localhost:3461" }', /^metrics\.listen: must be an IP address and a port/],
  ['metrics: { listen: "127.0.0.1" }', /^metrics\.listen: must be an IP address and a port/],
  ['metrics: { listen: "127.0.0.1:65536" }', /^metrics\.listen: must be an IP address/],
  ['metrics: { listen: "0.0.0.0:3461" }', /^metrics: others than this host would reach listen/],
  ['metrics: { listen: "[::]:1" }', /^metrics: others .*; say allow_remote: true/],
  ['metrics: { listen: "127.0.0.1:1", watch: [all] }', /^metrics\.watch\.0: /],
  ['kill: true', /^top level: unrecognized key: "kill"$/],
  ['bakend: lsm', /^top level: unrecognized key: "bakend"$/],
  ['hello', /^top level: .*object/],
  ['- a', /^top level: .*object/],
  ['backend: x\nring_mib: 3', /^backend: .+; ring_mib: must be a power of two$/],
  ['policies: [a', /at line 1, column 13$/],
  ['backend: lsm\nbackend: lsm', /^Map keys must be unique at line 2, column 1$/],
  ['\tbackend: lsm', /^Tabs are not allowed .+ at line 1, column 1$/],
  ['backend: lsm\n---\nbackend: lsm', /multiple documents/],
  ['policies: *other', /alias/],
];

describe('what is wrong', () => {
  for (const [text, message] of refusals) {
    it(`is told in one line, with its key or its place: ${JSON.stringify(text)}`, () => {
      assert.match(refuse(text), message);
    });
  }

  it('is told of aliases that would fill the memory', () => {
    const levels = 'bcdefg'.split('').map((name, index) => {
      const inner = `*${'abcdef'[index]}`;
      return `${name}: &${name} [${Array(10).fill(inner).join(', ')}]`;
    });
    assert.match(refuse(`a: &a [x]\n${levels.join('\n')}\n`), /alias count/);
  });
});

describe('loadConfig', () => {
  it('reads the named file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'fimbul-config-'));
    try {
      const file = join(directory, 'fimbul.yaml');
      writeFileSync(file, 'policies: [x.policy]\nring_mib: 2\n');
      const config = loadConfig(file);
      assert.deepEqual(config.policies, [join(directory, 'x.policy')]);
      assert.equal(config.ringBytes, 2 ** 21);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('lets a file allow kills only where nobody else can have written it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'fimbul-config-'));
    try {
      const file = join(directory, 'fimbul.yaml');
      writeFileSync(file, 'ring_mib: 2\nactions: { kill: true }\n');
      chmodSync(file, 0o644);
      const own = loadConfig(file);
      assert.deepEqual([own.actions.kill, own.actions.killRefusal], [true, null]);
      chmodSync(file, 0o666);
      const foreign = loadConfig(file);
      assert.deepEqual(foreign.actions, {
        ...own.actions,
        kill: false,
        killRefusal:
          `${file} allows it, but is not this host's own word: ` +
          `others may write ${file} (mode 0666)`,
      });
      // The rest of it counts: an agent that is off would watch nothing.
      assert.equal(foreign.ringBytes, 2 ** 21);
      writeFileSync(file, 'actions: { kill: false }\n');
      assert.equal(loadConfig(file).actions.killRefusal, null);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('does not take a named file that cannot be read for none', () => {
    for (const [file, why] of [
      [
        '/nowhere/fimbul.yaml',
        /^read configuration \/nowhere\/fimbul\.yaml: there is no such file or directory$/,
      ],
      ['/', /^read configuration \/: it is a directory$/],
    ] as const) {
      assert.throws(
        () => loadConfig(file),
        (error) =>
          error instanceof Failure && why.test(error.message) && /--config/.test(error.advice),
      );
    }
  });
});
