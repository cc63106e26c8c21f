// SPDX-License-Identifier: Apache-2.0
// `npm run bench`: every benchmark that takes little and changes nothing here, or those named:
// `npm run bench -- overhead start`, `npm run bench -- load --seconds 5`.

import { benchBackends } from './backends.ts';
import { type BenchCommand, type BenchOptions, readBenchCommand } from './bench-options.ts';
import { benchBeside } from './beside/beside.ts';
import { benchCost } from './cost.ts';
import { benchFilter } from './filter.ts';
import { benchLoad } from './load.ts';
import { benchOverhead } from './overhead.ts';
import { benchPipeline } from './pipeline.ts';
import { benchPrecision } from './precision.ts';
import { benchQuiet } from './quiet.ts';
import { benchRecall } from './recall.ts';
import { benchReload } from './reload.ts';
import { benchRuleCount } from './rule-count.ts';
import { benchRules } from './rules.ts';
import { benchStart } from './start.ts';

type Bench = (options: BenchOptions) => void | Promise<void>;

const quickBenches: Readonly<Record<string, Bench>> = {
  overhead: benchOverhead,
  filter: benchFilter,
  pipeline: benchPipeline,
  rules: benchRules,
  start: benchStart,
  backends: benchBackends,
};

/** They take minutes, or packages and the network: only by their names. */
const namedBenches: Readonly<Record<string, Bench>> = {
  precision: benchPrecision,
  recall: benchRecall,
  cost: benchCost,
  load: benchLoad,
  quiet: benchQuiet,
  beside: benchBeside,
  'rule-count': benchRuleCount,
  reload: benchReload,
};

const benches = { ...quickBenches, ...namedBenches };

function readCommand(): BenchCommand | null {
  try {
    return readBenchCommand(process.argv.slice(2), Object.keys(benches));
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 2;
    return null;
  }
}

const command = readCommand();
if (command) {
  const names = command.names.length === 0 ? Object.keys(quickBenches) : command.names;
  for (const name of names) await benches[name]?.(command.options);
}
