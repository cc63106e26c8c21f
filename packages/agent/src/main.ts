// SPDX-License-Identifier: Apache-2.0
// The agent's composition root: constructs, wires, starts and stops. Everything is checked before
// anything is attached, and whatever ends the run, what the kernel saw until then is judged.

import { randomBytes } from 'node:crypto';
import { Failure, requirePrivilege } from '@fimbul/config/run';
import { Agent } from './agent.ts';
import { compileInThread, prepareInThread } from './compile/in-thread.ts';
import { Hangups } from './hangup.ts';
import { createJsonLinesSink } from './output/json-lines-sink.ts';
import { OutputStream } from './output/output-stream.ts';
import { createReadableSink } from './output/readable-sink.ts';
import type { WriteStatus } from './output/status-stream.ts';
import { openWithoutBlocking } from './output/write-queue.ts';
import { type Running, runMain } from './run-main.ts';
import { loadNativeOrFail, startProbeOrFail } from './start-probe.ts';
import { leaveWorkingDirectory } from './working-directory.ts';

const standardOutput = 1;

async function run(writeStatus: WriteStatus): Promise<Running> {
  const hangups = new Hangups().listen();
  const reply = await prepareInThread({
    argv: process.argv.slice(2),
    directory: leaveWorkingDirectory(),
    isErrorTerminal: process.stderr.isTTY === true,
  });
  if (reply.kind === 'failed') {
    writeStatus(reply.report);
    throw new Failure(reply.what, reply.advice, reply.exitCode);
  }
  const { options, loaded } = reply;
  const { policies, report, files } = loaded;
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
    policyFiles: files,
    compile: () => compileInThread(options.policies),
    actions: options.actions,
    control: options.control,
    ...{ sink, output },
    durationMs: options.durationMs,
    runId: randomBytes(6).toString('hex'),
    writeStatus,
  });
  agent.start();
  hangups.attach({ reload: () => agent.reload(), stop: () => agent.stop() });
  return agent;
}

void runMain(run);
