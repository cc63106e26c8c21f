// SPDX-License-Identifier: Apache-2.0
// What running rules asks of whoever has the events: their fields, and the things that variables
// belong to. Nothing else about events is known here.

import type { VariableScope } from '../2-check/variables.ts';
import type { Accessor } from '../4-emit/emitted.ts';

export type RuleHost<Event> = {
  readonly accessors: ReadonlyMap<string, Accessor<Event>>;
  /**
   * The thing that a scoped variable of the event belongs to: any object that is the same one for
   * the same process, container or control group, and that nobody holds once it is gone. Null where
   * there is none, such as the container of a process that is in none. `scopeField` is
   * `process.parent` where an action names it.
   */
  readonly getOwner: (
    event: Event,
    scope: Exclude<VariableScope, 'global'>,
    scopeField: 'process.parent' | null,
  ) => object | null;
  /** The owner of the process that created another one; null at the end of what is known. */
  readonly getParentOwner: (processOwner: object) => object | null;
  /** When the event happened, in nanoseconds of a clock that never goes back. */
  readonly getTimeNs: (event: Event) => bigint;
  /** A fresh random UUID in its text form. */
  readonly makeUuid: () => string;
};
