// SPDX-License-Identifier: Apache-2.0
// Makes the recordings anew: `sh tools/run.sh tests/recordings/make.ts [KERNEL…]`, all without
// arguments. On the host and in a virtual machine for each other kernel the scripted operations are
// recorded; what is of the machine is taken out; what a replay says of the rest is written beside.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { RecordingReader } from '@fimbul/probe';
import { buildDirectory, rootDirectory } from '../../tools/setup/paths.ts';
import { describeOutcome, runGuest } from '../../tools/vm/guest-run.ts';
import { obtainKernel } from '../../tools/vm/kernel-fetch.ts';
import { kernelSeries } from '../../tools/vm/kernel-series.ts';
import { run, runOrFail } from '../end-to-end/support/child.ts';
import { fimbulPath } from '../end-to-end/support/fimbul.ts';
import {
  getAlertsPath,
  getRecordingPath,
  policyPath,
  type RecordedKernel,
  recordedKernels,
} from './places.ts';
import { scrubRecording } from './scrub.ts';

const timeoutMs = 10 * 60_000;
const recorder = 'tests/recordings/record-operations.ts';

/** Shorter names of machines are parts of other words. */
const hostnameCharactersMin = 4;

/** Words that no recording may hold, whatever the scrubbing missed. */
const forbidden = [rootDirectory, hostname(), 'node_modules'].filter(
  (word) => word.length >= hostnameCharactersMin,
);

async function recordHere(results: string): Promise<void> {
  await runOrFail(process.execPath, [join(rootDirectory, recorder), results]);
}

async function recordInMachine(name: string, results: string): Promise<void> {
  const series = kernelSeries.find((known) => known.name === name);
  if (series === undefined) throw new Error(`there is no kernel ${name}`);
  const kernel = await obtainKernel(series, { refresh: false, report: console.error });
  const show = (chunk: Buffer): void => void process.stderr.write(chunk);
  const command = ['sh', '-c', `build/node ${recorder} "$FIMBUL_VM_RESULTS"`];
  const outcome = await runGuest(
    {
      kernel,
      command,
      bpfLsm: true,
      append: 'nopku no_timer_check',
      memory: '2G',
      diskBytes: 64 * 1024 * 1024,
      timeoutMs,
      results,
    },
    { out: show, error: show },
    new AbortController().signal,
  );
  if (outcome.kind !== 'exited') throw new Error(`Linux ${name}: ${describeOutcome(outcome)}`);
  if (outcome.status !== 0) throw new Error(`Linux ${name}: exit status ${outcome.status}`);
}

/** Looks into everything that the recording holds, as it stands there and leaf first. */
function assertScrubbed(path: string, bytes: Buffer): void {
  const reader = RecordingReader.open({ read: (at, length) => bytes.subarray(at, at + length) });
  if (!(reader instanceof RecordingReader)) throw new Error(`${path}: ${reader.what}`);
  const texts = [JSON.stringify(reader.header.meta)];
  for (const entry of reader.entries()) {
    const isRecord = entry.kind === 'record';
    texts.push(isRecord ? toByteText(entry.bytes) : JSON.stringify(entry.value));
  }
  const text = texts.join('\n');
  for (const word of forbidden) {
    const leafFirst = word.split('/').reverse().filter(Boolean).join('/');
    if (text.includes(word) || text.includes(leafFirst)) {
      throw new Error(`${path}: '${word}' is still in it`);
    }
  }
}

function toByteText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

async function make(kernel: RecordedKernel): Promise<void> {
  const results = join(buildDirectory, 'recordings', kernel);
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  await (kernel === 'host' ? recordHere(results) : recordInMachine(kernel, results));
  const pid = Number(readFileSync(join(results, 'script-pid'), 'utf8'));
  const recording = getRecordingPath(kernel);
  const bytes = scrubRecording(join(results, 'raw.rec'), pid, `linux-${kernel}`);
  assertScrubbed(recording, bytes);
  writeFileSync(recording, bytes);
  const args = ['replay', recording, '--policy', policyPath, '--output', 'json'];
  const { status, stdout, stderr } = await run(fimbulPath, args);
  if (status !== 0) throw new Error(`replay ${recording}: ${stderr}`);
  writeFileSync(getAlertsPath(kernel), stdout);
  const count = stdout.split('\n').length - 1;
  console.log(`recordings: ${kernel}: ${bytes.length} bytes, ${count} alerts`);
}

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!recordedKernels.some((kernel) => kernel === name)) {
    throw new Error(`there is no kernel '${name}'; there are ${recordedKernels.join(', ')}`);
  }
}
for (const kernel of recordedKernels) {
  if (wanted.length === 0 || wanted.includes(kernel)) await make(kernel);
}
