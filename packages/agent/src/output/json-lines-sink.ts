// SPDX-License-Identifier: Apache-2.0
// One JSON object a line.

import { toJsonText } from './json-text.ts';
import type { DocumentStream } from './output-stream.ts';
import type { Sink } from './sink.ts';

export function createJsonLinesSink(stream: DocumentStream): Sink {
  return {
    write: (document) => stream.write(`${toJsonText(document)}\n`),
    flush: () => stream.flush(),
  };
}
