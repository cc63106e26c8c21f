// SPDX-License-Identifier: Apache-2.0
// Where recordings are, what they are called, and where they were made.

import { join } from 'node:path';

/** The same on every machine, so that one policy fits all recordings. */
export const recordedDirectory = '/tmp/fimbul-recording';

const recordingsDirectory = join(import.meta.dirname, 'testdata');
export const policyPath = join(import.meta.dirname, 'recordings.policy');

/** The kernel of the machine that made the recordings, and those of the virtual machines. */
export const recordedKernels = ['host', '5.10', '6.1', '6.12', '7'] as const;

export type RecordedKernel = (typeof recordedKernels)[number];

export function getRecordingPath(kernel: RecordedKernel): string {
  return join(recordingsDirectory, `linux-${kernel}.rec`);
}

/** What a replay of the recording says, as JSON lines. */
export function getAlertsPath(kernel: RecordedKernel): string {
  return join(recordingsDirectory, `linux-${kernel}.alerts.jsonl`);
}
