// SPDX-License-Identifier: Apache-2.0
// The alerts that an agent wrote, counted by rule.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

type AlertLine = { readonly rule?: { readonly id: string } };

/** What stands in place of a rule where something was lost. */
export const lossLine = '(loss)';

/** Names the rule of one line of JSON. */
export function readRuleId(line: string): string {
  const alert: AlertLine = JSON.parse(line);
  return alert.rule?.id ?? lossLine;
}

/** Counts lines of a file by rule: all, or those that hold a text. */
export async function countAlerts(path: string, text = ''): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (!line.includes(text)) continue;
    const id = readRuleId(line);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
