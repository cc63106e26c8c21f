// SPDX-License-Identifier: Apache-2.0
// A replay says what the running agent said: the same records are judged live and recorded at once,
// over a /proc that changes and is gone when the recording is replayed.

import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { planTranslation, RecordBatch, RecordingReader, RecordingWriter } from '@fimbul/probe';
import { compilePolicies } from '@fimbul/rules';
import { encodeRecord, type RecordKind, recordKinds, type StructValues } from '@fimbul/schema';
import fc from 'fast-check';
import { refuseToKill } from '../actions/kill.ts';
import { Alerting } from '../alerting.ts';
import {
  FakeProcSource,
  hostNamespaces,
  makeFile,
  makeProcess,
  startOf,
} from '../context/record-samples.ts';
import { makeCounters } from '../health/counter-samples.ts';
import type { JsonObject } from '../output/field-writer.ts';
import type { Sink } from '../output/sink.ts';
import type { RecordConsumer } from '../probe-run.ts';
import { createProcessContext } from '../process-context.ts';
import { toPlain } from './notes.ts';
import { Recorder } from './recorder.ts';
import { describeFilter, parseCounters, parseMeta } from './recording-meta.ts';
import { Replay } from './replay.ts';

const text = `rules:
  - { id: opened, expression: 'open.file.path =~ "/**"' }
  - { id: by_root, expression: 'open.file.name == "b" && process.user == "root"' }
  - { id: moved, expression: 'rename.file.destination.name == "c"', every: 1m }
  - { id: ran, expression: 'exec.file.path != ""' }
  - { id: ended, expression: 'exit.code == 3' }`;
const policies = compilePolicies([{ path: '/somewhere/a.policy', text }]);

/** Namespace 0 has the names of this host. */
function makeHeader(pid: number, changes: StructValues = {}): StructValues {
  const process = { pid, tid: pid, ppid: 1, start_time_ns: startOf(pid), cgroup_id: 5, comm: 'x' };
  // Lanes as a kernel leaves them for some other policy.
  return { lanes: 0, timestamp_ns: 10_000_000_000n, process: { ...process, ...changes } };
}

const file = (path: string): StructValues => ({ path, path_source: 1, path_flags: 16 });

function makeSink(): { readonly documents: JsonObject[]; readonly sink: Sink } {
  const documents: JsonObject[] = [];
  const write = (document: JsonObject): void => void documents.push(structuredClone(document));
  return { documents, sink: { write, flush: () => undefined } };
}

const meta = {
  fimbul: '0.0.0-test',
  recordingId: 'run',
  hostname: 'recorded-host',
  release: '6.12.0-test',
  plan: [{ operation: 'open', backend: 'tracepoint' }],
  programs: ['sys_exit'],
  namespaces: hostNamespaces,
  showsAllProcesses: true,
  filters: policies.filter.operations.map(describeFilter),
};

/** A host with a recorder and an agent on it; both are handed the same. */
class Host {
  readonly proc = new FakeProcSource();
  readonly live = makeSink();
  readonly chunks: Uint8Array[] = [];
  readonly status: string[] = [];
  readonly #alerting: Alerting;
  readonly #recorder: RecordConsumer;
  #nowMs = 0;

