// SPDX-License-Identifier: Apache-2.0
// `fimbul replay`: a recording through other rules. It needs no kernel and no root, asks nothing of
// the host it runs on but the two kinds of files it is given, and ends with 3 when the recording is
// not whole.

import { escapeControls, Failure, formatFailure } from '@fimbul/config/run';
import {
  openRecordingFile,
  planTranslation,
  type RecordingFault,
  RecordingReader,
  summarizeBackends,
  type Translation,
} from '@fimbul/probe';
import { type CompiledPolicies, explainRules } from '@fimbul/rules';
import { LaneCounter } from './engine/lane-counter.ts';
import { formatDrainReport } from './health/drain-report.ts';
import { loadPolicies } from './load-policies.ts';
import { createJsonLinesSink } from './output/json-lines-sink.ts';
import { OutputStream } from './output/output-stream.ts';
import { createReadableSink } from './output/readable-sink.ts';
import type { Sink } from './output/sink.ts';
import type { WriteStatus } from './output/status-stream.ts';
import { type ReplayOptions, readReplayOptions } from './record-options.ts';
import {
  compareWithRecording,
  parseCounters,
  parseMeta,
  type RecordingMeta,
} from './recording/recording-meta.ts';
import { Replay } from './recording/replay.ts';
import { describeRuleCounts } from './rule-counts.ts';
import { runMain } from './run-main.ts';

const standardOutput = 1;

/** Says something about the recording, whose words may be anybody's. */
function writeLine(writeStatus: WriteStatus, text: string): void {
  writeStatus(`fimbul: ${escapeControls(text)}\n`);
}

function describeFault(path: string, { kind, at, what, advice }: RecordingFault): Failure {
  const place = kind === 'refused' ? '' : ` (byte ${at})`;
  return new Failure(`replay ${path}: ${what}${place}`, advice, kind === 'refused' ? 1 : 3);
}

function readMeta(path: string, reader: RecordingReader): RecordingMeta {
  const meta = parseMeta(reader.header.meta);
  if (meta !== null) return meta;
  throw new Failure(
    `replay ${path}: its header does not tell of a host`,
    'replay it with the version of fimbul that made it',
  );
}

function translate(
  path: string,
  reader: RecordingReader,
  meta: RecordingMeta,
  writeStatus: WriteStatus,
): Translation {
  const translation = planTranslation(reader.header.schema);
  if ('refusal' in translation) {
    throw new Failure(
      `replay ${path}: records of fimbul ${meta.fimbul} cannot be read: ${translation.refusal}`,
      `replay it with fimbul ${meta.fimbul}`,
    );
  }
  const { missing, unknownKinds } = translation;
  if (missing.length > 0) {
    writeLine(writeStatus, `degraded: fimbul ${meta.fimbul} did not record ${missing.join(', ')}`);
    writeStatus('  → rules and alerts have zero there\n');
  }
  if (unknownKinds.length > 0) {
    writeLine(writeStatus, `degraded: records of kind ${unknownKinds.join(', ')} are left out`);
  }
  return translation;
}

/** Warns where the recording cannot hold all that the policies would have been sent. */
function warnOfGaps(
  meta: RecordingMeta,
  policies: CompiledPolicies,
  writeStatus: WriteStatus,
): void {
  for (const [operation, coverage] of compareWithRecording(meta, policies.filter)) {
    if (coverage === 'whole') continue;
    const what =
      coverage === 'none'
        ? `no ${operation} events were recorded`
        : `only a part of the ${operation} events that these policies look at was recorded`;
    writeStatus(
      `fimbul: degraded: ${what}, so alerts may be missing\n` +
        '  → record without --policy, or with these policies\n',
    );
  }
}

function describeStart(path: string, meta: RecordingMeta, policies: CompiledPolicies): string {
  return (
    `replaying ${path}: ${describeRuleCounts(policies)}; recorded by fimbul ` +
    `${meta.fimbul}, ${summarizeBackends(meta.plan)} on Linux ${meta.release}`
  );
}

function makeSink({ output, color }: ReplayOptions): Sink {
  if (output === 'explain') return { write: () => undefined, flush: () => undefined };
  const stream = new OutputStream(standardOutput, 'wait');
  return output === 'json' ? createJsonLinesSink(stream) : createReadableSink(stream, color);
}

function replay(options: ReplayOptions, reader: RecordingReader, writeStatus: WriteStatus): void {
  const path = options.recording;
  const reportColor = options.color && process.stderr.isTTY === true;
  const { policies, report } = loadPolicies(options.policies, {
    color: reportColor,
    // The events are another host's, and the answer must be the same on any.
    isForThisHost: false,
  });
  writeStatus(report);
  const meta = readMeta(path, reader);
  const translation = translate(path, reader, meta, writeStatus);
  warnOfGaps(meta, policies, writeStatus);
  writeLine(writeStatus, describeStart(path, meta, policies));
  const sink = makeSink(options);
  const counter = options.output === 'explain' ? new LaneCounter(policies.filter) : null;
  const run = new Replay({
    ...{ reader, meta, translation, policies, sink, writeStatus },
    ...(counter === null ? {} : { onRecord: (record) => counter.countRecorded(record) }),
  });
  run.run();
  if (counter !== null) {
    const matches = run.readJudgement().matches.rules.map((rule) => rule.matches);
    const document = explainRules(policies, { census: counter.census, matches });
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }
  if (run.leftOut > 0) {
    writeLine(writeStatus, `degraded: ${run.leftOut} entries are unknown to this version`);
  }
  const { undecodable } = run.counters;
  if (undecodable > 0) writeLine(writeStatus, `degraded: ${undecodable} records are none`);
  const kernel = parseCounters(reader.footer?.meta);
  writeStatus(formatDrainReport({ kernel, engine: run.counters, judgement: run.readJudgement() }));
  if (reader.fault === null) return;
  const failure = describeFault(path, reader.fault);
  writeStatus(formatFailure(failure));
  process.exitCode = failure.exitCode;
}

function run(writeStatus: WriteStatus): null {
  const options = readReplayOptions(process.argv.slice(2));
  const path = options.recording;
  const opened = openRecordingFile(path);
  if (!opened.ok) throw new Failure(opened.error.what, opened.error.advice);
  try {
    const reader = RecordingReader.open(opened.value);
    if (!(reader instanceof RecordingReader)) throw describeFault(path, reader);
    replay(options, reader, writeStatus);
  } finally {
    opened.value.close();
  }
  return null;
}

void runMain(run);
