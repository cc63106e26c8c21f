// SPDX-License-Identifier: Apache-2.0
// The programs in the kernel against the filter in TypeScript, on generated filters and generated
// work: the same events are dropped, and those that come keep the same lanes.

import { realpathSync } from 'node:fs';
import { basename } from 'node:path/posix';
import { filterEvent } from '@fimbul/rules';
import { type FileOperation, fileOperations, type KernelFilter } from '@fimbul/schema';
import fc from 'fast-check';
import { readKernelFlags, readRecordedCall } from '../call-arguments.ts';
import { type KernelProbe, listBackends } from '../kernel-probe.ts';
import type { ObservedRecord } from '../observed-record.ts';
import { listPids, type Performance, perform } from '../run-case.ts';
import { arbitraryFilter, placeBelow } from './arbitrary-filter.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import {
  arbitraryWork,
  listSteps,
  makePlaces,
  tmpfsPlace,
  unmountPlaces,
  type WorkStep,
} from './generated-work.ts';
import { FilteredProbe } from './probe-pair.ts';
import { type DropCounts, tryGenerated } from './try-generated.ts';

type Expected = { readonly call: string; readonly lanes: bigint };

/** What a run of the model knows of the kernel. */
type Sight = {
  readonly backends: KernelProbe['backends'];
  readonly hasExt4: boolean;
  /** Components of the directory. */
  readonly directory: readonly string[];
};

/** Unlink and rename need tracepoints that not all kernels have. */
function isAlwaysVisible(kind: FileOperation): boolean {
  return kind === 'open' || kind === 'chmod';
}

/**
 * Whether tracepoints show the mount that a call goes through. They do not where the filesystem is
 * mounted twice and the call's string is more than a name.
 */
function isCertain({ step, paths }: WorkStep, sight: Sight, hasMounts: boolean): boolean {
  const recorded = readRecordedCall(step);
  if (!recorded || recorded.kind === 'open') return true;
  if (sight.backends[recorded.kind] !== 'tracepoint' || !hasMounts) return true;
  return paths.every((path) => !path.includes('/') && path !== tmpfsPlace);
}

/** What the model says about each call; no lanes: it is dropped. */
function predict(
  filter: KernelFilter,
  { truths, lines }: Performance,
  { backends, hasExt4, directory }: Sight,
): readonly Expected[] {
  return truths.flatMap((truth) => {
    if (truth.told !== 'call') return [];
    const step = lines[truth.line];
    const recorded = step?.do === 'call' ? readRecordedCall(step) : null;
    if (step?.do !== 'call' || !recorded) return [];
    const words = step.arguments.filter((argument) => typeof argument === 'string');
    const [source = null, destination = null] = words;
    const hasObjects = backends[recorded.kind] !== 'tracepoint';
    const isMoved = recorded.kind !== 'rename' || source !== destination;
    const isShown = isMoved && (hasExt4 || isAlwaysVisible(recorded.kind));
    const isVisible = truth.result >= 0 && (hasObjects || isShown);
    const see = (path: string | null) =>
      isVisible && path !== null ? [...directory, ...path.split('/')] : null;
    const lanes = filterEvent(filter, recorded.kind, {
      sourceName: isVisible && source !== null ? basename(source) : null,
      destinationName: isVisible && destination !== null ? basename(destination) : null,
      sourcePath: see(source),
      destinationPath: see(destination),
      values: { flags: hasObjects ? readKernelFlags(recorded.flags) : recorded.flags },
      // The kernel's own functions open a file; the descriptor comes later.
      result: BigInt(
        hasObjects && recorded.kind === 'open' ? Math.min(truth.result, 0) : truth.result,
      ),
    });
    return [{ call: `${recorded.kind} ${JSON.stringify(words)} → ${truth.result}`, lanes }];
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

type Run = {
  readonly filter: KernelFilter;
  readonly work: readonly WorkStep[];
  readonly hasMounts: boolean;
};

type Session = {
  readonly kit: CheckKit;
  readonly filtered: FilteredProbe;
  readonly counts: DropCounts;
};

/** Lets the kernel and the model judge the same work. Returns where they differ. */
function compareRun(
  { kit, filtered, counts }: Session,
  directory: string,
  run: Run,
): readonly string[] {
  makePlaces(directory, run.hasMounts);
  const components = Buffer.from(realpathSync(directory)).toString('latin1').split('/').slice(1);
  const filter = { ...run.filter, paths: placeBelow(components, run.filter.paths) };
  const sight: Sight = {
    backends: listBackends(kit.kernel.plan),
    hasExt4: kit.features.has('ext4_tracepoints'),
    directory: components,
  };
  const work = run.work.filter((step) => isCertain(step, sight, run.hasMounts));
  const probe = filtered.use(filter);
  const performance = perform(kit.operations, listSteps(work), directory);
  const pids = listPids(performance);
  const records = probe.take((pid) => pids.has(pid)).filter(isFileRecord);
  const predicted = predict(filter, performance, sight);
  const passing = predicted.filter(({ lanes }) => lanes !== 0n);
  counts.seen += predicted.length;
  counts.dropped += predicted.length - passing.length;
  return [...performance.problems, ...compareLanes(passing, records), ...probe.findImbalances()];
}

function checkModel(kit: CheckKit): readonly string[] {
  const arbitraryRun = fc.record({
    filter: arbitraryFilter,
    work: arbitraryWork,
    hasMounts: fc.boolean(),
  });
  const session = {
    kit,
    filtered: new FilteredProbe(kit.kernel),
    counts: { seen: 0, dropped: 0 },
  };
  const property = fc.property(arbitraryRun, (run) => {
    const directory = kit.playground.makeDirectory('ext4');
    try {
      const problems = compareRun(session, directory, run);
      if (problems.length > 0) throw new Error(problems.join('\n'));
    } finally {
      unmountPlaces(directory);
    }
  });
  try {
    return tryGenerated(property, kit.isOwnMachine ? 4 : 10, session.counts);
  } finally {
    session.filtered.close();
  }
}

export const filterModelChecks: readonly KernelCheck[] = [
  { name: 'generated filters do in the kernel what their model does', run: checkModel },
];
