// SPDX-License-Identifier: Apache-2.0
// What the program `operate` says that it did (operations/report.c), line by line.

/** Facts of an inode, as statx told them. Times are nanoseconds since 1970. */
export type InodeTruth = {
  readonly inode: bigint;
  readonly device: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
};

export type OpenedTruth = InodeTruth & {
  readonly changeTimeNs: bigint;
  readonly modificationTimeNs: bigint;
  readonly mountId: number;
};

export type Identity = {
  readonly pid: number;
  readonly tid: number;
  /** 0 when the task could not tell. */
  readonly ppid: number;
  readonly uid: number;
  readonly gid: number;
  readonly euid: number;
  readonly egid: number;
  readonly fsuid: number;
  readonly fsgid: number;
  readonly capEffective: bigint;
  readonly capPermitted: bigint;
  /** 0 when the task could not tell. */
  readonly mountNamespace: number;
  readonly networkNamespace: number;
  readonly pidNamespace: number;
  readonly comm: string;
};

export type Truth =
  | { readonly told: 'identity'; readonly identity: Identity }
  | {
      readonly told: 'call';
      readonly line: number;
      readonly pid: number;
      readonly tid: number;
      readonly result: number;
      /** The file that an open gave. */
      readonly opened: OpenedTruth | null;
    }
  | {
      readonly told: 'began';
      readonly line: number;
      readonly pid: number;
      readonly creator: number;
    }
  | { readonly told: 'ended'; readonly line: number; readonly pid: number; readonly status: number }
  | { readonly told: 'exec'; readonly line: number; readonly pid: number; readonly tid: number }
  | { readonly told: 'race'; readonly pid: number; readonly tid: number; readonly gone: string };

function readIdentity(words: readonly string[]): Truth {
  const number = (index: number): number => Number(words[index]);
  const comm = (words[15] ?? '').replaceAll(/%(..)/g, (_all, hexadecimal: string) =>
    String.fromCharCode(Number.parseInt(hexadecimal, 16)),
  );
  return {
    told: 'identity',
    identity: {
      pid: number(1),
      tid: number(2),
      ppid: number(3),
      uid: number(4),
      gid: number(5),
      euid: number(6),
      egid: number(7),
      fsuid: number(8),
      fsgid: number(9),
      capEffective: BigInt(words[10] ?? ''),
      capPermitted: BigInt(words[11] ?? ''),
      mountNamespace: number(12),
      networkNamespace: number(13),
      pidNamespace: number(14),
      comm,
    },
  };
}

function readOpened(words: readonly string[]): OpenedTruth | null {
  const [inode, device, mode, uid, gid, changed, modified, mountId] = words;
  if (inode === undefined) return null;
  return {
    inode: BigInt(inode),
    device: Number(device),
    mode: Number(mode),
    uid: Number(uid),
    gid: Number(gid),
    changeTimeNs: BigInt(changed ?? ''),
    modificationTimeNs: BigInt(modified ?? ''),
    mountId: Number(mountId),
  };
}

function readTruth(text: string): Truth {
  const [letter, ...words] = text.split(' ');
  const [line = 0, pid = 0, third = 0] = words.slice(0, 3).map(Number);
  switch (letter) {
    case 'I':
      return readIdentity(words);
    case 'C':
      return {
        told: 'call',
        line,
        pid,
        tid: third,
        result: Number(words[3]),
        opened: readOpened(words.slice(4)),
      };
    case 'F':
      return { told: 'began', line, pid, creator: third };
    case 'E':
      return { told: 'ended', line, pid, status: third };
    case 'X':
      return { told: 'exec', line, pid, tid: third };
    case 'R':
      return { told: 'race', pid, tid: third, gone: words[3] ?? '' };
    default:
      throw new Error(`operate printed a line that means nothing: ${JSON.stringify(text)}`);
  }
}

/** Reads everything that the program printed. */
export function readTruths(output: string): readonly Truth[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map(readTruth);
}
