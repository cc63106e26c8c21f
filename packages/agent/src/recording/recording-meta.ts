// SPDX-License-Identifier: Apache-2.0
// What stands at the two ends of a recording beside the records' layout: at the start the host, the
// kernel, the plan and the filter; at the end the kernel's counters.

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Counters } from '@fimbul/probe';
import { compareFilters, type FilterCoverage } from '@fimbul/rules';
import {
  counterNames,
  type FileOperation,
  fileOperations,
  filterValues,
  type KernelFilter,
  type NameTable,
  type OperationFilter,
  recordKinds,
  troubleNames,
  type ValueTable,
} from '@fimbul/schema';
import { z } from 'zod';
import { wideInteger } from './notes.ts';

/** Characters of what is shown to people. */
const textMax = 256;
/** As many entries as a table of values can have, and more than there are of them. */
const masksMax = 65_536;
const allLanes = 0xffff_ffff_ffff_ffffn;

const nameTable = z
  .object({
    names: z.array(z.tuple([z.string(), wideInteger])),
    otherNames: wideInteger,
    longNames: wideInteger,
  })
  .transform((table): NameTable => ({ ...table, names: new Map(table.names) }));

const bits = z.array(z.number().int().min(0).max(31)).max(16);
const lasts = z.array(z.number().int().min(0).max(0xffff_ffff)).max(256);
const masks = z.array(wideInteger).max(masksMax);
const value = z.enum(filterValues);

const valueTable = z.object({
  classes: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('bits'), value, bits }),
    z.object({ kind: z.literal('bounds'), value, lasts }),
  ]),
  masks,
});

const filter = z.object({
  /** Any: a newer version may have more operations. */
  operation: z.string(),
  lanes: wideInteger,
  source: nameTable,
  destination: nameTable.nullable(),
  values: z.array(valueTable).max(256).default([]),
  /** What older recordings have in their place. */
  flags: z.object({ bits, masks }).optional(),
  sourceRow: z.number().default(0),
  destinationRow: z.number().default(0),
  /** Older recordings were not filtered by paths. */
  anySourcePath: wideInteger.default(allLanes),
  anyDestinationPath: wideInteger.default(allLanes),
  failures: z.enum(['permission', 'all']),
  programRow: z.number().default(0),
  /** Nor by processes. */
  anyProcess: wideInteger.default(allLanes),
});

/** The tables of values, as older recordings have them too. */
function readValues({ values, flags }: z.infer<typeof filter>): readonly ValueTable[] {
  if (flags === undefined || flags.bits.length === 0) return values;
  const { bits, masks } = flags;
  return [...values, { classes: { kind: 'bits', value: 'flags', bits }, masks }];
}

const meta = z.object({
  /** Version of fimbul that recorded. */
  fimbul: z.string().max(textMax),
  /** Event ids of a replay start with it. */
  recordingId: z.string().max(64),
  hostname: z.string(),
  release: z.string().max(textMax),
  plan: z.array(z.object({ operation: z.string(), backend: z.string().max(textMax) })).max(64),
  programs: z.array(z.string()),
  namespaces: z.object({ pid: z.number(), mount: z.number() }),
  /** Whether /proc showed the pids that records have. */
  showsAllProcesses: z.boolean(),
  filters: z.array(filter),
  /** Of the automaton of paths, which is too large to be kept. */
  pathsDigest: z.string().max(textMax).default(''),
});

export type RecordingMeta = Omit<z.infer<typeof meta>, 'filters'> & {
  readonly filters: readonly OperationFilter[];
};

function isFileOperation(operation: string): operation is FileOperation {
  return fileOperations.some((known) => known === operation);
}

type Automata = Pick<KernelFilter, 'paths' | 'programs'>;

/** A text that two filters share only when their automata are equal. */
export function digestPaths({ paths, programs }: Automata): string {
  const text = JSON.stringify(
    programs === null ? paths : [paths, programs],
    (_, value: unknown) => {
      if (typeof value === 'bigint') return `${value}n`;
      return value instanceof Map ? [...value] : value;
    },
  );
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Whether what a recording was filtered by lets through all that other policies want. Filters that
 * look at paths are compared with equal ones only.
 */
export function compareWithRecording(
  { filters, pathsDigest }: Pick<RecordingMeta, 'filters' | 'pathsDigest'>,
  wantedFilter: KernelFilter,
): ReadonlyMap<FileOperation, FilterCoverage> {
  const isSameAutomaton = digestPaths(wantedFilter) === pathsDigest;
  return new Map(
    wantedFilter.operations.map((wanted) => {
      const given = filters.find(({ operation }) => operation === wanted.operation);
      const isSame = isSameAutomaton && isDeepStrictEqual(given, wanted);
      return [wanted.operation, isSame ? 'whole' : compareFilters(wanted, given)];
    }),
  );
}

/** Writes a filter as plain values. */
export function describeFilter(spec: OperationFilter) {
  const describe = (table: NameTable) => ({ ...table, names: [...table.names] });
  const { source, destination } = spec;
  return {
    ...spec,
    source: describe(source),
    destination: destination === null ? null : describe(destination),
  };
}

/** Reads what stands at the start; null when it is not as it should be. */
export function parseMeta(value: unknown): RecordingMeta | null {
  const parsed = meta.safeParse(value);
  if (!parsed.success) return null;
  const filters = parsed.data.filters.flatMap((written) => {
    const { operation, flags, ...rest } = written;
    return isFileOperation(operation) ? [{ operation, ...rest, values: readValues(written) }] : [];
  });
  return { ...parsed.data, filters };
}

const counts = z.record(z.string().regex(/^\w{1,128}$/), z.number());

const footerMeta = z.object({
  counters: z.object({
    kinds: z.record(z.string(), counts),
    troubles: counts,
    skippedRuns: counts,
  }),
});

function pick<Name extends string>(
  names: readonly Name[],
  values: Readonly<Record<string, number>> = {},
): Record<Name, number> {
  const entries = names.map((name) => [name, values[name] ?? 0]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** Reads the kernel's counters from the end; all are zero where there are none. */
export function parseCounters(value: unknown): Counters {
  const parsed = footerMeta.safeParse(value);
  const told = parsed.success ? parsed.data.counters : { kinds: {}, troubles: {}, skippedRuns: {} };
  const kinds = recordKinds.map((kind) => [kind, pick(counterNames, told.kinds[kind])]);
  return {
    kinds: Object.fromEntries(kinds) as Counters['kinds'],
    troubles: pick(troubleNames, told.troubles),
    skippedRuns: told.skippedRuns,
  };
}
