// SPDX-License-Identifier: Apache-2.0
// What names an expression can read: the fields of events, or, in the `filters` of a policy, the
// facts of a host. The checker knows fields through this alone.

import {
  type EventType,
  type FieldSpec,
  fieldsByName,
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

/** The fields of events. */
export const eventModel: FieldModel = {
  findField,
  names: () => fieldsByName.keys(),
  hasEvents: true,
  iterators: ['process.ancestors'],
};

/** The event type that the first word of a name says; null where it is none. */
export function getEventType(name: string): EventType | null {
  const [first = ''] = name.split('.', 1);
  return isEventType(first) ? first : null;
}
