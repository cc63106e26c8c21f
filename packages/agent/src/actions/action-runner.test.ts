// SPDX-License-Identifier: Apache-2.0
// What is due is done in order and counted, and what will not be done is said at the start.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CompiledAction,
  type CompiledRule,
  compilePolicies,
  type DueAction,
} from '@fimbul/rules';
import { makeEvent } from '../engine/event-samples.ts';
import { type Match, nothingSuppressed } from '../engine/match.ts';
import { ActionRunner } from './action-runner.ts';
import { refuseToKill } from './kill.ts';
import { describePlannedActions } from './planned-actions.ts';

const text = `rules:
  - id: acts
    expression: open.file.name == "x"
    actions:
      - kill: { signal: SIGTERM, scope: process }
      - log: { level: info, message: hello }
      - hash: { field: open.file }
  - id: changes
    expression: fim.write.file.name == "x"
    actions: [{ kill: { signal: SIGKILL, scope: container } }]
  - { id: plain, expression: 'open.file.name == "x"' }`;
const { rules, diagnostics } = compilePolicies([{ path: 'p', text }]);
const acts = rules.find(({ id }) => id === 'acts') as CompiledRule;

function makeMatch(actions: readonly DueAction[]): Match {
  return {
    ...{ rule: acts, event: makeEvent('open', {}), eventId: 'e', timeNs: 0n, outcome: 'alert' },
    ...{ suppressed: nothingSuppressed, actions, results: [], variables: [] },
  };
}

function makeDue(action: CompiledAction): DueAction | null {
  switch (action.kind) {
    case 'kill':
      return { kind: 'kill', action };
    case 'log':
      return { kind: 'log', action, message: 'hello' };
    case 'hash':
      return { kind: 'hash', action };
    case 'set':
      return null;
  }
}

const dueActions = acts.actions.map(makeDue).filter((due) => due !== null);

test('what is due is done in order; a hash leaves no trace', () => {
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal(dueActions.length, 3);
  const lines: string[] = [];
  const runner = new ActionRunner({
    kill: refuseToKill('not allowed'),
    writeStatus: (line) => lines.push(line) > 0,
  });
  assert.deepEqual(
    runner.run(makeMatch(dueActions)).map(({ type, status }) => `${type}: ${status}`),
    ['kill: not allowed', 'log: written'],
  );
  assert.deepEqual(lines, ['fimbul: log info rule acts: hello\n']);
  assert.deepEqual(runner.run(makeMatch([])), []);
  for (let count = 0; count < 200; count += 1) runner.run(makeMatch(dueActions));
  runner.look();
  assert.deepEqual(Object.fromEntries(runner.counters.done), {
    'kill not allowed': 201,
    'log written': 100,
    'log left out': 101,
  });
  assert.match(lines.at(-1) ?? '', /101 more lines/);
});

test('what the kernel refuses is counted as one thing', () => {
  let errno = 0;
  const runner = new ActionRunner({
    kill: ({ signalName, scope }) => {
      errno += 1;
      const status = `refused: E${errno}` as const;
      return { type: 'kill', signal: signalName, scope, status, processes: 0 };
    },
    writeStatus: () => true,
  });
  for (let count = 0; count < 5; count += 1) runner.run(makeMatch(dueActions.slice(0, 1)));
  assert.deepEqual(Object.fromEntries(runner.counters.done), { 'kill refused': 5 });
});

test('what will not be done is said once for all rules, siblings counted as one', () => {
  const refused = describePlannedActions(rules, { kill: false, killRefusal: null });
  assert.equal(refused.length, 2);
  assert.match(refused[0] ?? '', /^fimbul: kill: not allowed on this host; 2 rules would\n {2}→ /);
  assert.match(refused[1] ?? '', /^fimbul: hash: not executed by this version; 1 rule would\n/);
  const [allowed] = describePlannedActions(rules, { kill: true, killRefusal: null });
  assert.equal(allowed, 'fimbul: kill: allowed, for 2 rules\n');
  const plain = rules.filter(({ id }) => id === 'plain');
  // Who allowed it in a file that counts for nothing learns of it, whatever the rules are.
  for (const some of [rules, plain]) {
    const [foreign] = describePlannedActions(some, { kill: false, killRefusal: 'f\u001b' });
    assert.match(
      foreign ?? '',
      /^fimbul: kill: not allowed on this host: f\\x1b\n {2}→ let only root/,
    );
  }
  assert.deepEqual(describePlannedActions(plain, { kill: false, killRefusal: null }), []);
});
