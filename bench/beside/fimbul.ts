// SPDX-License-Identifier: Apache-2.0
// This agent, with one rule: the directory is written.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess } from '../measure/agent-process.ts';
import { type Contender, findEvidence, waitForEvidence } from './contender.ts';

export function makeFimbul(directory: string): Contender {
  return {
    name: 'fimbul',
    start: async (watched) => {
      const policy = join(directory, 'beside.policy');
      const alertsTo = join(directory, 'fimbul.jsonl');
      const expression = `fim.write.file.path =~ "${watched}/**"`;
      writeFileSync(policy, JSON.stringify({ rules: [{ id: 'written', expression, every: 0 }] }));
      const agent = await AgentProcess.start({ policies: [policy], alertsTo });
      return {
        pid: agent.pid,
        ask: (path, program) =>
          waitForEvidence(() => findEvidence(readFileSync(alertsTo, 'latin1'), path, program)),
        stop: async () => void (await agent.stop()),
      };
    },
  };
}
