// SPDX-License-Identifier: Apache-2.0
// The guide to the default policy: it names every group, the lists that it says can be extended can
// be, and its example of a policy beside the default one does what it says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { rootDirectory } from '@fimbul/config';
import { compilePolicies, runRuleTests } from '@fimbul/rules';
import { defaultPolicy, macroTexts, ruleTexts } from './policy-under-test.ts';

const guide = readFileSync(join(rootDirectory, 'docs/guide/default-policy.md'), 'utf8');
const example = /^```yaml title="ours.policy"\n(.*?)^```/ms.exec(guide)?.[1] ?? '';
const ours = { path: 'ours.policy', text: example };

/** The rules that match an event, with the guide's example loaded after the default policy. */
function assertMatches(event: object, matches: readonly string[]): void {
  const cases = [{ name: 'the only one', event, matches }];
  const report = runRuleTests({
    path: 'case.yaml',
    text: JSON.stringify({ policy: 'both', cases }),
    resolvePolicy: () => ({ policies: [defaultPolicy, ours] }),
  });
  const [result] = report.cases;
  assert.ok(report.ok, JSON.stringify([report.diagnostics, result?.failures]));
}

function write(path: string, program: string): object {
  const open = { file: { path }, flags: ['O_WRONLY'] };
  return { type: 'open', open, process: { file: { path: program } } };
}

describe('the guide to the default policy', () => {
  it('names every group, and no other', () => {
    const named = [...guide.matchAll(/^\| `([a-z]+)` +\|/gm)].map(([, group]) => group);
    assert.deepEqual(named.sort(), [...new Set(ruleTexts.map(({ tags }) => tags.group))].sort());
  });

  it('names rules and lists that there are', () => {
    const ids = new Set([...ruleTexts, ...macroTexts].map(({ id }) => id));
    const names = [...guide.matchAll(/`([a-z]+(?:_[a-z]+)+|[A-Z]+_[A-Z_]+)`/g)];
    const others = ['pci_dss', 'nist_800_53', 'limiter_token', 'core_pattern'];
    for (const [, name = ''] of names) {
      assert.ok(ids.has(name) || others.includes(name), `${name} is no rule and no macro`);
    }
  });

  it('calls lists extensible that are', () => {
    const [, text = ''] = /Lists that are meant to be extended(.*?)\. Name/s.exec(guide) ?? [];
    const lists = [...text.matchAll(/`([A-Z_]+)`/g)].map(([, id]) => id);
    assert.ok(lists.length > 5);
    for (const id of lists) {
      assert.ok(
        macroTexts.some((macro) => macro.id === id && macro.values !== undefined),
        id,
      );
    }
  });
});

describe('its example of a policy of one’s own', () => {
  it('loads after the default policy, with nothing to warn of', () => {
    const { diagnostics, disabledCount } = compilePolicies([defaultPolicy, ours]);
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity !== 'info'),
      [],
    );
    assert.equal(disabledCount, 1);
  });

  it('gives summaries of what one’s own installer does', () => {
    assertMatches(write('/usr/bin/x', '/usr/local/sbin/install-release'), ['programs_upgraded']);
  });

  it('lets the backup read, and nothing else', () => {
    const read = (program: string): object => ({
      ...write('/etc/shadow', program),
      open: { file: { path: '/etc/shadow' }, flags: ['O_RDONLY'] },
    });
    assertMatches(read('/usr/bin/restic'), []);
    assertMatches(read('/usr/bin/tar'), ['password_hashes_read']);
  });

  it('switches off, makes an exception, replaces a list and adds a rule', () => {
    assertMatches(write('/etc/timezone', '/usr/bin/vi'), []);
    assertMatches(write('/etc/hosts', '/usr/local/bin/sync-hosts'), []);
    assertMatches(write('/etc/hosts', '/usr/bin/vi'), ['hosts_file_changed']);
    assertMatches(write('/srv/shop/public/index.html', '/usr/bin/vi'), ['web_page_changed']);
    assertMatches(write('/srv/shop/config/tax.yaml', '/usr/bin/vi'), ['shop_settings_changed']);
  });
});
