// SPDX-License-Identifier: Apache-2.0
// Tables of values in the kernel against their model. Two probes watch the same work: what one of
// them tells of every event is what the tables of the other one must have decided on.

import { type FileFacts, passEverything } from '@fimbul/probe';
import { filterEvent, type VisibleValues } from '@fimbul/rules';
import {
  type FileOperation,
  type FilterValue,
  fileOperations,
  getFilesystemNumber,
  type KernelFilter,
  listFilteredFields,
  type OperationFilter,
  pathFlags,
} from '@fimbul/schema';
import fc from 'fast-check';
import type { FilesystemName } from '../kernel-case.ts';
import type { ObservedRecord } from '../observed-record.ts';
import { listPids, perform } from '../run-case.ts';
import { AT_FDCWD, attempt, call, RENAME_NOREPLACE, type Step } from '../steps.ts';
import { allLanes } from './arbitrary-lanes.ts';
import { arbitraryTablesOf } from './arbitrary-values.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import { ProbePair } from './probe-pair.ts';
import { type DropCounts, tryGenerated } from './try-generated.ts';

const unchanged = -1;
const firstDescriptor = 3;

const arbitraryName = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const arbitraryMode = fc
  .subarray([0o4000, 0o2000, 0o1000, 0o400, 0o200, 0o100, 0o20, 0o10, 0o4, 0o2, 0o1])
  .map((bits) => bits.reduce((sum, bit) => sum | bit, 0));
const arbitraryId = fc.constantFrom(0, 1, 999, 1000, 1001, 65534);
const arbitraryFlags = fc
  .subarray([0o1, 0o2, 0o100, 0o200, 0o1000, 0o2000, 0o4000, 0o2000000])
  .map((flags) => flags.reduce((sum, flag) => sum | flag, 0));

const asRoot: readonly Step[] = [
  attempt(call('setresuid', unchanged, 0, unchanged)),
  attempt(call('setresgid', unchanged, 0, unchanged)),
];

