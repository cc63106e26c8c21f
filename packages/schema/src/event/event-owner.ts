// SPDX-License-Identifier: Apache-2.0
// The owner of the fields of one event type. An event that the agent does not produce fills none.

import { type EventType, isOperation } from './event-types.ts';
import type { FieldOwner } from './field-spec.ts';

export function ownerOf(event: EventType): FieldOwner {
  return { event, filled: isOperation(event) };
}
