// SPDX-License-Identifier: Apache-2.0
// What follows from the fields that a test gives, as it does in events of the agent: the name from
// the path, rights from the mode, arguments in their other forms, the same process under each of
// its names. What is given is never changed.

import { type EventType, fields, fieldsByName, listFlags, listOptions } from '@fimbul/schema';
import { ancestorsPrefix, type Bag, type GivenValue, type TestEvent } from './test-event.ts';

export type GivenEvent = {
  readonly type: EventType;
  readonly values: Bag;
  readonly ancestors: Bag[] | null;
  readonly timeNs: bigint;
};

/** Completes an event. */
export function deriveFields({ type, values, ancestors, timeNs }: GivenEvent): TestEvent {
  const chain = ancestors ?? [];
  values.set('event.timestamp', timeNs);
  addUnlessGiven(values, 'event.os', 'linux');
  addUnlessGiven(values, 'event.origin', 'ebpf');
  shareContainer(values);
  if (type === 'exec' || type === 'exit') share(values, { from: type, with: 'process' });
  shareParent(values, ancestors === null, chain);
  shareParentIds(values, chain);
  for (const bag of [values, ...chain]) deriveFrom(bag);
  return { type, values, ancestors: chain, timeNs };
}

function addUnlessGiven(bag: Bag, name: string, value: GivenValue): void {
  if (fieldsByName.has(name) && !bag.has(name)) bag.set(name, value);
}

/** Names that begin with a prefix, without it. */
function listRests(prefix: string): readonly string[] {
  return fields
    .filter(({ name }) => name.startsWith(`${prefix}.`))
    .map(({ name }) => name.slice(prefix.length + 1));
}

const processRests = listRests('process').filter(
  (rest) => !rest.startsWith('parent.') && !rest.startsWith('ancestors.'),
);
const parentRests = listRests('process.parent');

function copy(source: Bag, from: string, target: Bag, to: string): void {
  const value = source.get(from);
  if (value !== undefined) addUnlessGiven(target, to, value);
}

/** The process of exec and exit is the process of the event. */
function share(values: Bag, prefixes: { readonly from: string; readonly with: string }): void {
  for (const rest of processRests) {
    const names = [`${prefixes.from}.${rest}`, `${prefixes.with}.${rest}`] as const;
    copy(values, names[0], values, names[1]);
    copy(values, names[1], values, names[0]);
  }
}

function shareContainer(values: Bag): void {
  for (const rest of listRests('container')) {
    copy(values, `container.${rest}`, values, `process.container.${rest}`);
    copy(values, `process.container.${rest}`, values, `container.${rest}`);
  }
}

/** The parent is the first ancestor; where the test gives only one of them, it is the other too. */
function shareParent(values: Bag, isWithoutAncestors: boolean, ancestors: Bag[]): void {
  const given = parentRests.filter((rest) => values.has(`process.parent.${rest}`));
  if (isWithoutAncestors && given.length > 0) {
    const first: Bag = new Map();
    ancestors.push(first);
    for (const rest of given) {
      copy(values, `process.parent.${rest}`, first, `${ancestorsPrefix}.${rest}`);
    }
  }
  const [first] = ancestors;
  if (first === undefined || given.length > 0) return;
  for (const rest of parentRests) {
    copy(first, `${ancestorsPrefix}.${rest}`, values, `process.parent.${rest}`);
  }
}

/** Each process names the one that created it. */
function shareParentIds(values: Bag, ancestors: readonly Bag[]): void {
  copy(values, 'process.parent.pid', values, 'process.ppid');
  copy(values, 'process.ppid', values, 'process.parent.pid');
  copy(values, 'process.ppid', values, 'exec.ppid');
  copy(values, 'process.ppid', values, 'exit.ppid');
  ancestors.forEach((bag, index) => {
    const next = ancestors[index + 1];
    if (next) copy(next, `${ancestorsPrefix}.pid`, bag, `${ancestorsPrefix}.ppid`);
  });
  const first = ancestors[0];
  if (!first) return;
  copy(values, 'process.ppid', first, `${ancestorsPrefix}.pid`);
  copy(first, `${ancestorsPrefix}.ppid`, values, 'process.parent.ppid');
}

/** What follows from each single value. */
function deriveFrom(bag: Bag): void {
  for (const [name, value] of [...bag]) {
    const at = name.lastIndexOf('.') + 1;
    const prefix = name.slice(0, at);
    const part = name.slice(at);
    if (part === 'path' && typeof value === 'string') deriveName(bag, prefix, value);
    if (part === 'name' && typeof value === 'string') deriveExtension(bag, prefix, value);
    if (part === 'mode' && typeof value === 'bigint') {
      addUnlessGiven(bag, `${prefix}rights`, value & 0o7777n);
    }
    if (part === 'argv') deriveArguments(bag, prefix, value as readonly string[]);
  }
}

function deriveName(bag: Bag, prefix: string, path: string): void {
  addUnlessGiven(bag, `${prefix}name`, path.slice(path.lastIndexOf('/') + 1));
  // A mount point has a path and no name.
  const name = bag.get(`${prefix}name`);
  if (typeof name === 'string') deriveExtension(bag, prefix, name);
}

function deriveExtension(bag: Bag, prefix: string, name: string): void {
  const dot = name.lastIndexOf('.');
  addUnlessGiven(bag, `${prefix}extension`, dot > 0 ? name.slice(dot) : '');
}

function deriveArguments(bag: Bag, prefix: string, argv: readonly string[]): void {
  addUnlessGiven(bag, `${prefix}args`, argv.join(' '));
  addUnlessGiven(bag, `${prefix}args_flags`, listFlags(argv));
  addUnlessGiven(bag, `${prefix}args_options`, listOptions(argv));
}
