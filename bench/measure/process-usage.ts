// SPDX-License-Identifier: Apache-2.0
// What a process and the BPF programs and maps that it holds cost, read from /proc alone: so the
// same figures can be taken of any program, and of an agent as it is.

import { readdirSync, readFileSync } from 'node:fs';

export type BpfUsage = {
  /** Bytes that the kernel accounts for maps, the ring among them. */
  readonly mapBytes: number;
  readonly maps: number;
  /** Bytes of programs. */
  readonly programBytes: number;
  /** Runs and their nanoseconds; they count only while run statistics are on. */
  readonly runs: number;
  readonly runNs: number;
};

function readNumber(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

/** Adds up descriptors' facts; several may stand for one map or program. */
export function sumBpfUsage(texts: readonly string[]): BpfUsage {
  const maps = new Map<number, number>();
  const programs = new Map<number, string>();
  for (const text of texts) {
    if (text.includes('map_id:')) maps.set(readNumber(text, 'map_id'), readNumber(text, 'memlock'));
    // A link names its program too, without its counts.
    if (text.includes('prog_jited:')) programs.set(readNumber(text, 'prog_id'), text);
  }
  const total = (name: string): number =>
    [...programs.values()].reduce((sum, text) => sum + readNumber(text, name), 0);
  return {
    mapBytes: [...maps.values()].reduce((sum, bytes) => sum + bytes, 0),
    maps: maps.size,
    programBytes: total('memlock'),
    runs: total('run_cnt'),
    runNs: total('run_time_ns'),
  };
}

export function readBpfUsage(pid: number): BpfUsage {
  const directory = `/proc/${pid}/fdinfo`;
  const texts = readdirSync(directory).flatMap((descriptor) => {
    try {
      return [readFileSync(`${directory}/${descriptor}`, 'utf8')];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
  return sumBpfUsage(texts);
}

/**
 * Clock ticks of all threads of a process and of children that it waited for, in user and kernel
 * mode: fields 14 to 17 of `stat`.
 */
export function parseCpuTicks(stat: string): number {
  // The name in parentheses may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

const ticksPerSecond = 100;

/** Seconds of processor time so far. */
export function readCpuSeconds(pid: number): number {
  return parseCpuTicks(readFileSync(`/proc/${pid}/stat`, 'utf8')) / ticksPerSecond;
}

/** The same with the children that it has now, which it has not waited for yet. */
export function readTreeCpuSeconds(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const ofChildren = children === '' ? [] : children.split(' ').map(Number).map(readCpuOrNothing);
  return ofChildren.reduce((sum, seconds) => sum + seconds, readCpuSeconds(pid));
}

function readCpuOrNothing(pid: number): number {
  try {
    return readCpuSeconds(pid);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

const mapping = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+\s*(.*)$/;

/** Adds up what `smaps` tells, in bytes, but for BPF maps: `BpfUsage` has these. */
export function sumPss(smaps: string): number {
  let bytes = 0;
  let isMap = false;
  for (const line of smaps.split('\n')) {
    const name = mapping.exec(line)?.[1];
    if (name !== undefined) isMap = name.includes('bpf-map');
    else if (!isMap && line.startsWith('Pss:')) bytes += readNumber(line, 'Pss') * 1024;
  }
  return bytes;
}

/** Bytes of memory without BPF maps, shared pages by share. */
export function readPssBytes(pid: number): number {
  return sumPss(readFileSync(`/proc/${pid}/smaps`, 'utf8'));
}
