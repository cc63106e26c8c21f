// SPDX-License-Identifier: Apache-2.0
// The programs in the kernel against the filter in TypeScript, on generated filters and generated
// work: the same events are dropped, and those that come keep the same lanes.

import { basename } from 'node:path/posix';
import { filterEvent, type VisibleEvent } from '@fimbul/rules';
import {
  type FileOperation,
  fileOperations,
  filterFlagBitsMax,
  type NameTable,
  type OperationFilter,
} from '@fimbul/schema';
import fc from 'fast-check';
import { readKernelFlags, readRecordedCall } from '../call-arguments.ts';
import { KernelProbe } from '../kernel-probe.ts';
import type { ObservedRecord } from '../observed-record.ts';
import { listPids, type Performance, perform } from '../run-case.ts';
import { AT_FDCWD, attempt, type CallStep, call } from '../steps.ts';
import type { CheckKit, KernelCheck } from './check.ts';

const ringBytes = 4 * 1024 * 1024;
const firstDescriptor = 3;
/** Names at the length that the kernel compares, one beyond, near to one another, not UTF-8. */
const names = [
  ...['a', 'b', 'ab', 'passwd', 'passwe', '\xff\xfe', ' ', 'e\n'],
  ...['x'.repeat(58), 'x'.repeat(59), 'x'.repeat(60), `${'x'.repeat(59)}y`, 'x'.repeat(255)],
];
const flagBits = [0, 1, 6, 7, 9, 10, 11, 12, 15, 17, 18, 19, 21, 22];
const closeOpened = attempt(call('close', firstDescriptor));

const arbitraryName = fc.constantFrom(...names);
const arbitraryLanes = fc.oneof(
  fc.constantFrom(0n, 1n, ~0n & 0xffff_ffff_ffff_ffffn),
  fc.bigInt({
    min: 0n,
    max: 0xffff_ffff_ffff_ffffn,
  }),
);

const arbitraryTable: fc.Arbitrary<NameTable> = fc.record({
  names: fc
    .dictionary(
      arbitraryName.filter((name) => name.length <= 59),
      arbitraryLanes,
    )
    .map((entries) => new Map(Object.entries(entries))),
  otherNames: arbitraryLanes,
  longNames: arbitraryLanes,
});

const arbitraryFlags = fc
  .uniqueArray(fc.constantFrom(...flagBits), { maxLength: filterFlagBitsMax })
  .chain((bits) => {
    const length = 2 ** bits.length;
    return fc
      .array(arbitraryLanes, { minLength: length, maxLength: length })
      .map((masks) => ({ bits, masks }));
  });

function arbitraryFilter(operation: FileOperation): fc.Arbitrary<OperationFilter> {
  return fc.record({
    operation: fc.constant(operation),
    lanes: arbitraryLanes,
    source: arbitraryTable,
    destination: operation === 'rename' ? arbitraryTable : fc.constant(null),
    flags: operation === 'open' ? arbitraryFlags : fc.constant({ bits: [], masks: [] }),
    failures: fc.constantFrom('permission', 'all'),
  });
}

const arbitraryOpenFlags = fc
  .subarray([0o1, 0o2, 0o100, 0o200, 0o1000, 0o2000, 0o4000, 0o1000000, 0o2000000])
  .map((flags) => flags.reduce((sum, flag) => sum | flag, 0));

/** Most files exist at most times, so that most calls find one. */
const arbitraryStep: fc.Arbitrary<CallStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(arbitraryName, arbitraryOpenFlags)
      .map(([name, flags]) => call('openat', AT_FDCWD, name, flags, 0o600)),
  },
  { weight: 3, arbitrary: arbitraryName.map((name) => call('creat', name, 0o600)) },
  { weight: 2, arbitrary: arbitraryName.map((name) => call('unlink', name)) },
  {
    weight: 2,
    arbitrary: fc.tuple(arbitraryName, arbitraryName).map(([from, to]) => call('rename', from, to)),
  },
  { weight: 3, arbitrary: arbitraryName.map((name) => call('chmod', name, 0o640)) },
);

type Expected = { readonly call: string; readonly lanes: bigint };

/** Unlink and rename need tracepoints that not all kernels have. */
function isAlwaysVisible(kind: FileOperation): boolean {
  return kind === 'open' || kind === 'chmod';
}

