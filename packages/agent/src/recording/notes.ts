// SPDX-License-Identifier: Apache-2.0
// The notes of a recording: everything beside the records that judging asked its host for, each at
// its place in the stream. Integers past 2^53 are decimal text; strings are byte strings.

import { pathSources } from '@fimbul/schema';
import { z } from 'zod';
import type { ProcRead } from '../context/proc-source.ts';
import type { LossFound } from '../health/loss-monitor.ts';

/** Decimal text of at most 64 bits. */
export const wideInteger = z
  .string()
  .regex(/^-?[0-9]{1,20}$/)
  .transform(BigInt);

const u32 = z.number().int().min(0).max(0xffffffff);

const file = z.object({
  path: z.string(),
  pathSource: z.enum(pathSources),
  pathFlags: u32,
  inode: wideInteger,
  device: u32,
  mountId: z.number().int(),
  mode: u32,
  uid: u32,
  gid: u32,
  changeTimeNs: wideInteger,
  modificationTimeNs: wideInteger,
  filesystem: z.string(),
});

const credentials = z.object({
  uid: u32,
  gid: u32,
  euid: u32,
  egid: u32,
  fsuid: u32,
  fsgid: u32,
  auid: u32,
  capEffective: wideInteger,
  capPermitted: wideInteger,
});

const process = z.object({
  pid: u32,
  ppid: u32,
  startTicks: wideInteger,
  comm: z.string(),
  isKernelThread: z.boolean(),
  isForkCopy: z.boolean(),
  isZombie: z.boolean(),
  terminal: z.string(),
  credentials,
  mountNamespace: u32,
  networkNamespace: u32,
  pidNamespace: u32,
  executable: file.nullable(),
  script: file.nullable(),
  argv: z.array(z.string()).readonly(),
  argumentsTruncated: z.boolean(),
  cgroup: z.object({ hierarchy: u32, id: wideInteger, path: z.string() }).nullable(),
});

const read = z.object({
  process,
  window: z.object({ startNs: wideInteger, endNs: wideInteger }),
}) satisfies z.ZodType<ProcRead>;

const loss = z.object({
  operation: z.string(),
  reason: z.string(),
  count: z.number().int().min(0),
  sinceNs: wideInteger,
  untilNs: wideInteger,
}) satisfies z.ZodType<LossFound>;

export const noteSchema = z.discriminatedUnion('kind', [
  /** The clocks as the records that follow are judged by. */
  z.object({
    kind: z.literal('clock'),
    /** The recorder's own clock, which never goes back. */
    nowMs: z.number().min(0),
    /** Adds to CLOCK_BOOTTIME to give CLOCK_REALTIME, in nanoseconds. */
    bootToRealNs: wideInteger,
  }),
  /** What /proc showed of a process. */
  z.object({ kind: z.literal('process'), read }),
  /** /proc does not show a process any more that it showed before. */
  z.object({ kind: z.literal('gone'), pid: u32 }),
  /** The walk over /proc is over: the processes noted so far are those from before. */
  z.object({ kind: z.literal('snapshot') }),
  /** The name of a number as a mount namespace has it. */
  z.object({
    kind: z.literal('name'),
    database: z.enum(['passwd', 'group']),
    mountNamespace: u32,
    id: u32,
    name: z.string(),
  }),
  z.object({ kind: z.literal('loss'), loss }),
]);

export type Note = z.infer<typeof noteSchema>;

/** What JSON.stringify makes of it, whatever integers are in it. */
type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

/** Turns integers past 2^53 into decimal text, all the way down. */
export function toPlain(value: unknown): Plain {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, toPlain(part)]));
  }
  return value as Plain;
}

/** Reads a note; null when it is none, or one of a kind that this version does not know. */
export function parseNote(value: unknown): Note | null {
  const parsed = noteSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