  constructor(bytesMax = 2 ** 30) {
    const clock = { nowMs: () => this.#nowMs };
    const { processes, names, takeSnapshot } = createProcessContext({ proc: this.proc, clock });
    const writeStatus = (line: string): boolean => this.status.push(line) > 0;
    const writer = new RecordingWriter(
      { write: (bytes) => void this.chunks.push(bytes) },
      1,
      toPlain(meta),
    );
    const file = { path: '/recording', close: () => undefined };
    this.#recorder = new Recorder(
      { writer, file, proc: this.proc, clock, bytesMax, writeStatus },
      RecordBatch.of(),
    );
    const { sink } = this.live;
    const { hostname } = meta;
    const named = compilePolicies([{ path: 'a.policy', text }]);
    this.#alerting = new Alerting(
      {
        ...{ policies: named, processes, names, hostname, sink, runId: 'run', writeStatus },
        makeUuid: () => '',
        kill: refuseToKill('not allowed'),
      },
      RecordBatch.of(),
    );
    this.takeSnapshot = () => {
      takeSnapshot();
      this.#recorder.takeSnapshot();
    };
  }

  readonly takeSnapshot: () => void;

  setClock(bootToRealNs: bigint, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#alerting.setClock(bootToRealNs);
    this.#recorder.setClock(bootToRealNs);
  }

  take(...records: readonly Uint8Array[]): void {
    const forRules = records.map((record) => {
      const copy = Uint8Array.from(record);
      if (copy.length >= 32) new DataView(copy.buffer).setBigUint64(24, 2n ** 64n - 1n, true);
      return copy;
    });
    this.#alerting.take(RecordBatch.of(...forRules));
    this.#recorder.take(RecordBatch.of(...records));
  }

  loseOpens(count: number): void {
    const loss = { operation: 'open', reason: 'ring_full', count, sinceNs: 5n, untilNs: 2n ** 60n };
    this.#alerting.tellLoss(loss);
    this.#recorder.tellLoss(loss);
    this.#recorder.flush();
  }

  look(): void {
    this.#recorder.look();
  }

  get isFull(): boolean {
    return this.#recorder.isClosed;
  }

  end(): Buffer {
    this.#alerting.end();
    this.#recorder.end(makeCounters({ open: { seen: 4, sent: 4 } }));
    return Buffer.concat(this.chunks);
  }
}

function openReader(bytes: Buffer): RecordingReader {
  const reader = RecordingReader.open({ read: (at, length) => bytes.subarray(at, at + length) });
  assert.ok(reader instanceof RecordingReader);
  return reader;
}

function replay(bytes: Buffer): { readonly documents: JsonObject[]; readonly run: Replay } {
  const reader = openReader(bytes);
  const told = parseMeta(reader.header.meta);
  assert.ok(told !== null);
  const translation = planTranslation(reader.header.schema);
  assert.ok(!('refusal' in translation));
  const { documents, sink } = makeSink();
  const writeStatus = (): boolean => true;
  const run = new Replay({ reader, meta: told, translation, policies, sink, writeStatus });
  run.run();
  assert.equal(reader.fault, null);
  return { documents, run };
}

/** The life of a few processes, some of which only /proc explains. */
function liveThrough(host: Host): void {
  host.proc.add(
    makeProcess(1, { ppid: 0, executable: makeFile('/sbin/init'), argv: ['init'] }),
    makeProcess(20, { argv: ['bash'], executable: makeFile('/bin/bash'), mountNamespace: 0 }),
    makeProcess(30, { isZombie: true }),
  );
  host.setClock(1_000_000_000_000n, 1000);
  host.takeSnapshot();
  const group = encodeRecord('cgroup', { header: makeHeader(20), path: 'b.service/a.slice' });
  const fork = encodeRecord('fork', {
    header: makeHeader(40, { ppid: 20 }),
    creator_pid: 20,
    creator_start_time_ns: startOf(20),
  });
  const exec = encodeRecord('exec', {
    header: makeHeader(40, { ppid: 20, comm: 'vim' }),
    file: file('vim/bin'),
    arguments: 'vim\0b\0',
  });
  host.take(group, fork, exec);
  host.take(encodeRecord('open', { header: makeHeader(40, { ppid: 20 }), file: file('b/tmp') }));
  // A process that no record told of, and a parent that is seen only now.
  host.proc.add(makeProcess(50, { ppid: 60, argv: ['late'] }), makeProcess(60, { ppid: 20 }));
  host.setClock(1_000_000_000_777n, 2500);
  host.take(encodeRecord('open', { header: makeHeader(50, { ppid: 60 }), file: file('b/etc') }));
  host.loseOpens(3);
  const rename = { header: makeHeader(50), file: file('b/tmp'), destination: file('c/tmp') };
  host.take(encodeRecord('rename', rename), encodeRecord('rename', rename), Uint8Array.of(1, 2));
  host.proc.processes.clear();
  host.look();
  host.setClock(1_000_000_000_999n, 40_000);
  host.take(
    encodeRecord('open', { header: makeHeader(70, { ppid: 50 }), file: file('b/var') }),
    encodeRecord('exit', { header: makeHeader(40, { ppid: 20 }), status: 3 << 8 }),
  );
}

