// SPDX-License-Identifier: Apache-2.0
// Package upgrades give summaries, never silence. For whatever process and path: what a pair of
// rules watches is told by exactly one of the two, at once unless a package manager lies behind it;
// and what no package has business with is told at once, whoever does it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emitRuleSet } from '@fimbul/rules';
import fc from 'fast-check';
import { makeAccessors } from '../../packages/rules/src/testing/plain-events.ts';
import { arbitraryPathOf, arbitraryPrograms, type Change, listChanges } from './change-events.ts';
import { compileForAllEvents, macroTexts, type RuleText, ruleTexts } from './policy-under-test.ts';

/** Two rules on the same files: one for everything else, one for what lies behind a condition. */
type Pair = { readonly atOnce: RuleText; readonly summary: RuleText; readonly area: string };

/** What is told at once even if a package manager does it, by the id of the rule. */
const neverOfPackages = [
  ...['password_hashes_exposed', 'pam_settings_changed', 'login_environment_changed'],
  ...['name_services_changed', 'sudoers_changed', 'polkit_rule_changed', 'setuid_bit_set'],
  ...['setuid_file_created', 'capability_granted', 'made_world_writable', 'ssh_daemon_changed'],
  ...['ssh_host_key_changed', 'root_authorized_keys_changed', 'authorized_keys_changed'],
  ...['host_trust_changed', 'cron_table_changed', 'cron_script_changed', 'timer_changed'],
  ...['user_cron_table_changed', 'unit_changed', 'unit_generator_changed', 'init_script_changed'],
  ...['device_rule_changed', 'loader_preload_changed', 'loader_paths_changed'],
  ...['boot_settings_changed', 'initramfs_recipe_changed', 'module_settings_changed'],
  ...['kernel_callback_changed', 'python_start_file_changed', 'local_program_changed'],
  ...['package_source_changed', 'package_key_changed', 'package_manager_settings_changed'],
  ...['certificate_authority_added', 'shell_start_file_changed', 'root_shell_start_file_changed'],
  ...['hosts_file_changed', 'firewall_changed', 'mount_table_changed', 'static_pod_changed'],
  ...['audit_settings_changed', 'log_settings_changed', 'selinux_mode_changed'],
  ...['fimbul_program_changed', 'fimbul_settings_changed', 'fimbul_start_changed'],
];

function normalize(expression: string): string {
  return expression.replaceAll(/\s+/g, ' ').trim();
}

/** The rules that leave something to a summary, each with the rule that gives it. */
function listPairs(condition: string): readonly Pair[] {
  const others = new Map(ruleTexts.map((rule) => [normalize(rule.expression), rule]));
  return ruleTexts
    .filter(({ expression }) => expression.includes(`!${condition}`))
    .map((atOnce) => {
      const expression = normalize(atOnce.expression);
      const summary = others.get(expression.replace(`!${condition}`, condition));
      assert.ok(summary, `${atOnce.id} leaves to silence what is ${condition}`);
      return { atOnce, summary, area: expression.replace(` && !${condition}`, '') };
    });
}

const pairs = listPairs('UNDER_PACKAGE_MANAGER');
const macros = new Map(macroTexts.map((macro) => [macro.id, macro]));
const packageManagers = macros.get('PACKAGE_MANAGERS')?.values ?? [];

/** All paths and patterns that an expression names, also by macros. */
function listPatterns(expression: string): readonly string[] {
  const own = [...expression.matchAll(/"(\/[^"]*)"/g)].map(([, pattern]) => pattern ?? '');
  const named = [...expression.matchAll(/\b[A-Z][A-Z_]{2,}\b/g)].flatMap(([id]) => {
    const macro = macros.get(id);
    return [...(macro?.values ?? []), ...(macro ? listPatterns(macro.expression ?? '') : [])];
  });
  return [...own, ...named.filter((pattern) => pattern.startsWith('/'))];
}

/** One more rule for each pair: what both watch, whoever does it. */
const areas = pairs.map(({ area }, index) => ({ id: `area_${index}`, expression: area }));
const compiled = compileForAllEvents({
  path: 'areas.policy',
  text: JSON.stringify({ rules: areas }),
});
const { programs } = emitRuleSet(compiled, makeAccessors());

function evaluate({ type, event }: Change): ReadonlySet<string> {
  const matches: number[] = [];
  programs.get(type)?.evaluate(event, -1, -1, matches);
  return new Set(matches.map((index) => compiled.rules[index]?.id ?? ''));
}

const arbitraryPair = fc.integer({ min: 0, max: pairs.length - 1 }).chain((index) => {
  const patterns = listPatterns(pairs[index]?.area ?? '');
  return fc.record({
    index: fc.constant(index),
    path: fc.constantFrom(...patterns).chain(arbitraryPathOf),
    programs: arbitraryPrograms(packageManagers),
  });
});

