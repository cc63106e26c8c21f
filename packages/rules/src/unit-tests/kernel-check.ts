// SPDX-License-Identifier: Apache-2.0
// Holds the filter that the kernel gets against the rules: an event that a rule matches must reach
// it. A difference is a bug of the compiler, which any rule test may then have found.

import { type FileOperation, fileOperations, type KernelFilter } from '@fimbul/schema';
import {
  filterEvent,
  splitPath,
  type VisibleEvent,
  type VisibleProcess,
} from '../3-plan/filter-model.ts';
import { readVisibleValues } from '../3-plan/visible-values.ts';
import type { RuleMatch } from '../5-run/match.ts';
import { ancestorsPrefix, type TestEvent } from './test-event.ts';

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

/** Null where the event gives none, or one that the kernel would not know to the root. */
function getPath(values: Values, prefix: string): readonly string[] | null {
  const path = values.get(`${prefix}.path`);
  const isPart = values.get(`${prefix}.path_truncated`) === true;
  const isDetached = values.get(`${prefix}.path_detached`) === true;
  return typeof path !== 'string' || isPart || isDetached ? null : splitPath(path);
}

/** An event without a program is one that the kernel knows nothing of. */
function getProcess({ values, ancestors }: TestEvent): VisibleProcess {
  const readProgram = (of: Values, prefix: string) => {
    const path = of.get(`${prefix}.file.path`);
    return typeof path === 'string' ? splitPath(path) : null;
  };
  return {
    program: readProgram(values, 'process'),
    ancestors: ancestors.map((own) => readProgram(own, ancestorsPrefix)),
  };
}

function makeVisible(operation: FileOperation, event: TestEvent): VisibleEvent | null {
  const { type, values } = event;
  const sourceName = getName(values, `${type}.file`);
  const destinationName = getName(values, `${type}.file.destination`);
  if (sourceName === undefined || destinationName === undefined) return null;
  return {
    sourceName,
    destinationName,
    sourcePath: getPath(values, `${type}.file`),
    destinationPath: getPath(values, `${type}.file.destination`),
    values: readVisibleValues(operation, (name) => {
      const value = values.get(name);
      if (typeof value === 'string' || typeof value === 'boolean') return value;
      return typeof value === 'bigint' ? value : 0n;
    }),
    result: getInteger(values, `${type}.retval`),
    process: getProcess(event),
  };
}

/** Lists the matches that would not have been, because the kernel drops the event. */
export function findDropped(
  kernelFilter: KernelFilter,
  event: TestEvent,
  matches: readonly RuleMatch[],
): readonly RuleMatch[] {
  const operation = fileOperations.find((known) => known === event.type);
  if (operation === undefined || matches.length === 0) return [];
  const visible = makeVisible(operation, event);
  if (visible === null) return [];
  const lanes = filterEvent(kernelFilter, operation, visible);
  return matches.filter(({ rule }) => (rule.lanes & lanes) === 0n);
}
