// SPDX-License-Identifier: Apache-2.0
// Where alerts and losses go. A sink takes documents one by one and is told when a batch is over,
// so that it can write once for many.

import type { JsonObject } from './alert-document.ts';

export type Sink = {
  write(document: JsonObject): void;
  /** Hands everything written so far to the operating system before it returns. */
  flush(): void;
};

/** The reader of our output has gone away: there is nobody left to tell. */
export class SinkClosed extends Error {
  override readonly name = 'SinkClosed';
}
