// SPDX-License-Identifier: Apache-2.0
// Events for tests: records as bytes, looked at as the engine does, with a process cache that a
// test may fill before.

import { RecordBatch, RecordView, readProcessFacts } from '@fimbul/probe';
import { encodeRecord, type Operation, pathSources, type StructValues } from '@fimbul/schema';
import type { ProcessCache } from '../context/process-cache.ts';
import { hostNamespaces, makeCache, startOf } from '../context/record-samples.ts';
import { type EventSurroundings, EventView } from './event-view.ts';

/** What a sample happens at, in nanoseconds of CLOCK_BOOTTIME. */
export const sampleTimeNs = 5_000_000_000n;

export function makeSurroundings(): EventSurroundings {
  return {
    findUser: (uid) => (uid === 0 ? 'root' : `user${uid}`),
    findGroup: (gid) => (gid === 0 ? 'wheel' : `group${gid}`),
    hostname: 'host',
    bootToRealNs: 1_700_000_000_000_000_000n,
  };
}

/** The header of a record that process `pid` caused. */
export function makeHeader(pid: number, changes: StructValues = {}): StructValues {
  const process = {
    pid,
    tid: pid,
    ppid: 1,
    start_time_ns: startOf(pid),
    auid: 0xffffffff,
    mount_namespace: hostNamespaces.mount,
    network_namespace: 3000,
    pid_namespace: hostNamespaces.pid,
    cgroup_id: 1n,
    comm: 'comm',
    ...changes,
  };
  return { timestamp_ns: sampleTimeNs, lanes: 0xffff_ffff_ffff_ffffn, process };
}

/** A file that the kernel knows by its components, leaf first. */
export function makeKernelFile(path: string, changes: StructValues = {}): StructValues {
  return { path_source: pathSources.indexOf('kernel'), path, ...changes };
}

/** Shows a record as an event. */
export function makeEvent(
  operation: Operation,
  values: StructValues,
  cache: ProcessCache = makeCache().cache,
): EventView {
  const batch = RecordBatch.of(encodeRecord(operation, { header: makeHeader(100), ...values }));
  const record = new RecordView(batch);
  record.moveTo(batch, 0);
  const event = new EventView(record, makeSurroundings());
  const facts = readProcessFacts(record);
  event.moveTo(operation, { entry: cache.resolve(facts), facts });
  return event;
}
