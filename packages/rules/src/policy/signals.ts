// SPDX-License-Identifier: Apache-2.0
// Signals as policies name them: by a constant of the language, or by number.

import { constantGroups } from '@fimbul/schema';

const entries: readonly (readonly [string, number])[] = Object.entries(constantGroups.signals).map(
  ([name, number]) => [name, Number(number)],
);

export const signals: ReadonlyMap<string, number> = new Map(entries);

export type Signal = { readonly signal: number; readonly signalName: string };

/** Finds the signal that a name or a number means; null when there is none. */
export function findSignal(text: string): Signal | null {
  const signal = signals.get(text) ?? (/^\d{1,2}$/.test(text) ? Number(text) : null);
  // Of several names, the first one is the usual one.
  const usual = entries.find(([, number]) => number === signal);
  return usual ? { signal: usual[1], signalName: usual[0] } : null;
}
