// SPDX-License-Identifier: Apache-2.0
// What stands in the text of a status, and that what is foreign in it obeys nobody.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeFunnel, makeStatus } from './live-samples.ts';
import { formatStatus } from './status-text.ts';

/** The line that starts with a word, with single spaces. */
function find(text: string, word: string): string {
  const line = text.split('\n').find((candidate) => candidate.trim().startsWith(`${word} `));
  assert.ok(line, `no line of ${word} in ${text}`);
  return line.trim().replaceAll(/\s+/g, ' ');
}

describe('a status', () => {
  it('says who runs, where, and by what', () => {
    const text = formatStatus(makeStatus(), null);
    assert.match(text, /^fimbul 1\.2\.3, pid 42, up 1m 30s, on host with Linux 6\.12\.0\n/);
    assert.match(text, /^POLICIES: 2 rules loaded$/m);
    assert.equal(find(text, '/etc/a.policy'), '/etc/a.policy 2 rules');
    assert.match(text, /^LOST: nothing$/m);
    assert.equal(find(text, 'memory'), 'memory 100 MiB resident, 80 MiB without what is shared');
    assert.equal(
      find(text, 'processor'),
      'processor 1.0% of one CPU since it was ready (0.9 s; starting took 2.1 s)',
    );
    assert.doesNotMatch(text, /DEGRADED/);
  });

  it('shows where each event went, with shares that are of what was seen', () => {
    const open = {
      ...{ seen: 2000, approver_dropped: 1500, discarder_dropped: 100, ignored_agent: 50 },
      ...{ ignored_failed: 150, sent: 150, lost_ring_full: 30, lost_no_scratch: 20 },
    };
    const text = formatStatus(makeStatus({ funnel: makeFunnel(open, 7) }), null);
    const row = '2,000 1,500 75% 100 5.0% 200 10% 150 7.5% 50 2.5% 7';
    assert.equal(find(text, 'open'), `open tracepoint ${row}`);
    assert.equal(find(text, 'all'), `all ${row}`);
    assert.equal(find(text, 'fork'), 'fork tracepoint 0 0 0 0 0 0 -');
  });

  it('tells what is not as it should be', () => {
    const status = makeStatus();
    const text = formatStatus(
      makeStatus({
        policies: [{ path: '/etc/a.policy', rules: 1, errors: 1, warnings: 2 }],
        rules: { loaded: 1, broken: 1, not_applicable: 2, disabled: 3, for_other_hosts: 4 },
        losses: [
          { operation: 'open', reason: 'ring_full', count: 1234, last: '2026-01-01T00:00:00.5Z' },
        ],
        degradations: ['x is not used: no'],
        troubles: { ...status.troubles, path_truncated: 3 },
      }),
      null,
    );
    assert.equal(find(text, '/etc/a.policy'), '/etc/a.policy 1 rule, 1 error, 2 warnings');
    assert.equal(
      find(text, 'POLICIES:'),
      'POLICIES: 1 rule loaded, 1 broken, 2 not applicable here, 3 disabled, ' +
        '4 for other hosts or versions',
    );
    assert.match(text, /^ {2}open +ring_full +2026-01-01T00:00:00Z +1,234$/m);
    assert.match(text, /^DEGRADED\n {2}x is not used: no\n {2}path truncated: 3$/m);
  });

  it('shows what programs took when that was measured', () => {
    const rate = { program: 'sys_exit', operation: 'open', cpu_share: 0.011, skipped_runs: 3 };
    const programs = [{ ...rate, runs_per_second: 43_166, seconds_per_run: 255e-9 }];
    const text = formatStatus(makeStatus(), programs);
    assert.equal(find(text, 'sys_exit'), 'sys_exit 1.1% 43,166 255 ns 3');
  });

  it('escapes what a terminal would obey', () => {
    const path = '/etc/\x1b[2J\u202e.policy';
    const policies = [{ path, rules: 1, errors: 0, warnings: 0 }];
    const text = formatStatus(makeStatus({ policies }), null);
    assert.ok(text.includes('/etc/\\x1b[2J\\u{202e}.policy'));
  });
});
