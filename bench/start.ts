// SPDX-License-Identifier: Apache-2.0
// How long until the agent is ready, over how long Node.js takes to do nothing.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { rootDirectory } from '@fimbul/config';
import { getMedian, report } from './report.ts';

const rounds = 5;

async function measureReady(): Promise<number> {
  const start = performance.now();
  const agent = spawn(join(rootDirectory, 'bin/fimbul'), ['agent', '--output', 'json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  for await (const chunk of agent.stderr) {
    text += chunk;
    if (text.includes('ready')) break;
  }
  const elapsed = performance.now() - start;
  if (!text.includes('ready')) throw new Error(`the agent did not start: ${text}`);
  const ended = once(agent, 'exit');
  agent.kill('SIGTERM');
  await ended;
  return elapsed;
}

function measureNode(): number {
  const start = performance.now();
  execFileSync(process.execPath, ['-e', '0']);
  return performance.now() - start;
}

export async function benchStart(): Promise<void> {
  const agent: number[] = [];
  const node: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    node.push(measureNode());
    agent.push(await measureReady());
  }
  report({
    bench: 'start',
    metric: 'agent_ready',
    value: getMedian(agent) / getMedian(node),
    unit: 'ratio to node -e 0',
    context: { agent_ms: Math.round(getMedian(agent)), node_ms: Math.round(getMedian(node)) },
  });
}
