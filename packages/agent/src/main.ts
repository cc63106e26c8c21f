// SPDX-License-Identifier: Apache-2.0
// The agent's composition root: constructs, wires, starts and stops. Everything is checked before
// anything is attached, and whatever ends the run, what the kernel saw until then is judged.

import { randomBytes } from 'node:crypto';
import { requirePrivilege } from '@fimbul/config';
import { Agent } from './agent.ts';
import { loadPolicies } from './load-policies.ts';
import { readOptions } from './options.ts';
import { createJsonLinesSink } from './output/json-lines-sink.ts';
import { OutputStream } from './output/output-stream.ts';
import { createReadableSink } from './output/readable-sink.ts';
import type { WriteStatus } from './output/status-stream.ts';
import { openWithoutBlocking } from './output/write-queue.ts';
import { type Running, runMain } from './run-main.ts';
import { loadNativeOrFail, startProbeOrFail } from './start-probe.ts';

const standardOutput = 1;

function run(writeStatus: WriteStatus): Running {
  const options = readOptions(process.argv.slice(2));
  // The option speaks of standard output; diagnostics may go elsewhere, into a log.
  const reportColor = options.color && process.stderr.isTTY === true;
  const { policies, report } = loadPolicies(options.policies, {
    color: reportColor,
    isForThisHost: true,
  });
  writeStatus(report);
  requirePrivilege('the agent');
  const native = loadNativeOrFail();
  const started = startProbeOrFail(native, options, policies);
  const output = new OutputStream(openWithoutBlocking(standardOutput), 'keep');
  const sink =
    options.output === 'json'
      ? createJsonLinesSink(output)
      : createReadableSink(output, options.color);
  const agent = new Agent({
    ...started,
    native,
    policies,
    actions: options.actions,
    ...{ sink, output },
    durationMs: options.durationMs,
    runId: randomBytes(6).toString('hex'),
    writeStatus,
  });
  agent.start();
  return agent;
}

runMain(run);