describe('a replay', () => {
  it('says what the agent said, and needs nothing of the host', () => {
    const host = new Host();
    liveThrough(host);
    const bytes = host.end();
    const { documents, run } = replay(bytes);
    assert.deepEqual(documents, host.live.documents);
    const rules = documents.map(({ rule }) => (rule as { id: string } | undefined)?.id ?? 'loss');
    assert.deepEqual(rules, [
      ...['ran', 'opened', 'by_root', 'opened', 'by_root', 'loss', 'moved', 'opened', 'by_root'],
      // The second of two renames, which a rule held back until the end.
      ...['ended', 'moved'],
    ]);
    const [, , byRoot] = documents as { process?: { argv: string[]; ancestors: unknown[] } }[];
    assert.deepEqual(byRoot?.process?.argv, ['vim', 'b']);
    assert.equal(byRoot.process.ancestors.length, 2);
    assert.equal(run.counters.undecodable, 1);
    assert.equal(run.leftOut, 0);
    assert.match(host.status.join(''), /open: seen=4 sent=4 received=3 .*\n.*recorded 10 records/s);
    assert.equal(parseCounters(openFooter(bytes)).kinds.open.seen, 4);
  });

  it('says it again to the byte', () => {
    const host = new Host();
    liveThrough(host);
    const bytes = host.end();
    assert.equal(JSON.stringify(replay(bytes).documents), JSON.stringify(replay(bytes).documents));
  });
});

function openFooter(bytes: Buffer): unknown {
  const reader = openReader(bytes);
  for (const _ of reader.entries());
  return reader.footer?.meta;
}

describe('a recorder', () => {
  it('stops when the recording is as long as it may be', () => {
    const host = new Host(1);
    host.take(encodeRecord('exit', { header: makeHeader(1) }));
    assert.ok(host.isFull);
    assert.match(host.status[0] ?? '', /has its 1 bytes; stopping/);
    assert.equal(replay(host.end()).run.counters.received.exit, 1);
  });
});

const anyNote = fc.oneof(
  fc.jsonValue(),
  fc.record({ kind: fc.constantFrom('clock', 'process', 'gone', 'name', 'loss', 'snapshot') }),
  fc.record({ kind: fc.constant('gone'), pid: fc.nat() }),
  fc.record({
    kind: fc.constant('clock'),
    nowMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
    bootToRealNs: fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
  }),
);

const anyRecord = fc
  .tuple(
    fc.constantFrom<RecordKind>(...recordKinds),
    fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 })), { maxLength: 30 }),
    fc.nat(500),
  )
  .map(([kind, changes, length]) => {
    const bytes = encodeRecord(kind, { header: makeHeader(40) });
    for (const [at, value] of changes) if (at > 4 && at < bytes.length) bytes[at] = value;
    return bytes.subarray(0, Math.max(4, length));
  });

test('records and notes that somebody made up are judged or left out, nothing is thrown', () => {
  const entries = fc.array(fc.oneof(anyRecord, anyNote), { maxLength: 30 });
  fc.assert(
    fc.property(entries, (made) => {
      const chunks: Uint8Array[] = [];
      const writer = new RecordingWriter(
        { write: (bytes) => void chunks.push(bytes) },
        1,
        toPlain(meta),
      );
      for (const entry of made) {
        if (entry instanceof Uint8Array) writer.addRecord(entry);
        else writer.addNote(entry);
      }
      writer.finish({});
      const { run } = replay(Buffer.concat(chunks));
      const { received, undecodable } = run.counters;
      const judged = Object.values(received).reduce((sum, count) => sum + count, 0);
      const count = made.filter((entry) => entry instanceof Uint8Array).length;
      assert.ok(judged <= count && undecodable <= count);
    }),
    { numRuns: 300 },
  );
});
