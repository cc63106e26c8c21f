// SPDX-License-Identifier: Apache-2.0
// Counters of a kernel for tests: all zero unless a test says otherwise.

import type { Counters, KindCounters } from '@fimbul/probe';
import { counterNames, type RecordKind, recordKinds, troubleNames } from '@fimbul/schema';

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

export function makeCounters(
  kinds: { readonly [Kind in RecordKind]?: Partial<KindCounters> } = {},
  changes: Partial<Omit<Counters, 'kinds'>> = {},
): Counters {
  const entries = recordKinds.map((kind) => [kind, { ...zeros(counterNames), ...kinds[kind] }]);
  return {
    kinds: Object.fromEntries(entries) as Counters['kinds'],
    troubles: zeros(troubleNames),
    skippedRuns: {},
    ...changes,
  };
}
