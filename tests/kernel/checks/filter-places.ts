// SPDX-License-Identifier: Apache-2.0
// What rules say of the place of an event: the type of the filesystem, the layer of an overlay, and
// whether the process is in a container. The kernel drops by it, and only by what it is certain of.

import { constants } from 'node:fs';
import { join } from 'node:path';
import { compilePolicies } from '@fimbul/rules';
import { type CgroupKind, type KernelFilter, pathFlags } from '@fimbul/schema';
import type { KernelProbe } from '../kernel-probe.ts';
import type { ObservedRecord } from '../observed-record.ts';
import { listPids, perform } from '../run-case.ts';
import { AT_FDCWD, type CallStep, call, fork, keep, kept, type Step } from '../steps.ts';
import type { CheckKit, KernelCheck } from './check.ts';
import { FilteredProbe } from './probe-pair.ts';

const { O_RDONLY, O_WRONLY, O_CREAT } = constants;
const CLONE_NEWNS = 0x20000;
const CLONE_NEWPID = 0x20000000;

type Open = Extract<ObservedRecord, { readonly kind: 'open' }>;

function compile(...expressions: readonly string[]): KernelFilter {
  const rules = expressions.map(
    (expression, id) => `  - { id: r${id}, expression: '${expression}' }`,
  );
  const text = ['rules:', ...rules, ''].join('\n');
  const { filter, diagnostics } = compilePolicies([{ path: 'places.policy', text }]);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return filter;
}

function takeOpens(probe: KernelProbe, kit: CheckKit, directory: string, steps: readonly Step[]) {
  const performance = perform(kit.operations, steps, directory);
  const pids = listPids(performance);
  const records = probe.take((pid) => pids.has(pid));
  const opens = records.filter((record): record is Open => record.kind === 'open');
  return { opens, problems: [...performance.problems] };
}

const made = call('open', 'a', O_CREAT | O_WRONLY, 0o600);

function checkFilesystems(kit: CheckKit): readonly string[] {
  const filter = compile('open.file.name == "a" && open.file.filesystem in ["tmpfs", "nofs"]');
  const filtered = new FilteredProbe(kit.kernel);
  try {
    const probe = filtered.use(filter);
    return (['ext4', 'tmpfs', 'overlay'] as const).flatMap((filesystem) => {
      const directory = kit.playground.makeDirectory(filesystem);
      const { opens, problems } = takeOpens(probe, kit, directory, [made]);
      const expected = filesystem === 'tmpfs' ? 1 : 0;
      if (opens.length !== expected) problems.push(`${filesystem}: ${opens.length} opens came`);
      return problems;
    });
  } finally {
    filtered.close();
  }
}

/** Reads a file of the image, writes to it, which copies it up, and reads it again. */
const layerSteps: readonly CallStep[] = [
  call('open', 'a', O_RDONLY),
  call('open', 'a', O_WRONLY),
  call('open', 'a', O_RDONLY),
];

function checkLayers(kit: CheckKit): readonly string[] {
  const expectations = { true: [false, true, true], false: [true, false, false] } as const;
  const filtered = new FilteredProbe(kit.kernel);
  try {
    return Object.entries(expectations).flatMap(([layer, isSent]) => {
      const filter = compile(`open.file.name == "a" && open.file.in_upper_layer == ${layer}`);
      const probe = filtered.use(filter);
      const directory = kit.playground.takeLowerDirectory();
      const { opens, problems } = takeOpens(probe, kit, directory, layerSteps);
      const wanted = isSent.filter(Boolean).length;
      if (opens.length !== wanted) problems.push(`upper ${layer}: ${opens.length} opens came`);
      const isUpper = opens.map(({ file }) => (file.pathFlags & pathFlags.UPPER_LAYER) !== 0);
      if (isUpper.some((upper) => `${upper}` !== layer)) {
        problems.push(`upper ${layer}: the records say ${isUpper}`);
      }
      // Elsewhere there are no layers.
      const plain = takeOpens(probe, kit, kit.playground.makeDirectory('ext4'), [made]);
      const expected = layer === 'false' ? 1 : 0;
      if (plain.opens.length !== expected) {
        problems.push(`upper ${layer} on ext4: ${plain.opens.length} opens came`);
      }
      return [...problems, ...plain.problems];
    });
  } finally {
    filtered.close();
  }
}

const openBoth: readonly Step[] = [call('open', 'in', O_RDONLY), call('open', 'out', O_RDONLY)];
const makeBoth: readonly Step[] = [
  keep(1, call('openat', AT_FDCWD, 'in', O_CREAT | O_WRONLY, 0o600)),
  call('close', kept(1)),
  keep(1, call('openat', AT_FDCWD, 'out', O_CREAT | O_WRONLY, 0o600)),
  call('close', kept(1)),
];

/** Of a process in the namespaces of the host, in those of its own, in one of its own only. */
const apart: Readonly<Record<string, readonly Step[]>> = {
  host: openBoth,
  'mount namespace': [fork(call('unshare', CLONE_NEWNS), ...openBoth)],
  'pid namespace': [{ do: 'fork', flags: CLONE_NEWPID, steps: openBoth }],
  both: [{ do: 'fork', flags: CLONE_NEWPID | CLONE_NEWNS, steps: openBoth }],
};

const all = ['in', 'out'];
const expectedNames: Readonly<Record<CgroupKind, Readonly<Record<string, readonly string[]>>>> = {
  none: {},
  announced: { host: all, 'mount namespace': all, 'pid namespace': all, both: all },
  plain: { host: ['out'], 'mount namespace': ['out'], 'pid namespace': ['out'], both: all },
  of_container: {
    ...{ host: ['in'], 'mount namespace': ['in'], 'pid namespace': ['in'], both: ['in'] },
  },
};

function checkContainers(kit: CheckKit): readonly string[] {
  const filter = compile(
    'open.file.name == "in" && container.id != ""',
    'open.file.name == "out" && process.container.id == ""',
  );
  const filtered = new FilteredProbe(kit.kernel);
  try {
    const probe = filtered.use(filter);
    const directory = kit.playground.makeDirectory('ext4');
    // The first event of a group announces it.
    const { opens, problems } = takeOpens(probe, kit, directory, makeBoth);
    const [first] = opens;
    if (opens.length !== 2 || !first) return [...problems, `${opens.length} opens came at first`];
    const { cgroupId: id, cgroupHierarchy: hierarchy } = first.process;
    return (['announced', 'plain', 'of_container'] as const).flatMap((kind) => {
      probe.probe.tellCgroup({ id, hierarchy, kind });
      return Object.entries(apart).flatMap(([where, steps]) => {
        const taken = takeOpens(probe, kit, directory, steps);
        const names = taken.opens.map(({ file }) => file.path.slice(join(directory, '/').length));
        const expected = expectedNames[kind][where]?.join();
        if (names.join() === expected) return taken.problems;
        return [...taken.problems, `${kind}, ${where}: ${names} came, expected ${expected}`];
      });
    });
  } finally {
    filtered.close();
  }
}

export const filterPlaceChecks: readonly KernelCheck[] = [
  { name: 'the filter tells filesystems apart', run: checkFilesystems },
  { name: 'the filter tells the layers of an overlay apart', run: checkLayers },
  { name: 'the filter knows who is in a container for certain', run: checkContainers },
];
