// SPDX-License-Identifier: Apache-2.0
// Hosts and installations on which the agent cannot work: it says what is missing and what to do,
// and leaves nothing attached.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { listPrograms, waitForNoOrphans } from './support/bpf-programs.ts';
import { type Ended, run } from './support/child.ts';
import { fimbulPath, runFimbul } from './support/fimbul.ts';
import { assertRefused, type Refusal } from './support/refusal.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const policy = workspace.writePolicy([
  { id: 'good', expression: `open.file.path == "${workspace.path('watched')}"` },
]);
const agentArgs = ['agent', '--policy', policy, '--output', 'json', '--duration', '100ms'];
const programsBefore = await listPrograms();

after(async () => {
  workspace[Symbol.dispose]();
  await waitForNoOrphans(programsBefore);
});

/** The two commands that ask the kernel. */
const commands = { agent: agentArgs, doctor: ['doctor'] } as const;

type Condition = Omit<Refusal, 'status'> & {
  readonly name: string;
  readonly run: (args: readonly string[]) => Promise<Ended>;
};

function runWith(environment: Readonly<Record<string, string>>): Condition['run'] {
  return (args) => runFimbul(args, { environment });
}

function writeDirectory(name: string, file: string, content: string): string {
  mkdirSync(workspace.path(name));
  workspace.writeFile(`${name}/${file}`, content);
  return workspace.path(name);
}

const nobody = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];

const conditions: readonly Condition[] = [
  {
    name: 'not root',
    run: (args) => run('setpriv', [...nobody, fimbulPath, ...args]),
    what: /needs root to load eBPF programs/,
    advice: /run it as root, or with sudo/,
  },
  {
    name: 'root without the right to load programs',
    run: (args) => run('setpriv', ['--bounding-set=-sys_admin,-bpf', fimbulPath, ...args]),
    what: /it is root, but has neither CAP_SYS_ADMIN nor both CAP_BPF and CAP_PERFMON/,
    advice: /run it on the host, or grant its container/,
  },
  {
    name: 'a kernel that does not show its types',
    run: (args) => {
      const hide = 'mount -t tmpfs none /sys/kernel && exec "$@"';
      return run('unshare', ['--mount', 'sh', '-c', hide, 'sh', fimbulPath, ...args]);
    },
    what: /read the kernel's types in \/sys\/kernel\/btf: ENOENT/,
    advice: /CONFIG_DEBUG_INFO_BTF/,
  },
  {
    name: 'no native addon',
    run: runWith({ FIMBUL_PROBE_ADDON: workspace.path('nowhere.node') }),
    what: /load the native addon .*nowhere\.node: no such file/,
    advice: /npm run setup/,
  },
  {
    name: 'a file that is no addon',
    run: runWith({ FIMBUL_PROBE_ADDON: workspace.writeFile('text.node', 'not an addon') }),
    what: /load the native addon .*text\.node: /,
    advice: /npm run setup/,
  },
];

for (const [command, args] of Object.entries(commands)) {
  describe(`fimbul ${command}`, { concurrency: 2 }, () => {
    for (const { name, run: runCommand, what, advice } of conditions) {
      test(name, async () => {
        assertRefused(await runCommand(args), { status: 1, what, advice });
      });
    }
  });
}

test('a backend that this kernel refuses says why, and what to do', async () => {
  const { stdout } = await runFimbul(['doctor', '--json']);
  const { plan } = JSON.parse(stdout) as {
    plan: { backends: readonly { backend: string; verdict: string }[] };
  };
  const unusable = plan.backends.filter(({ verdict }) => verdict !== 'usable');
  assert.notEqual(unusable.length, 0, 'every backend works here: nothing was tested');
  for (const { backend } of unusable) {
    const ended = await runFimbul([...agentArgs, '--backend', backend]);
    assertRefused(ended, {
      status: 1,
      what: new RegExp(`no hook backend works on this kernel \\(.*\\): ${backend}: `),
      advice: /fimbul doctor.*leave out --backend/,
    });
  }
});

test('no BPF object', async () => {
  const environment = { FIMBUL_BPF_DIRECTORY: workspace.path('nowhere') };
  assertRefused(await runFimbul(agentArgs, { environment }), {
    status: 1,
    what: /read the BPF object .*nowhere\/fimbul\.bpf\.o: .*no such file/,
    advice: /npm run setup/,
  });
});

test('a file that is no BPF object', async () => {
  const directory = writeDirectory('garbage', 'fimbul.bpf.o', 'not an object');
  const environment = { FIMBUL_BPF_DIRECTORY: directory };
  assertRefused(await runFimbul(agentArgs, { environment }), {
    status: 1,
    what: /open BPF object "fimbul" of 13 bytes/,
    advice: /build it again/,
  });
});
