// SPDX-License-Identifier: Apache-2.0
// The counters that an agent prints at its end, read back from the text.

export type PrintedCounters = {
  /** For each kind of record, its counters by name. */
  readonly kinds: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** For each rule, its counters by name. */
  readonly rules: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Kinds whose line does not say that they balance. */
  readonly outOfBalance: readonly string[];
};

function parseValues(text: string): Record<string, number> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)=(\d+)/g)].map(([, name = '', value]) => [name, Number(value)]),
  );
}

/** Reads the counters that end the text; throws when there are none. */
export function readCounters(stderr: string): PrintedCounters {
  const [, text] = stderr.split('fimbul: counters\n');
  if (text === undefined) throw new Error(`there are no counters in: ${stderr}`);
  const kinds: Record<string, Record<string, number>> = {};
  const rules: Record<string, Record<string, number>> = {};
  const outOfBalance: string[] = [];
  for (const line of text.split('\n')) {
    const rule = /^ {2}rules? (\w+|before reloads): (.*)$/.exec(line);
    const kind = /^ {2}(\w+): (seen=.*)$/.exec(line);
    if (rule?.[1] && rule[2]) rules[rule[1]] = parseValues(rule[2]);
    if (kind?.[1] && kind[2]) {
      kinds[kind[1]] = parseValues(kind[2]);
      if (!kind[2].endsWith('(balanced)')) outOfBalance.push(kind[1]);
    }
  }
  return { kinds, rules, outOfBalance };
}

/** Whether seen is the sum of what became of it, by the numbers and not by what the line says. */
export function isBalanced(counters: Readonly<Record<string, number>>): boolean {
  const { seen = 0, received = 0, sent = 0, ...others } = counters;
  return (
    seen === Object.values(others).reduce((sum, value) => sum + value, sent) && sent === received
  );
}
