// SPDX-License-Identifier: Apache-2.0
// What runs on any host: something that reads much, containers that start, a program that logs.

import { mkdtempSync, rmSync } from 'node:fs';
import { RuncContainer } from '../../tests/kernel/runc-container.ts';
import { run, runScript, type Workload } from './workload.ts';

const filesRead = 20_000;
const containersStarted = 5;

const readScript = `
find /usr -xdev -type f -size -64k | head -n "$1" | tr '\\n' '\\0' | xargs -0 cat >/dev/null
find /etc /var -xdev >/dev/null
`;

export const readWorkload: Workload = {
  name: 'find_and_read',
  prepare: () =>
    Promise.resolve({
      run: async () => void (await runScript(readScript, [String(filesRead)])),
      clean: () => Promise.resolve(),
    }),
};

export const containerWorkload: Workload = {
  name: 'containers',
  prepare: () => {
    const started: RuncContainer[] = [];
    return Promise.resolve({
      run: async () => {
        for (let index = 0; index < containersStarted; index += 1) {
          const container = await RuncContainer.start({
            name: `fimbul-bench-${process.pid}-${index}`,
            args: ['sh', '-c', 'touch /etc/made; chmod 600 /etc/made; echo ready; sleep 60'],
          });
          started.push(container);
          container.exec('cat', '/etc/passwd');
        }
        while (started.length > 0) started.pop()?.remove();
      },
      clean: () => {
        while (started.length > 0) started.pop()?.remove();
        return Promise.resolve();
      },
    });
  },
};

/** Opens its log for each line, and keeps four of the old ones. */
export function makeLogWorkload(program: string): Workload {
  return {
    name: 'log_writer',
    prepare: () => {
      const directory = mkdtempSync('/var/log/fimbul-bench-');
      return Promise.resolve({
        run: async () => void (await run(program, [directory, '20000', '2000'])),
        clean: () => Promise.resolve(rmSync(directory, { recursive: true })),
      });
    },
  };
}
