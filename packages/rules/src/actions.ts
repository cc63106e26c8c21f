// SPDX-License-Identifier: Apache-2.0
// What a rule does when it matches, compiled. `set` runs at once, so that later rules of the same
// event see it; `kill` runs at every match; `log` and `hash` go with what is reported.

import type { BoolNode, StringNode, ValueNode } from './2-check/typed.ts';
import type { VariableSpec } from './2-check/variables.ts';

export type ActionScope = 'process' | 'container' | 'cgroup';

export type SetAction = {
  readonly kind: 'set';
  readonly variable: VariableSpec;
  readonly value: ValueNode;
  /** Adds to a list instead of replacing it. A value that is in it already becomes its newest. */
  readonly append: boolean;
  /** Most values of a list; the oldest goes. Null is the limit of the agent. */
  readonly size: number | null;
  /** How long the value lives, in nanoseconds; of a list, each of its values. Null is for good. */
  readonly ttlNs: bigint | null;
  /** The process whose variable is set, by the prefix of its fields; null is the event's own. */
  readonly scopeField: 'process.parent' | null;
};

export type KillAction = {
  readonly kind: 'kill';
  readonly signal: number;
  readonly signalName: string;
  readonly scope: ActionScope;
  readonly disableContainerDisarmer: boolean;
  readonly disableExecutableDisarmer: boolean;
};

export type LogAction = {
  readonly kind: 'log';
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly message: StringNode;
};

export type HashAction = {
  readonly kind: 'hash';
  /** Prefix of the fields of the file, such as `open.file`. */
  readonly field: string;
  /** Larger files are not hashed, in bytes; null is the limit of the agent. */
  readonly maxFileSize: number | null;
};

export type CompiledAction = (SetAction | KillAction | LogAction | HashAction) & {
  /** The action runs only when this holds; null is always. */
  readonly filter: BoolNode | null;
};
