// SPDX-License-Identifier: Apache-2.0
// From compiled rules to JavaScript: a program for each event type, and the functions of actions.

import type { EventType } from '@fimbul/schema';
import { emitActions } from './emit-actions.ts';
import { emitProgram } from './emit-program.ts';
import {
  type Accessor,
  type EmitRuntime,
  type EmittableRule,
  type EmittedProgram,
  type EmittedRuleSet,
  noRuntime,
} from './emitted.ts';

/** Emits the rules of all event types. Throws when a field that a rule reads has no accessor. */
export function emitRuleSet<Event>(
  compiled: { readonly rules: readonly EmittableRule[] },
  accessors: ReadonlyMap<string, Accessor<Event>>,
  runtime: EmitRuntime<Event> = noRuntime,
): EmittedRuleSet<Event> {
  const byType = Map.groupBy(compiled.rules, (rule) => rule.eventType);
  const programs = new Map<EventType, EmittedProgram<Event>>();
  for (const [type, rules] of byType) {
    programs.set(type, emitProgram(rules, accessors, runtime));
  }
  return { programs, actions: emitActions(compiled.rules, accessors, runtime).actions };
}
