// SPDX-License-Identifier: Apache-2.0
// Recordings of the scripted operations under every kernel, replayed by the command without root:
// what was done is found, and all that is said of it is what was checked in, to the byte.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Ended, run } from '../end-to-end/support/child.ts';
import { fimbulPath } from '../end-to-end/support/fimbul.ts';
import { getAlertsPath, getRecordingPath, policyPath, recordedKernels } from './places.ts';

const recordingBytesMax = 100 * 1024;

/** Somebody with no right but to read every file, wherever this checkout is. */
const withoutRights = [
  ...['--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs'],
  ...['--bounding-set=-all,+dac_read_search'],
  ...['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search'],
];

type Place = { readonly directory: string; readonly environment: Readonly<Record<string, string>> };

/** Two hosts could hardly differ more. */
const places: readonly Place[] = [
  { directory: '/', environment: { TZ: 'Pacific/Kiritimati', HOME: '/none', LC_ALL: 'tr_TR' } },
  { directory: '/tmp', environment: { TZ: 'America/St_Johns', HOME: '/root', LC_ALL: 'C' } },
];

function replay(recording: string, form: 'json' | 'text', place: Place): Promise<Ended> {
  const args = ['replay', recording, '--policy', policyPath, '--output', form];
  return run('setpriv', [...withoutRights, fimbulPath, ...args], place);
}

type Alert = {
  readonly event: { readonly type: string };
  readonly rule: { readonly id: string };
  readonly process: { readonly argv?: readonly string[]; readonly user: string };
  readonly [operation: string]: unknown;
};

type FileAlert = { readonly file: { readonly path?: string; readonly destination?: object } };

/** Says an alert in a line: the rule, the file below the directory, and by which program. */
function summarize(line: string): string {
  const alert = JSON.parse(line) as Alert;
  const { file } = alert[alert.event.type] as FileAlert;
  const shorten = (path = ''): string => path.replace('/tmp/fimbul-recording/', '');
  const { path: destination } = (file.destination ?? {}) as { path?: string };
  const to = destination === undefined ? '' : ` → ${shorten(destination)}`;
  const [program = ''] = alert.process.argv ?? [];
  return `${alert.rule.id} ${shorten(file.path)}${to} by ${program} of ${alert.process.user}`;
}

const removedAtTheEnd = ['deep/three', 'four', 'secret', 'script'];

/** What the script did, whatever the kernel. */
const expected = [
  'written kept by /bin/sh of root',
  'written kept by /bin/sh of root',
  'renamed kept → moved by mv of root',
  'removed moved by rm of root',
  'written deep/er/three by /bin/sh of root',
  'renamed deep/er/three → deep/three by mv of root',
  'made_executable deep/three by chmod of root',
  'removed deep/link by unlink of root',
  'written new\nline by touch of root',
  'written not\ufffdutf8 by touch of root',
  'written -n by touch of root',
  'written escape\x1b[31m by touch of root',
  'removed new\nline by rm of root',
  'removed not\ufffdutf8 by rm of root',
  'removed -n by rm of root',
  'removed escape\x1b[31m by rm of root',
  'written secret by /bin/sh of root',
  'by_nobody /usr/bin/cat by cat of nobody',
  'refused secret by cat of nobody',
  'not_there absent by cat of root',
  'written script by /bin/sh of root',
  'made_executable script by chmod of root',
  'ran_script script by /bin/sh of root',
  'written four by /bin/sh of root',
  'failed script by /bin/sh of root',
  'killed /usr/bin/dash by sh of root',
  ...removedAtTheEnd.map((name) => `removed ${name} by rm of root`),
  'written done by touch of root',
];

for (const kernel of recordedKernels) {
  describe(`the recording of ${kernel === 'host' ? 'a host' : `Linux ${kernel}`}`, () => {
    const recording = getRecordingPath(kernel);

    it('is small', () => {
      assert.ok(statSync(recording).size <= recordingBytesMax);
    });

    it('gives the same alerts anywhere, which are those that were checked in', async () => {
      const runs = await Promise.all(places.map((place) => replay(recording, 'json', place)));
      for (const { status, stdout, stderr } of runs) {
        assert.equal(status, 0, stderr);
        assert.equal(stdout, readFileSync(getAlertsPath(kernel), 'utf8'));
        assert.doesNotMatch(stderr, /degraded/);
      }
    });

    it('tells all that was done, and no more', () => {
      const lines = readFileSync(getAlertsPath(kernel), 'utf8').trimEnd().split('\n');
      assert.deepEqual(lines.map(summarize), expected);
    });

    it('reads the same to people anywhere', async () => {
      const [first, second] = await Promise.all(
        places.map((place) => replay(recording, 'text', place)),
      );
      assert.equal(first?.status, 0);
      assert.equal(first.stdout, second?.stdout);
      assert.match(first.stdout, /renamed \/tmp\/fimbul-recording\/kept to \S+moved\n/);
    });
  });
}
