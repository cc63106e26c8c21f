// SPDX-License-Identifier: Apache-2.0
// The events of rule-events.ts as the kernel would send them: bytes of records in a batch, and the
// processes that caused them in a process cache.

import { RecordBatch } from '@fimbul/probe';
import type { CompiledPolicies } from '@fimbul/rules';
import {
  encodeRecord,
  type FileOperation,
  pathFlags,
  pathSources,
  type StructValues,
} from '@fimbul/schema';
import { CgroupCache } from '../packages/agent/src/context/cgroup-cache.ts';
import { ContainerOwners } from '../packages/agent/src/context/container-owners.ts';
import { ProcessCache } from '../packages/agent/src/context/process-cache.ts';
import {
  FakeProcSource,
  makeCgroupRecord,
  makeFile,
  makeProcess,
} from '../packages/agent/src/context/record-samples.ts';
import { Engine } from '../packages/agent/src/engine/engine.ts';
import { makeHeader, makeSurroundings } from '../packages/agent/src/engine/event-samples.ts';
import type { EventSample } from './rule-events.ts';

/** The kernel sends components leaf first. */
function makeFileValues(path: string, mode = 0o100644): StructValues {
  return {
    path_source: pathSources.indexOf('kernel'),
    path: path.split('/').filter(Boolean).toReversed().join('/'),
    path_flags: pathFlags.INODE_KNOWN,
    mode,
  };
}

const firstPid = 500;
const pids = new Map<string, number>();

function getPid(program: string): number {
  const pid = pids.get(program) ?? firstPid + pids.size;
  pids.set(program, pid);
  return pid;
}

function encode({ type, values }: EventSample): Uint8Array {
  const text = (field: string): string => String(values[`${type}.${field}`] ?? '');
  const number = (field: string): number => Number(values[`${type}.${field}`] ?? 0);
  const header = makeHeader(getPid(String(values['process.file.path'])), {
    ...{ ppid: 1, uid: Number(values['process.uid']), auid: Number(values['process.auid']) },
  });
  const common = { header, file: makeFileValues(text('file.path')), retval: 0n };
  const own: Readonly<Record<FileOperation, StructValues>> = {
    open: { flags: number('flags') },
    unlink: {},
    rename: { destination: makeFileValues(text('file.destination.path')) },
    chmod: {
      file: makeFileValues(text('file.path'), number('file.mode')),
      mode_after: number('file.destination.mode'),
      mode_before_known: 1,
    },
  };
  const operation = type as FileOperation;
  return encodeRecord(operation, { ...common, ...own[operation] });
}

/** Encodes events into one batch. */
export function makeBatch(events: readonly EventSample[]): RecordBatch {
  return RecordBatch.of(...events.map(encode));
}

/** An engine that knows the processes of the batches made so far; `onAlert` hears of alerts. */
export function makeEngine(policies: CompiledPolicies, onAlert: () => void): Engine {
  const proc = new FakeProcSource();
  proc.add(makeProcess(1, { executable: makeFile('/usr/lib/systemd/systemd') }));
  for (const [program, pid] of pids) proc.add(makeProcess(pid, { executable: makeFile(program) }));
  const clock = { nowMs: () => 0 };
  const processes = new ProcessCache({ proc, cgroups: new CgroupCache(), clock });
  processes.applyCgroup(makeCgroupRecord(1n, '/'));
  return new Engine(
    {
      ...{ policies, processes, containers: new ContainerOwners() },
      surroundings: makeSurroundings(),
      ...{ runId: 'bench', makeUuid: () => '' },
      onMatch: ({ outcome }) => {
        if (outcome === 'alert') onAlert();
        return [];
      },
    },
    new RecordBatch(8, 1),
  );
}
