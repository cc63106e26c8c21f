// SPDX-License-Identifier: Apache-2.0
// Holds the filter that the kernel gets against the rules: an event that a rule matches must reach
// it. A difference is a bug of the compiler, which any rule test may then have found.

import type { OperationFilter } from '@fimbul/schema';
import { filterEvent, type VisibleEvent } from '../3-plan/filter-model.ts';
import type { RuleMatch } from '../5-run/match.ts';
import type { TestEvent } from './test-event.ts';

type Values = TestEvent['values'];

function getInteger(values: Values, name: string): bigint {
  const value = values.get(name);
  return typeof value === 'bigint' ? value : 0n;
}

/**
 * The last component as the kernel sees it: null when it is not known. `undefined` when the event
 * gives a name and a path that contradict each other, as none in the kernel does.
 */
function getName(values: Values, prefix: string): string | null | undefined {
  const name = values.get(`${prefix}.name`);
  const path = values.get(`${prefix}.path`);
  if (typeof name !== 'string' || name === '') return null;
  if (typeof path !== 'string' || path === '') return name;
  return path.slice(path.lastIndexOf('/') + 1) === name ? name : undefined;
}

function makeVisible({ type, values }: TestEvent): VisibleEvent | null {
  const sourceName = getName(values, `${type}.file`);
  const destinationName = getName(values, `${type}.file.destination`);
  if (sourceName === undefined || destinationName === undefined) return null;
  return {
    sourceName,
    destinationName,
    flags: type === 'open' ? Number(getInteger(values, 'open.flags')) : 0,
    result: getInteger(values, `${type}.retval`),
  };
}

/** Lists the matches that would not have been, because the kernel drops the event. */
export function findDropped(
  filters: readonly OperationFilter[],
  event: TestEvent,
  matches: readonly RuleMatch[],
): readonly RuleMatch[] {
  const filter = filters.find(({ operation }) => operation === event.type);
  if (filter === undefined || matches.length === 0) return [];
  const visible = makeVisible(event);
  if (visible === null) return [];
  const lanes = filterEvent(filter, visible);
  return matches.filter(({ rule }) => (rule.lanes & lanes) === 0n);
}
