// SPDX-License-Identifier: Apache-2.0
// The command called in a wrong way, with policies that are none, and with a wrong configuration.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { listPrograms, waitForNoOrphans } from './support/bpf-programs.ts';
import { run } from './support/child.ts';
import { fimbulPath, runFimbul } from './support/fimbul.ts';
import { assertNoTrace, assertRefused, type Refusal } from './support/refusal.ts';
import { Workspace } from './support/workspace.ts';

const workspace = new Workspace();
const good = `open.file.path == "${workspace.path('watched')}"`;
const policy = workspace.writePolicy([{ id: 'good', expression: good }]);
const programsBefore = await listPrograms();

after(async () => {
  workspace[Symbol.dispose]();
  await waitForNoOrphans(programsBefore);
});

type Case = Refusal & { readonly name: string; readonly args: readonly string[] };

const wrongUse: readonly Case[] = [
  {
    name: 'an unknown command',
    args: ['agnet'],
    status: 2,
    what: /unknown command 'agnet'.*Did you mean agent\?/,
    advice: /see "fimbul --help"/,
  },
  {
    name: 'an unknown command of rules',
    args: ['rules', 'chek'],
    status: 2,
    what: /unknown command 'chek'.*Did you mean check\?/,
    advice: /see "fimbul rules --help"/,
  },
  {
    name: 'an unknown option',
    args: ['agent', '--polciy', policy],
    status: 2,
    what: /unknown option '--polciy'.*Did you mean --policy\?/,
    advice: /see "fimbul agent --help"/,
  },
  {
    name: 'an option without its value',
    args: ['agent', '--policy'],
    status: 2,
    what: /option '--policy <path>' argument missing/,
    advice: /see "fimbul agent --help"/,
  },
  {
    name: 'a word too many',
    args: ['agent', policy],
    status: 2,
    what: /too many arguments for 'agent'/,
    advice: /see "fimbul agent --help"/,
  },
  {
    name: 'an unknown backend',
    args: ['agent', '--policy', policy, '--backend', 'inotify'],
    status: 2,
    what: /'inotify' is invalid.*auto, lsm, kprobe, fexit, tracepoint/,
    advice: /see "fimbul agent --help"/,
  },
  {
    name: 'an unknown form of output',
    args: ['agent', '--policy', policy, '--output', 'xml'],
    status: 2,
    what: /'xml' is invalid.*json, text/,
    advice: /see "fimbul agent --help"/,
  },
  ...['10', '-5s'].map((duration) => ({
    name: `a duration of "${duration}"`,
    args: ['agent', '--policy', policy, `--duration=${duration}`],
    status: 2 as const,
    what: new RegExp(`--duration "${duration}" is not a duration`),
    advice: /a number and a unit, such as 10s/,
  })),
  ...[
    { call: ['agent', '--policy='], name: "option '--policy <path>'" },
    { call: ['agent', '--config='], name: "option '--config <file>'" },
    { call: ['rules', 'check', ''], name: "command-argument value ''" },
    { call: ['rules', 'fmt', 'a', ''], name: "command-argument value ''" },
  ].map(({ call, name }) => ({
    name: `an empty path: ${JSON.stringify(call)}`,
    args: call,
    status: 2 as const,
    what: new RegExp(`${name}.*A path must not be empty`),
    advice: /see "fimbul \w+.* --help"/,
  })),
  {
    name: 'an unknown command to explain',
    args: ['help', 'rules', 'chek'],
    status: 2,
    what: /unknown command 'rules chek'/,
    advice: /see "fimbul --help"/,
  },
  {
    name: 'nothing to check',
    args: ['rules', 'check'],
    status: 2,
    what: /missing required argument 'path'/,
    advice: /see "fimbul rules check --help"/,
  },
];

function policyCase(name: string, content: string | Uint8Array, diagnostic: RegExp) {
  return {
    name,
    path: workspace.writeFile(`${name.replaceAll(' ', '-')}.policy`, content),
    diagnostic,
  };
}

/** Files from which no rule can be loaded, with what is said about them. */
const brokenPolicies = [
  policyCase('an empty file', '', /:1:1: error FR4005: the file is empty/),
  policyCase('a binary file', Buffer.from('\x7fELF\0\0\xff\xfe\0'), /:1:1: error FR400\d: /),
  policyCase('malformed YAML', 'rules:\n  - id: [a\n', /:\d+:\d+: error FR4001: .*not valid YAML/),
  policyCase('a list', '- a\n- b\n', /:1:1: error FR4002: a policy must be a map/),
  policyCase(
    'only an unknown field',
    'rules:\n  - id: r\n    expression: open.file.pth == "/x"\n',
    /:3:17: error FR1101: unknown name "open.file.pth" \[r\][\s\S]*did you mean open\.file\.path\?/,
  ),
];

const configurations: readonly (Omit<Case, 'args' | 'status' | 'advice'> & { text: string })[] = [
  { name: 'unknown key', text: 'polices: [a]\n', what: /broken\.yaml: .*"polices"/ },
  { name: 'wrong type', text: 'ring_mib: big\n', what: /ring_mib: .*expected number/ },
  { name: 'malformed YAML', text: 'ring_mib: [\n', what: /sequence.* at line 2, column 1$/ },
];

