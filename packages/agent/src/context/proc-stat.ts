// SPDX-License-Identifier: Apache-2.0
// The text of /proc/PID/stat, status and cmdline. The command name in stat stands in parentheses,
// unescaped, and may itself hold spaces, parentheses and newlines: its end is the last `)`.

export type ProcStat = {
  readonly comm: string;
  readonly state: string;
  readonly ppid: number;
  /** Device number of the controlling terminal as stat has it; 0 for none. */
  readonly terminal: number;
  readonly threads: number;
  readonly startTicks: bigint;
  readonly isKernelThread: boolean;
  readonly isForkCopy: boolean;
};

/** Flags of a task (linux/sched.h). */
const taskFlags = { forkedButNotExecuted: 0x40, kernelThread: 0x0020_0000 } as const;

/** Places of the fields behind the command name; state, the third of all, is the first of them. */
const places = { state: 0, ppid: 1, terminal: 4, flags: 6, threads: 17, startTicks: 19 } as const;

/** Parses the text of stat; null when it is none. */
export function parseProcStat(text: string): ProcStat | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return null;
  const fields = text.slice(close + 2).split(' ');
  const startTicks = fields[places.startTicks] ?? '';
  if (!/^[0-9]+$/.test(startTicks)) return null;
  const flags = Number(fields[places.flags]);
  return {
    comm: text.slice(open + 1, close),
    state: fields[places.state] ?? '',
    ppid: Number(fields[places.ppid]),
    terminal: Number(fields[places.terminal]),
    threads: Number(fields[places.threads]),
    startTicks: BigInt(startTicks),
    isKernelThread: (flags & taskFlags.kernelThread) !== 0,
    isForkCopy: (flags & taskFlags.forkedButNotExecuted) !== 0,
  };
}

export type ProcStatus = {
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  readonly fsuid: number;
  readonly fsgid: number;
  readonly capEffective: bigint;
  readonly capPermitted: bigint;
};

/** Parses the text of status; null when it lacks what every process has. */
export function parseProcStatus(text: string): ProcStatus | null {
  // The name comes first and has its newlines escaped, so no line can be forged.
  const uids = /^Uid:\t(\d+)\t(\d+)\t\d+\t(\d+)$/m.exec(text);
  const gids = /^Gid:\t(\d+)\t(\d+)\t\d+\t(\d+)$/m.exec(text);
  const permitted = /^CapPrm:\t([0-9a-f]+)$/m.exec(text)?.[1];
  const effective = /^CapEff:\t([0-9a-f]+)$/m.exec(text)?.[1];
  if (uids === null || gids === null || permitted === undefined || effective === undefined) {
    return null;
  }
  return {
    uid: Number(uids[1]),
    gid: Number(gids[1]),
    euid: Number(uids[2]),
    egid: Number(gids[2]),
    fsuid: Number(uids[3]),
    fsgid: Number(gids[3]),
    capEffective: BigInt(`0x${effective}`),
    capPermitted: BigInt(`0x${permitted}`),
  };
}

export type ProcArguments = { readonly argv: readonly string[]; readonly isTruncated: boolean };

/**
 * Splits the bytes of cmdline. Empty arguments at the end are dropped: a process that wrote a title
 * over its arguments leaves a run of NULs behind it, which cannot be told from them.
 */
export function parseCmdline(bytes: string, bytesMax: number): ProcArguments {
  const isTruncated = bytes.length > bytesMax;
  const kept = (isTruncated ? bytes.slice(0, bytesMax) : bytes).replace(/\0+$/, '');
  return { argv: kept === '' ? [] : kept.split('\0'), isTruncated };
}
