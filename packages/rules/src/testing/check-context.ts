// SPDX-License-Identifier: Apache-2.0
// What expressions of tests may name: a few variables of each type, the event types of this agent
// and of agents to come, and fields that no event of this agent has yet.

import {
  type EventType,
  eventTypes,
  type FieldSpec,
  type FieldType,
  fields,
  type IteratorName,
} from '@fimbul/schema';
import type { CheckContext } from '../2-check/check-rule.ts';
import { eventModel, type FieldModel } from '../2-check/field-model.ts';
import type { RuntimeValue } from '../2-check/typed.ts';
import type { VariableScope, VariableSpec } from '../2-check/variables.ts';

const drafts: readonly (readonly [string, FieldType, boolean, RuntimeValue])[] = [
  ['name', 'string', false, ''],
  ['count', 'int', false, 0n],
  ['seen', 'bool', false, false],
  ['peer', 'ip', false, { family: 4, address: 0n, prefix: 32 }],
  ['names', 'string', true, []],
  ['counts', 'int', true, []],
  ['peers', 'ip', true, []],
  ['process.mark', 'string', false, ''],
  ['container.ids', 'string', true, []],
  ['cgroup.count', 'int', false, 0n],
];

function getScope(name: string): VariableScope {
  const [first] = name.split('.', 1);
  return first === 'process' || first === 'container' || first === 'cgroup' ? first : 'global';
}

/** Variables of each type and scope. */
export const testVariables: ReadonlyMap<string, VariableSpec> = new Map(
  drafts.map(([name, type, list, defaultValue]): [string, VariableSpec] => {
    const common = { inherited: false, isPrivate: false, key: `${name} ${type}` };
    return [name, { name, scope: getScope(name), type, list, defaultValue, ...common }];
  }),
);

/** A context with the variables; `events` are those that are produced. */
export function makeContext(events: readonly EventType[]): CheckContext {
  return { macros: new Map(), variables: testVariables, events: new Set(events) };
}

function getExample(): FieldSpec {
  const [first] = fields;
  // The schema declares hundreds.
  if (!first) throw new Error('the schema has no field');
  return { ...first, event: '*', inRules: true };
}

const example = getExample();

function makeField(draft: Partial<FieldSpec> & Pick<FieldSpec, 'name'>): FieldSpec {
  return { ...example, description: 'For tests.', ...draft };
}

/** Events have one iterator; a second shows that elements of two do not mix. */
const otherIterator = 'test.items' as string as IteratorName;

const extraFields: readonly FieldSpec[] = [
  makeField({ name: 'net.ip', type: 'ip' }),
  makeField({ name: 'net.ips', type: 'ip', list: true }),
  makeField({ name: 'net.port', type: 'int', range: [0n, 0xffffn] }),
  makeField({ name: 'dns.name', isDomain: true }),
  makeField({ name: 'dns.names', isDomain: true, list: true }),
  makeField({ name: 'test.items.name', iterator: otherIterator }),
  makeField({ name: 'process.ancestors.ip', type: 'ip', iterator: 'process.ancestors' }),
  makeField({ name: 'process.ancestors.hosts', isDomain: true, iterator: 'process.ancestors' }),
  makeField({
    name: 'process.ancestors.flags',
    type: 'bool',
    list: true,
    iterator: 'process.ancestors',
  }),
];

const extraByName = new Map(extraFields.map((field) => [field.name, field]));

/** All fields of events, and fields of the types that no event has yet; about no event. */
export const testModel: FieldModel = {
  ...eventModel,
  findField: (name) => extraByName.get(name) ?? eventModel.findField(name),
  names: () => [...extraByName.keys(), ...eventModel.names()],
  hasEvents: false,
  iterators: [...eventModel.iterators, otherIterator],
};

export const allEvents: readonly EventType[] = eventTypes;
