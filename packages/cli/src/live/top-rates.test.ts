// SPDX-License-Identifier: Apache-2.0
// Rates between two looks: what is counted is divided by the time, what is sampled is scaled up.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProgramRow, StatusDocument } from '@fimbul/schema';
import { makeFunnel, makeRuleRow, makeRules, makeStatus } from './live-samples.ts';
import { type Look, rateLooks, type TopDocument } from './top-rates.ts';
import { formatTop } from './top-text.ts';

function rate(previous: Look, newest: Look, earliest = previous): TopDocument {
  return rateLooks({ previous, newest, earliest }, '2026-01-01T12:34:56.789Z');
}

function makeLook(status: Partial<StatusDocument>, rules = makeRules([])): Look {
  return { status: makeStatus(status), rules };
}

function makeProgram(name: string, runs: number, seconds: number): ProgramRow {
  return { name, operation: 'open', target: null, runs, run_seconds: seconds, skipped_runs: 0 };
}

describe('rates of events', () => {
  const before = makeLook({ funnel: makeFunnel({ seen: 10, approver_dropped: 10 }) });
  const kernel = { seen: 110, approver_dropped: 60, ignored_failed: 30, sent: 20 };

  it('are differences by time, with a sum over all operations', () => {
    const after = makeLook({ clock_seconds: 102, funnel: makeFunnel(kernel, 4) });
    const { events, window_seconds: seconds } = rate(before, after);
    assert.equal(seconds, 2);
    const rates = {
      ...{ seen_per_second: 50, approvers_per_second: 25, discarders_per_second: 0 },
      ...{ ignored_per_second: 15, sent_per_second: 10, lost_per_second: 0, matched_per_second: 2 },
    };
    assert.deepEqual(events[0], { operation: 'open', ...rates });
    assert.deepEqual(events.at(-1), { operation: 'all', ...rates });
    assert.equal(events.find(({ operation }) => operation === 'fork')?.matched_per_second, null);
  });

  it('are never below zero, nor without an end where no time has passed', () => {
    const after = makeLook({ clock_seconds: 101, funnel: makeFunnel({ seen: 9 }) });
    assert.equal(rate(before, after).events[0]?.seen_per_second, 0);
    const numbers = Object.values(rate(before, before).events[0] ?? {}).slice(1);
    assert.ok(numbers.every((value) => value === 0));
  });
});

describe('rates of programs', () => {
  it('are by time and by run, the dearest first', () => {
    const before = makeLook({ programs: [makeProgram('a', 10, 1), makeProgram('b', 0, 0)] });
    const programs = [makeProgram('a', 20, 1.001), makeProgram('b', 1000, 0.1)];
    const top = rate(before, makeLook({ clock_seconds: 102, programs }));
    assert.deepEqual(
      top.programs.map(({ program, runs_per_second: runs }) => [program, runs]),
      [
        ['b', 500],
        ['a', 5],
      ],
    );
    assert.equal(top.programs[0]?.cpu_share, 0.05);
    assert.equal(top.programs[0]?.seconds_per_run, 0.0001);
  });
});

describe('rates of rules', () => {
  const before = makeLook({}, makeRules([makeRuleRow({ id: 'a' }), makeRuleRow({ id: 'b' })]));
  const sampling = { events: 800, sampled_events: 100, sampled_index_seconds: 0.001 };
  const rows = [
    makeRuleRow({ id: 'a', sampled_evaluations: 50, sampled_seconds: 0.0005, matches: 6 }),
    makeRuleRow({ id: 'b', sampled_evaluations: 100, sampled_seconds: 0.01 }),
  ];
  const after = makeLook({ clock_seconds: 102 }, makeRules(rows, sampling, 102));

  it('scale the sample up to all events; matches are as counted', () => {
    const { rules, sampling: told } = rate(before, after);
    const [b, a] = rules;
    assert.equal(b?.rule, 'b');
    assert.equal(a?.evaluations_per_second, 200);
    assert.ok(Math.abs((a?.seconds_per_evaluation ?? 0) - 1e-5) < 1e-12);
    assert.ok(Math.abs((a?.cpu_share ?? 0) - 0.002) < 1e-9);
    assert.equal(a?.matches_per_second, 3);
    assert.ok(Math.abs(told.index_cpu_share - 0.004) < 1e-9);
  });

  it('are told for the time since the earliest look', () => {
    const middle = makeLook({ clock_seconds: 101 }, makeRules(rows, sampling, 101));
    assert.equal(rate(middle, after, before).sampling.window_seconds, 2);
    assert.equal(rate(middle, after, before).rules[1]?.evaluations_per_second, 200);
  });

  it('are a block of text, in which rules that did nothing do not stand', () => {
    const quiet = makeRuleRow({ id: 'quiet' });
    const top = rate(before, {
      ...after,
      rules: makeRules([...rows, quiet], sampling, 102),
    });
    const text = formatTop(top, after.status).join('\n');
    assert.match(text, /· 12:34:56 UTC$/m);
    assert.match(text, /^RULES: .* estimated from 100 of 800 events in 2 s$/m);
    assert.match(text, /^ {2}b +4\.0% +87% +400 +100 µs +0$/m);
    assert.match(text, /^ {2}\(finding candidates\) +0\.40% +8\.7% +- +- +-$/m);
    assert.doesNotMatch(text, /quiet/);
  });

  it('leave room for each other on a small screen, which shows what happens', () => {
    const many = Array.from({ length: 40 }, (_, place) =>
      makeRuleRow({ id: `r${place}`, sampled_evaluations: 1, sampled_seconds: 0.001 }),
    );
    const programs = Array.from({ length: 20 }, (_, place) => makeProgram(`p${place}`, 10, 0.1));
    const funnel = makeFunnel({ seen: 100, sent: 100 });
    const newest = makeLook(
      { clock_seconds: 102, programs, funnel },
      makeRules(many, sampling, 102),
    );
    const top = rate(makeLook({}, makeRules(many.map(({ id }) => makeRuleRow({ id })))), newest);
    for (const lines of [22, 30, 40, 60]) {
      const text = formatTop(top, newest.status, lines);
      assert.ok(text.length <= lines, `${text.length} of ${lines}`);
      const count = (row: RegExp): number => text.filter((line) => row.test(line)).length;
      assert.ok(count(/^ {2}p\d/) >= 2 && count(/^ {2}r\d/) >= 2, text.join('\n'));
      assert.equal(count(/^ {2}open /), 1);
      assert.equal(count(/^ {2}unlink /), lines < 50 ? 0 : 1);
    }
  });
});
