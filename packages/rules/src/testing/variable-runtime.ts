// SPDX-License-Identifier: Apache-2.0
// What emitted code asks of variables, answered from values that a test gives.

import { isList, type RuntimeValue } from '../2-check/typed.ts';
import type { VariableSpec } from '../2-check/variables.ts';
import type { EmitRuntime } from '../4-emit/emitted.ts';

/** Makes the part of a runtime that is about variables, the obvious way. */
export function makeVariableRuntime<Event>(
  read: (variable: VariableSpec) => RuntimeValue,
): Pick<EmitRuntime<Event>, 'readVariable' | 'hasValue'> {
  return {
    readVariable: read,
    hasValue: (variable, value) => {
      const values = read(variable);
      return isList(values) && values.includes(value);
    },
  };
}