describe('called in a wrong way', { concurrency: 2 }, () => {
  for (const { name, args, ...refusal } of wrongUse) {
    test(name, async () => {
      const { stderr, ...ended } = await runFimbul(args);
      // A near name stands on a line of its own.
      assertRefused({ ...ended, stderr: stderr.replace('\n(Did', ' (Did') }, refusal);
    });
  }
});

describe('policies that cannot be loaded', { concurrency: 2 }, () => {
  for (const { name, path, diagnostic } of brokenPolicies) {
    test(name, async () => {
      const ended = await runFimbul(['agent', '--policy', path, '--output', 'json']);
      assert.match(ended.stderr, diagnostic);
      assertRefused(ended, {
        status: 1,
        what: new RegExp(`no rule could be loaded from ${path}`),
        advice: /correct the policy; "fimbul rules check"/,
      });
      assert.doesNotMatch(ended.stderr, /ready/);
    });
  }

  test('nothing wrong, but no rule either', async () => {
    const path = workspace.writeFile('no-rules.policy', 'version: 1.0.0\nrules: []\n');
    assertRefused(await runFimbul(['agent', '--policy', path]), {
      status: 1,
      what: new RegExp(`no rule could be loaded from ${path}`),
      advice: /^add a rule/,
    });
  });

  test('no such file', async () => {
    const path = workspace.path('nowhere.policy');
    assertRefused(await runFimbul(['agent', '--policy', path]), {
      status: 1,
      what: new RegExp(`read policy ${path}: there is no such file or directory`),
      advice: /check the path on the command line/,
    });
  });

  test('a path from a directory that is gone', async () => {
    const gone = workspace.makeDirectory('gone');
    const script = `cd ${gone} && rmdir ${gone} && exec ${fimbulPath} agent --policy a.policy`;
    const { stderr, ...ended } = await run('sh', ['-c', script]);
    // The shell of the launcher has its own word on it.
    const own = stderr.replace(/^sh: .*\n/, '');
    assertRefused(
      { ...ended, stderr: own },
      {
        status: 1,
        what: /--policy "a\.policy" .* does not exist any more/,
        advice: /change into a directory that exists/,
      },
    );
  });

  test('a directory without policies', async () => {
    mkdirSync(workspace.path('empty'));
    assertRefused(await runFimbul(['agent', '--policy', workspace.path('empty')]), {
      status: 1,
      what: /read policy \S+empty: the directory has no \*\.policy file/,
      advice: /put a policy there/,
    });
  });

  test('a device', async () => {
    assertRefused(await runFimbul(['agent', '--policy', '/dev/zero']), {
      status: 1,
      what: /read policy \/dev\/zero: it is not a file/,
      advice: /name a policy file or a directory/,
    });
  });
});

describe('configurations that cannot be used', { concurrency: 2 }, () => {
  for (const { name, text, what } of configurations) {
    test(name, async () => {
      const config = workspace.writeFile(`${name.replaceAll(' ', '-')}.broken.yaml`, text);
      const ended = await runFimbul(['agent', '--config', config, '--policy', policy]);
      assertRefused(ended, {
        status: 1,
        what,
        advice: /policies, backend, ring_mib, actions, control and metrics/,
      });
    });
  }

  test('no such file', async () => {
    const config = workspace.path('nowhere.yaml');
    assertRefused(await runFimbul(['agent', '--config', config, '--policy', policy]), {
      status: 1,
      what: new RegExp(`read configuration ${config}: there is no such file`),
      advice: /check the path given with --config/,
    });
  });
});

test('one file of a directory that cannot be read is reported, and the others load', async () => {
  workspace.makeDirectory('policies');
  workspace.writePolicy([{ id: 'good', expression: good }], 'policies/default.policy');
  const path = workspace.path('policies/gone.policy');
  symlinkSync(workspace.path('nowhere'), path);
  const args = ['agent', '--policy', workspace.path('policies'), '--duration', '100ms'];
  const { status, stderr } = await runFimbul(args);
  assert.equal(status, 0);
  assertNoTrace(stderr);
  assert.ok(stderr.startsWith(`${path}:1:1: error FR4033: cannot be read: it is a symbolic link`));
  assert.match(stderr, /^fimbul: ready: 1 rule; /m);
  // Somebody who names it means a policy.
  assertRefused(await runFimbul(['agent', '--policy', path]), {
    status: 1,
    what: /read policy \S+gone\.policy: it is a symbolic link to nothing/,
    advice: /^check the path/,
  });
});

test('one broken rule among good ones is reported, and the others load', async () => {
  const mixed = workspace.writePolicy(
    [
      { id: 'good', expression: good },
      { id: 'broken', expression: 'open.file.path == && true' },
      { id: 'good_too', expression: good },
    ],
    'mixed.policy',
  );
  const args = ['agent', '--policy', mixed, '--output', 'json', '--duration', '100ms'];
  const { status, stdout, stderr } = await runFimbul(args);
  assert.equal(status, 0);
  assert.equal(stdout, '');
  assertNoTrace(stderr);
  assert.match(stderr, /error FR1003: .*\[broken\]\n[\s\S]*\^\n/);
  assert.match(stderr, /^fimbul: ready: 2 rules, 1 skipped; /m);
});
