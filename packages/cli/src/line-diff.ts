// SPDX-License-Identifier: Apache-2.0
// What differs between two texts, line by line, in the form of `diff -u`: enough to see what a
// formatter would do. Texts that differ too much to compare are shown as replaced.

export type DiffLine = { readonly sign: ' ' | '-' | '+'; readonly text: string };

/** A run of changed lines with the lines around them; numbers count from 1. */
export type Hunk = {
  readonly before: number;
  readonly after: number;
  readonly lines: readonly DiffLine[];
};

const contextLines = 2;

/** Cells of the table of comparisons; above that, the middle of the texts counts as replaced. */
const cellsMax = 4_000_000;

/** Compares two texts. */
export function diffLines(before: string, after: string): readonly Hunk[] {
  return cutHunks(compareLines(splitLines(before), splitLines(after)));
}

function splitLines(text: string): readonly string[] {
  const lines = text.split('\n');
  // A line break at the end ends the last line; its absence is shown as diff does.
  if (lines.at(-1) === '') lines.pop();
  else lines.push('\\ no line break at the end of the file');
  return lines;
}

function compareLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (text: string): DiffLine => ({ sign: ' ', text });
  return [
    ...before.slice(0, start).map(same),
    ...compareMiddle(
      before.slice(start, before.length - end),
      after.slice(start, after.length - end),
    ),
    ...before.slice(before.length - end).map(same),
  ];
}

/** Finds a longest common subsequence. */
function compareMiddle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const removed = (text: string): DiffLine => ({ sign: '-', text });
  const added = (text: string): DiffLine => ({ sign: '+', text });
  const width = after.length + 1;
  const cells = (before.length + 1) * width;
  if (cells > cellsMax) return [...before.map(removed), ...after.map(added)];
  // lengths[i * width + j]: the longest common subsequence of before[i…] and after[j…].
  const lengths = new Uint32Array(cells);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now) {
      lines.push({ sign: ' ', text: old });
      i++;
      j++;
    } else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(old));
      i++;
    } else if (now !== undefined) {
      lines.push(added(now));
      j++;
    }
  }
  return lines;
}

function cutHunks(lines: readonly DiffLine[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let [before, after] = [1, 1];
  let open: { before: number; after: number; lines: DiffLine[] } | null = null;
  let quiet = 0;
  lines.forEach((line, index) => {
    if (line.sign !== ' ') {
      if (open === null) {
        const context = lines.slice(Math.max(0, index - contextLines), index);
        const [first, second] = [before - context.length, after - context.length];
        open = { before: first, after: second, lines: [...context] };
        hunks.push(open);
      }
      quiet = 0;
    } else if (open !== null && ++quiet > 2 * contextLines) {
      // The lines that were added in vain belong to no hunk.
      open.lines.length -= contextLines;
      open = null;
    }
    open?.lines.push(line);
    if (line.sign !== '+') before++;
    if (line.sign !== '-') after++;
  });
  const last = hunks.at(-1);
  if (open !== null && last) {
    const excess = Math.max(0, quiet - contextLines);
    hunks[hunks.length - 1] = { ...last, lines: last.lines.slice(0, last.lines.length - excess) };
  }
  return hunks;
}
