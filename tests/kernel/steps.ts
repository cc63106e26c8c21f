// SPDX-License-Identifier: Apache-2.0
// What a case does, as data: steps that the program `operate` performs one after the other, each
// with the record that the kernel side must send for it. Paths are byte strings, relative to the
// directory of the case.

import type { PathFlagName } from './observed-record.ts';

/** An argument of a system call. */
export type Argument =
  | number
  | string
  /** The absolute path of a name below the directory of the case. */
  | { readonly absolute: string }
  /** The result that an earlier step kept. */
  | { readonly kept: number }
  /** 64-bit words in memory, by address. */
  | { readonly words: readonly number[] }
  /** A buffer that calls may write to, by address. */
  | { readonly buffer: number }
  | 'own pid'
  | null;

/** What a record must tell of a file. What is not given follows from the truth or is absent. */
export type FileExpectation = {
  /** Below the directory of the case, or absolute; `{inode}` is the inode that was opened. */
  readonly path: string;
  /** The path is given as it must come; the beginning is not known. */
  readonly verbatim?: true;
  /**
   * Where the path comes from. `descriptor`: the kernel's own file behind one. `caller`: the
   * caller's string, since the kernel did not get to the file. The others are the kernel's own
   * object with all backends that hook its functions; they differ in what tracepoints show of a
   * call: `object` all that the kernel's tracepoints tell of the object, `object_without_name` the
   * inode alone, `checked` nothing. Default: `descriptor` for an open, `object` for other calls,
   * `caller` for a refused one.
   */
  readonly source?: 'descriptor' | 'object' | 'object_without_name' | 'checked' | 'caller';
  /** What the caller's string alone makes of it; default: the same path. */
  readonly callerPath?: string;
  /** Flags of the path beside INODE_KNOWN. */
  readonly flags?: readonly PathFlagName[];
  /** The flags with the path of the caller's string; default: the same. */
  readonly callerFlags?: readonly PathFlagName[];
  /** Default: the filesystem of the case. */
  readonly filesystem?: string;
  /** The name under which the truth about the inode was learned; default: the path. */
  readonly inodeOf?: string;
};

/** What is special about a call: the kernel refuses its path as it reads it. */
export type Situation = 'empty_path' | 'unreadable_path';

export type CallExpectation = {
  readonly file: FileExpectation;
  readonly situation?: Situation;
  readonly destination?: FileExpectation;
  /** Of an open; default: false. */
  readonly created?: boolean;
  /** Of a chmod: permission bits after; default: those of the argument. */
  readonly modeAfter?: number;
};

/** How a call enters the kernel: as a 64-bit or a 32-bit system call, or by io_uring. */
export type Entrance = 'call' | 'call32' | 'ring';

export type CallStep = {
  readonly do: 'call';
  readonly call: string;
  readonly entrance: Entrance;
  readonly arguments: readonly Argument[];
  readonly keep: number | null;
  /** The error that the call must give; null: it must succeed; `any`: whatever comes. */
  readonly error: number | null | 'any';
  /** The record that must come; null: none may. */
  readonly record: CallExpectation | null;
};

export type ExecExpectation = {
  readonly file: FileExpectation;
  readonly script?: FileExpectation;
  readonly arguments: readonly string[];
  readonly argumentsTruncated?: boolean;
  /** Name of the program afterwards; not given where kernels differ. */
  readonly comm?: string;
  readonly euid?: number;
};

export type Step =
  | CallStep
  | {
      readonly do: 'fork';
      readonly flags: number;
      readonly steps: readonly Step[];
      /** Status that wait(2) must report; default 0. Null: kernels differ. */
      readonly status?: number | null;
    }
  | { readonly do: 'thread'; readonly steps: readonly Step[] }
  | {
      readonly do: 'exec';
      readonly directory: Argument;
      readonly path: Argument;
      readonly flags: number;
      readonly arguments: readonly string[];
      readonly record: ExecExpectation;
    }
  | { readonly do: 'wait' }
  | { readonly do: 'identity' }
  /** The first thread of a process ends, then the last, each with a status. */
  /** Processes that end with status 7 while they have many threads. */
  | { readonly do: 'crowd'; readonly count: number; readonly threads: number }
  | { readonly do: 'leave'; readonly first: number; readonly last: number }
  | { readonly do: 'descend'; readonly count: number; readonly name: string }
  | { readonly do: 'storm'; readonly count: number }
  | { readonly do: 'race'; readonly count: number };

export const AT_FDCWD = -100;
export const AT_REMOVEDIR = 0x200;
export const AT_EMPTY_PATH = 0x1000;
export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;

const calling = {
  do: 'call',
  entrance: 'call',
  keep: null,
  error: null,
  record: null,
} as const;

/** A call that must succeed and that no record tells of. */
export function call(name: string, ...args: readonly Argument[]): CallStep {
  return { ...calling, call: name, arguments: args };
}

/** The same call, of which a record must tell. */
export function expectRecord(step: CallStep, record: CallExpectation): CallStep {
  return { ...step, record };
}

/** The same call, that must give this error (a positive number) and that no record tells of. */
export function expectError(step: CallStep, error: number): CallStep {
  return { ...step, error };
}

/** The same call, whatever becomes of it. */
export function attempt(step: CallStep): CallStep {
  return { ...step, error: 'any' };
}

/** The same call, whose result is kept for later steps. */
export function keep(slot: number, step: CallStep): CallStep {
  return { ...step, keep: slot };
}

/** The same call through the 32-bit entry. */
export function ia32(step: CallStep): CallStep {
  return { ...step, entrance: 'call32' };
}

/** The same call as a request to io_uring, which a worker thread of the kernel may serve. */
export function ring(step: CallStep): CallStep {
  return { ...step, entrance: 'ring' };
}

export function fork(...steps: readonly Step[]): Step {
  return { do: 'fork', flags: 0, steps };
}

/** Who the task is from now on, for what must be expected of its records. */
export const identity: Step = { do: 'identity' };

export function thread(...steps: readonly Step[]): Step {
  return { do: 'thread', steps };
}

/** The absolute path of a name below the directory of the case. */
export function absolute(name: string): Argument {
  return { absolute: name };
}

export function kept(slot: number): Argument {
  return { kept: slot };
}
