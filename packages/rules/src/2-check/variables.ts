// SPDX-License-Identifier: Apache-2.0
// Variables as rules declare them. A variable belongs to everything, or to a process, a container
// or a control group; all `set` actions with its name agree on its type.

import type { FieldType } from '@fimbul/schema';
import type { RuntimeValue } from './typed.ts';

export type VariableScope = 'global' | 'process' | 'container' | 'cgroup';

export type VariableSpec = {
  /** The name between `${` and `}`: `seen`, `process.seen`. */
  readonly name: string;
  readonly scope: VariableScope;
  readonly type: FieldType;
  readonly list: boolean;
  /** What an unset or expired variable reads as. Integers are bigint. */
  readonly defaultValue: RuntimeValue;
  /** True when a process without a value of its own reads that of its nearest ancestor with one. */
  readonly inherited: boolean;
  /** True when alerts do not show it. */
  readonly isPrivate: boolean;
  /** Position among the variables of a compilation. */
  readonly slot: number;
};
