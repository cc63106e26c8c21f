// SPDX-License-Identifier: Apache-2.0
// One JSON object a line.

import { toJsonText } from './json-text.ts';
import type { WriteAll } from './output-stream.ts';
import type { Sink } from './sink.ts';

/** Written out when this much has gathered, even within a batch. */
const gatheredCharactersMax = 256 * 1024;

export function createJsonLinesSink(writeAll: WriteAll): Sink {
  let gathered = '';
  const flush = (): void => {
    if (gathered === '') return;
    const text = gathered;
    gathered = '';
    writeAll(text);
  };
  return {
    write(document) {
      gathered += `${toJsonText(document)}\n`;
      if (gathered.length > gatheredCharactersMax) flush();
    },
    flush,
  };
}
