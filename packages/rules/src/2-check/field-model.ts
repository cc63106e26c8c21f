// SPDX-License-Identifier: Apache-2.0
// What names an expression can read: the fields of events, or, in the `filters` of a policy, the
// facts of a host. The checker knows fields through this alone.

import {
  type EventType,
  type FieldSpec,
  fields,
  findField,
  type IteratorName,
  isEventType,
} from '@fimbul/schema';

export type FieldModel = {
  readonly findField: (name: string) => FieldSpec | undefined;
  /** Names to suggest where one is unknown. */
  readonly names: () => Iterable<string>;
  /** True where an expression is about exactly one event type. */
  readonly hasEvents: boolean;
  readonly iterators: readonly IteratorName[];
};

const names = fields.filter(({ inRules }) => inRules).map(({ name }) => name);

/** The fields of events. */
export const eventModel: FieldModel = {
  findField,
  names: () => names,
  hasEvents: true,
  iterators: ['process.ancestors'],
};

/** The event type that the first word of a name says; null where it is none. */
export function getEventType(name: string): EventType | null {
  const [first = ''] = name.split('.', 1);
  return isEventType(first) ? first : null;
}

/** Event types of which the schema declares some fields at most; the language has more. */
const declaredInPart: ReadonlySet<EventType> = new Set<EventType>([
  ...(['accept', 'bind', 'bpf', 'capabilities', 'capset', 'connect', 'dns'] as const),
  ...(['failed_dns', 'imds', 'mprotect', 'network_flow_monitor', 'ondemand', 'packet'] as const),
  ...(['prctl', 'ptrace', 'selinux', 'setgid', 'setrlimit', 'setsockopt', 'setuid'] as const),
  ...(['signal', 'socket', 'sysctl', 'unload_module'] as const),
]);

const declared: ReadonlySet<string> = new Set(fields.map((field) => field.event));

/** True when a name of this event type that is no field is a mistake. */
export function isDeclaredWhole(event: EventType): boolean {
  return declared.has(event) && !declaredInPart.has(event);
}
