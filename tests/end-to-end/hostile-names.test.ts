// SPDX-License-Identifier: Apache-2.0
// Names are bytes. Whatever bytes they are, rules match them, JSON stays one object a line, and
// where text cannot stand for them, the bytes themselves are in the alert.

import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Alert, find, isAlert, pick } from './support/alert.ts';
import { findShapeFaults } from './support/alert-shape.ts';
import { compileProgram } from './support/c-program.ts';
import { runOrFail } from './support/child.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace, watchDirectory } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
let append = '';
let agent: RunningAgent;

/** `café.conf` as a program wrote it that knows Latin-1 only. */
const latin = Buffer.concat([
  Buffer.from(`${directory}/caf`),
  Buffer.of(0xe9),
  Buffer.from('.conf'),
]);
const latinShown = `${directory}/caf\ufffd.conf`;
const replacement = `${directory}/*\ufffd*`;

function findAlerts(rule: string, path: string): Alert[] {
  return agent.alerts.filter((alert) => isAlert(alert, rule, path));
}

before(async () => {
  append = await compileProgram(workspace, 'append');
  const policy = workspace.writePolicy([
    ...watchDirectory(directory),
    { id: 'renamed', expression: `rename.file.path =~ "${directory}/**"` },
    { id: 'by_pattern', expression: `unlink.file.path =~ "${directory}/caf*.conf"` },
    { id: 'by_name', expression: `unlink.file.name =~ "caf*.conf" && ${inDirectory('unlink')}` },
    {
      id: 'by_extension',
      expression: `unlink.file.extension == ".conf" && ${inDirectory('unlink')}`,
    },
    { id: 'by_replacement', expression: `unlink.file.path =~ "${replacement}"` },
    { id: 'by_letter', expression: `unlink.file.path == "${directory}/café.conf"` },
  ]);
  agent = await RunningAgent.start({ policy });
});

after(async () => {
  await agent?.[Symbol.asyncDispose]();
  workspace[Symbol.dispose]();
});

function inDirectory(operation: string): string {
  return `${operation}.file.path =~ "${directory}/**"`;
}

test('a name that is not UTF-8: shown as well as can be, with its bytes beside it', async () => {
  writeFileSync(latin, 'x');
  const alert = await agent.waitForAlert('it', (found) => isAlert(found, 'written', latinShown));
  assert.deepEqual(pick(find(alert, 'open.file'), ['path', 'path_raw', 'name', 'extension']), {
    path: latinShown,
    path_raw: latin.toString('base64'),
    name: 'caf\ufffd.conf',
    extension: '.conf',
  });
  assert.deepEqual(findShapeFaults(alert), []);
});

test('rules match its bytes, and not what is shown in their place', async () => {
  rmSync(latin);
  await agent.waitForAlert('the removal', (found) => isAlert(found, 'removed', latinShown));
  // Removed after it, so that everything about the first is there once this is.
  writeFileSync(`${directory}/last`, 'x');
  rmSync(`${directory}/last`);
  await agent.waitForAlert('the last', (found) => isAlert(found, 'removed', `${directory}/last`));
  const rules = agent.alerts
    .filter((alert) => find(alert, 'unlink.file.path') === latinShown)
    .map((alert) => find(alert, 'rule.id'));
  assert.deepEqual(rules.toSorted(), ['by_extension', 'by_name', 'by_pattern', 'removed']);
});

test('a name in UTF-8 is text, which rules write as it is', async () => {
  const path = `${directory}/café.conf`;
  writeFileSync(path, 'x');
  rmSync(path);
  const alert = await agent.waitForAlert('it', (found) => isAlert(found, 'by_letter', path));
  assert.equal(find(alert, 'unlink.file.path_raw'), undefined);
});

test('renamed to bytes that are not UTF-8: those of the new name', async () => {
  const path = `${directory}/before`;
  const destination = Buffer.concat([Buffer.from(`${directory}/`), Buffer.of(0xff, 0xfe, 0x41)]);
  writeFileSync(path, 'x');
  renameSync(path, destination);
  const alert = await agent.waitForAlert('it', (found) => isAlert(found, 'renamed', path));
  assert.deepEqual(pick(find(alert, 'rename.file'), ['path_raw', 'destination.path_raw']), {
    path_raw: undefined,
    'destination.path_raw': destination.toString('base64'),
  });
});

for (const [what, name] of [
  ['line ends and quotes', 'a\nb\r"c\'\\d\u2028e'],
  ['escape sequences', '\u001b[2J\u001b]0;title\u0007\u009b1m'],
  ['what looks like an alert', '"},"rule":{"id":"forged"}}\n{"event":{"type":"loss"}}'],
  ['255 bytes', 'n'.repeat(255)],
  ['what is special in patterns', '*?[a-z]{x,y}!(z)~$HOME'],
  ['spaces at both ends', '  name  '],
] as const) {
  test(`a name with ${what} is in one alert, unchanged`, async () => {
    const path = `${directory}/${name}`;
    const before = agent.alerts.length;
    writeFileSync(path, 'x');
    await agent.waitForAlert('it', (found) => isAlert(found, 'written', path));
    assert.equal(findAlerts('written', path).length, 1);
    assert.equal(agent.alerts.length, before + 1);
    assert.equal(find(agent.alerts.at(-1), 'open.file.name'), name);
  });
}

test('a program and its arguments that are not UTF-8', async () => {
  const path = `${directory}/by-hostile`;
  const copy = `p=${workspace.path('p')}$(printf '\\351'); cp ${append} "$p"`;
  const script = `${copy}; "$p" ${path} "$(printf 'x\\377')"`;
  await runOrFail('sh', ['-c', script]);
  const alert = await agent.waitForAlert('it', (found) => isAlert(found, 'written', path));
  const program = Buffer.concat([Buffer.from(workspace.path('p')), Buffer.of(0xe9)]);
  assert.deepEqual(pick(find(alert, 'process'), ['file.path_raw', 'argv', 'comm']), {
    'file.path_raw': program.toString('base64'),
    argv: [workspace.path('p\ufffd'), path, 'x\ufffd'],
    comm: 'p\ufffd',
  });
});
