// SPDX-License-Identifier: Apache-2.0
// What is told of rules and of a stream: who lets an event pass, who alone, and what to rewrite.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { filterEvent } from './3-plan/filter-model.ts';
import { type CompiledPolicies, compilePolicies } from './compile.ts';
import { explainRules } from './explain-rules.ts';
import { LaneCensus } from './lane-census.ts';

function compile(expressions: Readonly<Record<string, string>>): CompiledPolicies {
  const rules = Object.entries(expressions).map(([id, expression]) => ({ id, expression }));
  return compilePolicies([{ path: 'p', text: JSON.stringify({ rules }) }]);
}

function makeEvent(path: string, flags = 0) {
  const names = path.split('/').slice(1);
  return {
    ...{ sourceName: names.at(-1) ?? null, sourcePath: names, values: { flags }, result: 3n },
    ...{ destinationName: null, destinationPath: null },
  };
}

function explain(policies: CompiledPolicies, paths: readonly string[]) {
  const census = new LaneCensus();
  for (const path of paths) {
    census.count('open', filterEvent(policies.filter, 'open', makeEvent(path)));
  }
  return explainRules(policies, { census, matches: policies.rules.map(({ index }) => index + 1) });
}

describe('the share of a stream', () => {
  const etc = 'open.file.path =~ "/etc/**"';
  const shadow = 'open.file.path == "/etc/shadow"';
  const paths = ['/etc/shadow', '/etc/a', '/etc/b', '/home/a'];

  it('counts an event for each rule that lets it pass, and for one that does so alone', () => {
    const { rules, stream } = explain(compile({ etc, shadow }), paths);
    assert.deepEqual(
      rules.map(({ stream }) => stream),
      [
        { sent: 3, sent_alone: 2, share: 1, matches: 1 },
        { sent: 1, sent_alone: 0, share: 1 / 3, matches: 2 },
      ],
    );
    assert.deepEqual(stream?.[0], { operation: 'open', seen: 4, sent: 3 });
  });

  it('blames no rule whose paths rule an event out, when another lets all pass', () => {
    const all = 'open.file.inode == 7';
    const { rules } = explain(compile({ shadow, all }), paths);
    assert.deepEqual(
      rules.map(({ stream }) => stream?.sent),
      [1, 4],
    );
    assert.deepEqual(
      rules.map(({ stream }) => stream?.sent_alone),
      [0, 3],
    );
  });

  it('counts siblings once, and nothing for rules on processes', () => {
    const written = 'fim.write.file.path =~ "/etc/**"';
    const { rules } = explain(compile({ written, exec: 'exec.file.name == "a"' }), ['/etc/a']);
    assert.deepEqual(
      rules.map(({ id }) => id),
      ['written', 'exec'],
    );
    assert.equal(rules[1]?.stream, null);
    assert.deepEqual(
      rules[1]?.operations.map((one) => one.is_filtered),
      [false],
    );
  });

  it('has no share where nothing is sent', () => {
    const { rules } = explain(compile({ shadow }), ['/home/a']);
    assert.deepEqual(rules[0]?.stream, { sent: 0, sent_alone: 0, share: null, matches: 1 });
  });
});

describe('what is told of a rule', () => {
  const tell = (expression: string) => explainRules(compile({ r: expression }), null).rules[0];

  it('says what the kernel decides, and what is left', () => {
    const rule = tell('open.file.path == "/a" && process.pid != 1');
    const [operation] = rule?.operations ?? [];
    assert.equal(operation?.is_selective, true);
    assert.equal(operation?.advice, null);
    assert.deepEqual(
      operation?.predicates.slice(0, 2).map((one) => [one.text, one.decided_by, one.table]),
      [
        ['open.file.path == "/a"', 'kernel', 'source path'],
        ['process.pid != 1', 'user space', null],
      ],
    );
    assert.match(operation?.predicates[1]?.reason ?? '', /no kernel table/);
  });

  it('says what to do where nothing selects', () => {
    const [operation] = tell('open.file.name != "a"')?.operations ?? [];
    assert.equal(operation?.is_selective, false);
    assert.match(operation?.advice ?? '', /every alternative/);
  });
});