describe('pairs of rules', () => {
  it('are where packages bring many files', () => {
    assert.ok(pairs.length >= 15, `${pairs.length} pairs`);
    const inPairs = new Set(pairs.flatMap(({ atOnce, summary }) => [atOnce.id, summary.id]));
    for (const { id, expression } of ruleTexts) {
      if (expression.includes('UNDER_PACKAGE_MANAGER')) assert.ok(inPairs.has(id), id);
    }
    for (const macro of ['PROGRAMS', 'LIBRARIES', 'KERNEL_MODULES', 'VENDOR_UNITS']) {
      assert.ok(
        pairs.some(({ area }) => area.includes(macro)),
        macro,
      );
    }
  });

  it('tell at once what is left, and give summaries for each program', () => {
    for (const { atOnce, summary } of pairs) {
      // Who deploys a site changes all of it.
      const isDeployment = atOnce.id === 'web_script_changed';
      assert.equal(atOnce.every, isDeployment ? '1m' : undefined, atOnce.id);
      assert.equal(summary.every, '1m', summary.id);
      assert.deepEqual(summary.limiter_token, ['process.file.path', 'process.cgroup.id']);
    }
  });

  it('leave nothing out and nothing to both, whatever process it is', () => {
    let watched = 0;
    fc.assert(
      fc.property(arbitraryPair, ({ path, programs: [own, ...ancestors] }) => {
        const isPackage = [own, ...ancestors].some((program) => packageManagers.includes(program));
        for (const change of listChanges(path, [own, ...ancestors])) {
          const ids = evaluate(change);
          for (const [index, { atOnce, summary }] of pairs.entries()) {
            const isWatched = ids.has(`area_${index}`);
            if (isWatched) watched++;
            assert.equal(ids.has(atOnce.id), isWatched && !isPackage, atOnce.id);
            assert.equal(ids.has(summary.id), isWatched && isPackage, summary.id);
          }
        }
      }),
      { numRuns: 500 },
    );
    assert.ok(watched > 500, `only ${watched} generated changes were of watched files`);
  });
});

describe('a package manager', () => {
  it('is known by a path where only root can write, never by a name', () => {
    assert.ok(packageManagers.length > 5);
    for (const path of packageManagers) {
      assert.match(path, /^\/(?:usr\/)?(?:s?bin|lib|libexec)\/[\w.-]+$/);
    }
    const text = macros.get('UNDER_PACKAGE_MANAGER')?.expression ?? '';
    const fields = normalize(text).match(/\b[a-z][a-z_.]+\b(?= in)/g);
    assert.deepEqual(fields, ['process.file.path', 'process.ancestors.file.path']);
  });

  it('changes nothing about what is told at once', () => {
    const ids = new Set(ruleTexts.map(({ id }) => id));
    for (const id of neverOfPackages) assert.ok(ids.has(id), `there is no rule ${id}`);
    const rules = ruleTexts.filter(({ id }) => neverOfPackages.includes(id));
    for (const { id, every } of rules) assert.equal(every, undefined, id);
    const patterns = rules
      .flatMap(({ expression }) => listPatterns(expression))
      // Subscriptions have this one list of package sources written again and again.
      .filter((pattern) => !pattern.endsWith('/redhat.repo'));
    const arbitrary = fc.tuple(
      fc.constantFrom(...patterns).chain(arbitraryPathOf),
      fc.constantFrom(...packageManagers),
    );
    let toldCount = 0;
    fc.assert(
      fc.property(arbitrary, ([path, packageManager]) => {
        const told = (own: string, ...ancestors: string[]): readonly string[] =>
          listChanges(path, [own, ...ancestors]).map((change) =>
            [...evaluate(change)].filter((id) => neverOfPackages.includes(id)).join(),
          );
        const byOthers = told('/usr/bin/cp');
        if (byOthers.some((ids) => ids !== '')) toldCount++;
        assert.deepEqual(told(packageManager), byOthers);
        assert.deepEqual(told('/usr/bin/cp', '/usr/bin/dash', packageManager), byOthers);
      }),
      { numRuns: 300 },
    );
    assert.ok(toldCount > 200, `only ${toldCount} generated paths are watched`);
  });
});

describe('what rotates logs', () => {
  it('gives summaries of what others are told of at once', () => {
    const rotation = ruleTexts.filter(({ expression }) => expression.includes('!BY_LOG_ROTATION'));
    const trails = rotation.filter(({ expression }) => expression.includes('AUDIT_TRAILS'));
    assert.equal(trails.length, 3);
    for (const { id, expression } of trails) {
      const partner = normalize(expression).replace('!BY_LOG_ROTATION', 'BY_LOG_ROTATION');
      const summary = ruleTexts.find((rule) => normalize(rule.expression) === partner);
      assert.equal(summary?.every, '1m', id);
    }
  });
});
