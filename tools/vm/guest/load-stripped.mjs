// SPDX-License-Identifier: Apache-2.0
// Loaded by every Node in a guest before anything else: the checkout's TypeScript comes as the host
// stripped it (tools/vm/strip-sources.ts). Node would do so itself with WebAssembly, which takes
// seconds under emulation, for every process. Other files are loaded as always.

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Text without types, by absolute path. */
const sources = JSON.parse(readFileSync(new URL('sources.json', import.meta.url), 'utf8'));

registerHooks({
  load(url, context, nextLoad) {
    const source = url.endsWith('.ts') ? sources[fileURLToPath(url)] : undefined;
    if (source === undefined) return nextLoad(url, context);
    return { format: 'module', source, shortCircuit: true };
  },
});
