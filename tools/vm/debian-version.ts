// SPDX-License-Identifier: Apache-2.0
// The order of Debian's version numbers, as Debian Policy 5.6.12 defines it: epoch, upstream part,
// revision; in each, runs of text and of digits take turns, `~` sorts before the end.

/** Compares two versions: negative when `left` is older, 0 when they are the same. */
export function compareVersions(left: string, right: string): number {
  const a = splitVersion(left);
  const b = splitVersion(right);
  return (
    a.epoch - b.epoch ||
    compareParts(a.upstream, b.upstream) ||
    compareParts(a.revision, b.revision)
  );
}

type VersionParts = {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
};

function splitVersion(version: string): VersionParts {
  const match = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version);
  return {
    epoch: Number(match?.[1] ?? 0),
    upstream: match?.[2] ?? '',
    revision: match?.[3] ?? '',
  };
}

function compareParts(left: string, right: string): number {
  const runs = /(\D*)(\d*)/g;
  const a = [...left.matchAll(runs)];
  const b = [...right.matchAll(runs)];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const text = compareText(a[i]?.[1] ?? '', b[i]?.[1] ?? '');
    if (text !== 0) return text;
    const digits = Number(a[i]?.[2] ?? 0) - Number(b[i]?.[2] ?? 0);
    if (digits !== 0) return digits;
  }
  return 0;
}

function compareText(left: string, right: string): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = rankCharacter(left[i]) - rankCharacter(right[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Tilde, then the end, then letters, then everything else. */
function rankCharacter(character: string | undefined): number {
  if (character === '~') return -1;
  if (character === undefined) return 0;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
