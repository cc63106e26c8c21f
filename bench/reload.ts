// SPDX-License-Identifier: Apache-2.0
// How long a reload takes by the number of rules: from the order to rules that judge, and of that
// the pause in which no event is judged, with the share of the ring that the most events a host was
// seen to send would fill meanwhile.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReloadDocument } from '@fimbul/schema';
import { AgentProcess } from './measure/agent-process.ts';
import { getMedian, report } from './report.ts';
import { makeRuleSample } from './rule-samples.ts';

const ruleCounts = [50, 500, 5000];
const rounds = 5;
/** The ring that agents have unless they are configured otherwise. */
const ringBytes = 32 * 1024 * 1024;
/** Events a second, and bytes of one in the ring, of the load that an agent has to hold. */
const load = { eventsPerSecond: 100_000, bytesPerEvent: 320 };

function order(socketPath: string): Promise<ReloadDocument> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'POST', path: '/v1/reload' }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())));
    });
    asked.on('error', reject).end();
  });
}

type Times = { readonly totalMs: number; readonly pauseMs: number; readonly compileMs: number };

async function reloadOnce(socket: string): Promise<Times> {
  const start = performance.now();
  const document = await order(socket);
  const totalMs = performance.now() - start;
  if (document.outcome !== 'reloaded') throw new Error(document.what);
  const { pause_seconds: pause, compile_seconds: compile } = document;
  return { totalMs, pauseMs: pause * 1e3, compileMs: compile * 1e3 };
}

async function measure(directory: string, ruleCount: number): Promise<readonly Times[]> {
  const socket = join(directory, 'run/fimbul.sock');
  const config = join(directory, 'fimbul.yaml');
  const policy = join(directory, 'bench.policy');
  writeFileSync(config, `control: { socket: ${socket} }\n`);
  writeFileSync(policy, makeRuleSample(ruleCount).text);
  const agent = await AgentProcess.start({ policies: [policy], config });
  try {
    const times: Times[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await reloadOnce(socket));
    return times;
  } finally {
    await agent.stop();
  }
}

export async function benchReload(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'fimbul-bench-'));
  try {
    for (const rules of ruleCounts) {
      const times = await measure(directory, rules);
      const median = (pick: (one: Times) => number): number => getMedian(times.map(pick));
      const compile_ms = Math.round(median(({ compileMs }) => compileMs));
      const context = { rules, rounds, compile_ms };
      const pauseMs = median((one) => one.pauseMs);
      const total = median(({ totalMs }) => totalMs);
      report({ bench: 'reload', metric: 'reload', value: total, unit: 'ms', context });
      report({ bench: 'reload', metric: 'pause', value: pauseMs, unit: 'ms', context });
      const bytes = ((pauseMs / 1e3) * load.eventsPerSecond * load.bytesPerEvent) / ringBytes;
      report({
        ...{ bench: 'reload', metric: 'ring_filled_in_pause', value: bytes * 100 },
        ...{ unit: '% of the ring', context: { rules, ...load } },
      });
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
