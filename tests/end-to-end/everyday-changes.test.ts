// SPDX-License-Identifier: Apache-2.0
// The ways in which people and their tools change files every day: each is told, with the file as
// it is called in the tree, whatever the caller wrote for it.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { type Alert, find } from './support/alert.ts';
import { runOrFail } from './support/child.ts';
import { RunningAgent } from './support/running-agent.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const directory = workspace.makeDirectory('watched');
const file = `${directory}/file`;
let agent: RunningAgent;
let markCount = 0;

before(async () => {
  const below = (field: string): string => `${field}.path =~ "${directory}/**"`;
  const policy = workspace.writePolicy([
    {
      id: 'written',
      expression: `${below('open.file')} && open.flags & (O_WRONLY|O_RDWR|O_TRUNC) > 0`,
    },
    { id: 'removed', expression: below('unlink.file') },
    {
      id: 'renamed',
      expression: `${below('rename.file')} || ${below('rename.file.destination')}`,
    },
    { id: 'rights_changed', expression: below('chmod.file') },
  ]);
  agent = await RunningAgent.start({ policy });
});

beforeEach(() => writeFileSync(file, 'content\n'));

after(async () => {
  await agent?.[Symbol.asyncDispose]();
  workspace[Symbol.dispose]();
});

/** One line for an alert; names that a program made up are `*`. */
function describe(alert: Alert): string {
  const type = String(find(alert, 'event.type'));
  const name = (field: string): string =>
    String(find(alert, `${type}.${field}`))
      .replace(`${directory}/`, '')
      .replace(/\bsed\w{6}$/, '*');
  const created = find(alert, 'open.created') === true ? ' (created)' : '';
  const to = type === 'rename' ? ` → ${name('file.destination.path')}` : '';
  const rights = Number(find(alert, 'chmod.file.destination.rights'));
  const mode = type === 'chmod' ? ` ${rights.toString(8)}` : '';
  return `${type} ${name('file.path')}${created}${to}${mode}`;
}

/** Runs a command and returns what was told of it, and of nothing before or after. */
async function tell(script: string): Promise<string[]> {
  const waitForMark = async (): Promise<number> => {
    markCount += 1;
    const path = `${directory}/mark-${markCount}`;
    writeFileSync(path, '');
    const isMark = (alert: Alert): boolean => find(alert, 'open.file.path') === path;
    await agent.waitForAlert(path, isMark);
    return agent.alerts.findIndex(isMark);
  };
  const from = await waitForMark();
  await runOrFail('sh', ['-ec', script], { directory });
  const to = await waitForMark();
  return agent.alerts.slice(from + 1, to).map(describe);
}

const changes: readonly (readonly [string, string, readonly string[]])[] = [
  ['sed -i', 'sed -i s/c/d/ file', ['open * (created)', 'rename * → file']],
  ['tee', 'echo x | tee file', ['open file']],
  ['dd', 'dd if=/dev/null of=file 2>&1', ['open file']],
  ['truncate', 'truncate -s 0 file', ['open file']],
  ['cp over it', 'cp /etc/passwd file', ['open file']],
  ['touch, of a file that is there', 'touch file', ['open file']],
  ['touch, of a new one', 'touch new; rm new', ['open new (created)', 'unlink new']],
  ['chmod', 'chmod u+s,g-w file', ['chmod file 4644']],
  ['mv to another name', 'mv file other', ['rename file → other']],
  ['mv into the directory', 'touch ../in; mv ../in in', ['rename OUT/in → in']],
  ['mv out of it', 'mv file ../out', ['rename file → OUT/out']],
  ['through dots and slashes', 'mkdir -p d; cd d; echo x > .././/file', ['open file']],
  ['through a symbolic link', 'ln -sf "$PWD/file" ../link; echo x > ../link', ['open file']],
  ['through a link to the directory', 'ln -sfn "$PWD" ../d; rm ../d/file', ['unlink file']],
  ['by another root that is the same', 'chroot / sh -c "echo x > $PWD/file"', ['open file']],
  [
    'in a directory that was renamed',
    'mkdir a; mv a b; echo x > b/f',
    ['rename a → b', 'open b/f (created)'],
  ],
  ['by a descriptor of /proc', 'exec 3< file; echo x > /proc/self/fd/3', ['open file']],
];

for (const [name, script, expected] of changes) {
  test(name, async () => {
    const told = (await tell(script)).map((line) => line.replaceAll(workspace.directory, 'OUT'));
    assert.deepEqual(told, expected);
  });
}

test('reading is no change', async () => {
  assert.deepEqual(await tell('cat file > /dev/null; ls -l file; grep -q content file'), []);
});

test('a deep tree, made and removed', async () => {
  const deep = Array.from({ length: 20 }, (_value, depth) => `level-${depth}`).join('/');
  mkdirSync(`${directory}/${deep}`, { recursive: true });
  const told = await tell(`echo x > ${deep}/leaf; rm -r level-0`);
  assert.deepEqual(told, [`open ${deep}/leaf (created)`, `unlink ${deep}/leaf`]);
});