/** What the model says about each call, those that are dropped left out. */
function predict(
  filters: readonly OperationFilter[],
  { truths, lines }: Performance,
  sight: { readonly backends: KernelProbe['backends']; readonly hasExt4: boolean },
): readonly Expected[] {
  return truths.flatMap((truth) => {
    if (truth.told !== 'call') return [];
    const step = lines[truth.line];
    const recorded = step?.do === 'call' ? readRecordedCall(step) : null;
    if (step?.do !== 'call' || !recorded) return [];
    const filter = filters.find(({ operation }) => operation === recorded.kind);
    if (!filter) throw new Error(`no filter for ${recorded.kind}`);
    const words = step.arguments.filter((argument) => typeof argument === 'string');
    const [source = null, destination = null] = words;
    const hasObjects = sight.backends[recorded.kind] !== 'tracepoint';
    const isMoved = recorded.kind !== 'rename' || source !== destination;
    const isShown = isMoved && (sight.hasExt4 || isAlwaysVisible(recorded.kind));
    const isVisible = truth.result >= 0 && (hasObjects || isShown);
    const event: VisibleEvent = {
      sourceName: isVisible ? source : null,
      destinationName: isVisible ? destination : null,
      flags: hasObjects ? readKernelFlags(recorded.flags) : recorded.flags,
      result: BigInt(truth.result),
    };
    const lanes = filterEvent(filter, event);
    if (lanes === 0n) return [];
    const name = JSON.stringify(words.map((word) => basename(word)));
    return [{ call: `${recorded.kind} ${name} → ${truth.result}`, lanes }];
  });
}

function compareLanes(
  expected: readonly Expected[],
  records: readonly ObservedRecord[],
): readonly string[] {
  const length = Math.max(expected.length, records.length);
  for (let i = 0; i < length; i += 1) {
    const model = expected[i];
    const record = records[i];
    if (model && record && model.lanes === record.lanes) continue;
    const kernel = record ? `${record.kind} ${'file' in record ? record.file.path : ''}` : 'none';
    return [
      `event ${i}: the model lets ${model?.call ?? 'none'} pass with ${model?.lanes}, ` +
        `the kernel ${JSON.stringify(kernel)} with ${record?.lanes}`,
    ];
  }
  return [];
}

function isFileRecord({ kind }: ObservedRecord): boolean {
  return fileOperations.some((operation) => operation === kind);
}

async function checkModel(kit: CheckKit): Promise<readonly string[]> {
  const arbitraryRun = fc.record({
    filters: fc.tuple(...fileOperations.map(arbitraryFilter)),
    steps: fc.array(arbitraryStep, { minLength: 150, maxLength: 200, size: 'max' }),
  });
  const property = fc.property(arbitraryRun, ({ filters, steps }) => {
    const probe = new KernelProbe(kit.kernel, filters, ringBytes);
    try {
      const directory = kit.playground.makeDirectory('ext4');
      // Descriptors are closed as they come, so that there is always one free.
      const work = steps.flatMap((step) =>
        step.call.startsWith('open') || step.call === 'creat'
          ? [attempt(step), closeOpened]
          : [attempt(step)],
      );
      const performance = perform(kit.operations, work, directory);
      const pids = listPids(performance);
      const records = probe.take((pid) => pids.has(pid)).filter(isFileRecord);
      const hasExt4 = kit.features.has('ext4_tracepoints');
      const expected = predict(filters, performance, { backends: probe.backends, hasExt4 });
      const problems = [
        ...performance.problems,
        ...compareLanes(expected, records),
        ...probe.findImbalances(),
      ];
      if (problems.length > 0) throw new Error(problems.join('\n'));
    } finally {
      probe.close();
    }
  });
  const details = fc.check(property, { numRuns: kit.isOwnMachine ? 1 : 5, endOnFailure: true });
  if (!details.failed) return [];
  const { seed, counterexamplePath, errorInstance } = details;
  return [`seed ${seed}, path ${counterexamplePath}: ${errorInstance}`];
}

export const filterModelChecks: readonly KernelCheck[] = [
  { name: 'generated filters do in the kernel what their model does', run: checkModel },
];
