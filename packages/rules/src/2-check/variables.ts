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
  /**
   * What its values are kept under: the same for the same name, scope and type, in whichever
   * compilation, so that rules that take over from others read what those have kept.
   */
  readonly key: string;
};

/** Makes the key of a variable. */
export function makeVariableKey({
  name,
  type,
  list,
}: Pick<VariableSpec, 'name' | 'type' | 'list'>): string {
  return `${name} ${type}${list ? '[]' : ''}`;
}
