// SPDX-License-Identifier: Apache-2.0
// The counters that an agent prints when it ends, read back: titles with names and numbers.

export type DrainCounters = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Reads `  open: seen=3 sent=3 (balanced)` and its like, from the line `fimbul: counters` on. */
export function parseDrainText(text: string): DrainCounters {
  const start = text.indexOf('fimbul: counters\n');
  if (start === -1) throw new Error(`the agent told no counters: ${text.slice(-500)}`);
  const counters = new Map<string, Record<string, number>>();
  for (const line of text.slice(start).split('\n').slice(1)) {
    const match = /^ {2}([^:]+): (.*)$/.exec(line);
    if (match === null) continue;
    const [, title = '', values = ''] = match;
    const pairs = [...values.matchAll(/(\w+)=(\d+)/g)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    counters.set(title, Object.fromEntries(pairs));
  }
  return counters;
}

/** Adds up all that was lost, for whatever reason and of whatever kind. */
export function sumLosses(counters: DrainCounters): number {
  const values = [...counters].flatMap(([title, pairs]) =>
    title === 'skipped runs' ? Object.values(pairs) : listLosses(pairs),
  );
  return values.reduce((sum, value) => sum + value, 0);
}

function listLosses(pairs: Readonly<Record<string, number>>): readonly number[] {
  return Object.entries(pairs)
    .filter(([name]) => name.startsWith('lost_'))
    .map(([, value]) => value);
}
