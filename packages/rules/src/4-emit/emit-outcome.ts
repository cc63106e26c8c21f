// SPDX-License-Identifier: Apache-2.0
// The walk over the automaton of a field as JavaScript: one for each event, when somebody asks.

import { type Code, code } from './code.ts';
import type { EmitModule } from './emit-module.ts';
import type { FieldWalk } from './field-walk.ts';

/** Emits the outcome of the walk over the value of a field. */
export function emitOutcome(module: EmitModule, field: string, walk: FieldWalk): Code {
  return module.once(`walk ${field}`, () => {
    const value = module.readField({ name: field });
    const outcome = code`${module.constants.add(walk)}.find(${value})`;
    return code`${module.keepValue('w', 'o', outcome)}(e)`;
  });
}