const arbitrarySteps: fc.Arbitrary<readonly Step[]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(arbitraryName, arbitraryFlags, arbitraryMode)
      .map(([name, flags, mode]) => [
        attempt(call('openat', AT_FDCWD, name, flags, mode)),
        attempt(call('close', firstDescriptor)),
      ]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(arbitraryName, arbitraryMode)
      .map(([name, mode]) => [
        attempt(call('creat', name, mode)),
        attempt(call('close', firstDescriptor)),
      ]),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(arbitraryName, arbitraryMode)
      .map(([name, mode]) => [attempt(call('chmod', name, mode))]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(arbitraryName, arbitraryId, arbitraryId)
      .map(([name, uid, gid]) => [attempt(call('chown', name, uid, gid))]),
  },
  { weight: 1, arbitrary: arbitraryName.map((name) => [attempt(call('unlink', name))]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(arbitraryName, arbitraryName, fc.constantFrom(0, RENAME_NOREPLACE))
      .map(([from, to, flags]) => [
        attempt(call('renameat2', AT_FDCWD, from, AT_FDCWD, to, flags)),
      ]),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(arbitraryId, arbitraryId)
      .map(([uid, gid]) => [
        attempt(call('setresgid', unchanged, gid, unchanged)),
        attempt(call('setresuid', unchanged, uid, unchanged)),
      ]),
  },
  // Most of the others may do next to nothing.
  { weight: 3, arbitrary: fc.constant(asRoot) },
);

const arbitraryWork = fc
  .array(arbitrarySteps, { minLength: 200, maxLength: 300, size: 'max' })
  .map((parts) => [attempt(call('umask', 0)), ...parts.flat()]);

function listValues(operation: FileOperation): readonly FilterValue[] {
  return [...new Set([...listFilteredFields(operation).values()].map(({ value }) => value))];
}

const { operations: openOperations, paths } = passEverything('all');

/** A filter that looks at nothing but values. */
const arbitraryFilter: fc.Arbitrary<KernelFilter> = fc
  .tuple(...fileOperations.map((operation) => arbitraryTablesOf(listValues(operation))))
  .map((tables) => ({
    operations: openOperations.map((operation, index): OperationFilter => {
      const names = { names: new Map(), otherNames: allLanes, longNames: allLanes };
      return {
        ...operation,
        lanes: allLanes,
        source: names,
        destination: operation.destination && names,
        anySourcePath: allLanes,
        anyDestinationPath: allLanes,
        values: tables[index] ?? [],
      };
    }),
    paths,
    programs: null,
  }));

type FileRecord = Extract<ObservedRecord, { readonly kind: FileOperation }>;

function isFileRecord(record: ObservedRecord): record is FileRecord {
  return fileOperations.some((operation) => operation === record.kind);
}

function readPlace({ pathFlags: flags, filesystem }: FileFacts) {
  const layer = (flags & pathFlags.UPPER_LAYER) === 0 ? 0 : 1;
  return { layer, filesystem: getFilesystemNumber(filesystem) };
}

/** What a record tells beside the file and the process. */
function readOwnValues(record: FileRecord, isInodeKnown: boolean): VisibleValues {
  switch (record.kind) {
    case 'open':
      return { flags: record.flags, mode: record.mode, created: record.created ? 1 : 0 };
    case 'unlink':
      return { flags: record.flags };
    case 'chmod':
      return isInodeKnown || record.retval < 0 ? { mode: record.modeAfter } : {};
    case 'rename': {
      if ((record.destination.pathFlags & pathFlags.INODE_KNOWN) === 0) {
        return { flags: record.flags };
      }
      const { mode, uid, gid } = record.destination;
      const { layer, filesystem } = readPlace(record.destination);
      return {
        ...{ flags: record.flags, destination_mode: mode },
        ...{ destination_uid: uid, destination_gid: gid },
        ...{ destination_layer: layer, destination_filesystem: filesystem },
      };
    }
  }
}

/** What the kernel saw of an event, by the record that it made of it. */
function readValues(record: FileRecord): VisibleValues {
  const { uid, gid, euid, egid, fsuid, fsgid, auid } = record.process;
  const { file } = record;
  const { layer, filesystem } = readPlace(file);
  const isInodeKnown = (file.pathFlags & pathFlags.INODE_KNOWN) !== 0;
  const isModeKnown = record.kind === 'chmod' ? record.modeBeforeKnown : isInodeKnown;
  return {
    ...{ uid, gid, euid, egid, fsuid, fsgid, auid },
    ...(isInodeKnown ? { file_uid: file.uid, file_gid: file.gid } : {}),
    ...(isInodeKnown ? { file_layer: layer, file_filesystem: filesystem } : {}),
    ...(isModeKnown ? { file_mode: file.mode } : {}),
    ...readOwnValues(record, isInodeKnown),
  };
}

type Told = { readonly text: string; readonly lanes: bigint };

function describe(record: FileRecord, lanes: bigint): Told {
  return { text: `${record.kind} ${record.file.path} → ${record.retval}`, lanes };
}

function predict(filter: KernelFilter, records: readonly FileRecord[]): readonly Told[] {
  const unseen = { sourceName: null, destinationName: null };
  return records
    .map((record) => {
      const lanes = filterEvent(filter, record.kind, {
        ...{ ...unseen, sourcePath: null, destinationPath: null },
        values: readValues(record),
        result: BigInt(record.retval),
      });
      return describe(record, lanes);
    })
    .filter(({ lanes }) => lanes !== 0n);
}

function findDifference(expected: readonly Told[], told: readonly Told[]): string | null {
  for (let index = 0; index < Math.max(expected.length, told.length); index += 1) {
    const [model, kernel] = [expected[index], told[index]];
    if (model?.text === kernel?.text && model?.lanes === kernel?.lanes) continue;
    return (
      `event ${index}: the model lets ${model?.text ?? 'none'} pass with ${model?.lanes}, ` +
      `the kernel ${kernel?.text ?? 'none'} with ${kernel?.lanes}`
    );
  }
  return null;
}

type Run = {
  readonly filter: KernelFilter;
  readonly work: readonly Step[];
  readonly filesystem: FilesystemName;
};

function compare(
  kit: CheckKit,
  pair: ProbePair,
  { filter, work, filesystem }: Run,
  counts: DropCounts,
): string | null {
  const directory = kit.playground.makeDirectory(filesystem);
  const filtered = pair.filtered.use(filter);
  const performance = perform(kit.operations, work, directory);
  if (performance.problems.length > 0) return performance.problems.join('\n');
  const pids = listPids(performance);
  const all = pair.whole.take((pid) => pids.has(pid)).filter(isFileRecord);
  const some = filtered.take((pid) => pids.has(pid)).filter(isFileRecord);
  counts.seen += all.length;
  counts.dropped += all.length - some.length;
  const told = some.map((record) => describe(record, record.lanes));
  return findDifference(predict(filter, all), told);
}

const arbitraryRun: fc.Arbitrary<Run> = fc.record({
  filter: arbitraryFilter,
  work: arbitraryWork,
  filesystem: fc.constantFrom('ext4', 'tmpfs', 'overlay'),
});

function checkValues(kit: CheckKit): readonly string[] {
  const counts = { seen: 0, dropped: 0 };
  const pair = new ProbePair(kit.kernel);
  const property = fc.property(arbitraryRun, (run) => {
    const difference = compare(kit, pair, run, counts);
    if (difference !== null) throw new Error(difference);
  });
  try {
    return tryGenerated(property, kit.isOwnMachine ? 6 : 20, counts);
  } finally {
    pair.close();
  }
}

export const filterValueChecks: readonly KernelCheck[] = [
  { name: 'generated tables of values do in the kernel what their model does', run: checkValues },
];
