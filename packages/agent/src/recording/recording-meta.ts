// SPDX-License-Identifier: Apache-2.0
// What stands at the two ends of a recording beside the records' layout: at the start the host, the
// kernel, the plan and the filter; at the end the kernel's counters.

import type { Counters } from '@fimbul/probe';
import {
  counterNames,
  type FileOperation,
  fileOperations,
  type NameTable,
  type OperationFilter,
  recordKinds,
  troubleNames,
} from '@fimbul/schema';
import { z } from 'zod';
import { wideInteger } from './notes.ts';

/** Characters of what is shown to people. */
const textMax = 256;
/** As many entries as a plan's table of flags can have. */
const masksMax = 65_536;

const nameTable = z
  .object({
    names: z.array(z.tuple([z.string(), wideInteger])),
    otherNames: wideInteger,
    longNames: wideInteger,
  })
  .transform((table): NameTable => ({ ...table, names: new Map(table.names) }));

const filter = z.object({
  /** Any: a newer version may have more operations. */
  operation: z.string(),
  lanes: wideInteger,
  source: nameTable,
  destination: nameTable.nullable(),
  flags: z.object({
    bits: z.array(z.number().int().min(0).max(31)).max(16),
    masks: z.array(wideInteger).max(masksMax),
  }),
  failures: z.enum(['permission', 'all']),
});

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
});

export type RecordingMeta = Omit<z.infer<typeof meta>, 'filters'> & {
  readonly filters: readonly OperationFilter[];
};

function isFileOperation(operation: string): operation is FileOperation {
  return fileOperations.some((known) => known === operation);
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
  const filters = parsed.data.filters.flatMap(({ operation, ...rest }) =>
    isFileOperation(operation) ? [{ operation, ...rest }] : [],
  );
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
