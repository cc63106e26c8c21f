// SPDX-License-Identifier: Apache-2.0
// Where alerts and losses go. A sink takes documents one by one and is told when a batch is over,
// so that it can write once for many.

import type { JsonObject } from './field-writer.ts';

export type Sink = {
  write(document: JsonObject): void;
  /** Hands what was written so far to the operating system, as far as it takes it. */
  flush(): void;
};

/** What we write to has gone away or takes no more: there is nobody left to tell. */
export class SinkClosed extends Error {
  override readonly name = 'SinkClosed';
  readonly advice: string;

  constructor(what: string, advice: string) {
    super(what);
    this.advice = advice;
  }
}
