// SPDX-License-Identifier: Apache-2.0
// The order in which rules are replaced, with a probe and a judge that are played here: nothing is
// forgotten too early, and whatever goes wrong before the filter serves changes nothing.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProbeError, passEverything, type Result } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import type { CompileReply } from '../compile/reload-reply.ts';
import type { PreparedRules } from '../engine/rule-sets.ts';
import { Reloader, type ReloaderParts } from './reloader.ts';

const policies = compilePolicies([
  { path: 'p', text: `rules: [{ id: r, expression: 'open.file.name == "a"' }]` },
]);
const compiled: CompileReply = { kind: 'compiled', policies, report: '', files: [] };
const done: Result<void> = { ok: true, value: undefined };
const refusal = new ProbeError({ code: 'wait_refused', what: 'wait: no', advice: 'be root' });

type Played = Partial<{
  compile: () => Promise<CompileReply>;
  wait: () => Promise<Result<void>>;
  prepare: () => PreparedRules;
  leftOut: readonly ('paths' | 'names')[];
}>;

function play({ compile, wait, prepare, leftOut = [] }: Played = {}) {
  const log: string[] = [];
  const status: string[] = [];
  const state = { generation: 1, readTo: Number.POSITIVE_INFINITY };
  const parts: ReloaderParts = {
    native: {
      clocks: () => ({ boottimeNs: 7n, realtimeNs: 0n, monotonicNs: 0n }),
      waitForPrograms: async () => {
        log.push('wait');
        return wait ? wait() : done;
      },
    },
    probe: {
      get filterGeneration() {
        return state.generation;
      },
      fitFilter: () => ({ filter: passEverything('all'), leftOut }),
      replaceFilter: () => {
        log.push('filter');
        state.generation += 1;
        return done;
      },
      forgetReplacedFilter: () => void log.push('forget filter'),
      ringEnd: 100,
      isReadTo: (place) => state.readTo >= place,
    },
    judging: {
      prepareRules: () => {
        log.push('prepare');
        return prepare ? prepare() : ({} as PreparedRules);
      },
      replaceRules: (_rules, _policies, { generation, sinceNs }) =>
        void log.push(`rules ${generation} since ${sinceNs}`),
      forgetReplacedRules: () => void log.push('forget rules'),
    },
    compile: async () => {
      log.push('compile');
      return compile ? compile() : compiled;
    },
    onReloaded: () => void log.push('told'),
    writeStatus: (text) => void status.push(text),
  };
  return { reloader: new Reloader(parts), log, status, state };
}

const takeover = ['prepare', 'filter', 'rules 2 since 7', 'wait', 'told'];
const leaving = ['forget rules', 'forget filter'];

function turn(ms = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('a reload', () => {
  it('goes by its steps, and forgets last', async () => {
    const { reloader, log, status } = play();
    const document = await reloader.request();
    assert.equal(document.outcome, 'reloaded');
    assert.equal(document.generation, 2);
    await turn();
    assert.deepEqual(log, ['compile', ...takeover, ...leaving]);
    assert.deepEqual(status.filter(Boolean), ['fimbul: reloaded: 1 rule\n']);
    assert.deepEqual(reloader.counts, { reloaded: 1, refused: 0 });
  });

  it('forgets nothing before programs ended and the ring is read to where it was', async () => {
    let end = (_waited: Result<void>): void => undefined;
    const { reloader, log, state } = play({
      wait: () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    });
    state.readTo = 99;
    await reloader.request();
    await turn(20);
    assert.deepEqual(log, ['compile', ...takeover]);
    end(done);
    await turn(30);
    assert.deepEqual(log, ['compile', ...takeover]);
    state.readTo = 100;
    await turn(30);
    assert.deepEqual(log, ['compile', ...takeover, ...leaving]);
  });

  it('waits for those before to leave, and compiles meanwhile', async () => {
    const { reloader, log, state } = play();
    state.readTo = 0;
    await reloader.request();
    const second = reloader.request();
    await turn(30);
    assert.deepEqual(log, ['compile', ...takeover, 'compile']);
    state.readTo = 100;
    assert.equal((await second).generation, 3);
    assert.deepEqual(log.slice(7, 11), [...leaving, 'prepare', 'filter']);
  });

  it('is shared by all who ask while one is under way, after it', async () => {
    const { reloader, log } = play();
    const all = [reloader.request(), reloader.request(), reloader.request()];
    const generations = (await Promise.all(all)).map(({ generation }) => generation);
    assert.deepEqual(generations, [2, 3, 3]);
    assert.equal(log.filter((step) => step === 'compile').length, 2);
  });

  it('says what the kernel has no room for', async () => {
    const { reloader, status } = play({ leftOut: ['paths', 'names'] });
    const document = await reloader.request();
    assert.ok(document.outcome === 'reloaded');
    assert.match(document.degradations[0] ?? '', /no room for all paths and names of these rules/);
    assert.match(status.join(''), /fimbul: degraded: the kernel has no room/);
  });
});

describe('a reload that changes nothing', () => {
  it('is one of policies with errors', async () => {
    const refused: CompileReply = { kind: 'refused', what: 'w', advice: 'a', report: 'r\n' };
    const { reloader, log, status } = play({ compile: async () => refused });
    const document = await reloader.request();
    assert.deepEqual(document, {
      ...{ format: 1, outcome: 'refused', report: 'r\n', generation: 1, what: 'w', advice: 'a' },
    });
    assert.deepEqual(log, ['compile']);
    assert.deepEqual(status, ['r\n', 'fimbul: w\n  → a\n']);
    assert.deepEqual(reloader.counts, { reloaded: 0, refused: 1 });
  });

  it('is one of rules that cannot be made to run', async () => {
    const { reloader, log } = play({
      prepare: () => {
        throw new Error('no accessor');
      },
    });
    const document = await reloader.request();
    assert.ok(document.outcome === 'refused');
    assert.match(document.what, /no accessor[\s\S]*; nothing has changed$/);
    assert.deepEqual(log, ['compile', 'prepare']);
  });

  it('is one after rules that cannot be forgotten', async () => {
    const { reloader, log, status } = play({ wait: async () => ({ ok: false, error: refusal }) });
    await reloader.request();
    const document = await reloader.request();
    assert.ok(document.outcome === 'refused');
    assert.match(document.what, /the kernel does not tell when/);
    assert.equal(log.filter((step) => step === 'filter').length, 1);
    assert.match(status.join(''), /degraded: the rules before stay in memory: wait: no\n {2}→ be/);
  });

  it('is one at the end of the agent, at whatever step', async () => {
    const { reloader, log, state } = play();
    state.readTo = 0;
    await reloader.request();
    const late = reloader.request();
    reloader.end();
    assert.equal((await late).outcome, 'refused');
    assert.equal((await reloader.request()).outcome, 'refused');
    await turn(30);
    assert.ok(!log.includes('forget rules'));
  });
});
