// SPDX-License-Identifier: Apache-2.0
// `npm run bench`: every benchmark, or those named: `npm run bench -- overhead start`.

import { benchBackends } from './backends.ts';
import { benchFilter } from './filter.ts';
import { benchOverhead } from './overhead.ts';
import { benchPipeline } from './pipeline.ts';
import { benchRules } from './rules.ts';
import { benchStart } from './start.ts';

const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  overhead: benchOverhead,
  filter: benchFilter,
  pipeline: benchPipeline,
  rules: benchRules,
  start: benchStart,
  backends: benchBackends,
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  for (const [name, bench] of Object.entries(benches)) {
    if (named.length === 0 || named.includes(name)) await bench();
  }
}
