// SPDX-License-Identifier: Apache-2.0
// `fimbul record`: constructs, wires, starts and stops a recording. The file is made first, so that
// nothing is attached for one that cannot be written, and goes again when nothing could start.

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Failure, requirePrivilege, version } from '@fimbul/config/run';
import {
  passEverything,
  RecordBatch,
  RecordingFile,
  RecordingFull,
  RecordingWriter,
  summarizeBackends,
} from '@fimbul/probe';
import type { KernelFilter } from '@fimbul/schema';
import { NodeProcSource } from './context/node-proc-source.ts';
import { loadPolicies } from './load-policies.ts';
import type { WriteStatus } from './output/status-stream.ts';
import { ProbeRun } from './probe-run.ts';
import { type RecordOptions, readRecordOptions } from './record-options.ts';
import { toPlain } from './recording/notes.ts';
import { Recorder } from './recording/recorder.ts';
import { describeFilter, digestPaths } from './recording/recording-meta.ts';
import { type Running, runMain } from './run-main.ts';
import { loadNativeOrFail, type StartedProbe, startProbeOrFail } from './start-probe.ts';

function loadFilter(options: RecordOptions, writeStatus: WriteStatus): KernelFilter {
  if (options.policies === null) return passEverything('all');
  const { policies, report } = loadPolicies(options.policies, {
    color: process.stderr.isTTY === true,
    isForThisHost: true,
  });
  writeStatus(report);
  return policies.filter;
}

function describeGreeting(options: RecordOptions, { probe, plan, release }: StartedProbe): string {
  const degraded = probe.degradations.map(
    ({ program, error }) => `fimbul: degraded: ${program} is not used: ${error.what}\n`,
  );
  const what = options.policies === null ? 'everything' : 'what the policies let through';
  return (
    `${degraded.join('')}fimbul: ready: recording ${what} to ${options.output}; ` +
    `${summarizeBackends(plan.operations)} on Linux ${release}; pid ${process.pid}\n`
  );
}

function startRecording(
  options: RecordOptions,
  file: RecordingFile,
  filter: KernelFilter,
  writeStatus: WriteStatus,
): Running {
  const native = loadNativeOrFail();
  const started = startProbeOrFail(native, options, { filter });
  const { probe, plan, release } = started;
  const proc = new NodeProcSource();
  const meta = {
    fimbul: version,
    recordingId: randomBytes(6).toString('hex'),
    hostname: hostname(),
    release,
    plan: plan.operations.map(({ operation, backend }) => ({ operation, backend })),
    programs: probe.programs,
    namespaces: proc.readHostNamespaces(),
    showsAllProcesses: proc.showsAllProcesses(),
    filters: filter.operations.map(describeFilter),
    pathsDigest: digestPaths(filter),
  };
  const writer = new RecordingWriter(file, randomBytes(4).readUInt32LE(), toPlain(meta));
  const clock = { nowMs: () => performance.now() };
  const { bytesMax, durationMs } = options;
  const consumer = new Recorder(
    { writer, file, proc, clock, bytesMax, writeStatus },
    RecordBatch.of(),
  );
  const greeting = describeGreeting(options, started);
  const run = new ProbeRun({ native, probe, consumer, durationMs, greeting, writeStatus });
  process.once('SIGHUP', () => run.stop());
  run.start();
  return run;
}

function run(writeStatus: WriteStatus): Running {
  const options = readRecordOptions(process.argv.slice(2));
  requirePrivilege('fimbul record');
  const filter = loadFilter(options, writeStatus);
  const file = RecordingFile.create(options.output, options.force);
  if (!file.ok) throw new Failure(file.error.what, file.error.advice);
  try {
    return startRecording(options, file.value, filter, writeStatus);
  } catch (error) {
    file.value.discard();
    if (error instanceof RecordingFull) throw new Failure(error.message, error.advice);
    throw error;
  }
}

void runMain(run);
